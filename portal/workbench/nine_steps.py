"""The nine things a purchaser sees to (购买主体九项组织实施事项), each with date, person and paper as the record knows them (S-02).

Nothing is typed for it: a step is done when the act that does it stands in the record. A step that the project has
passed without it is wanting, and says the rule and the act that would do it.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.actor import Actor, shown_name
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.files.models import Document
from portal.rules.register import cite
from portal.workflow.table import Duty, Transition, all_lifecycles
from procurement.plans import visibility
from procurement.plans.models import Project

from .record import Sight

Stage = Project.State
#: The purchaser's own people and those who watch over purchases.
READERS = (
    Role.OFFICER, Role.PLANNER, Role.ACCEPTOR, Role.PAYER, Role.PROJECT_OFFICER, Role.HEAD, Role.DEPARTMENT, Role.REVIEWER_PROCUREMENT,
    Role.REVIEWER_FINANCE, Role.REVIEWER_BUSINESS, Role.REVIEWER_SUPERVISION, Role.FINANCE_OFFICER, Role.FINANCE_HEAD,
    Role.BUDGET_OFFICER, Role.MEETING_SECRETARY, Role.CONVENER, Role.AUDITOR,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One of the nine: `acts` any of which does it, the first being the usual one; wanting from the stage `by` on.

    `duty`: whose work it is where the system does the act itself.
    """

    code: str
    name: Any
    by: str
    acts: tuple[tuple[str, str], ...]
    duty: str = ""

    @property
    def act(self) -> Transition:
        """The act that usually does it."""
        lifecycle, name = self.acts[0]
        return next(cycle for cycle in all_lifecycles() if cycle.code == lifecycle)[name]


STEPS = (
    Step("budget", _("预算"), Stage.PREPARING, (
        ("budgets.encumbrance", "reserve"), ("budgets.encumbrance", "take_over"), ("budgets.encumbrance", "commit"),
        ("budgets.encumbrance", "pledge"),
    ), Duty.PLANNING),
    Step("method", _("购买方式"), Stage.TENDERING, (
        ("tenders.tender", "complete_review"), ("plans.item", "approve"), ("plans.item", "record_history"),
    ), Duty.BUYING),
    Step("release", _("信息公开"), Stage.AWARDED, (("notices.notice", "publish"),), Duty.BUYING),
    Step("selection", _("选择承接主体"), Stage.CONTRACTED, (
        ("awards.award", "decide"), ("awards.award", "decide_other"), ("awards.award", "deem"), ("contracts.contract", "take_over"),
    ), Duty.BUYING),
    Step("contract", _("签订购买合同"), Stage.PERFORMING, (
        ("contracts.contract", "countersign"), ("contracts.contract", "take_over"),
    ), Duty.BUYING),
    Step("tracking", _("跟踪履约"), Stage.ACCEPTED, (
        ("contracts.inspection", "record"), ("contracts.inspection", "visit"), ("contracts.report", "confirm"),
    )),
    Step("acceptance", _("检查验收"), Stage.EVALUATED, (
        ("contracts.acceptance", "accept"), ("contracts.acceptance", "accept_in_part"), ("contracts.acceptance", "fail"),
    ), Duty.ACCEPTING),
    Step("evaluation", _("绩效评价"), Stage.CLOSED, (
        ("assessments.assessment", "confirm"), ("assessments.assessment", "publish"),
    )),
    Step("payment", _("资金支付"), Stage.CLOSED, (
        ("payments.request", "record_receipt"), ("payments.request", "record_history"),
    ), Duty.PAYING),
)  # fmt: skip


