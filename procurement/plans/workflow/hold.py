"""L0.2: a pause over a project; what imposes it on higher floors comes through `verbs.impose_hold`."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.rules.jurisdiction import setting
from portal.workdays.verbs import clocks_of, pause, resume
from portal.workflow import Act, Due, Lifecycle, Refusal, Transition, Who, consequence, refuse
from portal.workflow.table import Hold as Scope
from procurement.plans.forms.holds import HoldForm
from procurement.plans.limits import working_days_later
from procurement.plans.models import Hold

S = Hold.State
HEAD = Who(Role.HEAD, at="project__agency")
TOLD = [HEAD, Who(Role.OFFICER, at="project__agency"), Who(Role.FINANCE_HEAD, region="project__agency__region")]


def not_too_long(hold: Hold, act: Act) -> Iterator[Refusal]:
    """The purchaser's own inquiry may pause a purchase only so long, by default ten working days."""
    days = setting("purchaser_hold_wd", act.actor.organisation.region)
    latest = working_days_later(act.now, days)
    if act.data["ends_at"] <= act.now or act.data["ends_at"] > latest:
        yield refuse("G3", _("购买主体自行暂停最长 %(days)s 个工作日，最迟到 %(latest)s。"), field="ends_at", days=days,
                     latest=latest.strftime("%Y-%m-%d"))


def own_project(hold: Hold, act: Act) -> Iterator[Refusal]:
    if act.data["project"].agency_id != act.actor.organisation_id:
        yield refuse("G1", _("只能暂停本单位的项目。"), field="project")


def imposed_by_the_agency(hold: Hold, act: Act) -> Iterator[Refusal]:
    """Who imposed it lifts it; a challenge's hold ends with its cause."""
    if hold.cause_reference and not act.actor.is_system:
        yield refuse("G3", _("这项暂停随其事由的处理结果解除。"))


def impose(hold: Hold, act: Act) -> dict:
    return {"scope": hold.scope, "cause": hold.cause, "until": hold.ends_at}


def impose_by_purchaser(hold: Hold, act: Act) -> dict:
    for name in ("project", "scope", "cause", "ends_at"):
        setattr(hold, name, act.data[name])
    return impose(hold, act)


@consequence("plans.hold", "impose", "impose_by_purchaser")
def clocks_stand_still(hold: Hold, act: Act) -> None:
    """The legal clocks of the project that may pause stand still; what is undisputed is paid on (R94-09, RPAY-03)."""
    if hold.scope != Scope.PAYMENT:
        pause(clocks_of(project=hold.project).live(), act, f"hold:{hold.pk}")


@consequence("plans.hold", "lift", "expire")
def clocks_go_on(hold: Hold, act: Act) -> None:
    resume(clocks_of(project=hold.project).live(), act, f"hold:{hold.pk}")


HOLD = Lifecycle(
    code="plans.hold", reference="L0.2", name=_("暂停"), model=Hold,
    rows=[
        Transition("impose", "", S.IMPOSED, _("暂停"), system=True, effect=impose, tells=TOLD),
        Transition("impose_by_purchaser", "", S.IMPOSED, _("购买主体暂停"), who=[Who(Role.HEAD)], inputs=HoldForm,
                   checks=[own_project, not_too_long], effect=impose_by_purchaser, tells=TOLD),
        Transition("lift", S.IMPOSED, S.LIFTED, _("解除暂停"), who=[HEAD], system=True, reason=True, guards=[imposed_by_the_agency],
                   tells=TOLD),
        Transition("expire", S.IMPOSED, S.EXPIRED, _("期满解除"), system=True, tells=TOLD),
    ],
    due=[Due("expire", lambda: Hold.objects.live().exclude(ends_at=None), "ends_at")],
    tones={S.IMPOSED: "warn", S.LIFTED: "idle"},
)
