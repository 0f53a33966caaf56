"""L7.5 Award and result notice."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.roles import Role
from portal.notices.verbs import notice_refusals
from portal.workdays import clocks_of
from portal.workflow import Due, Hold, Lifecycle, Transition, Who, refuse, registered_guard, starts, stops, voids
from procurement.awards.forms import awards as forms
from procurement.awards.models import Award
from procurement.awards.verbs import awards as verbs
from procurement.awards.verbs import papers
from procurement.bids.models import Bid
from procurement.suppliers.verbs import standing
from procurement.tenders.models import Tender

State = Award.State
HEAD = [Who(Role.HEAD, at="tender__agency")]
OFFICER = [Who(Role.OFFICER, at="tender__agency")]
WINNER = [Who(Role.SUPPLIER_HEAD, at="supplier"), Who(Role.SUPPLIER_OFFICER, at="supplier")]
AUDITOR = [Who(Role.AUDITOR, region="tender__agency__region")]

OTHER = (
    ("FIRST_WITHDREW", _("排名第一的候选人书面放弃")),
    ("FIRST_INVALID", _("查实排名第一的候选人投标无效")),
    ("FIRST_BARRED", _("排名第一的候选人被禁止参加政府采购")),
    ("DECISION", _("处理决定认定排名第一的候选人不得中标")),
)
ABANDON = (
    ("GAVE_UP", _("中标人书面放弃中标")), ("REFUSED", _("中标人无正当理由拒绝签订合同")), ("FORCE_MAJEURE", _("因不可抗力不能履行合同")),
)


# --- guards ------------------------------------------------------------------------------------------------------
def decider_is_not_on_the_panel(award, act):
    """Who judged does not decide (G2)."""
    if award.tender.panel_draw.members.filter(user__in=act.actor.persons).exclude(state="DECLINED").exists():
        yield refuse("G2", _("评审委员会成员不得确定中标人。"))


def _is_first(award) -> bool:
    return bool(award.candidates) and award.candidates[0]["bid"] == award.bid_id


def first_can_be_chosen(award, act):
    """The first in order, whose bid stands and whom no sanction covers today (R87-71, G6, RBL-06)."""
    yield from _can_be_chosen(award, award.bid, act)


def other_can_be_chosen(award, act):
    """Another than the first, and only where something excludes the first (R87-71)."""
    row = verbs.candidate(award, act.data["candidate"])
    if row is None:
        yield refuse("R87-71", _("只能在中标候选人中确定。"), field="candidate")
        return
    if row["rank"] == 1 and len(award.first_ranked) == 1:
        yield refuse("R87-71", _("这就是排名第一的候选人，请按排序确定。"), field="candidate")
    elif row["rank"] != 1:
        ahead = [one for one in award.candidates if one["rank"] < row["rank"] and one["bid"] != award.candidates[0]["bid"]]
        if ahead:
            yield refuse("R87-71", _("须按顺序确定，%(name)s排在前面。"), name=ahead[0]["supplier_name"], field="candidate")
    yield from _can_be_chosen(award, Bid.objects.select_related("supplier").get(pk=row["bid"]), act)


def _can_be_chosen(award, bid, act):
    if bid.state not in (Bid.State.RANKED, Bid.State.UNSUCCESSFUL):
        yield refuse(
            "R87-71", _("%(name)s的投标现为“%(state)s”，不能确定为中标人。"), name=bid.supplier.name, state=bid.get_state_display()
        )
    yield from standing(bid.supplier, act.now.astimezone(clock.SHANGHAI).date())


def within_the_limit(award, act):
    if award.amount > award.tender.price_limit:
        yield refuse("R87-35", _("中标金额超过最高限价或者预算金额。"))


def decision_time_is_over(award, act):
    """Five working days by a calendar that is published; nothing is deemed on a provisional end (R87-73, G4)."""
    running = verbs.decision_clock(award)
    if running is None or running.state not in (running.State.RUNNING, running.State.OVERDUE):
        yield refuse("R87-73", _("定标时限没有在计时。"))
    elif running.provisional:
        yield refuse("RCV-02", _("该年度工作日历尚未公布，截止时间为暂定，不据此视同定标。"))
    elif act.now < running.ends_at:
        yield refuse("R87-73", _("定标时限还没有届满。"))


def no_lawful_obstacle(award, act):
    if award.obstacle:
        yield refuse("R87-73", _("采购人已说明不能按期定标的正当理由。"))


def one_single_first(award, act):
    if len(award.first_ranked) != 1:
        yield refuse("R87-73", _("排名第一的候选人并列，不能视同确定。"))


def obstacle_is_not_noted(award, act):
    if award.obstacle:
        yield refuse("G7", _("已记录不能按期定标的理由。"))


def notice_is_complete(award, act):
    """Whatever N-08 would lack is said before (N-08)."""
    yield from notice_refusals("N-08", papers.result_payload(award))


def winner_stands(award, act):
    if award.bid.state not in (Bid.State.RANKED, Bid.State.UNSUCCESSFUL):
        yield refuse(
            "R87-71", _("%(name)s的投标现为“%(state)s”，不能公告。"), name=award.supplier.name, state=award.bid.get_state_display()
        )
    yield from standing(award.supplier, act.now.astimezone(clock.SHANGHAI).date())


def winner_gives_up_or_time_is_over(award, act):
    """The purchaser says so only when the thirty days ran out by the winner's fault (S-50, R87-77)."""
    if act.actor.organisation_id == award.supplier_id:
        return
    signing = clocks_of(award).filter(name="SIGNING").first()
    if signing is None or act.now < signing.ends_at:
        yield refuse("R87-77", _("签约期限届满前，由中标人自己放弃。"))


