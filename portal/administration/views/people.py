"""People, their roles, their invitations."""
from __future__ import annotations

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.access import audience
from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.administration.filters import InvitationFilter, PersonFilter
from portal.administration.forms.people import EndForm, GrantForm, HandoverForm, PersonForm, ReasonForm
from portal.administration.links import invitation_link
from portal.administration.models import Invitation
from portal.administration.scope import memberships_of, organisations_of, people_of
from portal.administration.verbs import people as verbs
from portal.administration.verbs.handover import hand_over
from portal.audit.models import Entry
from portal.clock import written
from portal.paging import page_of
from portal.workflow import available_actions
from portal.workflow.handover import held_by, named_for
from portal.workflow.labels import state_label
from portal.workflow.refusals import Refused

from .pages import crumbs, data_of, form_page, record_of


@audience(Role.ADMINISTRATOR)
@require_safe
def person_list(request: HttpRequest) -> HttpResponse:
    live = Membership.objects.live().select_related("organisation").order_by("organisation_id", "role")
    held = Prefetch("memberships", live, to_attr="held")
    found = PersonFilter(request.GET, people_of(request.actor).prefetch_related(held).order_by("name", "username"))
    page = page_of(found.qs, request.GET.get("page"))
    rows = [
        {"cells": [each.name, each.username, "；".join(f"{m.organisation} {m.get_role_display()}" for m in each.held) or "—",
                   _("启用") if each.is_active else _("停用")],
         "url": reverse("administration:person", args=[each.pk]), "mark": "" if each.is_active else "void"}
        for each in page
    ]  # fmt: skip
    return render(request, "list.html", {
        "title": _("人员"), "intro": _("人员由邀请产生：本人打开链接，自己设定账号和密码。"), "filter": found, "page": page, "rows": rows,
        "head": [_("姓名"), {"label": _("账号"), "minor": True}, _("现任"), _("状态")],
        "actions": [(_("邀请人员"), _invite_url(), True), (_("邀请一览"), reverse("administration:invitations"))],
        "empty_title": _("没有这样的人员"), "empty_text": _("邀请人员并由本人接受后出现在这里。"), "breadcrumbs": crumbs((_("人员"), "")),
    })


def _invite_url() -> str:
    return reverse("workflow:create", args=["administration.invitation", "invite"])


