"""Regions and organisations."""
from __future__ import annotations

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.access import audience
from portal.accounts.models import Membership, Organisation, Region
from portal.accounts.roles import Role
from portal.administration.filters import OrganisationFilter
from portal.administration.forms.people import (
    OrganisationDetailsForm,
    OrganisationForm,
    ReasonForm,
    RegionForm,
    RegionNameForm,
)
from portal.administration.models import Invitation
from portal.administration.scope import organisations_of, regions_of
from portal.administration.verbs import places
from portal.paging import page_of

from .pages import crumbs, data_of, form_page, record_of


@audience(Role.ADMINISTRATOR)
@require_safe
def region_list(request: HttpRequest) -> HttpResponse:
    """The tree of the administrator's region, each division with its organisations counted."""
    found = regions_of(request.actor).annotate(bodies=Count("organisations", filter=Q(organisations__disabled_at=None))).order_by("path")
    base = request.actor.region_path.count("/")
    return render(request, "administration/regions.html", {
        "rows": [(region, min(region.path.count("/") - base, 4)) for region in found],
        "breadcrumbs": crumbs((_("行政区划"), "")),
    })


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def new_region(request: HttpRequest) -> HttpResponse:
    form = RegionForm(*data_of(request), actor=request.actor, initial=request.GET.dict())
    back = reverse("administration:regions")
    return form_page(
        request, form, lambda data: places.add_region(actor=request.actor, **data), title=_("增加下级区划"), button=_("增加"), back=back,
        done=_("已增加。"), trail=crumbs((_("行政区划"), back)),
    )


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def rename_region(request: HttpRequest, pk: int) -> HttpResponse:
    region = regions_of(request.actor).filter(pk=pk).first()
    if region is None:
        raise Http404
    form = RegionNameForm(*data_of(request), actor=request.actor, subject=region, initial={"name": region.name})
    back = reverse("administration:regions")
    return form_page(
        request, form, lambda data: places.rename_region(actor=request.actor, region=region, **data), title=_("更改区划名称"),
        button=_("保存"), back=back, done=_("已保存。"), trail=crumbs((_("行政区划"), back)),
        hint=_("代码 %(code)s 和上级不变。") % {"code": region.code},
    )


@audience(Role.ADMINISTRATOR)
@require_safe
def organisation_list(request: HttpRequest) -> HttpResponse:
    people = Count("memberships__user", filter=Q(memberships__in=Membership.objects.live()), distinct=True)
    bodies = organisations_of(request.actor).annotate(people=people).order_by("region__path", "kind", "name")
    found = OrganisationFilter(request.GET, bodies)
    page = page_of(found.qs, request.GET.get("page"))
    rows = [
        {"cells": [each.name, each.get_kind_display(), each.region.name, each.people, _("停用") if each.disabled_at else _("启用")],
         "url": reverse("administration:organisation", args=[each.pk]), "mark": "void" if each.disabled_at else ""}
        for each in page
    ]  # fmt: skip
    return render(request, "list.html", {
        "title": _("单位"), "intro": _("类别决定单位里的人可以担任什么角色。"), "filter": found, "page": page, "rows": rows,
        "head": [_("名称"), _("类别"), {"label": _("地区"), "minor": True}, {"label": _("在任人数"), "num": True}, _("状态")],
        "actions": [(_("新设单位"), reverse("administration:new_organisation"), True)],
        "empty_title": _("还没有单位"), "empty_text": _("先新设购买主体、财政、编办等单位，再邀请人员。"),
        "empty_url": reverse("administration:new_organisation"), "empty_label": _("新设单位"), "breadcrumbs": crumbs((_("单位"), "")),
    })


def organisation_or_404(request: HttpRequest, pk: int) -> Organisation:
    found = organisations_of(request.actor).select_related("region", "superior").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@audience(Role.ADMINISTRATOR)
@require_safe
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """One organisation: what it is, who acts for it, who is invited, what was done to it."""
    found = organisation_or_404(request, pk)
    held = Membership.objects.live().filter(organisation=found).select_related("user").order_by("user__username", "role")
    people: dict = {}
    for membership in held:
        people.setdefault(membership.user, []).append(membership.get_role_display())
    return render(request, "administration/organisation.html", {
        "organisation": found, "people": list(people.items()),
        "invitations": Invitation.objects.filter(organisation=found, state=Invitation.State.SENT).select_related("organisation"),
        "facts": [
            (_("统一社会信用代码"), found.code), (_("所在地区"), _path(found.region)), (_("简称"), found.short_name),
            (_("主管预算单位"), found.superior), (_("联系人"), found.contact), (_("电话"), found.phone), (_("地址"), found.address),
        ],
        "entries": record_of(f"organisation:{found.pk}"),
        "breadcrumbs": crumbs((_("单位"), reverse("administration:organisations")), (found.name, "")),
    })  # fmt: skip


def _path(region: Region) -> str:
    names = []
    while region is not None:
        names.append(region.name)
        region = region.parent
    return " · ".join(reversed(names))


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def new_organisation(request: HttpRequest) -> HttpResponse:
    initial = {"region": request.actor.organisation.region_id, **request.GET.dict()}
    form = OrganisationForm(*data_of(request), actor=request.actor, initial=initial)
    back = reverse("administration:organisations")
    return form_page(
        request, form, lambda data: places.add_organisation(actor=request.actor, **data), title=_("新设单位"), button=_("设立"), back=back,
        done=_("单位已设立，接着邀请人员。"), trail=crumbs((_("单位"), back)),
        to=lambda made: reverse("administration:organisation", args=[made.pk]),
    )


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def edit_organisation(request: HttpRequest, pk: int) -> HttpResponse:
    found = organisation_or_404(request, pk)
    initial = {name: getattr(found, name) for name in places.CORRECTED} | {"superior": found.superior_id}
    form = OrganisationDetailsForm(*data_of(request), actor=request.actor, subject=found, initial=initial)
    return form_page(
        request, form, lambda data: places.correct_organisation(actor=request.actor, organisation=found, **data), title=_("更正单位资料"),
        button=_("保存"), back=reverse("administration:organisation", args=[pk]), done=_("已保存。"), trail=_trail(found),
        hint=_("类别、代码和地区不能更改；单位合并、分立请新设单位并停用原单位。"),
    )


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def suspend_organisation(request: HttpRequest, pk: int) -> HttpResponse:
    found = organisation_or_404(request, pk)
    return form_page(
        request, ReasonForm(*data_of(request), actor=request.actor, subject=found),
        lambda data: places.suspend_organisation(actor=request.actor, organisation=found, **data), title=_("停用单位"),
        button=_("停用单位"), back=reverse("administration:organisation", args=[pk]), done=_("单位已停用。"), trail=_trail(found),
        hint=_("停用后本单位的人不能再以它的名义办理任何事；已办的和记录都保留，可以恢复。"),
        confirm=_("停用“%(name)s”？") % {"name": found.name},
    )


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def resume_organisation(request: HttpRequest, pk: int) -> HttpResponse:
    found = organisation_or_404(request, pk)
    return form_page(
        request, ReasonForm(*data_of(request), actor=request.actor, subject=found),
        lambda data: places.resume_organisation(actor=request.actor, organisation=found, **data), title=_("恢复单位"), button=_("恢复单位"),
        back=reverse("administration:organisation", args=[pk]), done=_("单位已恢复。"), trail=_trail(found),
    )


def _trail(found: Organisation) -> list:
    here = reverse("administration:organisation", args=[found.pk])
    return crumbs((_("单位"), reverse("administration:organisations")), (found.name, here))
