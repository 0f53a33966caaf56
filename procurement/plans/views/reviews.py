"""The desk of a reviewer: what waits on the left, the item in the middle, the decision on the right."""
from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.accounts.access import SIGNED_IN, audience
from portal.accounts.roles import Role
from portal.files.models import Document
from portal.money import percentage
from portal.paging import COUNTED
from portal.rules.register import cite
from portal.workdays.models import LegalClock
from portal.workflow import Refused, available_actions, perform
from portal.workflow.engine import may
from portal.workflow.inputs import inputs_form
from procurement.plans.completeness import NEGATIVE_LIST, predecessor
from procurement.plans.content import changes_of
from procurement.plans.models import PlanItem, ReviewComment, ReviewStep
from procurement.plans.splitting import sign_of
from procurement.plans.workflow import STEP

COMMENTS = 50
REVIEWERS = (Role.ESTABLISHMENT_REVIEWER, Role.HUMAN_RESOURCES_REVIEWER, Role.FINANCE_OFFICER, Role.FINANCE_HEAD)
#: So many stand beside the item that is read; the list shows all.
MOST = 50
SHOWN = ("item__agency", "item__plan", "item__project", "claimed_by", "reserved_for")


def waiting(actor) -> list[ReviewStep]:
    """The most urgent of what this department has to decide, agency by agency."""
    steps = ReviewStep.objects.visible_to(actor).select_related(*SHOWN).most_urgent(actor.organisation_id, MOST)
    return lit(sorted(steps, key=lambda step: step.item.agency.name))


def lit(found: list[ReviewStep]) -> list[ReviewStep]:
    """Steps with their lights and the one thing worth knowing of each; one query."""
    lights = lights_of(found)
    for step in found:
        step.light = lights.get(step.pk)
        step.note = note_of(step.item)
    return found


def lights_of(steps: list[ReviewStep]) -> dict[int, tuple[str, str]]:
    """The light of each step's legal clock, where it has one; one query however many steps."""
    moment = clock.now()
    running = LegalClock.objects.filter(
        name="REVIEW_STEP", subject_type=STEP.code, subject_id__in=[str(step.pk) for step in steps]
    ).order_by("pk")
    lights = {int(each.subject_id): each.light(moment) for each in running}
    return {key: (each.colour, each.words) for key, each in lights.items()}


def note_of(item: PlanItem) -> str:
    """The one thing worth knowing before opening it."""
    if item.round > 1:
        return _("第 %(round)s 轮") % {"round": item.round}
    if item.route != PlanItem.Route.ANNUAL:
        return item.get_route_display()
    if item.term_months and item.term_months > 12:
        return _("%(months)s 个月，跨年") % {"months": item.term_months}
    return _("延续项目") if item.predecessor_id else _("新增项目")


@audience(*REVIEWERS)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The first thing that waits, or a page that says nothing does."""
    steps = waiting(request.actor)
    if steps:
        return redirect("plans:review", steps[0].pk)
    decided = (
        ReviewStep.objects.visible_to(request.actor).filter(department=request.actor.organisation_id, decided_at__isnull=False)
        .select_related("item__agency").order_by("-decided_at")[:25]
    )
    return render(request, "plans/queue_empty.html", {"decided": decided, "breadcrumbs": [(_("计划审核"), "")]})


@audience(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Read and decide one step."""
    step = (
        ReviewStep.objects.visible_to(request.actor)
        .select_related("item__agency__region", "item__leaf__version", "item__filed_request",
                        "item__plan", "item__project", "item__predecessor", "department",
                        "claimed_by", "decided_by", "reserved_for").filter(pk=pk).first()
    )  # fmt: skip
    if step is None:
        raise Http404
    actions = {action.name: action for action in available_actions(step, request.actor)}
    chosen = request.POST.get("act", "")
    forms = {
        name: inputs_form(STEP[name], subject=step, actor=request.actor, data=request.POST if chosen == name else None)
        for name in ("approve", "send_back", "reject", "ask", "delegate") if name in actions
    }
    refusals = []
    if request.method == "POST":
        if chosen not in actions:
            raise Http404
        form = forms.get(chosen)
        if form is None or form.is_valid():
            try:
                perform(step, chosen, actor=request.actor, **(form.cleaned_data if form else {}))
                messages.success(request, _("已办理：%(act)s，%(item)s。") % {"act": STEP[chosen].label, "item": step.item.title})
                return redirect(next_of(request.actor, step) if chosen in ("approve", "send_back", "reject") else step.get_absolute_url())
            except Refused as refused:
                refusals = refused.refusals
    queue = waiting(request.actor) if actions else []
    others = list(step.item.steps.exclude(pk=step.pk).select_related("department", "decided_by").order_by("round", "group", "id"))
    return render(request, "plans/review.html", {
        "step": step, "item": step.item, "queue": queue, "may_agree": any(may(STEP["approve"], each, request.actor) for each in queue),
        "mine_first": step.is_reserved and request.actor.is_person(step.reserved_for_id), "actions": actions, "forms": forms,
        "refusals": refusals, "tried": forms.get(chosen), "light": lights_of([step]).get(step.pk), "checks": checks_of(step.item),
        "comparison": comparison_of(step.item), "changes": changes_of(step.item) if step.item.round > 1 else None,
        "comments": comments_of(step.item, request.actor), "waiting_count": waiting_count(request.actor) if actions else 0,
        "others": others, "said": [other for other in others if other.decided_at],
        "papers": Document.objects.visible_to(request.actor).of_subject(step.item),
        "breadcrumbs": [(_("计划审核"), reverse("plans:queue")), (step.item.agency.name,
            step.item.get_absolute_url()), (step.item.title, "")],
    }, status=200 if request.method == "GET" else 409 if refusals else 422)  # fmt: skip


