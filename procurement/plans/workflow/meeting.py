"""L2.4: the joint meeting and its agenda."""
from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.money import in_figures
from portal.rules.jurisdiction import setting
from portal.workflow import Act, Lifecycle, Refusal, Transition, Who, calls_for, consequence, refuse
from procurement.plans import rules
from procurement.plans.forms.meetings import CallForm, ConveneForm, DecisionForm, ListForm, RemoveForm
from procurement.plans.models import AgendaItem, Meeting, PlanItem
from procurement.plans.verbs import meetings

S, A, Decision = Meeting.State, AgendaItem.State, AgendaItem.Decision
#: Reviewed items of the year that no coming meeting has on its agenda.
LISTED = AgendaItem.objects.filter(item=OuterRef("pk"), meeting__state__in=[S.CALLED, S.CONVENED]).exclude(state=A.REMOVED)
WAITING = PlanItem.objects.filter(~Exists(LISTED), state=PlanItem.State.REVIEWED, route=PlanItem.Route.ANNUAL)
UNDECIDED = Exists(AgendaItem.objects.filter(meeting=OuterRef("pk"), state=A.LISTED))
SECRETARY, CONVENER = Who(Role.MEETING_SECRETARY, at="organisation"), Who(Role.CONVENER, at="organisation")
AGENCIES = [Who(Role.HEAD, at="item__agency"), Who(Role.PLANNER, at="item__agency")]


def in_the_future(meeting: Meeting, act: Act) -> Iterator[Refusal]:
    if act.data["scheduled_at"] <= act.now and not act.history:
        yield refuse("S-185", _("会议时间须晚于现在。"), field="scheduled_at")


def something_on_the_agenda(meeting: Meeting, act: Act) -> Iterator[Refusal]:
    if not meeting.agenda.exclude(state=A.REMOVED).exists():
        yield refuse("S-24", _("议程上还没有事项。"))


def something_undecided(meeting: Meeting, act: Act) -> Iterator[Refusal]:
    if not meeting.agenda.filter(state=A.LISTED).exists():
        yield refuse("S-24", _("议程上的事项都已议决。"))


def has_agenda(meeting: Meeting, act: Act) -> Iterator[Refusal]:
    if not meeting.agenda.filter(state="LISTED").exists():
        yield refuse("S-24", _("议程上还没有事项。"))


def quorum_is_there(meeting: Meeting, act: Act) -> Iterator[Refusal]:
    """At least the region's share of the members, by default half (S-185)."""
    called = meeting.members.count()
    needed = rules.quorum(called, setting("meeting_quorum", meeting.region))
    present = len(act.data["present"])
    if present < needed:
        yield refuse("S-185", _("到会 %(present)s 人，不足法定人数 %(needed)s 人（应到 %(called)s 人）。"), field="present",
                     present=present, needed=needed, called=called)


def something_listed(meeting: Meeting, act: Act) -> Iterator[Refusal]:
    if not act.data.get("items") and not act.data.get("versions"):
        yield refuse("S-24", _("请至少选一个事项。"), field="items")


def still_open(meeting: Meeting, act: Act) -> Iterator[Refusal]:
    agenda = act.data["agenda"]
    if agenda.state == A.REMOVED:
        yield refuse("S-24", _("“%(thing)s”已经撤下。"), field="agenda", thing=str(agenda))


def every_item_decided(meeting: Meeting, act: Act) -> Iterator[Refusal]:
    for agenda in meeting.agenda.filter(state="LISTED"):
        yield refuse("S-24", _("“%(thing)s”还没有议决或撤下。"), thing=str(agenda))


def decision_holds_together(meeting: Meeting, act: Act) -> Iterator[Refusal]:
    """Everything but plain approval gives its reason; a part is less than what was asked (S-24)."""
    agenda, decision, amount = act.data["agenda"], act.data["decision"], act.data.get("approved_amount")
    if decision != Decision.APPROVE and not act.data.get("why"):
        yield refuse("S-24", _("除同意外，议决须写明理由。"), field="why")
    if agenda.item is None and decision in (Decision.APPROVE_IN_PART, Decision.DEFER):
        yield refuse("S-24", _("目录版本只能同意或退回。"), field="decision")
    if decision == Decision.APPROVE_IN_PART and agenda.item is not None and (amount is None or not 0 < amount < agenda.item.amount):
        yield refuse("S-24", _("部分同意的金额须大于零且小于申报金额 %(amount)s 元。"), field="approved_amount",
                     amount=in_figures(agenda.item.amount))


def item_is_reviewed(agenda: AgendaItem, act: Act) -> Iterator[Refusal]:
    """Only what the departments have passed comes to the meeting (S-23, S-24)."""
    if agenda.item is not None and agenda.item.state != "REVIEWED":
        yield refuse("S-24", _("“%(item)s”还没有通过部门审核，不能上会。"), item=agenda.item.title)
    if agenda.version is not None and agenda.version.state != "SUBMITTED":
        yield refuse("S-12", _("“%(version)s”还没有报送审定，不能上会。"), version=str(agenda.version))


