"""L2.1: one agency's one plan a year."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.money import in_figures
from portal.workflow import Act, Due, Lifecycle, Refusal, Transition, Who, consequence, refuse, starts, stops
from procurement.plans import carrying, completeness, listed, own_catalogue, rules
from procurement.plans.forms.plans import CarryForm, PlanForm, ProposePlanForm
from procurement.plans.models import Plan, PlanItem
from procurement.plans.verbs import carrying as carrying_verbs
from procurement.plans.verbs import plans

S = Plan.State
PLANNER, HEAD = Who(Role.PLANNER, at="agency"), Who(Role.HEAD, at="agency")
FINANCE = Who(Role.FINANCE_OFFICER, region="agency__region")
#: Who hears that a plan has come: the first reviewers of the region (L2.1).
FIRST_REVIEWERS = [
    FINANCE, Who(Role.ESTABLISHMENT_REVIEWER, region="agency__region"), Who(Role.HUMAN_RESOURCES_REVIEWER, region="agency__region"),
]  # fmt: skip
#: Items whose gaps are named one by one; of more only the number is said.
NAMED = 25


def once_a_year(plan: Plan, act: Act) -> Iterator[Refusal]:
    other = Plan.objects.filter(agency=act.actor.organisation_id, year=act.data["year"]).first()
    if other is not None:
        yield refuse("R-003", _("%(year)s 年度购买计划已有（%(number)s），每个购买主体每年只编一份。"), field="year",
                     year=other.year, number=other.number)


def year_still_open(plan: Plan, act: Act) -> Iterator[Refusal]:
    if act.now >= rules.cut_off(act.data["year"]):
        yield _too_late(act.data["year"])


def before_cut_off(plan: Plan, act: Act) -> Iterator[Refusal]:
    """30 November 24:00 is strict; a plan that came in time and was sent back may come again for a while (R-001, S-22)."""
    if plan.submitted_at is None and act.now >= plan.cut_off:
        yield _too_late(plan.year)
    elif plan.submitted_at is not None and act.now >= plan.lapses_at:
        yield refuse("S-22", _("退回后的再报期限已过，不能再报送 %(year)s 年度购买计划；可改走一事一议或年中调整。"), year=plan.year)


def _too_late(year: int) -> Refusal:
    return refuse(
        "R-001", _("%(year)s 年度购买计划的报送截止时间是 %(day)s 24:00，已过；突发临时事项可改走一事一议，其余列入下一年度。"),
        year=year, day=f"{year - 1}-11-30",
    )


def has_items(plan: Plan, act: Act) -> Iterator[Refusal]:
    carried = Q(route=PlanItem.Route.CARRIED, state="EXECUTED")
    if not plan.items.filter(carried | Q(state__in=["DRAFTED", "PROPOSED", "SUBMITTED", "SENT_BACK", "REVIEWED"])).exists():
        yield refuse("R-003", _("计划里还没有项目。"))


def no_gap_is_known(plan: Plan, act: Act) -> Iterator[Refusal]:
    """Each item answers all five questions; what the first of them lack is named item by item, at once (S-18, S-172)."""
    first = _first_with_gaps(plan)
    named = list(completeness.incomplete(PlanItem.objects.filter(pk__in=first))) if first else []
    yield from _named(named)
    others = _with_gaps(plan).count() - len(first) if len(first) == NAMED else 0
    if named and others:
        yield refuse("S-172", _("另有 %(count)s 个项目没有填写完整，可在项目列表中按“待补”筛选。"), count=others)


def every_item_complete(plan: Plan, act: Act) -> Iterator[Refusal]:
    """Asked of every item when it counts: what was complete when it was written may lack something now, or not agree with the
    implementation catalogue of the year (S-18, S-08).
    """
    known, required = set(_first_with_gaps(plan)), listed.is_required(plan.agency)
    items = (item for chunk in completeness.chunks_of(_in_hand(plan)) for item in chunk if item.pk not in known)
    found = ((item, [*completeness.missing(item), *listed.against(item, required=required)]) for item in items)
    yield from _named(islice(((item, lacking) for item, lacking in found if lacking), NAMED))


def items_are_in_the_departments_list(plan: Plan, act: Act) -> Iterator[Refusal]:
    """A department that has a list of its own plans by it (R102-16, R102-18)."""
    own = own_catalogue.of(plan.agency)
    if own is not None:
        outside = own_catalogue.outside(_in_hand(plan), own).select_related("leaf").order_by("pk")[:NAMED]
        yield from _named((item, [own_catalogue.not_listed(item, own)]) for item in outside)


def _in_hand(plan: Plan) -> QuerySet[PlanItem]:
    return PlanItem.objects.filter(plan=plan, state__in=["DRAFTED", "SENT_BACK"])


def _with_gaps(plan: Plan) -> QuerySet[PlanItem]:
    return _in_hand(plan).filter(Q(gap_count=None) | Q(gap_count__gt=0)).order_by("pk")


def _first_with_gaps(plan: Plan) -> list[int]:
    return list(_with_gaps(plan).values_list("pk", flat=True)[:NAMED])


def _named(found: Iterable[tuple[PlanItem, list[Refusal]]]) -> Iterator[Refusal]:
    for item, lacking in found:
        for refusal in lacking:
            yield refuse(refusal.rule, _("%(item)s：%(what)s"), field=f"item-{item.pk}", item=item.title, what=refusal.message)


def budgets_reconcile(plan: Plan, act: Act) -> Iterator[Refusal]:
    """The three budgets say the same, or the difference is explained (S-28, R-029)."""
    if act.data.get("difference_reason"):
        return
    for name in ("department_budget", "procurement_budget"):
        given = act.data.get(name)
        if given is not None and given != plan.total:
            yield refuse(
                "S-28", _("%(budget)s %(given)s 元与政府购买服务预算 %(total)s 元不一致，须说明差异。"), field="difference_reason",
                budget=Plan._meta.get_field(name).verbose_name, given=in_figures(given), total=in_figures(plan.total),
            )


def something_runs_on(plan: Plan, act: Act) -> Iterator[Refusal]:
    if not act.data and not carrying.waiting_projects(plan).exists():
        yield refuse("CAR-01", _("没有待结转的跨年项目。"))


def each_may_be_carried(plan: Plan, act: Act) -> Iterator[Refusal]:
    """Every reason against each that was chosen, at once (S-172)."""
    for project in act.data.get("projects") or ():
        yield from carrying.against(project, plan)


def running_projects_are_carried(plan: Plan, act: Act) -> Iterator[Refusal]:
    """What runs on is not forgotten in the year's money: carried first, or a reason given (CAR-02)."""
    if act.data.get("carry_reason"):
        return
    for each in carrying.waiting(plan)[:NAMED]:
        yield refuse("CAR-02", _("跨年项目“%(project)s”（%(amount)s 元）还没有结转；请先结转，或者说明不结转的理由。"),
                     field="carry_reason", project=each.project.title, amount=in_figures(each.amount))