def next_of(actor, step: ReviewStep) -> str:
    """The next thing in the queue after this one."""
    left = [other for other in waiting(actor) if other.pk != step.pk]
    return left[0].get_absolute_url() if left else reverse("plans:queue")


def waiting_count(actor) -> int:
    return ReviewStep.objects.visible_to(actor).awaiting(actor.organisation_id).order_by()[:COUNTED].count()


def comments_of(item: PlanItem, actor) -> list[ReviewComment]:
    """What was said at its fields, what is not settled first, each with what the reader can do."""
    found = item.comments.visible_to(actor).select_related(
        "step__department", "item__agency__region", "item__project", "asked_by", "answered_by"
    )
    said = sorted(found, key=lambda comment: (comment.state == "RESOLVED", comment.pk))[:COMMENTS]
    for comment in said:
        comment.actions = [] if comment.state == "RESOLVED" else available_actions(comment, actor)
    return said


def comparison_of(item: PlanItem) -> list[dict]:
    """This year's figures beside those of the project it continues; empty for something new."""
    before = item.predecessor.item if item.predecessor else None
    if before is None:
        return []
    rows = []
    for label, name, unit in (
        (_("数量"), "quantity", item.unit), (_("单价"), "unit_price", _("元")), (_("金额"), "amount", _("元")), (_("期限"),
            "term_months", _("月")),
    ):
        old, new = getattr(before, name), getattr(item, name)
        change = ""
        if old and new and old != new:
            share = percentage(abs(new - old), old)
            change = f"{'+' if new > old else '−'}{share} %"
        rows.append({"label": label, "unit": unit, "old": _figure(old), "new": _figure(new), "change": change})
    return rows


def _figure(value) -> str:
    """A figure of the comparison: no needless noughts after the point, thousands separated."""
    if value is None:
        return "—"
    whole = value == int(value) if isinstance(value, Decimal) else True
    return f"{value:,.0f}" if whole else f"{value:,.2f}"


def checks_of(item: PlanItem) -> list[dict]:
    """What the portal itself can check, each with its rule: the reviewer sees what needs no more looking."""
    answered = all(getattr(item, name) is False for name, _rule in NEGATIVE_LIST)
    words = sorted({found.word for found in item.wording})
    splitting = sign_of(item)
    rows = [
        (bool(item.catalogue_kind), _("经目录外审核备案") if item.filed_request_id else _("在指导性目录内"), item.catalogue_words,
         "R1787-07" if item.filed_request_id else "R102-15"),
        (answered, _("负面清单逐条答“否”"), _("不含货物、工程、融资、劳务用工"), "R102-09"),
        (not words, _("没有不得购买的用语"), "；".join(words), "R1787-01"),
        (bool(item.sources.all()), _("资金来源已列明"), "；".join(str(row) for row in item.sources.all()), "S-32"),
        (not item.term_months or item.term_months <= 12 or item.all_ticks, _("期限符合规定"),
         _("%(months)s 个月") % {"months": item.term_months or "—"}, "R102-28"),
        (bool(item.indicators.all()), _("绩效目标有目标值"), _("%(count)s 项指标") % {"count": len(item.indicators.all())}, "RPE-08"),
        (splitting is None, _("没有化整为零的迹象") if splitting is None else _("疑似化整为零规避招标，同意须写明理由"),
         splitting.sentence if splitting else _("同类项目累计未超过公开招标数额标准，或以公开招标方式购买"), "R-GP-08"),
        (not list(predecessor(item)), _("上期评价结果已运用"), item.result_response or _("新增项目"), "S-110"),
    ]  # fmt: skip
    return [{"ok": ok, "label": label, "note": note, "citation": cite(rule)} for ok, label, note, rule in rows]
