"""One item: its page, and the form of the five questions."""
from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib import messages
from django.forms.utils import ErrorDict, ErrorList
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue.models import CatalogueItem, Policy
from catalogue.presenting import labels_of, shown
from catalogue.scope import answers_of
from portal.accounts.access import PUBLIC, audience
from portal.accounts.actor import Actor
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.clock import SHANGHAI
from portal.files.models import Document
from portal.templatetags.marks import day, yuan
from portal.workflow import Refused, available_actions, perform
from portal.workflow.engine import may
from portal.workflow.inputs import inputs_form
from portal.workflow.refusals import NotYours
from procurement.plans import adjusting, listed, unsaved, visibility
from procurement.plans.completeness import QUESTIONS
from procurement.plans.content import changes_of, last_reviewed
from procurement.plans.models import Adjustment, CostFactor, Plan, PlanItem, ReviewComment, ReviewStep
from procurement.plans.prefilling import taken_over
from procurement.plans.workflow import ITEM

from .reviews import comments_of, lights_of

RELATED = ("leaf__version", "filed_request", "listed__catalogue", "function__catalogue", "predecessor", "plan", "project", "agency__region")


def item_for(request: HttpRequest, pk: int) -> PlanItem:
    found = PlanItem.objects.visible_to(request.actor).select_related(*RELATED).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@audience(PUBLIC)
@require_safe
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be bought, the word of every department round by round, the decision."""
    found = item_for(request, pk)
    within = visibility.official(request.actor)
    official = within is not None and PlanItem.objects.filter(within, pk=pk).exists()
    own = ReviewStep.objects.visible_to(request.actor).filter(item=found)  # what departments say is the government's own
    steps = list(own.select_related("department", "decided_by", "claimed_by").order_by("-round", "group", "id"))
    rounds, facts = {}, facts_of(found)
    facts["facts_what"] += other_ways(found, request.actor)
    lights = lights_of([step for step in steps if step.state in ("PENDING", "CLAIMED")])
    for step in steps:
        step.light = lights.get(step.pk)
        rounds.setdefault(step.round, []).append(step)
    return render(request, "plans/item.html", {
        "item": found, "actions": available_actions(found, request.actor), "rounds": rounds, **facts,
        "meta": [found.project.number if found.project else "", found.agency.name, found.get_route_display()],
        "missing": listed.lacking(found) if found.state in ("DRAFTED", "SENT_BACK") and request.actor.user else [],
        "wording": shown(found.texts, labels_of(found), found.wording) if official else None,
        "answers": answers_of(found) if official else [],
        "policies": list(Policy.objects.about(found.leaf).defer("text")[:20]) if found.leaf else [],
        "papers": Document.objects.visible_to(request.actor).of_subject(found),
        "outcome": found.predecessor.latest_outcome if found.predecessor else None,
        "comments": comments_of(found, request.actor), "prints_record": bool(steps),
        "changes": changes_of(found) if steps and last_reviewed(found) else None,
        "adjusted": [{"adjustment": each, "what": adjusting.summary_of(each)} for each in Adjustment.objects.visible_to(request.actor)
                     .filter(item=found).select_related("item", "project", "agency").order_by("-id")],
        "entries": Entry.objects.of_subject("plans.item", found.pk).order_by("-id")[:50] if official else [],
        "breadcrumbs": crumbs(found, str(found)),
    })  # fmt: skip


def crumbs(item: PlanItem, last: str) -> list:
    way = [(_("购买计划"), reverse("plans:list"))]
    if item.plan:
        way.append((str(item.plan), item.plan.get_absolute_url()))
    return [*way, (last, "")]


@audience(Role.PLANNER)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin an item; what is typed is kept whatever is wrong."""
    number = request.GET.get("plan", "")
    plan = Plan.objects.visible_to(request.actor).filter(pk=number).first() if number.isdigit() else None
    route = request.GET.get("route") or (PlanItem.Route.ANNUAL if plan else PlanItem.Route.AD_HOC)
    chosen = request.GET.get("leaf", "")
    found = CatalogueItem.objects.leaves().filter(version__state="ISSUED")
    leaf = found.filter(pk=chosen).first() if chosen.isdigit() and len(chosen) < 19 else None
    return _form(request, PlanItem(leaf=leaf), "draft", {"plan": plan, "route": route, **({"leaf": leaf} if leaf else {})})


@audience(Role.PLANNER)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = item_for(request, pk)
    if not may(ITEM["edit"], found, request.actor):
        raise NotYours
    return _form(request, found, "edit", {})