def somebody_is_next(award, act):
    """The next candidate, if one is left who can be chosen; else the tender fails (R-GP-40)."""
    if verbs.next_candidate(award, act.now.astimezone(clock.SHANGHAI).date()) is None:
        yield refuse("R-GP-40", _("没有可以递补的中标候选人，应予废标，重新采购。"))


def tender_is_still_on(award, act):
    if award.tender.state not in (Tender.State.EVALUATED, Tender.State.AWARDED):
        yield refuse("R-GP-40", _("采购活动现为“%(state)s”，不能递补。"), state=award.tender.get_state_display())


AWARD = Lifecycle(
    code="awards.award", reference="L7.5", name=_("定标"), model=Award,
    rows=[
        Transition(
            "propose", "", State.PROPOSED, _("提出中标候选人"), system=True, effect=verbs.propose, clocks=[starts("AWARD_DECISION")],
            tells=HEAD, rules=["R87-71", "R87-72"],
        ),
        Transition(
            "decide", State.PROPOSED, State.DECIDED, _("按排序确定中标人"), step_up=True, who=HEAD, inputs=forms.DecideForm,
            guards=[decider_is_not_on_the_panel, first_can_be_chosen, within_the_limit], effect=verbs.decide, hold=Hold.AWARD,
            clocks=[stops("AWARD_DECISION"), starts("RESULT_PUBLICATION")], tells=OFFICER, task=True,
            rules=["R87-71", "R87-72"], sentence=_("确定%(supplier)s中标，金额 %(amount)s 元"),
        ),
        Transition(
            "decide_other", State.PROPOSED, State.DECIDED, _("确定其他候选人"), step_up=True, who=HEAD,
            inputs=forms.DecideOtherForm, reason=OTHER,
            guards=[decider_is_not_on_the_panel], checks=[other_can_be_chosen], effect=verbs.decide_other, hold=Hold.AWARD,
            clocks=[stops("AWARD_DECISION"), starts("RESULT_PUBLICATION")], tells=[*OFFICER, *AUDITOR], rules=["R87-71"],
            sentence=_("确定%(supplier)s中标（第 %(rank)s 名），金额 %(amount)s 元"),
        ),
        Transition(
            "deem", State.PROPOSED, State.DECIDED, _("逾期未定标，视同确定第一候选人"), system=True,
            guards=[no_lawful_obstacle, one_single_first, first_can_be_chosen, decision_time_is_over], effect=verbs.deem,
            hold=Hold.AWARD, clocks=[stops("AWARD_DECISION"), starts("RESULT_PUBLICATION")], tells=[*HEAD, *OFFICER, *AUDITOR],
            rules=["R87-73"], sentence=_("逾期未定标，%(supplier)s视同中标，金额 %(amount)s 元"),
        ),
        Transition(
            "note_obstacle", State.PROPOSED, None, _("说明不能按期定标的理由"), who=HEAD, reason=True,
            guards=[obstacle_is_not_noted], effect=verbs.note_obstacle,
            tells=[Who(Role.FINANCE_OFFICER, region="tender__agency__region")], rules=["R87-73"],
            hint=_("须有正当理由；记录后不再视同确定，定标时限中止计时。"),
        ),
        Transition(
            "announce", State.DECIDED, State.ANNOUNCED, _("公告结果并发中标通知书"), step_up=True, who=HEAD,
            guards=[winner_stands, notice_is_complete], effect=verbs.announce, hold=Hold.AWARD,
            clocks=[stops("RESULT_PUBLICATION"), starts("SIGNING")], tells=[*OFFICER, *WINNER], task=True,
            rules=["R-GP-37", "R87-74", "R87-75"], sentence=_("公告中标结果 %(notice)s，%(supplier)s中标，金额 %(amount)s 元"),
            hint=_("结果公告、中标通知书、落标告知书和评分数据同时发出。"), confirm=_("公告中标结果，发出中标通知书？"),
        ),
        Transition(
            "contract", State.ANNOUNCED, State.CONTRACTED, _("合同签订"), system=True, effect=verbs.contract,
            clocks=[stops("SIGNING")], rules=["R-GP-39"],
        ),
        Transition(
            "abandon", State.ANNOUNCED, State.ABANDONED, _("弃标"), who=[Who(Role.SUPPLIER_HEAD, at="supplier"), *HEAD], reason=ABANDON,
            guards=[winner_gives_up_or_time_is_over], effect=verbs.end, clocks=[voids("SIGNING")],
            tells=[*HEAD, *OFFICER, Who(Role.FINANCE_OFFICER, region="tender__agency__region")],
            rules=["S-50", "RBL-03", "R-GP-40"], hint=_("放弃中标要承担法律责任。"), confirm=_("确认放弃中标？"),
        ),
        Transition(
            "annul", [State.PROPOSED, State.DECIDED, State.ANNOUNCED], State.ANNULLED, _("中标无效"), system=True, effect=verbs.end,
            clocks=[voids()], tells=[*HEAD, *WINNER], rules=["R-GP-50", "RBL-01"],
        ),
        Transition(
            "replace", [State.ABANDONED, State.ANNULLED], State.REPLACED, _("递补中标人"), step_up=True, who=HEAD, inputs=forms.DecideForm,
            guards=[decider_is_not_on_the_panel, tender_is_still_on, somebody_is_next], effect=verbs.replace, hold=Hold.AWARD,
            tells=OFFICER, rules=["R-GP-40"], sentence=_("由%(successor)s（第 %(rank)s 名）递补中标"),
        ),
        Transition(
            "step_up", "", State.DECIDED, _("递补确定中标人"), system=True, effect=verbs.step_up,
            clocks=[starts("RESULT_PUBLICATION")], rules=["R-GP-40"], sentence=_("%(supplier)s递补中标，金额 %(amount)s 元"),
        ),
    ],
    due=[Due("deem", queryset=lambda: Award.objects.filter(state=State.PROPOSED, obstacle=""), moment="decide_until")],
    readers={State.ANNOUNCED: {"public": _("中标")}},
    tones={State.DECIDED: "ok", State.ANNOUNCED: "ok", State.CONTRACTED: "ok", State.REPLACED: "idle"},
)


