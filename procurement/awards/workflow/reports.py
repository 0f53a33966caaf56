"""L7.4 Evaluation report and abnormal low price."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.clock import written
from portal.workflow import Lifecycle, Transition, Who, refuse, starts, stops
from procurement.awards import content, rules
from procurement.awards.forms import evaluation as forms
from procurement.awards.models import EvaluationReport, PriceQuestion, ScoreSheet
from procurement.awards.people import Seated, seat_of
from procurement.awards.verbs import evaluation as verbs
from procurement.awards.verbs import panel
from procurement.bids.models import Bid

State = EvaluationReport.State
Question = PriceQuestion.State
OFFICER = [Who(Role.OFFICER, at="tender__agency")]
BIDDER = [Who(Role.SUPPLIER_OFFICER, at="bid__supplier"), Who(Role.SUPPLIER_HEAD, at="bid__supplier")]
PANEL = [Seated(draw="tender__panel_draw")]
PANEL_OF_QUESTION = [Seated(draw="report__tender__panel_draw")]


# --- guards of the report ----------------------------------------------------------------------------------------
def panel_is_whole(report, act):
    draw = report.tender.panel_draw
    if not panel.is_complete(draw):
        yield refuse("R87-30", _("评审委员会有空缺，补足后再签署。"))
    if draw.leader_id is None:
        yield refuse("R87-25", _("还没有推选评审组长。"))


def enough_bids_are_left(report, act):
    """Fewer than three responsive bids: the tender fails, nobody is ranked (R87-23, R-GP-50)."""
    if Bid.objects.filter(tender=report.tender_id, state=Bid.State.QUALIFIED).exists():
        return
    left = Bid.objects.filter(tender=report.tender_id, state=Bid.State.RESPONSIVE).count()
    if left < rules.MINIMUM_BIDDERS:
        yield refuse("R-GP-50", _("对招标文件作实质响应的投标人 %(count)s 家，不足三家，应予废标。"), count=left)


def every_sheet_is_in(report, act):
    counting = ScoreSheet.objects.filter(tender=report.tender_id).counting()
    waiting = report.tender.panel_draw.size - counting.filter(state="SUBMITTED").count()
    if waiting > 0:
        yield refuse("R87-70", _("还有 %(count)s 份评分表没有提交。"), count=waiting)


def objective_items_agree(report, act):
    """Objective factors get the same points from every member (PF-10)."""
    names = {factor.pk: factor.name for factor in content.judged_factors(report.tender)}
    suppliers = {bid.pk: bid.supplier.name for bid in content.responsive_bids(report.tender)}
    places = dict.fromkeys(
        (found.bid, found.factor) for found in content.findings(report.tender) if found.kind == "OBJECTIVE"
    )
    for bid, factor in places:
        yield refuse(
            "PF-10", _("客观因素“%(factor)s”，各成员对%(name)s评分不一致，须先复核。"), factor=names[factor], name=suppliers[bid]
        )


def questions_are_judged(report, act):
    for question in report.questions.open().select_related("bid__supplier"):
        yield refuse("RAL-07", _("%(name)s的报价说明还没有审查结论。"), name=question.bid.supplier.name)


def not_signed_yet(report, act):
    member = seat_of(report.tender.panel_draw, act.actor)
    if member and report.signatures.filter(member=member, void_at=None).exists():
        yield refuse("G7", _("您已签署。"))


REPORT = Lifecycle(
    code="awards.report", reference="L7.4", name=_("评审报告"), model=EvaluationReport, personal="R87-47",
    rows=[
        Transition("draft", "", State.DRAFTED, _("开始形成评审报告"), system=True, effect=verbs.draft, rules=["R87-70"]),
        Transition(
            "sign", State.DRAFTED, None, _("签署评审报告"), step_up=True, who=PANEL, inputs=forms.SignForm,
            guards=[not_signed_yet, panel_is_whole, enough_bids_are_left, every_sheet_is_in, objective_items_agree, questions_are_judged],
            effect=verbs.sign, task=True, rules=["R87-70", "R87-32"],
            hint=_("全体成员签署后评审结束；不同意见写明理由后签署。"),
        ),
        Transition(
            "complete_signing", State.DRAFTED, State.SIGNED, _("评审报告签署完毕"), system=True, effect=verbs.complete_signing,
            clocks=[starts("REPORT_DELIVERY")], tells=OFFICER, rules=["R87-70"], sentence=_("评审报告签署完毕，内容摘要 %(digest)s"),
        ),
        Transition(
            "deliver", State.SIGNED, State.DELIVERED, _("送达采购人"), who=OFFICER, effect=verbs.deliver,
            clocks=[stops("REPORT_DELIVERY")], tells=[Who(Role.HEAD, at="tender__agency")], task=True,
            rules=["R-GP-37", "R87-71"], hint=_("送达后由单位负责人在五个工作日内确定中标人。"),
        ),
        Transition(
            "supersede", [State.DRAFTED, State.SIGNED, State.DELIVERED], State.SUPERSEDED, _("评审报告作废"), system=True,
            effect=verbs.supersede, rules=["R-GP-50"],
        ),
    ],
    tones={State.SIGNED: "ok", State.DELIVERED: "ok", State.SUPERSEDED: "idle"},
)


# --- guards of the question --------------------------------------------------------------------------------------
def leader_asks_of_a_bid_in_review(question, act):
    """The panel asks by its leader, and of a bid that is still in (RAL-05, R87-34)."""
    report, bid = act.data["report"], act.data["bid"]
    draw = report.tender.panel_draw
    if draw.leader is None or not act.actor.is_person(draw.leader.user_id):
        yield refuse("RAL-07", _("由评审组长代表评审委员会要求说明。"))
    in_review = Bid.objects.filter(pk=bid.pk, tender=report.tender_id, state__in=[Bid.State.QUALIFIED, Bid.State.RESPONSIVE])
    if report.state != State.DRAFTED or not in_review.exists():
        yield refuse("RAL-05", _("只能要求评审中的投标人说明报价。"), field="bid")
    elif report.questions.open().filter(bid=bid).exists():
        yield refuse("G7", _("已要求该投标人说明报价。"), field="bid")


def time_was_given(question, act):
    """At least thirty minutes, unless the bidder has answered before (RAL-07)."""
    if question.state == Question.ASKED and act.now < question.answer_from:
        yield refuse("RAL-07", _("给投标人的说明时间至少到 %(moment)s。"), moment=written(question.answer_from))


def not_judged_yet(question, act):
    member = seat_of(question.report.tender.panel_draw, act.actor)
    if member and question.judgements.filter(member=member).exists():
        yield refuse("G7", _("您已提出审查意见。"))


PRICE_QUESTION = Lifecycle(
    code="awards.price_question", reference="L7.4", name=_("异常低价审查"), model=PriceQuestion, personal="R87-47",
    rows=[
        Transition(
            "ask", "", Question.ASKED, _("要求说明报价"), who=[Who(Role.EXPERT)], inputs=forms.AskForm,
            checks=[leader_asks_of_a_bid_in_review], effect=verbs.ask, clocks=[starts("LOW_PRICE_EXPLANATION")], tells=BIDDER,
            rules=["RAL-05", "R87-34"],
        ),
        Transition(
            "ask_by_rule", "", Question.ASKED, _("报价低于法定情形，启动审查"), system=True, effect=verbs.ask,
            clocks=[starts("LOW_PRICE_EXPLANATION")], tells=BIDDER, rules=["RAL-02", "RAL-03", "RAL-04"],
        ),
        Transition(
            "answer", Question.ASKED, Question.ANSWERED, _("说明报价"), who=BIDDER, inputs=forms.AnswerPriceForm,
            effect=verbs.answer, clocks=[stops("LOW_PRICE_EXPLANATION")], task=True, rules=["RAL-07"],
            hint=_("逾期不说明或者不能证明合理的，投标无效。"),
        ),
        Transition(
            "judge", [Question.ASKED, Question.ANSWERED], None, _("审查报价说明"), who=PANEL_OF_QUESTION,
            inputs=forms.JudgePriceForm, guards=[time_was_given, not_judged_yet], effect=verbs.judge, task=True,
            rules=["RAL-07", "RAL-08"], hint=_("全体成员过半数的意见为结论。"),
        ),
        Transition(
            "find_justified", [Question.ASKED, Question.ANSWERED], Question.JUSTIFIED, _("认定报价合理"), system=True,
            rules=["RAL-07"],
        ),
        Transition(
            "find_unjustified", [Question.ASKED, Question.ANSWERED], Question.UNJUSTIFIED, _("认定不能证明报价合理"), system=True,
            rules=["RAL-07", "R87-34"],
        ),
    ],
    tones={Question.ASKED: "wait", Question.ANSWERED: "run", Question.JUSTIFIED: "ok", Question.UNJUSTIFIED: "bad"},
)
