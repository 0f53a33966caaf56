"""The record of a project as one reader may see it: acts on things he may see, and his own (S-165)."""
from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from portal.accounts.actor import Actor
from portal.audit.models import Chain, Entry
from portal.audit.record import chain_key_of
from portal.files.models import Document
from portal.workflow.surfaces import chains_of
from portal.workflow.table import Lifecycle, all_lifecycles
from procurement.plans.models import Project
from procurement.tenders.models import Tender

DIRECT = 2_000  # entries that are verified while the reader waits; longer chains by a job


def record_of(project: Project) -> QuerySet[Entry]:
    """The project's chain, and the chains of its stages that are secret no more."""
    return Entry.objects.filter(chain_id__in=[chain.key for chain in chains_of(project)])


def chains(project: Project) -> list[dict[str, Any]]:
    """The chains of the project's record with length and head, as they stand now."""
    told = chains_of(project)
    heads = Chain.objects.in_bulk([chain.key for chain in told])
    return [
        {"key": chain.key, "name": str(chain.label), "length": heads[chain.key].count, "head": heads[chain.key].head}
        for chain in told if chain.key in heads
    ]


def with_opening(projects: QuerySet) -> QuerySet:
    """Projects that know whether a tender of theirs was opened."""
    return projects.annotate(was_opened=Exists(Tender.objects.filter(project=OuterRef("pk"), opened_at__isnull=False)))


def opened(project: Project) -> bool:
    found = getattr(project, "was_opened", None)
    return Tender.objects.filter(project=project, opened_at__isnull=False).exists() if found is None else found


@dataclass(frozen=True, slots=True)
class Sight:
    """What one reader may see of one project: asked once, for its record, its papers and its stages."""

    project: Project
    actor: Actor
    chains: list[str]  # keys of the chains of the record
    spoken_of: dict[str, set[str]]  # what record and papers speak of: lifecycle → keys, as text
    seen: dict[str, list[str]]  # what of it the reader may see

    @property
    def entries(self) -> QuerySet[Entry]:
        """The entries of the record about things he may see, and his own."""
        entries = Entry.objects.filter(chain_id__in=self.chains)
        if self.actor.is_system:
            return entries
        if self.actor.is_public:
            return entries.none()
        scope = Q(user_id=self.actor.user_id)
        for code, keys in self.seen.items():
            scope |= Q(lifecycle=code, subject__in=keys)
        return entries.filter(scope)

    @property
    def papers(self) -> QuerySet[Document]:
        """The files of the project that he may see; what was made for one reader is not the project's."""
        return Document.objects.of_project(self.project.pk, self.actor, self.seen).exclude(kind="report")


def sight_of(project: Project, actor: Actor) -> Sight:
    """However long the record is and however many kinds of things it speaks of: two questions, and that for the chains.

    Before the opening no other chain has joined the project's own.
    """
    chains = [chain.key for chain in chains_of(project)] if opened(project) else [chain_key_of(project.pk)]
    spoken_of = _spoken_of(project, chains)
    scopes = [
        things.order_by().annotate(seen_as=Value(cycle.code, output_field=CharField())).values_list("seen_as", "pk")
        for cycle, things in _scopes(spoken_of, actor)
    ]
    seen: dict[str, list[str]] = defaultdict(list)
    for code, key in scopes[0].union(*scopes[1:], all=True) if scopes else ():
        seen[code].append(str(key))
    return Sight(project, actor, chains, spoken_of, dict(seen))


def subjects_of(project: Project) -> dict[str, set[str]]:
    """The things the project's record and papers speak of: lifecycle → their keys, as text."""
    return _spoken_of(project, [chain.key for chain in chains_of(project)])


def _spoken_of(project: Project, chains: list[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    told = Entry.objects.filter(chain_id__in=chains).order_by().values_list("lifecycle", "subject")
    filed = Document.objects.filter(project_id=project.pk, subject_id__isnull=False).order_by()
    filed = filed.annotate(hung_on=Cast("subject_id", CharField())).values_list("subject_type", "hung_on")
    for lifecycle, subject in told.union(filed):
        found[lifecycle].add(subject)
    return found


def seen_by(project: Project, actor: Actor) -> list[tuple[Lifecycle, QuerySet]]:
    """The things of the project that the reader may see, in the order of the design: one queryset a lifecycle."""
    return _scopes(subjects_of(project), actor)


def _scopes(subjects: dict[str, set[str]], actor: Actor) -> list[tuple[Lifecycle, QuerySet]]:
    return [
        (cycle, cycle.model.objects.visible_to(actor).filter(pk__in=subjects[cycle.code]))
        for cycle in all_lifecycles() if cycle.code in subjects
    ]


def visible_entries(project: Project, actor: Actor) -> QuerySet[Entry]:
    """The entries of the project's record that the reader may see."""
    return sight_of(project, actor).entries


def people_of(entries: QuerySet[Entry]) -> list[dict]:
    """Who did what, in the order of their first act: name, organisation, the kinds of acts."""
    known = {cycle.code: cycle for cycle in all_lifecycles()}
    people: dict[tuple, dict] = {}
    rows = (
        entries.exclude(user_id=None).order_by()
        .values("user_id", "actor_name", "organisation_name", "lifecycle", "transition").annotate(n=Count("id"), last=Max("id"))
        .order_by("last")
    )
    for row in rows:
        cycle = known.get(row["lifecycle"])
        if cycle is None or row["transition"] not in cycle:
            continue
        person = people.setdefault(
            (row["user_id"], row["organisation_name"]),
            {"name": row["actor_name"], "organisation": row["organisation_name"], "acts": [], "count": 0},
        )
        person["count"] += row["n"]
        label = str(cycle[row["transition"]].label)
        if label not in person["acts"]:
            person["acts"].append(label)
    return list(people.values())
