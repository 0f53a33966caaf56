"""The project's stage follows its branches; holds and duties lie over it (L2.5, L0.2, S-125)."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.workflow import Act
from procurement.plans.models import Branch, Hold, Project, ProjectDuty, Stage
from procurement.plans.models.project import ORDER

#: The row that leads into a stage.
ROW_INTO = {
    Stage.PREPARING: "prepare", Stage.TENDERING: "start_tendering", Stage.AWARDED: "award", Stage.CONTRACTED: "contract",
    Stage.PERFORMING: "perform", Stage.ACCEPTED: "accept", Stage.EVALUATED: "evaluate",
}  # fmt: skip


def least_advanced(project: Project) -> str | None:
    """The stage of the least advanced live branch; None without one."""
    stages = project.branches.filter(live=True).values_list("stage", flat=True)
    return min(stages, key=ORDER.index, default=None)


def report_branch(act: Act, project: Project, code: str, stage: str, *, reason: str = "") -> Project:
    """A stage app says how far one lot (later its contract) has come; the project follows the least advanced one.

    Called inside the reporting act, under the project's row lock. Going back needs a reason. Returns the project as it
    is afterwards. Raises Refused where the project's own row refuses (for instance not yet funded).
    """
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    branch, made = Branch.objects.get_or_create(project=project, code=code, defaults={"stage": stage, "stage_at": act.now})
    if not made and (branch.stage != stage or not branch.live):
        branch.stage, branch.stage_at, branch.live, branch.ended_as = stage, act.now, True, ""
        branch.save(update_fields=["stage", "stage_at", "live", "ended_as"])
    return follow_branches(act, project, reason=reason)


def end_branch(act: Act, project: Project, code: str, *, ended_as: str, need_remains: bool) -> Project:
    """A branch failed, was terminated or annulled: it stays in the record; the project falls back if its need remains.

    `ended_as`: the word for how it ended. With no other live branch and a need that remains the project returns to
    preparing; without need it stays where its other branches stand.
    """
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    branch = Branch.objects.get(project=project, code=code)
    branch.live, branch.ended_as = False, str(ended_as)
    branch.save(update_fields=["live", "ended_as"])
    if need_remains and project.reached(Stage.TENDERING):
        return act.perform(project, "fall_back", reason=str(ended_as))
    return follow_branches(act, project, reason=str(ended_as))


def follow_branches(act: Act, project: Project, *, reason: str = "") -> Project:
    """Move the project, row by row, to where its least advanced live branch stands."""
    goal = least_advanced(project)
    if goal is None or not project.reached(Stage.FUNDED):
        # A branch may be prepared before the money is there; `fund` follows up. Further than that the gates forbid.
        return project
    if ORDER.index(goal) < project.position and project.reached(Stage.TENDERING):
        project = act.perform(project, "fall_back", reason=reason or str(_("分支退回准备阶段")))
    while project.position < ORDER.index(goal):
        project = act.perform(project, ROW_INTO[ORDER[project.position + 1]])
    return project


def take_duty(project: Project, duty: str, user_id: int | None, moment) -> None:
    """Note who took one of the four duties; the system takes none (S-125)."""
    if user_id is not None:
        ProjectDuty.objects.get_or_create(project=project, duty=duty, user_id=user_id, defaults={"taken_at": moment})


def impose_hold(act: Act, project: Project, *, scope: str, cause: str, cause_reference: str = "", ends_at=None) -> Hold:
    """A higher floor pauses part of a project (a challenge, a complaint); several holds may overlap (L0.2)."""
    return act.perform(
        Hold(project=project, scope=scope, cause=cause, cause_reference=cause_reference, ends_at=ends_at), "impose"
    )


def lift_holds(act: Act, project: Project, *, cause_reference: str, reason: str) -> int:
    """The cause is decided: every hold it imposed is lifted. Returns how many."""
    holds = list(Hold.objects.live().filter(project=project, cause_reference=cause_reference))
    for hold in holds:
        act.perform(hold, "lift", reason=reason)
    return len(holds)