def person_or_404(request: HttpRequest, pk: int) -> User:
    found = people_of(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@audience(Role.ADMINISTRATOR)
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: his roles past and present, what waits for him by name, what was done to his account."""
    found = person_or_404(request, pk)
    held = memberships_of(request.actor).filter(user=found).order_by("organisation_id", "role")
    live = set(Membership.objects.live().filter(user=found).values_list("pk", flat=True))
    moment = timezone.now()
    last = Entry.objects.filter(user_id=found.pk).order_by("-id").values_list("recorded_at", flat=True).first()
    return render(request, "administration/person.html", {
        "person": found, "memberships": [(each, each.pk in live, each.since > moment) for each in held],
        "organisations": {each.organisation for each in held}, "waiting": _waiting(request, found),
        "facts": [
            (_("账号"), found.username), (_("电子邮箱"), found.email), (_("电话"), found.phone),
            (_("最近办事"), written(last) if last else _("还没有")),
        ],
        "entries": record_of(f"user:{found.pk}"), "breadcrumbs": crumbs((_("人员"), reverse("administration:people")), (found.name, "")),
    })  # fmt: skip


def _waiting(request: HttpRequest, found: User) -> list[dict]:
    """What waits for him by name: what a hand-over moves, and what must be replaced where it stands."""
    bodies = organisations_of(request.actor).filter(memberships__user=found).distinct()
    movable = [thing for body in bodies for thing in held_by(found, body)]
    fixed = [thing for thing in named_for(found) if thing not in movable]
    return [
        {"title": str(thing), "state": state_label(thing, request.actor), "moves": thing in movable} for thing in [*movable, *fixed]
    ]


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def edit_person(request: HttpRequest, pk: int) -> HttpResponse:
    found = person_or_404(request, pk)
    form = PersonForm(
        *data_of(request), actor=request.actor, subject=found, initial={"name": found.name, "email": found.email, "phone": found.phone}
    )
    return form_page(
        request, form, lambda data: verbs.correct_person(actor=request.actor, person=found, **data), title=_("更正人员资料"),
        button=_("保存"), back=_back(found), done=_("已保存。"), trail=_trail(found),
    )


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    found = person_or_404(request, pk)
    form = GrantForm(*data_of(request), actor=request.actor, subject=found, initial=request.GET.dict())
    return form_page(
        request, form, lambda data: verbs.grant(actor=request.actor, person=found, **data), title=_("增加任职"), button=_("授予"),
        back=_back(found), done=_("已授予。"), trail=_trail(found),
    )


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def end_membership(request: HttpRequest, pk: int) -> HttpResponse:
    membership = memberships_of(request.actor).filter(pk=pk).first()
    if membership is None:
        raise Http404
    found = membership.user
    return form_page(
        request, EndForm(*data_of(request), actor=request.actor, subject=membership),
        lambda data: verbs.end(actor=request.actor, membership=membership, **data), title=_("结束任职"), button=_("结束任职"),
        back=_back(found), done=_("已办理。"), trail=_trail(found),
        hint=_("%(name)s将不再担任%(organisation)s%(role)s；由他名下办理的事请另行交接。") % {
            "name": found.name, "organisation": membership.organisation.name, "role": membership.get_role_display(),
        },
    )  # fmt: skip


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def disable(request: HttpRequest, pk: int) -> HttpResponse:
    found = person_or_404(request, pk)
    return form_page(
        request, ReasonForm(*data_of(request), actor=request.actor, subject=found),
        lambda data: verbs.disable(actor=request.actor, person=found, **data), title=_("停用账号"), button=_("停用账号"), back=_back(found),
        done=_("账号已停用，接口令牌一并撤销。"), trail=_trail(found), confirm=_("停用%(name)s的账号？") % {"name": found.name},
        hint=_("立即不能登录、不能办事；任职和已办的事都保留，可以恢复。等他办的事请用“交接工作”。"),
    )


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def enable(request: HttpRequest, pk: int) -> HttpResponse:
    found = person_or_404(request, pk)
    return form_page(
        request, ReasonForm(*data_of(request), actor=request.actor, subject=found),
        lambda data: verbs.enable(actor=request.actor, person=found, **data), title=_("恢复账号"), button=_("恢复账号"), back=_back(found),
        done=_("账号已恢复。"), trail=_trail(found),
    )


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def send_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """A new password for somebody else; where he has no address the link is shown, once, on this answer alone."""
    found = person_or_404(request, pk)
    form = ReasonForm(*data_of(request), actor=request.actor, subject=found)
    if request.method == "POST" and form.is_valid():
        try:
            link = verbs.send_reset(actor=request.actor, person=found, **form.cleaned_data)
        except Refused:
            link = ""  # the form page below tries again and shows why
        if link:
            return render(request, "administration/link.html", {
                "person": found, "link": link, "breadcrumbs": [*_trail(found), (_("重设密码"), "")],
            })
        if found.email and found.is_active:
            messages.success(request, _("信已发往 %(email)s。") % {"email": found.email})
            return redirect(_back(found))
    return form_page(
        request, form, lambda data: verbs.send_reset(actor=request.actor, person=found, **data), title=_("重设密码"),
        button=_("发出重设链接"), back=_back(found), done="", trail=_trail(found),
        hint=_("把重设密码的一次性链接发到本人邮箱；没有邮箱的，链接只在这里显示一次，请当面交给本人。原密码在设定新密码前仍然有效。"),
    )


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def handover(request: HttpRequest, pk: int, organisation_pk: int) -> HttpResponse:
    found = person_or_404(request, pk)
    body = organisations_of(request.actor).filter(pk=organisation_pk, memberships__user=found).first()
    if body is None:
        raise Http404
    form = HandoverForm(*data_of(request), actor=request.actor, subject=found, organisation=body)
    return form_page(
        request, form, lambda data: hand_over(actor=request.actor, leaving=found, organisation=body, **data), title=_("交接工作"),
        button=_("交接"), back=_back(found), done=_("已交接。"), trail=_trail(found),
        hint=_("%(name)s在“%(organisation)s”名下等办的事交给接替人；接替人得到所选角色，岗位分离的限制照样适用。") % {
            "name": found.name, "organisation": body.name,
        },
    )  # fmt: skip


def _back(found: User) -> str:
    return reverse("administration:person", args=[found.pk])


def _trail(found: User) -> list:
    return crumbs((_("人员"), reverse("administration:people")), (found.name, _back(found)))


# --- invitations ------------------------------------------------------------------------------------------------------
@audience(Role.ADMINISTRATOR)
@require_safe
def invitation_list(request: HttpRequest) -> HttpResponse:
    found = InvitationFilter(request.GET, Invitation.objects.visible_to(request.actor).select_related("organisation"))
    page = page_of(found.qs, request.GET.get("page"))
    rows = [
        {"cells": [each.name, each.organisation.name, "、".join(each.role_labels), state_label(each, request.actor),
                   written(each.expires_at)], "url": each.get_absolute_url()}
        for each in page
    ]  # fmt: skip
    return render(request, "list.html", {
        "title": _("邀请"), "filter": found, "page": page, "rows": rows, "actions": [(_("邀请人员"), _invite_url(), True)],
        "head": [_("姓名"), _("单位"), {"label": _("角色"), "minor": True}, _("状态"), {"label": _("链接有效至"), "minor": True}],
        "empty_title": _("还没有邀请"), "empty_text": _("邀请人员后，可以在这里看本人是否已接受，重发或撤回。"),
        "empty_url": _invite_url(), "empty_label": _("邀请人员"), "breadcrumbs": crumbs((_("邀请"), "")),
    })


@audience(Role.ADMINISTRATOR)
@require_safe
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """One invitation with its link while it can be used, and whether the letter went out."""
    found = Invitation.objects.visible_to(request.actor).select_related("organisation", "person").filter(pk=pk).first()
    if found is None:
        raise Http404
    waits = found.state == Invitation.State.SENT
    return render(request, "administration/invitation.html", {
        "invitation": found, "subject": found, "actions": available_actions(found, request.actor),
        "link": invitation_link(found) if waits else "", "letter": found.letters.order_by("-id").first(),
        "facts": [
            (_("单位"), found.organisation.name), (_("角色"), "、".join(found.role_labels)), (_("电子邮箱"), found.email),
            (_("电话"), found.phone),
            (_("任职起"), str(found.since)), (_("任职止"), str(found.until or _("不定期"))),
            (_("链接有效至"), written(found.expires_at) if waits else ""),
            (_("账号"), found.person.username if found.person else ""),
        ],
        "entries": Entry.objects.of_subject("administration.invitation", found.pk).order_by("-id"),
        "breadcrumbs": crumbs((_("邀请"), reverse("administration:invitations")), (str(found), "")),
    })  # fmt: skip
