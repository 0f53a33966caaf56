"""The record of a project as one reader may see it: acts on things he may see, and his own (S-165)."""
from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from portal.accounts.actor import Actor
from portal.audit.models import Chain, Entry
from portal.workflow.surfaces import chains_of
from portal.workflow.table import Lifecycle, all_lifecycles
from procurement.plans.models import Project

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


def subjects_of(project: Project) -> dict[str, set[str]]:
    """The things the project's record speaks of: lifecycle → their keys, as text."""
    found: dict[str, set[str]] = defaultdict(set)
    pairs = record_of(project).order_by().values_list("lifecycle", "subject").distinct()
    for lifecycle, subject in pairs:
        found[lifecycle].add(subject)
    return found


def seen_by(project: Project, actor: Actor) -> list[tuple[Lifecycle, QuerySet]]:
    """The things of the project that the reader may see, in the order of the design: one queryset a lifecycle."""
    subjects = subjects_of(project)
    return [
        (cycle, cycle.model.objects.visible_to(actor).filter(pk__in=subjects[cycle.code]))
        for cycle in all_lifecycles() if cycle.code in subjects
    ]


def visible_entries(project: Project, actor: Actor) -> QuerySet[Entry]:
    """The entries of the project's record that the reader may see. One query a lifecycle, however long the record is."""
    entries = record_of(project)
    if actor.is_system:
        return entries
    if actor.is_public:
        return entries.none()
    scope = Q(user_id=actor.user_id)
    for cycle, things in seen_by(project, actor):
        keys = [str(key) for key in things.order_by().values_list("pk", flat=True)]
        if keys:
            scope |= Q(lifecycle=cycle.code, subject__in=keys)
    return entries.filter(scope)


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
