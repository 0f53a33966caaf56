"""L2.2: one planned purchase, answered in five questions."""
from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Manager, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.forms.wording import AskWordingForm, OverruleWordingForm
from catalogue.wording_rules import something_to_overrule
from portal.accounts.roles import Role
from portal.money import in_figures
from portal.rules.jurisdiction import setting
from portal.workflow import Act, Due, Lifecycle, Refusal, Transition, Who, consequence, had_a_hand, refuse
from procurement.plans import completeness, listed, own_catalogue
from procurement.plans.forms.adjustments import ASK_REASONS, AskAdjustForm
from procurement.plans.forms.items import ApproveItemForm, AttachForm, CopyItemForm, ItemForm
from procurement.plans.models import AT_MARKET, PlanItem, PlanItemQuerySet, Stage
from procurement.plans.verbs import adjustments, carrying, items, plans, reviews

from .adjustment import before_the_tender, holds_together, nothing_else_under_way

S = PlanItem.State
PLANNER, HEAD = Who(Role.PLANNER, at="agency"), Who(Role.HEAD, at="agency")
FINANCE_OFFICER = Who(Role.FINANCE_OFFICER, region="agency__region")
FINANCE_HEAD = Who(Role.FINANCE_HEAD, region="agency__region")
SECRETARY = Who(Role.MEETING_SECRETARY, region="agency__region")

REJECTION_REASONS = [
    ("forbidden", _("属于不得购买的事项")), ("merits", _("理由不充分")), ("no_money", _("资金不能落实")),
    ("duplicate", _("与其他项目重复")),
]


#: An item in a plan that is still the agency's is put forward with it, and waits for nobody by itself (S-25).
GOES_ALONE = ~Q(plan__state__in=["DRAFTED", "PROPOSED", "SENT_BACK"])


def plan_takes_items(item: PlanItem, act: Act) -> Iterator[Refusal]:
    """An annual item lies in a plan of its own agency that is still being compiled (R-003)."""
    plan, route = act.data.get("plan"), act.data.get("route") or PlanItem.Route.ANNUAL
    if route != PlanItem.Route.ANNUAL:
        return
    if plan is None:
        yield refuse("R-003", _("年度计划项目须列入一份年度购买计划。"), field="plan")
    elif plan.agency_id != act.actor.organisation_id or plan.state not in ("DRAFTED", "SENT_BACK"):
        yield refuse("R-003", _("只能列入本单位正在编制的计划。"), field="plan")


def complete(item: PlanItem, act: Act) -> Iterator[Refusal]:
    yield from completeness.missing(item)


def in_the_list_of_the_year(item: PlanItem, act: Act) -> Iterator[Refusal]:
    yield from listed.against(item)


def in_its_departments_list(item: PlanItem, act: Act) -> Iterator[Refusal]:
    yield from own_catalogue.against(item)


def travels_with_its_plan(item: PlanItem, act: Act) -> Iterator[Refusal]:
    """In its first round an annual item goes with the plan, not alone (S-25)."""
    if item.plan and item.plan.state in ("DRAFTED", "PROPOSED", "SENT_BACK") and not act.actor.is_system:
        yield refuse("S-25", _("年度计划项目随年度计划一并送审；请在计划页办理。"))


def in_time(item: PlanItem, act: Act) -> Iterator[Refusal]:
    """An annual item that was sent back comes again before the plan's last day (S-22)."""
    if item.route == PlanItem.Route.ANNUAL and item.first_submitted_at and act.now >= item.plan.lapses_at:
        yield refuse("S-22", _("退回后的再报期限已过；可改走一事一议或年中调整。"))


def all_steps_agree(item: PlanItem, act: Act) -> Iterator[Refusal]:
    for step in item.steps.filter(round=item.round).exclude(state__in=["APPROVED", "SKIPPED", "VOIDED"]):
        yield refuse("S-23", _("%(step)s还没有同意。"), step=step.get_kind_display())


def decided_by_the_right_body(item: PlanItem, act: Act) -> Iterator[Refusal]:
    """The joint meeting decides; the finance head only ad hoc, in the year, or where there is no meeting (R-002, X-04)."""
    if act.actor.is_system or item.route != PlanItem.Route.ANNUAL:
        return
    if setting("joint_meeting", item.agency.region):
        yield refuse("R-002", _("年度计划项目由联席会议审批，签发会议纪要后生效。"))


