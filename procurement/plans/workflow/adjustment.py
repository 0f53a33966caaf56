"""L2.2 adjust: what an approved plan says is changed in its year, with both versions kept (ADJ-01 to ADJ-04)."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow import Act, Lifecycle, Refusal, Transition, Who, consequence, refuse
from procurement.plans import adjusting
from procurement.plans.forms.adjustments import ASK_REASONS, AgreeForm, ApproveForm, EditAdjustmentForm
from procurement.plans.models import AT_MARKET, Adjustment, PlanItem, Stage
from procurement.plans.models.adjustment import OPEN
from procurement.plans.models.project import ORDER
from procurement.plans.verbs import adjustments

S = Adjustment.State
PLANNER, HEAD = Who(Role.PLANNER, at="agency"), Who(Role.HEAD, at="agency")
FINANCE_OFFICER = Who(Role.FINANCE_OFFICER, region="agency__region")
FINANCE_HEAD = Who(Role.FINANCE_HEAD, region="agency__region")
ASKED = [("item", "ask_adjust")]  # who asked for it


# --- guards of the item ----------------------------------------------------------------------------------------------
def before_the_tender(item: PlanItem, act: Act) -> Iterator[Refusal]:
    """No lot of it is out and nothing signed: from then on tender documents and contract govern (ADJ-01)."""
    stages = list(item.project.branches.filter(live=True, stage__in=AT_MARKET).values_list("stage", flat=True))
    if any(ORDER.index(stage) >= ORDER.index(Stage.CONTRACTED) for stage in stages):
        yield refuse("ADJ-01", _("项目已签订合同，须按合同变更办理，不能再调整计划。"))
    elif stages or item.project.reached(Stage.TENDERING):
        yield refuse("ADJ-01", _("采购公告已经发布，不能再调整计划；确需改变的，先终止采购活动。"))


def nothing_else_under_way(item: PlanItem, act: Act) -> Iterator[Refusal]:
    """One adjustment at a time; two people who begin one at once: the second is told (ADJ-02)."""
    other = Adjustment.objects.open().filter(item=item).first()
    if other is not None:
        yield refuse("ADJ-02", _("这个项目已有一件计划调整在办（%(number)s，%(state)s）。"), number=other.number,
                     state=other.get_state_display())
    if item.cancel_asked_reason:
        yield refuse("ADJ-02", _("单位已申请取消这个项目，不能同时调整。"))


def holds_together(item: PlanItem, act: Act) -> Iterator[Refusal]:
    """Something is changed, and what comes of it is complete (S-21, S-172)."""
    trial = adjusting.tried(item, act.data)
    if not trial.changes:
        yield refuse("ADJ-02", _("内容没有改动，不需要调整。"))
    yield from trial.lacking


# --- guards of the request -------------------------------------------------------------------------------------------
def request_holds_together(adjustment: Adjustment, act: Act) -> Iterator[Refusal]:
    yield from holds_together(adjustment.item, act)


def item_still_stands(adjustment: Adjustment, act: Act) -> Iterator[Refusal]:
    """What was decided or published since it was asked is looked at again, at every step (ADJ-01, ADJ-02)."""
    item = adjustment.item
    if item.state != PlanItem.State.APPROVED:
        yield refuse("ADJ-01", _("项目%(state)s，不能再调整。"), state=item.get_state_display())
    else:
        yield from before_the_tender(item, act)
        if adjusting.is_stale(adjustment):
            yield refuse("ADJ-02", _("提出以后项目内容另有变动，请退回单位重新提出。"))


def increase_names_its_paper(adjustment: Adjustment, act: Act) -> Iterator[Refusal]:
    """Money rises only on a paper: the minutes of the meeting or a decision in writing (ADJ-04, R-031)."""
    if adjustment.kind == Adjustment.Kind.INCREASE and not (act.data.get("document") or adjustment.document):
        yield refuse("ADJ-04", _("追加金额须写明议定文件（联席会议纪要或者批示）。"), field="document")


ADJUSTMENT = Lifecycle(
    code="plans.adjustment", reference="L2.2", name=_("计划调整"), model=Adjustment,
    rows=[
        Transition("draft", "", S.DRAFTED, _("提出计划调整"), system=True, effect=adjustments.draft, tells=[HEAD], rules=["ADJ-04"],
                   sentence=_("提出计划调整 %(number)s（%(kind)s），%(before)s 元 → %(after)s 元")),
        Transition("edit", [S.DRAFTED, S.SENT_BACK], None, _("修改调整申请"), who=[PLANNER], inputs=EditAdjustmentForm,
                   reason=ASK_REASONS, checks=[request_holds_together], effect=adjustments.edit,
                   sentence=_("修改调整申请（%(kind)s），%(before)s 元 → %(after)s 元")),
        Transition("submit", [S.DRAFTED, S.SENT_BACK], S.SUBMITTED, _("报送财政审核"), who=[HEAD], not_by=["edit"], not_by_of=ASKED,
                   guards=[item_still_stands], effect=adjustments.submit, tells=[FINANCE_OFFICER], task=True, rules=["ADJ-04"],
                   hint=_("财政同意以前，项目仍按原批准内容执行。")),
        Transition("agree", S.SUBMITTED, S.REVIEWED, _("审核同意"), who=[FINANCE_OFFICER], not_by=["edit", "submit"], not_by_of=ASKED,
                   inputs=AgreeForm, guards=[item_still_stands], effect=adjustments.agree, tells=[FINANCE_HEAD], task=True,
                   rules=["ADJ-04", "ADJ-01"], hint=_("不追加金额、不改目录项和方式且未达到规定金额的，同意后即生效。")),
        Transition("approve", S.REVIEWED, S.APPLIED, _("批准调整"), who=[FINANCE_HEAD], system=True,
                   not_by=["edit", "submit", "agree"], not_by_of=ASKED, inputs=ApproveForm, guards=[item_still_stands],
                   checks=[increase_names_its_paper], effect=adjustments.approve, tells=[PLANNER, HEAD], task=True,
                   rules=["ADJ-04", "ADJ-01", "R-031"], sentence=_("批准计划调整 %(number)s（%(kind)s），%(before)s 元 → %(after)s 元"),
                   hint=_("项目内容、预留资金和采购意向同时改变。")),
        Transition("send_back", [S.SUBMITTED, S.REVIEWED], S.SENT_BACK, _("退回单位修改"), who=[FINANCE_OFFICER, FINANCE_HEAD],
                   not_by_of=ASKED, reason=True, effect=adjustments.with_reason, tells=[PLANNER, HEAD], rules=["S-172"]),
        Transition("refuse", [S.SUBMITTED, S.REVIEWED], S.REFUSED, _("不予调整"), who=[FINANCE_OFFICER, FINANCE_HEAD], not_by_of=ASKED,
                   reason=True, effect=adjustments.with_reason, tells=[PLANNER, HEAD], rules=["ADJ-04"]),
        Transition("withdraw", list(OPEN), S.WITHDRAWN, _("撤回调整申请"), who=[PLANNER, HEAD], system=True, effect=adjustments.with_reason,
                   tells=[FINANCE_OFFICER]),
        Transition("record", "", S.APPLIED, _("登记新增或取消"), system=True, effect=adjustments.record, rules=["R-008"],
                   sentence=_("登记计划调整 %(number)s（%(kind)s）")),
    ],
    readers={S.APPLIED: {"public": _("已调整")}},
    tones={S.DRAFTED: "wait", S.REVIEWED: "run", S.APPLIED: "ok", S.REFUSED: "bad", S.WITHDRAWN: "idle"},
)  # fmt: skip


@consequence("plans.adjustment", "agree")
def officer_decides_alone(adjustment: Adjustment, act: Act) -> None:
    """What raises no money, changes neither leaf nor method and stays below the region's sum takes effect at once (ADJ-04)."""
    if not adjustment.by_head:
        act.perform(adjustment, "approve")


@consequence("plans.item", "adjust")
def market_reads_the_same(item: PlanItem, act: Act) -> None:
    adjustments.tell_the_market(item, act)


@consequence("plans.item", "approve")
def addition_is_noted(item: PlanItem, act: Act) -> None:
    """What comes to the year beside its plan (S-26, RYX-04)."""
    if item.route != PlanItem.Route.ANNUAL:
        reason = item.urgency or item.adjustment_document or str(item.get_route_display())
        act.perform(Adjustment(item=item), "record", kind=Adjustment.Kind.ADD, reason=reason)


@consequence("plans.item", "cancel")
def cancellation_is_noted(item: PlanItem, act: Act) -> None:
    act.perform(Adjustment(item=item), "record", kind=Adjustment.Kind.CANCEL, reason=item.decision_reason)


@consequence("plans.item", "cancel", "lapse")
def request_falls_with_its_item(item: PlanItem, act: Act) -> None:
    for found in Adjustment.objects.open().filter(item=item):
        act.perform(found, "withdraw", reason=item.decision_reason or str(act.row.label))