def on_one_live_agenda(agenda: AgendaItem, act: Act) -> Iterator[Refusal]:
    twins = AgendaItem.objects.filter(meeting__state__in=["CALLED", "CONVENED"]).exclude(state="REMOVED").exclude(pk=agenda.pk)
    twin = twins.filter(item=agenda.item, version=agenda.version).first()
    if twin is not None:
        yield refuse("S-24", _("“%(thing)s”已列入 %(meeting)s 的议程。"), thing=str(agenda), meeting=twin.meeting.number)


MEETING = Lifecycle(
    code="plans.meeting", reference="L2.4", name=_("联席会议"), model=Meeting,
    rows=[
        Transition("call", "", S.CALLED, _("通知会议"), who=[Who(Role.MEETING_SECRETARY)], inputs=CallForm, checks=[in_the_future],
                   effect=meetings.call, rules=["S-185"]),
        Transition("list_item", S.CALLED, None, _("列入议程"), who=[SECRETARY], inputs=ListForm, checks=[something_listed],
                   effect=meetings.list_item, rules=["S-24"],
                   task=Q(Exists(WAITING.filter(agency__region=OuterRef("region"))))),
        Transition("remove_item", [S.CALLED, S.CONVENED], None, _("撤下议题"), who=[SECRETARY], inputs=RemoveForm, reason=True,
                   guards=[something_on_the_agenda], checks=[still_open], effect=meetings.remove_item),
        Transition("convene", S.CALLED, S.CONVENED, _("宣布开会"), who=[CONVENER], inputs=ConveneForm, guards=[has_agenda],
                   checks=[quorum_is_there], effect=meetings.convene, rules=["S-185"], task=True),
        Transition("record_decision", S.CONVENED, None, _("记录议决"), who=[SECRETARY], inputs=DecisionForm,
                   checks=[still_open, decision_holds_together], effect=meetings.record_decision, rules=["S-24"],
                   task=Q(UNDECIDED), sentence=_("记录“%(thing)s”的议决")),
        Transition("agree_to_rest", S.CONVENED, None, _("其余一并同意"), who=[SECRETARY], guards=[something_undecided],
                   effect=meetings.agree_to_rest, rules=["S-24"], sentence=_("其余 %(count)s 项一并同意"),
                   hint=_("把还没有记录议决的事项全部记为同意；纪要签发以前仍可逐项改记。")),
        Transition("minute", S.CONVENED, S.MINUTED, _("签发纪要"), step_up=True, who=[CONVENER], guards=[every_item_decided],
                   not_by=["call", "record_decision", "agree_to_rest"], effect=meetings.minute, rules=["R-002", "S-24"], task=Q(~UNDECIDED),
                   hint=_("签发后全部议决同时生效，不能再改。")),
        Transition("supplement", S.MINUTED, None, _("补充纪要"), who=[CONVENER], reason=True, effect=meetings.supplement),
        Transition("cancel", S.CALLED, S.CANCELLED, _("取消会议"), who=[CONVENER], reason=True, effect=meetings.cancel),
    ],
    tones={S.CALLED: "wait", S.MINUTED: "ok"},
)

AGENDA = Lifecycle(
    code="plans.agenda", reference="L2.4", name=_("议题"), model=AgendaItem,
    rows=[
        Transition("list_item", "", A.LISTED, _("列入议程"), system=True, guards=[item_is_reviewed, on_one_live_agenda], tells=AGENCIES),
        Transition("decide", [A.LISTED, A.DECIDED], A.DECIDED, _("议决"), system=True, effect=meetings.decide),
        Transition("remove_item", [A.LISTED, A.DECIDED], A.REMOVED, _("撤下"), who=[Who(Role.HEAD, at="item__agency")], system=True,
                   reason=True, effect=meetings.remove, tells=AGENCIES),
    ],
)


@consequence("plans.item", "withdraw", "send_back_reviewed")
def withdrawn_items_leave_the_agenda(item: PlanItem, act: Act) -> None:
    """What its agency takes back is not put before a meeting that is still to come, nor printed in its papers (S-24)."""
    for agenda in AgendaItem.objects.filter(item=item, state=A.LISTED, meeting__state=S.CALLED).select_related("meeting"):
        meetings.withdrawn(agenda, act)


@consequence("plans.agenda", "remove_item")
def papers_follow_the_agenda(agenda: AgendaItem, act: Act) -> None:
    meetings.removed_by_its_agency(agenda, act)


#: Where no meeting is called that could take them, the plan whose items wait calls for one.
calls_for("plans.meeting", "call", of="plans.plan", sources=["SUBMITTED"], given="plan",
          who=[Who(Role.MEETING_SECRETARY, region="agency__region")],
          waits=Q(Exists(WAITING.filter(plan=OuterRef("pk"))))
          & ~Q(Exists(Meeting.objects.filter(region=OuterRef("agency__region"), state=S.CALLED))))
