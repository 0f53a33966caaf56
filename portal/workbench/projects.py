"""The project page: one purchase, one file. Gathers what each stage registered, in the order work flows."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import Count, QuerySet, Window
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.actor import Actor
from portal.audit.models import Entry
from portal.files.models import Document
from portal.workdays.lights import worst
from portal.workdays.models import LegalClock
from portal.workflow.actions import Action, available_actions
from portal.workflow.beginnings import begun_from
from portal.workflow.surfaces import panels
from procurement.plans.models import Project

from . import nine_steps
from .record import opened, people_of, sight_of

Stage = Project.State
#: The nine steps of the stepper: name, and the stage a project has reached when the step is done.
STEPS = (
    (_("计划"), Stage.APPROVED), (_("预算"), Stage.FUNDED), (_("采购"), Stage.TENDERING), (_("评审"), Stage.AWARDED),
    (_("合同"), Stage.CONTRACTED), (_("履约"), Stage.PERFORMING), (_("验收"), Stage.ACCEPTED), (_("评价"), Stage.EVALUATED),
    (_("办结"), Stage.CLOSED),
)  # fmt: skip
#: Which step is under way while the project stands at a stage.
UNDER_WAY = {
    Stage.PROPOSED: 0, Stage.APPROVED: 1, Stage.FUNDED: 2, Stage.PREPARING: 2, Stage.TENDERING: 3, Stage.AWARDED: 4,
    Stage.CONTRACTED: 5, Stage.PERFORMING: 5, Stage.ACCEPTED: 7, Stage.EVALUATED: 8, Stage.CLOSED: 9,
}
RECORD_SHOWN = 12
PEOPLE_SHOWN = 10
PAPERS_SHOWN = 12


@dataclass(slots=True)
class Page:
    """Everything the template needs."""

    project: Project
    steps: list[dict]
    sections: list[dict]
    actions: list[Action]
    clocks: list[LegalClock]
    documents: list[Document]
    record: list[Entry]
    record_count: int
    document_count: int
    people: list[dict]
    people_count: int
    now: datetime
    nine: list[nine_steps.Line]

    @property
    def head(self) -> dict[str, Any]:
        return {"meta": [self.project.number, self.project.agency.name, self.project.region.name]}

    @property
    def light(self) -> tuple[str, str] | None:
        """The worst live clock is the light of the project."""
        if not self.clocks:
            return None
        shown = worst([clock.light(self.now) for clock in self.clocks])
        return str(shown.colour), shown.words

    @property
    def wanting(self) -> list[nine_steps.Line]:
        return nine_steps.wanting(self.nine)

    @property
    def done(self) -> int:
        return sum(line.state == "done" for line in self.nine)

    @property
    def lights(self) -> list[dict]:
        return [{"clock": c, "light": c.light(self.now)} for c in self.clocks]


def moment_of(project: Project) -> datetime:
    """The moment the page speaks of: the case's own date for a case of the past, else now."""
    if project.as_of:
        return datetime.combine(project.as_of, time(12), tzinfo=clock.SHANGHAI)
    return clock.now()


@dataclass(slots=True)
class NamedAction(Action):
    """One of several acts of one name: it says on which thing."""

    @property
    def label(self) -> str:
        return f"{self.row.label}：{str(self.obj).split(' · ')[-1]}"


def told_apart(actions: list[Action]) -> list[Action]:
    """Each act once; where several have one name, each says on what."""
    once = list({(type(each.obj), each.obj.pk, each.name): each for each in actions}.values())
    names = Counter(str(each.label) for each in once)
    return [
        NamedAction(each.obj, each.row, each.refusals) if names[str(each.label)] > 1 and type(each) is Action else each for each in once
    ]


def stepper(project: Project) -> list[dict]:
    """Nine steps with the dates of those that are done; of a tender the scoring is a step of its own, from the opening on."""
    current = UNDER_WAY.get(project.state, -1)
    if project.state == Stage.TENDERING and not opened(project):
        current -= 1
    steps = []
    for index, (name, reached) in enumerate(STEPS):
        done = index < current
        moment = getattr(project, f"{reached.value.lower()}_at")
        steps.append({
            "name": name, "state": "done" if done else "now" if index == current else "next",
            "note": moment.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d") if done and moment else "",
        })
    return steps


def sections(project: Project, actor: Actor, moment: datetime) -> tuple[list[dict], list[Action]]:
    """The panels of the stages that have something to show, rendered, and the acts they bring."""
    shown, actions = [], []
    for order, anchor, panel in panels():
        answer = panel(project, actor, moment)
        if answer is None:
            continue
        template, context = answer
        for obj in context.get("objects", ()):
            actions += [*available_actions(obj, actor), *begun_from(obj, actor)]
        actions += context.get("actions", ())
        html = render_to_string(template, {"project": project, "actor": actor, "now": moment, **context})
        shown.append({"order": order, "anchor": anchor, "html": html})
    return shown, actions


def page(project: Project, actor: Actor) -> Page:
    moment = moment_of(project)
    sight = sight_of(project, actor)
    project.spoken_of = sight.spoken_of.keys()
    shown, actions = sections(project, actor, moment)
    actions += [*available_actions(project, actor), *begun_from(project, actor)]
    actions = told_apart(actions)
    entries, entry_count = first_of(sight.entries.order_by("-id"), RECORD_SHOWN)
    documents, document_count = first_of(sight.papers.order_by("-created_at", "-pk"), PAPERS_SHOWN)
    people = [] if actor.is_public else people_concerned(project, sight.entries)
    return Page(
        project=project, steps=stepper(project), sections=shown,
        actions=sorted(actions, key=lambda action: (not action.enabled, not action.primary)),
        clocks=[] if project.as_of else list(LegalClock.objects.live().filter(project_id=project.pk).order_by("ends_at", "pk")[:12]),
        documents=documents, document_count=document_count, record=entries, record_count=entry_count,
        people=people[:PEOPLE_SHOWN], people_count=len(people), now=moment,
        nine=nine_steps.lines_of(sight) if nine_steps.may_read(actor) else [],
    )


def first_of(found: QuerySet, shown: int) -> tuple[list, int]:
    """The first rows, and how many there are in all; one query."""
    rows = list(found.annotate(in_all=Window(Count("pk")))[:shown])
    return rows, rows[0].in_all if rows else 0


def people_concerned(project: Project, entries) -> list[dict]:
    """Who took one of the four duties first, then everybody else by what he did (S-125)."""
    duties: dict[str, list[str]] = {}
    for duty in project.duties.select_related("user").order_by("taken_at", "pk"):
        duties.setdefault(duty.user.name, []).append(str(duty.get_duty_display()))
    people = [{**person, "duties": duties.get(person["name"], [])} for person in people_of(entries)]
    return sorted(people, key=lambda person: not person["duties"])
