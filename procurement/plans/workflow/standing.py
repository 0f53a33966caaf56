"""What stands in every row of every table: no hold covers it (G3), the four duties are four people (S-125)."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portal.rules.jurisdiction import setting
from portal.workflow import Act, Duty, Refusal, refuse
from portal.workflow.engine import standing_guard, watcher
from procurement.plans.models import Hold, Project, ProjectDuty
from procurement.plans.verbs.projects import take_duty


def _project_key(obj) -> int | None:
    return obj.pk if isinstance(obj, Project) else getattr(obj, "project_key", None)


@standing_guard
def no_hold(obj, act: Act) -> Iterator[Refusal]:
    """A row marked with a scope is refused while a live hold of that scope lies on the project (L0.2)."""
    if not act.row.hold:
        return
    key = _project_key(obj)
    if key is None:
        return
    for hold in Hold.objects.live().filter(project_id=key, scope=act.row.hold).order_by("id"):
        yield refuse("G3", _("%(scope)s已暂停：%(cause)s。解除后再办理。"), scope=hold.get_scope_display(), cause=hold.cause)


@standing_guard
def four_duties_are_four_people(obj, act: Act) -> Iterator[Refusal]:
    """Who plans, buys, accepts and pays for one project must be four people (S-125)."""
    if not act.row.duty or act.actor.is_system:
        return
    key = _project_key(obj)
    if key is None:
        return
    other = ProjectDuty.objects.filter(project_id=key, user_id__in=act.actor.persons).exclude(duty=act.row.duty).first()
    if other is not None and setting("duty_overlap", act.actor.organisation.region) == "refuse":
        yield refuse(
            "S-125", _("您在本项目中已承担“%(held)s”职责，不能再办理“%(duty)s”；计划、采购、验收、支付须由四人分别办理。"),
            held=other.get_duty_display(), duty=Duty(act.row.duty).label,
        )


@watcher
def note_duty(obj, act: Act) -> None:
    """Remember who took a duty of the project."""
    key = _project_key(obj)
    if act.row.duty and key is not None:
        for user_id in sorted(act.actor.persons):  # who stands in for another takes it for both
            take_duty(Project(pk=key), act.row.duty, user_id, act.now)