@dataclass(slots=True)
class Line:
    """One step of one project: `state` is done, wanting, coming, or unknown for a case of the past that was not told whole."""

    step: Step
    state: str
    at: datetime | None = None
    times: int = 0
    person: str = ""
    organisation: str = ""
    thing: str = ""
    paper: Document | None = None

    @property
    def name(self) -> str:
        return str(self.step.name)

    @property
    def rules(self) -> list[str]:
        return ["S-02", *self.step.act.rules[:1]]

    @property
    def advice(self) -> str:
        """What is missing, and by which act it is made good."""
        if self.state != "wanting":
            return ""
        return gettext("缺“%(step)s”%(citation)s：请办理“%(act)s”。") % {
            "step": self.name, "citation": cite(self.rules[-1]), "act": self.step.act.label,
        }

    @property
    def words(self) -> str:
        return str(WORDS[self.state])

    @property
    def tone(self) -> str:
        return TONES[self.state]

    def as_dict(self) -> dict[str, Any]:
        """The line for programs and papers."""
        return {
            "step": self.step.code, "name": self.name, "state": self.state, "state_label": self.words, "at": self.at, "times": self.times,
            "person": self.person, "organisation": self.organisation, "thing": self.thing,
            "document": self.paper.name if self.paper else "", "rules": self.rules, "advice": self.advice,
        }  # fmt: skip


WORDS = {"done": _("已办"), "wanting": _("缺项"), "coming": _("未到"), "unknown": _("无资料")}
TONES = {"done": "ok", "wanting": "bad", "coming": "", "unknown": ""}


def may_read(actor: Actor) -> bool:
    """The list is the government's own: the purchaser's, and that of those who watch over him."""
    return visibility.official(actor) is not None and any(actor.has(role) for role in READERS)


def lines_of(sight: Sight) -> list[Line]:
    """The nine steps of one project as one reader may see them; three questions however long the record is."""
    return Checklist(sight).lines


class Checklist:
    """Gathers the last act of each kind, the papers of the things acted on and the people who bear the duties."""

    def __init__(self, sight: Sight) -> None:
        self.sight, self.project = sight, sight.project

    @property
    def lines(self) -> list[Line]:
        return [self._line(step) for step in STEPS]

    def _line(self, step: Step) -> Line:
        done = [self.acts[act] for act in step.acts if act in self.acts]
        if not done:
            return Line(step, self._undone(step))
        entry = max((entry for entry, _times in done), key=lambda entry: entry.pk)
        person, organisation = shown_name(entry.actor_name), entry.organisation_name
        if entry.user_id is None and step.duty in self.bearers:
            person, organisation = self.bearers[step.duty], self.project.agency.name
        return Line(
            step, "done", entry.occurred_at, sum(times for _entry, times in done), person, organisation, entry.subject_label,
            self._paper(step, entry),
        )  # fmt: skip

    def _undone(self, step: Step) -> str:
        if not self.project.reached(step.by):
            return "coming"
        return "unknown" if self.project.is_history else "wanting"

    def _paper(self, step: Step, entry: Entry) -> Document | None:
        return self.papers.get(entry.lifecycle) or next(
            (self.papers[lifecycle] for lifecycle, _name in step.acts if lifecycle in self.papers), None
        )

    @cached_property
    def acts(self) -> dict[tuple[str, str], tuple[Entry, int]]:
        """Of each act that counts the last entry, and how often it was done."""
        wanted = Q()
        for lifecycle, name in {act for step in STEPS for act in step.acts}:
            wanted |= Q(lifecycle=lifecycle, transition=name)
        act = [F("lifecycle"), F("transition")]
        told = self.sight.entries.filter(wanted).order_by().annotate(times=Window(Count("pk"), partition_by=act))
        return {(entry.lifecycle, entry.transition): (entry, entry.times) for entry in _last(told, act)}

    @cached_property
    def papers(self) -> dict[str, Document]:
        """The newest file that hangs on each kind of thing."""
        kinds = {lifecycle for lifecycle, _name in self.acts}
        hung = self.sight.papers.filter(subject_type__in=kinds).order_by()
        return {document.subject_type: document for document in _last(hung, [F("subject_type")])}

    @cached_property
    def bearers(self) -> dict[str, str]:
        duties = self.project.duties.select_related("user").order_by("taken_at", "pk")
        return {duty.duty: duty.user.name for duty in duties}


def _last(found: QuerySet, kind: list[F]) -> QuerySet:
    """Of each kind the row that was written last; one question."""
    return found.annotate(place=Window(RowNumber(), partition_by=kind, order_by=F("pk").desc())).filter(place=1)


def wanting(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.state == "wanting"]


def for_paper(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The lines as the case file prints them."""
    return [{**line.as_dict(), "at": clock.written(line.at, absent="—")} for line in lines]
