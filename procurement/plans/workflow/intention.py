"""L2.6: the market is told at least thirty days before a purchase starts."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portal import clock as clocks
from portal.accounts.roles import Role
from portal.money import yuan
from portal.rules.jurisdiction import setting
from portal.workflow import (
    Act,
    Due,
    Lifecycle,
    Refusal,
    Transition,
    Who,
    consequence,
    had_a_hand,
    refuse,
    starts,
    stops,
    voids,
)
from procurement.plans import leads
from procurement.plans.forms.intentions import DraftForm, PublishForm, ShortenForm, TextForm
from procurement.plans.models import Intention, Project, Stage
from procurement.plans.models.intention import TEXT
from procurement.plans.verbs import intentions

S = Intention.State
HEAD = Who(Role.HEAD, at="agency")
WRITERS = [Who(Role.OFFICER, at="agency"), Who(Role.PLANNER, at="agency")]
OVERSEERS = [Who(Role.FINANCE_HEAD, region="agency__region"), Who(Role.AUDITOR, region="agency__region")]
WROTE = ("draft", "edit")

WAIVE_REASONS = [
    ("small", _("协议供货、定点采购等小额零星采购")), ("batch", _("集中批量采购")), ("secret", _("涉及国家秘密")),
    ("urgent", _("不可预见的紧急需要")), ("not_owed", _("未达到公开的数额标准")),
]


# --- guards ----------------------------------------------------------------------------------------------------------
def project_is_his(intention: Intention, act: Act) -> Iterator[Refusal]:
    """For an approved project of his own agency that has no other live intention (RYX-01)."""
    project = act.data["project"]
    if not act.actor.is_system and project.agency_id != act.actor.organisation_id:
        yield refuse("G1", _("只能为本单位的项目编制采购意向。"), field="project")
    other = Intention.objects.live().filter(project=project).first()
    if other is not None:
        yield refuse("RYX-01", _("这个项目已有采购意向（%(state)s）。"), field="project", state=other.get_state_display())


def project_is_approved(intention: Intention, act: Act) -> Iterator[Refusal]:
    """Before the budget is approved the second draft will do, but not before the plan is (RYX-04)."""
    project = intention.project
    if not project.reached(Stage.APPROVED):
        yield refuse("RYX-04", _("项目的计划还没有批准，不能公开采购意向。"))
    elif project.reached(Stage.TENDERING):
        yield refuse("RYX-03", _("采购活动已经启动，不再公开采购意向。"))


def month_is_to_come(intention: Intention, act: Act) -> Iterator[Refusal]:
    """Nobody is told of a month that is over (RYX-01)."""
    for each in (intention, *(act.data.get("together") or ())):
        if leads.month_over(each.expected) <= act.now:
            yield refuse("RYX-01", _("“%(name)s”的预计采购时间 %(month)s 已经过去，请先修改。"), name=each.title, month=each.month)


def others_may_go_too(intention: Intention, act: Act) -> Iterator[Refusal]:
    """What goes out along with it stands where it may go out, and was not written by who publishes it (G2)."""
    for other in act.data.get("together") or ():
        if other.state != S.DRAFTED or other.agency_id != intention.agency_id or other.pk == intention.pk:
            yield refuse("G7", _("“%(name)s”已不在待公开的采购意向之列。"), field="together", name=other.title)
        elif had_a_hand(act.actor, "plans.intention", [other.pk], *WROTE):
            yield refuse("G2", _("“%(name)s”由您编写，须由他人公开。"), field="together", name=other.title)
        else:
            yield from project_is_approved(other, act)


def something_differs(intention: Intention, act: Act) -> Iterator[Refusal]:
    before, given = intention.text, Intention(**{name: act.data.get(name, "") for name in TEXT})
    given.budget = yuan(given.budget)
    if before == given.text:
        yield refuse("RYX-01", _("内容没有改动，不需要更正。"))
    elif leads.month_over(given.expected) <= act.now:
        yield refuse("RYX-01", _("预计采购时间不能早于本月。"), field="expected")


def exempt_indeed(intention: Intention, act: Act) -> Iterator[Refusal]:
    """Who owes an intention is not let off by saying that he does not (RYX-05)."""
    if act.reason_code == "not_owed" and intention.required:
        yield refuse("RYX-05", _("本项目达到公开的数额标准，应当公开采购意向；免予公开须属于规定的情形。"), field="reason_code")


def shorter_is_allowed(intention: Intention, act: Act) -> Iterator[Refusal]:
    """"原则上": where the region allows it, with its reason (RYX-02)."""
    if not setting("intention_may_be_shorter", intention.agency.region):
        yield refuse("RYX-02", _("本地区规定采购意向公开不得少于 30 日，不能提前启动。"))
    elif intention.may_start_at <= act.now:
        yield refuse("RYX-02", _("采购意向公开已满期，可以直接启动采购。"))


def earlier_and_to_come(intention: Intention, act: Act) -> Iterator[Refusal]:
    wanted = act.data["starts_on"]
    if not act.now.astimezone(clocks.SHANGHAI).date() <= wanted < intention.may_start_on:
        yield refuse("RYX-02", _("提前启动的日期须在今天以后（含今天）、%(day)s 以前。"), field="starts_on", day=intention.may_start_on)


def before_start(project: Project, act: Act) -> Iterator[Refusal]:
    """What stands against starting the purchase: an intention that is owed is out and its lead over, or it is waived (RYX-02).

    The duty comes with the approval of the project, which drafts the intention; projects approved before that owe none.
    """
    found = Intention.objects.filter(project=project, required=True).order_by("-id").first()
    if found is None or act.history or found.state in (S.FOLLOWED, S.WAIVED):
        return
    if found.state == S.DRAFTED:
        yield refuse("RYX-02", _("采购意向还没有公开；公开满 30 日后才能启动采购。"))
    elif found.state == S.WITHDRAWN:
        yield refuse("RYX-02", _("采购意向已撤销，须重新公开满 30 日后才能启动采购。"))
    elif act.now < found.may_start_at:
        yield refuse("RYX-02", _("采购意向公开未满 30 日，最早可于 %(day)s 启动采购。"), day=found.may_start_on)


INTENTION = Lifecycle(
    code="plans.intention", reference="L2.6", name=_("采购意向"), model=Intention,
    rows=[
        Transition("draft", "", S.DRAFTED, _("编制采购意向"), who=[Who(Role.OFFICER), Who(Role.PLANNER)], system=True, inputs=DraftForm,
                   checks=[project_is_his], effect=intentions.draft, rules=["RYX-01"]),
        Transition("edit", S.DRAFTED, None, _("修改采购意向"), who=WRITERS, system=True, inputs=TextForm,
                   effect=intentions.edit, rules=["RYX-01"]),
        Transition("publish", S.DRAFTED, S.PUBLISHED, _("公开采购意向"), who=[HEAD], not_by=WROTE, inputs=PublishForm,
                   guards=[project_is_approved, month_is_to_come], checks=[others_may_go_too], effect=intentions.publish,
                   clocks=[starts("INTENTION_LEAD")], tells=WRITERS, task=True, rules=["RYX-01", "RYX-02", "RYX-06", "N-01"],
                   sentence=_("公开采购意向 %(notice)s，最早可于 %(may_start)s 启动采购"),
                   hint=_("公开后满 30 日才能发布招标公告；内容此后只能更正，不能改写。")),
        Transition("publish_along", S.DRAFTED, S.PUBLISHED, _("一并公开"), system=True, effect=intentions.publish_along,
                   clocks=[starts("INTENTION_LEAD")], tells=WRITERS, rules=["RYX-01", "N-01"],
                   sentence=_("在公告 %(notice)s 中一并公开，最早可于 %(may_start)s 启动采购")),
        Transition("correct", S.PUBLISHED, None, _("更正采购意向"), who=[HEAD], system=True, inputs=TextForm, reason=True,
                   checks=[something_differs], effect=intentions.correct, tells=WRITERS, rules=["RYX-01", "RYX-02"],
                   sentence=_("更正采购意向（第 %(version)s 版），公告 %(notice)s"),
                   hint=_("另发更正公告。名称、需求概况、预计采购时间改动，或者预算变动达到规定比例的，重新计算 30 日。")),
        Transition("waive", S.DRAFTED, S.WAIVED, _("免予公开"), who=[HEAD], not_by=WROTE, reason=WAIVE_REASONS, checks=[exempt_indeed],
                   effect=intentions.waive, tells=[*WRITERS, *OVERSEERS], rules=["RYX-05"],
                   hint=_("只限规定的情形；理由告知财政和审计部门。")),
        Transition("shorten", S.PUBLISHED, None, _("提前启动采购"), who=[HEAD], inputs=ShortenForm, reason=True,
                   guards=[shorter_is_allowed], checks=[earlier_and_to_come], effect=intentions.shorten, clocks=[voids("INTENTION_LEAD")],
                   tells=[*WRITERS, *OVERSEERS], rules=["RYX-02"], sentence=_("提前启动采购，由 %(before)s 提前至 %(may_start)s"),
                   hint=_("原则上须公开满 30 日；提前启动作红色标记，告知财政和审计部门。")),
        Transition("announce_start", S.PUBLISHED, None, _("采购意向公开期满"), system=True, effect=intentions.announce_start,
                   tells=WRITERS, rules=["RYX-02"], sentence=_("采购意向公开期满，可以启动采购")),
        Transition("remind_of_month", S.PUBLISHED, None, _("预计采购月份已过"), system=True, effect=intentions.remind_of_month,
                   tells=WRITERS, rules=["RYX-01"], sentence=_("预计采购时间 %(expected)s 已过，采购还没有启动")),
        Transition("recount", S.PUBLISHED, None, _("历法公布后重算"), system=True, effect=intentions.recount, rules=["RYX-02"]),
        Transition("follow", S.PUBLISHED, S.FOLLOWED, _("启动采购"), system=True, clocks=[stops("INTENTION_LEAD")], rules=["RYX-03"]),
        Transition("withdraw", [S.DRAFTED, S.PUBLISHED], S.WITHDRAWN, _("撤销采购意向"), who=[HEAD], system=True, reason=True,
                   effect=intentions.withdraw, clocks=[voids()], tells=WRITERS, rules=["RYX-01"]),
    ],
    due=[
        Due("announce_start", lambda: Intention.objects.filter(state=S.PUBLISHED, start_told_at=None), "may_start_at"),
        Due("remind_of_month", lambda: Intention.objects.filter(state=S.PUBLISHED, late_told_at=None), "month_over_at"),
    ],
    readers={S.PUBLISHED: {"public": _("意向公开中")}, S.WITHDRAWN: {"public": _("采购意向取消")}},
    tones={S.PUBLISHED: "run", S.FOLLOWED: "ok", S.WAIVED: "idle", S.WITHDRAWN: "idle"},
)  # fmt: skip


@consequence("plans.project", "approve")
def intention_is_drafted(project: Project, act: Act) -> None:
    """An approved purchase of which the market must be told has its draft at once (RYX-01, RYX-05)."""
    if act.history or project.is_history or not leads.is_owed(project.amount, project.agency.region):
        return
    if not Intention.objects.live().filter(project=project).exists():
        intentions.from_project(project, act)


@consequence("plans.project", "start_tendering")
def intention_is_followed(project: Project, act: Act) -> None:
    """The notice of the tender is the start of the purchase (RYX-03); a draft that nobody owed falls."""
    for found in Intention.objects.filter(project=project, state__in=[S.DRAFTED, S.PUBLISHED]):
        if found.state == S.PUBLISHED:
            act.perform(found, "follow")
        else:
            act.perform(found, "withdraw", reason="采购活动已经启动。")


@consequence("plans.project", "abort")
def intention_falls_with_its_project(project: Project, act: Act) -> None:
    for found in Intention.objects.filter(project=project, state__in=[S.DRAFTED, S.PUBLISHED]):
        act.perform(found, "withdraw", reason=act.reason or "项目终止。")


@consequence("workdays.clock", "recount")
def lead_is_counted_anew(clock, act: Act) -> None:
    """A calendar published later moves the thirtieth day (R00-02)."""
    if clock.name == intentions.LEAD and isinstance(clock.subject, Intention) and clock.subject.state == S.PUBLISHED:
        act.perform(clock.subject, "recount", last_day=clock.last_day)