def not_his_own_review(item: PlanItem, act: Act) -> Iterator[Refusal]:
    """Who reviewed it does not decide it (G2)."""
    if had_a_hand(act.actor, "plans.step", item.steps.values_list("pk", flat=True), "approve", "send_back", "reject"):
        yield refuse("G2", _("您已审核过本项目，审批须由他人办理。"))


def amount_within_asked(item: PlanItem, act: Act) -> Iterator[Refusal]:
    """Approved at most what was asked; a cut is named (S-24)."""
    amount = act.data.get("approved_amount")
    if amount is None:
        return
    if not 0 < amount <= item.amount:
        yield refuse("S-24", _("批准金额须大于零且不超过申报金额 %(amount)s 元。"), field="approved_amount", amount=in_figures(item.amount))
    elif amount < item.amount and not act.data.get("cut_reason"):
        yield refuse("S-24", _("部分批准须写明核减理由。"), field="cut_reason")


def not_taken_up_yet(item: PlanItem, act: Act) -> Iterator[Refusal]:
    """It goes one other way at a time (S-26)."""
    if twin := item.taken_up_by:
        yield refuse("S-26", _("已按原内容另建%(route)s项目（%(state)s），不再重复新建。"),
                     route=twin.get_route_display(), state=twin.get_state_display())  # fmt: skip


def cancel_was_asked(item: PlanItem, act: Act) -> Iterator[Refusal]:
    if not item.cancel_asked_reason:
        yield refuse("S-27", _("购买主体负责人还没有申请取消。"))


def nothing_signed(item: PlanItem, act: Act) -> Iterator[Refusal]:
    if item.project and item.project.reached(Stage.CONTRACTED):
        yield refuse("S-24", _("已签订合同，不能取消。"))


def carried_into_an_open_plan(item: PlanItem, act: Act) -> Iterator[Refusal]:
    """Only what was carried over, and only while its plan is being compiled (CAR-01)."""
    if item.route != PlanItem.Route.CARRIED:
        yield refuse("CAR-01", _("不是结转的项目。"))
    elif item.plan.state not in ("DRAFTED", "SENT_BACK", "LAPSED"):
        yield refuse("CAR-01", _("计划已送审，不能再去掉结转的项目。"))


def contract_is_signed(item: PlanItem, act: Act) -> Iterator[Refusal]:
    if not item.project.reached(Stage.CONTRACTED):
        yield refuse("S-01", _("还没有全部签约。"))


def only_history(item: PlanItem, act: Act) -> Iterator[Refusal]:
    if not act.history:
        yield refuse("G4", _("只有装载历史案例时可以这样登记。"))


def over_or_never_tendered(item: PlanItem, act: Act) -> Iterator[Refusal]:
    """What reached the market does not lapse with its year."""
    if item.state == S.APPROVED and item.project.reached(Stage.TENDERING):
        yield refuse("S-01", _("采购已启动，不因年度结束失效。"))


def lapsing(found: PlanItemQuerySet | Manager) -> QuerySet[PlanItem]:
    """What its last day ends: not history, and nothing that has reached the market, which would be refused for ever (S-01)."""
    waiting = found.filter(state__in=[S.DRAFTED, S.PROPOSED, S.SENT_BACK, S.DEFERRED, S.APPROVED], project__is_history=False)
    alone = found.filter(state__in=[S.DRAFTED, S.PROPOSED, S.SENT_BACK], project=None)
    return (waiting | alone).exclude(state=S.APPROVED, project__state__in=AT_MARKET)


