"""L6.2 Opening session: public, by two openers, before a witness (R87-20 to R87-22)."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.clock import written
from portal.workflow import Due, Hold, Lifecycle, Transition, Who, refuse, starts
from procurement.bids import forms, rules
from procurement.bids.models import OpeningSession
from procurement.bids.people import NamedOpener, OpenedBidder
from procurement.bids.verbs import openings as verbs
from procurement.tenders.models import Tender

from .passphrases import not_locked, passphrase_is_set, passphrase_opens

State = OpeningSession.State


# --- guards ------------------------------------------------------------------------------------------------------
def on_the_day(session, act):
    if act.now < session.scheduled_at - rules.ATTENDANCE_FROM:
        yield refuse("SEAL-06", _("开标前一小时内才能签到。"))


def not_yet_present(session, act):
    opener = session.key.opener_of(act.actor)
    if (opener.present_at if opener else session.key.witness_present_at):
        yield refuse("G7", _("您已签到。"))


def time_has_come(session, act):
    """At the announced moment, when the tender is closed (R87-20)."""
    if act.now < session.scheduled_at:
        yield refuse("R87-20", _("未到开标时间（%(time)s）。"), time=written(session.scheduled_at, seconds=True))
    elif session.tender.state != Tender.State.CLOSED:
        yield refuse("R87-20", _("投标尚未截止。"))


def two_are_present(session, act):
    """One opener alone opens nothing (SEAL-01, SEAL-06)."""
    present = verbs.sitting_present(session)
    if len(present) < rules.OPENERS_NEEDED:
        yield refuse("SEAL-01", _("须有至少两名开标人签到在场，现有 %(count)s 名。"), count=len(present))
    if not session.key.witness_present_at:
        yield refuse("SEAL-06", _("见证人尚未签到。"))


def actor_is_present(session, act):
    opener = session.key.opener_of(act.actor)
    if opener and not opener.present_at:
        yield refuse("SEAL-06", _("请先签到。"))


def can_go_first(session, act):
    opener = session.key.opener_of(act.actor)
    if opener and not session.key.layers.filter(first=opener).exists():
        yield refuse("SEAL-01", _("您的密钥尚未交接，不能先开。"))


def another_opener(session, act):
    if act.actor.is_person(session.started_by_id):
        yield refuse("SEAL-01", _("须由另一名开标人输入口令，您已作为第一名开标人交出密钥。"))
    else:
        opener = session.key.opener_of(act.actor)
        if opener and not session.halves.filter(second=opener).exists():
            yield refuse("SEAL-01", _("密钥没有为您保留第二层，请由其他开标人输入口令。"))


def record_not_confirmed(session, act):
    bid = forms.bid_of(session, act.actor)
    if bid and bid.record_confirmed_at:
        yield refuse("G7", _("贵单位已确认开标记录。"))


def all_have_confirmed(session, act):
    waiting = [bid.supplier.name for bid in session.bids().filter(record_confirmed_at=None).select_related("supplier")]
    if waiting:
        yield refuse("R87-22", _("还有投标人未确认开标记录：%(names)s。"), names="、".join(waiting))


def doubts_are_answered(session, act):
    if session.doubts.filter(answered_at=None).exists():
        yield refuse("R87-22", _("还有当场提出的疑义没有答复。"))


def something_to_answer(session, act):
    if not session.doubts.filter(answered_at=None).exists():
        yield refuse("R87-22", _("没有等待答复的疑义。"))


def too_few(session, act):
    if act.reason_code == "TOO_FEW" and session.bids().count() >= rules.MINIMUM_BIDDERS:
        yield refuse("R87-21", _("投标人已达 3 家，应当开标。"))


def before_closing(session, act):
    if act.now >= session.tender.closes_at:
        yield refuse("SEAL-01", _("投标已截止，不能再更换开标人。"))


def people_differ(session, act):
    if act.data["leaving"] == act.data["newcomer"]:
        yield refuse("SEAL-01", _("接任人须是另一个人。"), field="newcomer")


def new_time_is_ahead(session, act):
    if act.data["scheduled_at"] <= act.now:
        yield refuse("R87-20", _("新的开启时间必须在现在之后。"), field="scheduled_at")


ADJOURN_CASES = (
    ("CLOSING_MOVED", _("投标截止时间调整")),
    ("KEY_TROUBLE", _("开标密钥暂时不能使用")),
    ("OUTAGE", _("系统故障")),
    ("PEOPLE_ABSENT", _("开标人或见证人未到场")),
)
_OPENER = [NamedOpener(key="key")]
_AGENCY_HEAD = [Who(Role.HEAD, at="tender__agency")]

OPENING = Lifecycle(
    code="bids.opening", reference="L6.2", name=_("开标"), model=OpeningSession, personal="SEAL-01",
    rows=[
        Transition(
            "schedule", "", State.SCHEDULED, _("安排开标"), system=True, effect=verbs.schedule,
            tells=[Who(Role.OPENER, at="tender__agency"), Who(Role.WITNESS, person="key__witness")], rules=["R87-20"],
        ),
        Transition(
            "move", [State.SCHEDULED, State.ADJOURNED], None, _("开标时间随截止时间调整"), system=True, effect=verbs.move,
            rules=["R87-11", "R87-20"],
        ),
        Transition(
            "publish_digest", [State.SCHEDULED, State.ADJOURNED], None, _("公布摘要总值"), system=True,
            effect=verbs.publish_digest, rules=["SEAL-01"],
        ),
        Transition(
            "replace_opener", State.SCHEDULED, None, _("更换开标人"), who=_AGENCY_HEAD, reason=True,
            inputs=forms.ReplaceOpenerForm, guards=[before_closing], checks=[people_differ], effect=verbs.replace_opener,
            tells=[Who(Role.OPENER, at="tender__agency"), Who(Role.AUDITOR, region="tender__agency__region")], rules=["SEAL-01"],
            hint=_("接任人设置口令后，由离任人向他交接密钥封层。"),
        ),
        Transition(
            "adjourn", [State.SCHEDULED, State.STARTED], State.ADJOURNED, _("延期开标"), who=_AGENCY_HEAD, reason=list(ADJOURN_CASES),
            effect=verbs.adjourn, rules=["R87-20"], hint=_("投标文件保持密封。"),
        ),
        Transition(
            "resume", State.ADJOURNED, State.SCHEDULED, _("重新安排开标"), who=_AGENCY_HEAD, inputs=forms.ResumeForm,
            checks=[new_time_is_ahead], effect=verbs.resume, rules=["R87-20"],
        ),
        Transition(
            "attend", [State.SCHEDULED, State.STARTED], None, _("到场签到"),
            who=[NamedOpener(key="key", until="present_at"), Who(Role.WITNESS, person="key__witness")],
            guards=[on_the_day, not_yet_present], effect=verbs.attend, task=True, rules=["SEAL-06"],
        ),
        Transition(
            "start", State.SCHEDULED, State.STARTED, _("开始开标"), step_up=True, who=_OPENER,
            guards=[
                time_has_come, two_are_present, actor_is_present, passphrase_is_set, can_go_first, not_locked,
            ],
            inputs=forms.StartForm, checks=[passphrase_opens], effect=verbs.start, task=True,
            rules=["R87-20", "SEAL-01"], hint=_("您先解开密钥外层；报价要等另一名开标人输入口令后才会公布。"),
        ),
        Transition(
            "void", [State.SCHEDULED, State.STARTED, State.ADJOURNED], State.VOIDED, _("不予开启"), system=True,
            guards=[too_few], rules=["R87-21"],
        ),
        Transition(
            "open_bids", State.STARTED, State.OPENED, _("开启全部投标"), step_up=True, who=_OPENER,
            guards=[another_opener, actor_is_present, passphrase_is_set, not_locked], inputs=forms.OwnPassphraseForm,
            checks=[passphrase_opens], effect=verbs.open_bids, task=True, hold=Hold.PROCUREMENT,
            rules=["R87-20", "SEAL-01"], hint=_("核对摘要，解密全部投标，报价同时公布。"),
        ),
        Transition(
            "doubt", State.OPENED, None, _("提出疑义"), who=[OpenedBidder(Role.SUPPLIER_OFFICER), OpenedBidder(Role.SUPPLIER_HEAD)],
            inputs=forms.DoubtForm, effect=verbs.doubt, tells=[Who(Role.OFFICER, at="tender__agency")], rules=["R87-22"],
        ),
        Transition(
            "answer_doubt", State.OPENED, None, _("当场答复疑义"), who=[*_OPENER, Who(Role.OFFICER, at="tender__agency")],
            guards=[something_to_answer], inputs=forms.AnswerForm, effect=verbs.answer_doubt, rules=["R87-22"],
        ),
        Transition(
            "confirm_record", State.OPENED, None, _("确认开标记录"),
            who=[OpenedBidder(Role.SUPPLIER_OFFICER), OpenedBidder(Role.SUPPLIER_HEAD)], guards=[record_not_confirmed],
            effect=verbs.confirm_record, task=True, rules=["R87-22"],
        ),
        Transition(
            "deem_confirmed", State.OPENED, None, _("逾时未确认，视同认可"), system=True, effect=verbs.deem_confirmed,
            rules=["R87-22"],
        ),
        Transition(
            "close_record", State.OPENED, State.CONFIRMED, _("办结开标记录"), step_up=True, who=_OPENER,
            guards=[doubts_are_answered, all_have_confirmed], effect=verbs.close_record, clocks=[starts("CHALLENGE_WINDOW")],
            task=True, rules=["R87-22", "R94-02"], hint=_("形成开标记录并存档；开标密钥随即销毁。"),
        ),
    ],
    due=[
        Due(
            "deem_confirmed", queryset=lambda: OpeningSession.objects.filter(state=State.OPENED), moment="confirm_until",
        ),
    ],
    tones={State.CONFIRMED: "ok", State.VOIDED: "bad", State.ADJOURNED: "warn", State.SCHEDULED: "wait"},
)


