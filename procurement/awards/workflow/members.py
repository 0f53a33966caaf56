"""L7.1 Panel member: asked, accepted, declared, seated; recused or replaced; released."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.clock import written
from portal.workflow import Due, Hold, Lifecycle, Transition, Who, refuse
from procurement.awards.forms import panel as forms
from procurement.awards.models import PanelMember
from procurement.awards.people import Member, Voter
from procurement.awards.verbs import panel as verbs

State = PanelMember.State
SELF = [Member()]
OFFICER = [Who(Role.OFFICER, at="draw__tender__agency")]
HEAD = [Who(Role.HEAD, at="draw__tender__agency")]
EXPERT = [Who(Role.EXPERT, person="user")]

DECLINE = (
    ("BUSY", _("时间冲突")), ("ILL", _("身体原因")), ("TIE", _("与采购人或者可能的投标人有利害关系")), ("FIELD", _("不熟悉该专业")),
)
RECUSE = (
    ("EMPLOYED", _("近三年内与投标人有劳动关系，或者担任其董事、监事、控股股东、实际控制人")),
    ("KINSHIP", _("与投标人负责人有夫妻、直系血亲、三代以内旁系血亲或者近姻亲关系")),
    ("OTHER_TIE", _("有其他可能影响公正的关系")),
)
REPLACE = (("ABSENT", _("缺席")), ("ILL", _("因病不能继续")), ("MISCONDUCT", _("违反评审纪律")))


# --- guards ------------------------------------------------------------------------------------------------------
def still_in_time(member, act):
    if member.answer_until and act.now >= member.answer_until:
        yield refuse("REX-01", _("应邀截止时间 %(moment)s 已过。"), moment=written(member.answer_until))


def time_is_over(member, act):
    if member.answer_until is None or act.now < member.answer_until:
        yield refuse("REX-01", _("应邀时间还没有到。"))


def report_is_not_signed(member, act):
    from procurement.awards.models import EvaluationReport

    if EvaluationReport.objects.filter(tender=member.draw.tender_id, state__in=["SIGNED", "DELIVERED"]).exists():
        yield refuse("R87-30", _("评审报告已签署，成员不能再变动。"))


def panel_is_seated(member, act):
    if not verbs.is_complete(member.draw):
        yield refuse("R87-25", _("全体成员就位后推选组长。"))


def no_leader_yet(member, act):
    if member.draw.leader_id:
        yield refuse("G7", _("已推选%(name)s为评审组长。"), name=member.draw.leader.user.name)


def candidate_may_lead(member, act):
    """The purchaser's representative must not lead (R87-25)."""
    candidate = act.data["candidate"]
    if candidate.draw_id != member.draw_id or candidate.state != State.SEATED:
        yield refuse("R87-25", _("组长须是就位的成员。"), field="candidate")
    elif candidate.capacity == PanelMember.Capacity.REPRESENTATIVE:
        yield refuse("R87-25", _("采购人代表不得担任评审组长。"), field="candidate")


def seat_can_be_filled(member, act):
    """Nobody is sent away while nobody is there to come: then the review stops (R87-30)."""
    if member.capacity == PanelMember.Capacity.REPRESENTATIVE:
        yield refuse("R87-26", _("采购人代表的席位不由抽取递补。"))
    elif not verbs.reserve(member.draw).exists():
        yield refuse("R87-30", _("抽取次序中已没有可以递补的专家，应停止评标、封存文件，重新组建评审委员会。"))


def tenders_ends_or_report_delivered(member, act):
    from procurement.awards.models import EvaluationReport

    live = EvaluationReport.objects.filter(tender=member.draw.tender_id, state__in=["DRAFTED", "SIGNED"]).exists()
    if live:
        yield refuse("R87-28", _("评审报告送达前，评审委员会不解散。"))


MEMBER = Lifecycle(
    code="awards.member", reference="L7.1", name=_("评审委员会成员"), model=PanelMember, personal="R87-28",
    rows=[
        Transition(
            "invite", "", State.DRAWN, _("邀请专家"), system=True, effect=verbs.invite, tells=EXPERT, rules=["R87-29"],
            sentence=_("邀请 %(number)s 号专家，席位 %(seat)s"),
        ),
        Transition("send", "", State.CONFIRMED, _("委派采购人代表"), system=True, effect=verbs.send, rules=["R87-26"]),
        Transition(
            "confirm", State.DRAWN, State.CONFIRMED, _("应邀"), who=SELF, guards=[still_in_time], effect=verbs.answer,
            tells=OFFICER, task=True, rules=["REX-01"], hint=_("应邀后告知项目名称。"),
        ),
        Transition(
            "decline", State.DRAWN, State.DECLINED, _("谢绝"), who=SELF, reason=DECLINE, effect=verbs.leave, tells=OFFICER,
            rules=["REX-01"], hint=_("由抽取次序中的下一位递补。"),
        ),
        Transition(
            "lapse", State.DRAWN, State.DECLINED, _("逾期未应答"), system=True, guards=[time_is_over], effect=verbs.leave,
            tells=[*OFFICER, *EXPERT], rules=["REX-01"],
        ),
        Transition(
            "declare", State.CONFIRMED, State.SEATED, _("签署回避声明"), who=SELF, inputs=forms.DeclareForm,
            effect=verbs.declare, task=True, rules=["R-GP-20", "R87-37"],
            hint=_("有应当回避的关系的，请选择回避。"),
        ),
        Transition(
            "nominate", State.SEATED, None, _("推选组长"), who=[Voter()], inputs=forms.NominateForm, task=True,
            guards=[no_leader_yet, panel_is_seated], checks=[candidate_may_lead], effect=verbs.nominate, rules=["R87-25"],
            hint=_("过半数成员推选同一人即当选；采购人代表不得担任。"),
        ),
        Transition(
            "recuse", [State.CONFIRMED, State.SEATED], State.RECUSED, _("回避"), who=[*SELF, *HEAD], reason=RECUSE,
            guards=[report_is_not_signed], effect=verbs.leave, tells=OFFICER, rules=["R-GP-20", "R87-30"],
            hint=_("所作评分作废，由抽取次序中的下一位递补。"),
        ),
        Transition(
            "replace", [State.CONFIRMED, State.SEATED], State.REPLACED, _("更换成员"), who=OFFICER, reason=REPLACE,
            guards=[report_is_not_signed, seat_can_be_filled], effect=verbs.leave, tells=EXPERT, hold=Hold.PROCUREMENT,
            rules=["R87-30"], hint=_("所作评分作废，由抽取次序中的下一位递补。"),
        ),
        Transition(
            "release", [State.DRAWN, State.CONFIRMED, State.SEATED], State.RELEASED, _("评审委员会解散"), system=True,
            guards=[tenders_ends_or_report_delivered], rules=["R87-28"],
        ),
    ],
    due=[Due("lapse", queryset=lambda: PanelMember.objects.filter(state=State.DRAWN), moment="answer_until")],
    tones={State.DRAWN: "wait", State.CONFIRMED: "run", State.SEATED: "ok", State.RECUSED: "warn", State.DECLINED: "idle"},
)