def nothing_under_review(plan: Plan, act: Act) -> Iterator[Refusal]:
    count = plan.items.filter(state__in=plans.OPEN_ITEMS).count()
    if count:
        yield refuse("S-25", _("还有 %(count)s 个项目没有审定。"), count=count)


def something_approved(plan: Plan, act: Act) -> Iterator[Refusal]:
    if not plan.items.filter(state__in=["APPROVED", "EXECUTED"]).exists():
        yield refuse("R-008", _("没有已批准的项目，不需要公布。"))


PLAN = Lifecycle(
    code="plans.plan", reference="L2.1", name=_("年度购买计划"), model=Plan,
    rows=[
        Transition("draft", "", S.DRAFTED, _("新建年度计划"), who=[Who(Role.PLANNER)], inputs=PlanForm,
                   checks=[once_a_year, year_still_open], effect=plans.draft, clocks=[starts("PLAN_CUTOFF")],
                   rules=["R-003", "S-25"]),
        Transition("carry_over", [S.DRAFTED, S.SENT_BACK], None, _("结转跨年项目"), who=[PLANNER], inputs=CarryForm,
                   guards=[something_runs_on], checks=[each_may_be_carried], effect=carrying_verbs.carry_over,
                   rules=["CAR-01", "R102-28", "RTR-05"], sentence=_("结转 %(count)s 个跨年项目"),
                   hint=_("把仍在履约、期限到本年度的项目按分年资金列入计划，不再采购。")),
        Transition("propose", [S.DRAFTED, S.SENT_BACK], S.PROPOSED, _("送负责人审签"), who=[PLANNER], inputs=ProposePlanForm,
                   guards=[has_items, no_gap_is_known], effect=plans.propose, tells=[HEAD],
                   checks=[running_projects_are_carried, every_item_complete, items_are_in_the_departments_list, budgets_reconcile],
                   rules=["S-28", "R-029", "R102-16", "R102-18"], task=True, hint=_("计划和全部草稿项目一并送本单位负责人审签。")),
        Transition("submit", S.PROPOSED, S.SUBMITTED, _("报送财政审核"), who=[HEAD], guards=[before_cut_off],
                   not_by=["draft", "propose"], effect=plans.submit, clocks=[stops("PLAN_CUTOFF")], rules=["R-001", "S-22"],
                   tells=FIRST_REVIEWERS, task=True, sentence=_("报送财政审核，%(items)s 个项目，合计 %(total)s 元"),
                   hint=_("报送后各部门同时审核，项目编号自此确定，内容不再改动。")),
        Transition("send_back", S.PROPOSED, S.SENT_BACK, _("退回经办人修改"), who=[HEAD], reason=True, effect=plans.send_back,
                   tells=[PLANNER]),
        Transition("send_back_by_finance", S.SUBMITTED, S.SENT_BACK, _("退回计划封面内容"), who=[FINANCE], reason=True,
                   effect=plans.send_back, tells=[PLANNER, HEAD], hint=_("只退计划本身；正在审核的项目继续审核。")),
        Transition("lapse", [S.DRAFTED, S.PROPOSED, S.SENT_BACK], S.LAPSED, _("逾期失效"), system=True, effect=plans.lapse,
                   rules=["R-001", "S-22"], tells=[PLANNER, HEAD, FINANCE]),
        Transition("conclude", S.SUBMITTED, S.DECIDED, _("全部审定"), system=True, guards=[nothing_under_review],
                   clocks=[starts("PLAN_PUBLICATION")], tells=[HEAD, FINANCE]),
        Transition("publish", S.DECIDED, S.PUBLISHED, _("公布计划"), who=[HEAD], guards=[something_approved],
                   clocks=[stops("PLAN_PUBLICATION")], rules=["R-008", "R1787-06", "S-33"], task=True,
                   hint=_("公布已批准项目的名称、预算、主要内容、承接主体条件和评价标准。")),
        Transition("close", S.PUBLISHED, S.CLOSED, _("年结"), system=True, effect=plans.close),
    ],
    due=[
        Due("lapse", lambda: Plan.objects.filter(state__in=[S.DRAFTED, S.PROPOSED, S.SENT_BACK]), "lapses_at"),
        Due("close", lambda: Plan.objects.filter(state=S.PUBLISHED), "closes_at"),
    ],
    readers={S.PUBLISHED: {"public": _("已公布")}},
    tones={S.PROPOSED: "wait", S.DECIDED: "ok"},
)


@consequence("plans.plan", "submit")
def nothing_is_left_to_review(plan: Plan, act: Act) -> None:
    """A plan that only carries over was decided years ago (L2.1 conclude)."""
    plans.conclude_if_decided(plan, act)