@audience(Role.PLANNER)
@require_POST
def typed(request: HttpRequest) -> JsonResponse:
    """Keep what is being typed, without leaving the page; say so, and say when another window or person was quicker."""
    item, plan, window = _typing_of(request), None, request.POST.get("window", "")
    if not window.isalnum() or len(window) > 32 or sum(map(len, request.POST.values())) > unsaved.MOST:
        return JsonResponse({"message": _("内容太长，没有自动保存；请点“存草稿”。")}, status=422)
    if item is None and request.POST.get("plan", "").isdigit():
        plan = Plan.objects.visible_to(request.actor).filter(pk=request.POST["plan"]).first()
    kept = unsaved.keep(request.actor, item, plan, window, _seen(request), request.POST)
    found = unsaved.others(request.actor, item, window, _seen(request))
    return JsonResponse({
        "message": _("已于 %(time)s 自动保存，还没有检查") % {"time": kept.saved_at.astimezone(SHANGHAI).strftime("%H:%M:%S")},
        "conflict": " ".join(str(refusal.message) for refusal in found),
    })  # fmt: skip


def _typing_of(request: HttpRequest) -> PlanItem | None:
    """The item that is typed into; none for one that was never saved."""
    number = request.POST.get("item", "")
    if not number:
        return None
    found = item_for(request, int(number)) if number.isdigit() else None
    if found is None:
        raise Http404
    if not may(ITEM["edit"], found, request.actor) or found.state not in ITEM["edit"].sources:
        raise NotYours
    return found


def _seen(request: HttpRequest) -> int:
    number = request.POST.get("seen", "")
    return int(number) if number.isdigit() and len(number) < 19 else 0


def _form(request: HttpRequest, subject: PlanItem, row_name: str, initial: dict) -> HttpResponse:
    """Show the five questions; save, then say everything that is still missing, at its place (S-172)."""
    row, posted, refusals, given = ITEM[row_name], request.method == "POST", [], {}
    if posted and "anew" in request.POST:
        unsaved.forget(request.actor, subject, request.POST.get("window", "")[:32])
        return redirect(request.get_full_path())
    kept = None if posted else unsaved.left_over(request.actor, subject, initial.get("plan"))
    form = inputs_form(
        row, subject=subject, actor=request.actor, data=request.POST if posted else None, files=request.FILES if posted else None,
    )
    overtaken = unsaved.overtaken(subject, _seen(request)) if posted and subject.pk and "seen" in request.POST else []
    if posted and overtaken:
        form.is_valid()
        refusals = overtaken
    elif posted and form.is_valid():
        try:
            key = request.POST.get("made_by") or None
            done = perform(subject, row_name, actor=request.actor, key=key if row.creates else None, **form.cleaned_data)
            unsaved.forget(request.actor, done, request.POST.get("window", "")[:32])
            messages.success(request, _("草稿已保存。"))
            return redirect(done.get_absolute_url() if "leave" in request.POST else reverse("plans:edit_item", args=[done.pk]))
        except Refused as refused:
            refusals = refused.refusals
    elif not posted:
        given = taken_over(subject.leaf, subject)
        for name, value in {**initial, **given}.items():
            if name in form.fields:
                form.fields[name].initial = getattr(value, "pk", value)
        if row.creates:
            form.fields["factors"].initial = [{"factor": value} for value in CostFactor.Factor.values]
        if subject.pk:
            refusals = listed.lacking(subject)
            _show_at_their_places(form, refusals)
        if kept is not None:
            given = {}
            form = inputs_form(row, subject=subject, actor=request.actor, data=unsaved.as_typed(kept))
            form._errors, refusals = ErrorDict(), []  # as it stood; it is checked when it is saved
    comments = comments_of(subject, request.actor) if subject.pk else []
    _say_at_fields(form, comments)
    return render(request, "plans/item_form.html", {
        "comments": [comment for comment in comments if comment.state != "RESOLVED"],
        "item": subject, "owner": owner_of(subject, request.actor), "form": form, "refusals": refusals,
        "wording": shown(subject.texts, labels_of(subject), subject.wording) if subject.pk else None,
        "posted": posted, "questions": questions(form, refusals, checked=bool(subject.pk) and not posted and kept is None),
        "made_by": request.POST.get("made_by") or uuid.uuid4().hex, "saved_at": saved_at(subject), "kept": kept,
        "window": request.POST.get("window") or uuid.uuid4().hex, "seen": unsaved.last_entry(subject),
        "before": beside(request.actor, subject, form),
        "papers": Document.objects.visible_to(request.actor).of_subject(subject) if subject.pk else [],
        "given": [form.fields[name].label for name in given], "line": subject.leaf,
        "outcome": subject.predecessor.latest_outcome if subject.pk and subject.predecessor else None,
        "breadcrumbs": crumbs(subject, subject.title or _("填报计划项目")),
    }, status=(409 if refusals else 422) if posted else 200)  # fmt: skip


def beside(actor, item: PlanItem, form) -> list[dict]:
    """Last year's project beside the form: what it cost and how it was found; without one, those that could be continued (S-162)."""
    projects = [item.predecessor] if item.pk and item.predecessor else list(
        form.fields["predecessor"].queryset.filter(items__leaf=item.leaf_id).distinct().order_by("-year", "-id")[:3]
        if item.leaf_id else form.fields["predecessor"].queryset.order_by("-year", "-id")[:3]
    )  # fmt: skip
    return [{"project": project, "item": project.item, "outcome": project.latest_outcome} for project in projects]