ITEM = Lifecycle(
    code="plans.item", reference="L2.2", name=_("计划项目"), model=PlanItem,
    rows=[
        Transition("draft", "", S.DRAFTED, _("新增项目"), who=[Who(Role.PLANNER)], inputs=ItemForm, holds=["plan"],
                   checks=[plan_takes_items], effect=items.draft, rules=["S-18"]),
        Transition("edit", [S.DRAFTED, S.SENT_BACK], None, _("修改内容"), who=[PLANNER], inputs=ItemForm, effect=items.edit,
                   page="plans:edit_item"),
        Transition("attach_report", [S.DRAFTED, S.SENT_BACK], None, _("上传可行性报告"), who=[PLANNER], inputs=AttachForm,
                   effect=items.attach_report, rules=["R-006"]),
        Transition("propose", [S.DRAFTED, S.SENT_BACK], S.PROPOSED, _("送负责人审签"), who=[PLANNER], system=True,
                   guards=[travels_with_its_plan, complete, in_its_departments_list, in_the_list_of_the_year], effect=items.propose,
                   tells=[HEAD], rules=["R-006", "S-21", "R102-16", "R102-18", "S-08"],
                   task=GOES_ALONE),
        Transition("submit", S.PROPOSED, S.SUBMITTED, _("报送审核"), who=[HEAD], system=True, not_by=["draft", "edit", "propose"],
                   guards=[travels_with_its_plan, in_time, reviews.departments_are_there], effect=items.submit,
                   rules=["S-22", "S-26", "R-030"],
                   task=GOES_ALONE, sentence=_("报送审核，第 %(round)s 轮，%(amount)s 元"), hint=_("各部门同时收到，内容不再改动。")),
        Transition("send_back", S.PROPOSED, S.SENT_BACK, _("退回经办人修改"), who=[HEAD], system=True, reason=True,
                   guards=[travels_with_its_plan], effect=items.decision_with_reason, tells=[PLANNER]),
        Transition("send_back_reviewed", [S.SUBMITTED, S.REVIEWED], S.SENT_BACK, _("退回修改"), system=True,
                   effect=items.send_back_reviewed, tells=[PLANNER, HEAD], rules=["S-172", "S-24"]),
        Transition("complete_review", S.SUBMITTED, S.REVIEWED, _("部门审核通过"), system=True, guards=[all_steps_agree],
                   tells=[SECRETARY, FINANCE_HEAD], rules=["S-23", "S-166"]),
        Transition("approve", S.REVIEWED, S.APPROVED, pgettext_lazy("act", "批准"), who=[FINANCE_HEAD], system=True, inputs=ApproveItemForm,
                   guards=[decided_by_the_right_body, not_his_own_review], checks=[amount_within_asked], effect=items.approve,
                   tells=[PLANNER, HEAD], rules=["R-002", "S-24"], task=True, sentence=_("批准 %(amount)s 元")),
        Transition("defer", S.REVIEWED, S.DEFERRED, pgettext_lazy("act", "缓议"),
                   system=True, effect=items.decision_with_reason, tells=[PLANNER, HEAD],
                   rules=["S-24"]),
        Transition("relist", S.DEFERRED, S.REVIEWED, _("重新提请审议"), who=[SECRETARY], tells=[PLANNER]),
        Transition("reject", [S.SUBMITTED, S.REVIEWED], S.REJECTED, _("不予批准"), who=[FINANCE_HEAD], system=True,
                   guards=[decided_by_the_right_body, not_his_own_review], reason=REJECTION_REASONS,
                   effect=items.decision_with_reason, tells=[PLANNER, HEAD], rules=["S-24"]),
        Transition("withdraw", [S.PROPOSED, S.SUBMITTED, S.SENT_BACK, S.REVIEWED, S.DEFERRED], S.WITHDRAWN, _("撤回项目"),
                   who=[HEAD], effect=items.withdraw),
        Transition("discard", S.DRAFTED, S.WITHDRAWN, _("删去草稿"), who=[PLANNER]),
        Transition("copy", [S.LAPSED, S.DEFERRED], None, _("改走其他路径"), who=[PLANNER], inputs=CopyItemForm, guards=[not_taken_up_yet],
                   effect=items.copy, lands=lambda item: item.taken_up_by, rules=["S-26"],
                   hint=_("按原内容新建一个一事一议或年中调整项目草稿。")),
        Transition("ask_wording", [S.DRAFTED, S.SENT_BACK], None, _("申请核对用语"), who=[PLANNER], inputs=AskWordingForm,
                   guards=[something_to_overrule], effect=items.ask_wording, tells=[FINANCE_OFFICER], rules=["R102-13"]),
        Transition("overrule_wording", [S.DRAFTED, S.SENT_BACK], None, _("核对放行用语"), who=[FINANCE_OFFICER], reason=True,
                   inputs=OverruleWordingForm, guards=[something_to_overrule], effect=items.overrule_wording, tells=[PLANNER],
                   rules=["R102-13", "R1787-01"], sentence=_("核对放行用语：%(words)s")),
        Transition("ask_adjust", S.APPROVED, None, _("申请调整计划"), who=[PLANNER], inputs=AskAdjustForm, reason=ASK_REASONS,
                   guards=[before_the_tender, nothing_else_under_way], checks=[holds_together], effect=adjustments.ask,
                   rules=["ADJ-01", "ADJ-02", "ADJ-04"], sentence=_("申请调整计划 %(number)s（%(kind)s），%(before)s 元 → %(after)s 元"),
                   hint=_("只改要调整的地方；经单位负责人报送、财政同意后生效，调整前后的内容都保留。")),
        Transition("adjust", S.APPROVED, None, _("调整计划"), system=True, effect=adjustments.adjust, rules=["ADJ-01", "R-031"],
                   sentence=_("调整计划 %(number)s（%(kind)s），%(before)s 元 → %(after)s 元")),
        Transition("ask_cancel", S.APPROVED, None, _("申请取消"), who=[HEAD], reason=True, guards=[nothing_signed],
                   effect=items.ask_cancel, tells=[FINANCE_HEAD]),
        Transition("cancel", S.APPROVED, S.CANCELLED, _("同意取消"), who=[FINANCE_HEAD], guards=[cancel_was_asked, nothing_signed],
                   effect=items.cancel, tells=[HEAD, PLANNER]),
        Transition("carry_over", "", S.EXECUTED, _("跨年结转"), system=True, effect=carrying.make_carried,
                   rules=["CAR-01", "R102-28", "RTR-05"], sentence=_("%(project)s结转到 %(year)s 年度计划，%(amount)s 元")),
        Transition("drop_carried", S.EXECUTED, S.WITHDRAWN, _("不再结转"), who=[PLANNER], system=True,
                   guards=[carried_into_an_open_plan], effect=carrying.drop, rules=["CAR-01"],
                   sentence=_("%(project)s不再结转到 %(year)s 年度计划"), hint=_("只从本年度计划里去掉，项目和合同不变。")),
        Transition("execute", S.APPROVED, S.EXECUTED, _("全部签约"), system=True, guards=[contract_is_signed]),
        Transition("lapse", [S.DRAFTED, S.PROPOSED, S.SENT_BACK, S.DEFERRED, S.APPROVED], S.LAPSED, _("失效"), system=True,
                   guards=[over_or_never_tendered], tells=[PLANNER, HEAD]),
        Transition("record_history", "", S.APPROVED, _("登记历史项目"), system=True, guards=[only_history],
                   effect=items.record_history),
    ],
    due=[Due("lapse", lambda: lapsing(PlanItem.objects), "lapses_at")],
    tones={S.PROPOSED: "wait"},
)


@consequence("plans.item", "approve", "defer", "reject", "withdraw", "lapse", "discard", "cancel")
def plan_is_decided_with_its_last_item(item: PlanItem, act: Act) -> None:
    plans.conclude_if_decided(item.plan, act)


@consequence("plans.item", "approve", "record_history")
def project_is_approved(item: PlanItem, act: Act) -> None:
    item.project = act.perform(item.project, "approve", amount=item.effective_amount)


@consequence("plans.item", "reject", "withdraw", "cancel", "lapse")
def project_ends_with_its_item(item: PlanItem, act: Act) -> None:
    """A project whose only item falls is aborted, with the item's reason."""
    if item.project is not None:
        reason = item.decision_reason or act.reason or str(act.row.label)
        item.project = act.perform(item.project, "abort", reason=reason)


@consequence("plans.item", "reject")
def other_steps_fall(item: PlanItem, act: Act) -> None:
    from procurement.plans.verbs.reviews import void_open

    void_open(item, act)


@consequence("plans.project", "contract")
def item_is_executed(project, act: Act) -> None:
    for item in project.items.filter(state="APPROVED"):
        act.perform(item, "execute")