@registered_guard("tenders.tender", "award")
def every_lot_is_announced(tender: Tender, act):
    """A tender is awarded when each lot has its announced award (R87-74)."""
    announced = set(Award.objects.filter(tender=tender, state__in=[State.ANNOUNCED, State.CONTRACTED]).values_list("lot", flat=True))
    if set(tender.lots.values_list("pk", flat=True)) - announced:
        yield refuse("R87-74", _("还有采购包没有公告中标结果。"))


@registered_guard("tenders.tender", "complete")
def every_lot_has_its_contract(tender: Tender, act):
    """A tender is complete when the contract of each lot is signed (R-GP-39)."""
    for lot in verbs.lots_without_contract(tender):
        yield refuse("R-GP-39", _("采购包“%(lot)s”还没有签订合同。"), lot=lot)


@registered_guard("suppliers.supplier", "close")
def winner_signs_or_gives_up(supplier, act):
    """Who has won signs or gives up before he leaves; what is not announced yet is nobody's knowledge (L4.1, R87-77)."""
    waiting = Award.objects.filter(supplier=supplier.organisation_id, state=State.ANNOUNCED)
    for award in waiting.select_related("tender").order_by("pk"):
        yield refuse("R87-77", _("采购活动 %(number)s 已中标，合同还没有签订。"), number=award.tender.number)