def saved_at(item: PlanItem) -> datetime | None:
    """When the draft was last saved, from the record; nothing for one that never was."""
    if not item.pk:
        return None
    return Entry.objects.of_subject("plans.item", item.pk).order_by("-id").values_list("occurred_at", flat=True).first()


def _show_at_their_places(form, refusals) -> None:
    """Put what is missing under its field, as if it had been refused."""
    found = ErrorDict()
    for refusal in refusals:
        if refusal.field in form.fields:
            found.setdefault(refusal.field, ErrorList()).append(refusal.sentence)
    form._errors = found


def _say_at_fields(form, comments: list[ReviewComment]) -> None:
    """Show what departments said at the field it speaks of, until it is settled (L2.3 ask)."""
    for comment in comments:
        if comment.state != "RESOLVED" and comment.field in form.fields:
            said = _("审核意见（%(department)s）：%(text)s") % {"department": comment.step.department.name, "text": comment.text}
            field = form.fields[comment.field]
            field.help_text = f"{field.help_text} {said}".strip()


def questions(form, refusals, *, checked: bool) -> list[dict]:
    """The five questions with their fields and how many places each still has to mend; whole is only what was checked."""
    said = [refusal.field for refusal in refusals]
    wrong = said + [name for name in form.errors if form.is_bound and name not in said]
    return [
        {"key": key, "number": number, "label": label, "template": f"plans/questions/{key}.html",
            "fields": {name: form[name] for name in names if name in form.fields},
         "wrong": sum(name in names for name in wrong), "checked": checked}
        for number, (key, (label, names)) in enumerate(QUESTIONS.items(), start=1)
    ]


def owner_of(item: PlanItem, actor) -> list[tuple]:
    """Who buys: known from organisation and account, never asked for again (S-162)."""
    agency = item.agency if item.agency_id else actor.organisation
    return [
        (_("购买主体"), agency.name), (_("经办人"), actor.name), (_("申报路径"), item.get_route_display()), (_("年度计划"), item.plan),
        (_("年度"), item.year),
    ]


def other_ways(item: PlanItem, actor: Actor) -> list[tuple]:
    """The item that this one takes up again, and the one that takes it up, of those that the reader may see (S-26)."""
    seen = PlanItem.objects.visible_to(actor)
    ways = ((_("原项目"), seen.filter(pk=item.copy_of_id)), (_("另走其他路径"), seen.filter(copy_of=item).order_by("pk")))
    return [(label, format_html('<a href="{}">{}</a>', other.get_absolute_url(), f"{other.title}（{other.get_route_display()} · "
             f"{other.get_state_display()}）")) for label, found in ways for other in found]  # fmt: skip


def function_link(item: PlanItem) -> str:
    """The function that the item fulfils, with what the department's list says of it (S-14)."""
    function = item.function
    if function is None:
        return ""
    return format_html('<a href="{}">{}</a>', function.get_absolute_url(), f"{function}（{function.get_status_display()}）")


def facts_of(item: PlanItem) -> dict:
    """What the item says in words, under the five questions."""
    ticks = [
        str(item._meta.get_field(name).verbose_name)
        for name in ("budget_guaranteed", "content_fixed", "continuous", "funding_stable", "price_stable") if getattr(item, name)
    ]
    return {
        "facts_what": [
            (_("目录项"), item.catalogue_words), (_("实施目录"), listed.link(item)),
            (_("所履行的职能"), function_link(item)),
            (_("种类"), item.get_kind_display()), (_("岗位数"), item.posts or ""),
            (_("目标"), item.objective),
            (_("数量"), f"{item.quantity.normalize():,f} {item.unit}" if item.quantity else ""), (_("指导价"),
                yuan(item.guide_price) if item.guide_price else ""),
            (_("高于指导价的理由"), item.price_reason), (_("国家标准"), item.national_standard),
            (_("申请核对用语的说明"), item.wording_question), (_("放行的用语"), "、".join(item.wording_cleared)),
            (_("用语放行理由"), item.wording_overruled),
        ],
        "facts_how": [
            (_("购买主体"), item.agency.name), (_("实施方案"), item.scheme), (_("事前绩效评估"), item.assessment),
            (_("承接主体条件"), item.supplier_conditions), (_("中小企业政策"), item.get_sme_policy_display()),
            (_("政策说明"), item.sme_statement),
            (_("拟采购方式"), item.get_method_display()), (_("期限"),
                _("%(months)s 个月") % {"months": item.term_months} if item.term_months else ""),
            (_("拟开始日期"), day(item.starts_on) if item.starts_on else ""),
            (_("五项条件"), "、".join(ticks)), (_("需求调查"), item.survey), (_("风险清单"), item.risk_list),
            (_("公众意见"), item.public_opinion),
            (_("突发临时情形"), item.urgency), (_("现有资金指标"), item.existing_line), (_("预算调整文号"), item.adjustment_document),
        ],
        "facts_worth": [
            (_("评价标准"), item.evaluation_standard), (_("上期项目"), item.predecessor), (_("上期结果的运用"), item.result_response),
        ],
        "waits": "",
    }  # fmt: skip
