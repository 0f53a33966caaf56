"""A plan of many items put forward and submitted in one act: one entry with their digest, a few inserts (S-25, L2.1)."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import F

from portal.accounts.actor import system_actor
from portal.accounts.models import Organisation
from portal.audit import record
from portal.audit.canonical import canonical_json, digest
from portal.identifiers import Series
from portal.search.sources import source_of
from portal.workdays.verbs import start_clocks
from portal.workflow import Act, Duty, Refused
from portal.workflow.engine import advance_all, begin_all, registered_guards
from portal.workflow.standing_in import doers_of_all
from procurement.plans.models import Plan, PlanItem, Project, ProjectDuty, ReviewStep
from procurement.plans.numbers import next_numbers
from procurement.plans.rules import ChainStep

from . import reviews

#: Up to so many items each is its own act, with its own entries and messages; more go together.
ONE_BY_ONE = 100
BATCH = 500
#: What the digest of a submission is taken over, item by item.
SUBMITTED = ("id", "title", "leaf_id", "filed_request_id", "kind", "posts", "content", "quantity", "unit", "unit_price", "periods",
             "amount", "method", "term_months", "predecessor_id")  # fmt: skip


def together(items: list[PlanItem]) -> list[PlanItem]:
    """Those that move by the plan's own act: items without a record of their own yet, where they are many."""
    unrecorded = [item for item in items if item.project_id is None]
    return unrecorded if len(unrecorded) > ONE_BY_ONE else []


def move_all(items: list[PlanItem], name: str, act: Act, *, instead: Sequence[Callable] = (), **values) -> dict:
    """Move many items by the plan's own act, writing the same `values` to each; returns what its entry says of them."""
    if not items:
        return {}
    _write(items, {**advance_all(items, name, act, instead=instead), **values})
    return {"digest": digest_of(items)}


def digest_of(items: Iterable[PlanItem]) -> str:
    """One digest for what many items say, in their order."""
    return digest(canonical_json([{name: getattr(item, name) for name in SUBMITTED} for item in items]))


def submit_all(plan: Plan, items: list[PlanItem], act: Act, *, opens_review: Callable) -> dict:
    """Open a project for each of many items of one agency and lay them before the departments.

    Their first submission: none has a project yet. Numbers are taken in one go; the record of each project begins with
    the project and this submission; steps and their clocks are made together, for the departments know of the plan by
    its own message. `opens_review`: the consequence that does this for a single item. Raises Refused.
    """
    if not items:
        return {}
    _ask(items, act)
    for item in items:
        item.agency = plan.agency  # one object for all: region and chain are read once
    projects = _open_projects(plan, items, act)
    written = advance_all(items, "submit", act, instead=[opens_review])
    _write(items, {**written, "first_submitted_at": act.now, "decision_reason": "", "round": F("round") + 1})
    for item, project in zip(items, projects, strict=True):
        item.project, item.round, item.first_submitted_at = project, item.round + 1, act.now
    PlanItem.objects.bulk_update(items, ["project"], batch_size=BATCH)
    _note_planners(items, act)
    steps = _lay_out(plan, items, act)
    digest_of_all = digest_of(items)
    _begin_records(steps, len(items), digest_of_all, act)
    for item, own in steps:
        if not any(step.state == "PENDING" for step in own):  # no department of the chain answers for this kind
            reviews.go_on(item, act)
    return {"digest": digest_of_all}


def _write(items: list[PlanItem], values: dict[str, Any]) -> None:
    for start in range(0, len(items), BATCH):
        PlanItem.objects.filter(pk__in=[item.pk for item in items[start : start + BATCH]]).update(**values)


def _ask(items: list[PlanItem], act: Act) -> None:
    """Every department is there, and what floors above demand of an item is given (S-23, S-26)."""
    found = list(reviews.departments_are_there(items[0], act))
    found += [refusal for guard in registered_guards("plans.item", "submit") for item in items for refusal in guard(item, act) or ()]
    if found:
        raise Refused(found)


def _open_projects(plan: Plan, items: list[PlanItem], act: Act) -> list[Project]:
    numbers = next_numbers(Series.PROJECT, plan.agency, plan.year, len(items))
    projects = [
        Project(
            number=number, title=item.title, agency=plan.agency, region=plan.agency.region, year=item.year, amount=item.amount,
            leaf=item.leaf, leaf_name=item.catalogue_words, rules_as_of=act.now.date(), is_history=act.history,
        )
        for number, item in zip(numbers, items, strict=True)
    ]  # fmt: skip
    begin_all(projects, "open_project", act)
    Project.objects.bulk_create(projects, batch_size=BATCH)
    source_of(Project).enter(projects)
    return projects


def _note_planners(items: list[PlanItem], act: Act) -> None:
    """Who wrote an item has taken the duty of planning its project (S-125)."""
    doers = doers_of_all("plans.item", [item.pk for item in items], "draft", "edit")
    ProjectDuty.objects.bulk_create([
        ProjectDuty(project=item.project, duty=Duty.PLANNING, user_id=user_id, taken_at=act.now)
        for item in items for user_id in sorted({item.created_by_id, *doers.get(item.pk, ())} - {None})
    ], batch_size=BATCH)  # fmt: skip


def _lay_out(plan: Plan, items: list[PlanItem], act: Act) -> list[tuple[PlanItem, list[ReviewStep]]]:
    """Each item with the steps of its first round, the first group that applies opened with its clocks."""
    chain = reviews.chain_of(plan.agency.region, act.now.date())
    departments = {definition.kind: reviews.department_of(items[0], definition.kind) for definition in chain}
    by_item = [(item, [_step(item, definition, departments[definition.kind]) for definition in chain]) for item in items]
    steps = [step for _item, own in by_item for step in own]
    begin_all(steps, "lay_out", act)
    posts_only = {definition.kind for definition in chain if definition.only_posts}
    advance_all([step for step in steps if step.kind in posts_only and step.item.kind != PlanItem.Kind.POST], "skip", act)
    opened = [step for _item, own in by_item for step in _first_group(own)]
    advance_all(opened, "activate", act, instead=["REVIEW_STEP"])
    limit_at = reviews.limit_from(act.now, plan.agency.region)
    for step in opened:
        step.limit_at = limit_at
    ReviewStep.objects.bulk_create(steps, batch_size=BATCH)
    start_clocks("REVIEW_STEP", opened, act)
    return by_item


def _step(item: PlanItem, definition: ChainStep, department: Organisation | None) -> ReviewStep:
    return ReviewStep(
        item=item, round=item.round, group=definition.group, kind=definition.kind, may_reject=definition.may_reject,
        department=department,
    )


def _first_group(steps: list[ReviewStep]) -> list[ReviewStep]:
    """The waiting steps of the first group in which any waits."""
    waiting = [step for step in steps if step.state == "WAITING"]
    first = min((step.group for step in waiting), default=None)
    return [step for step in waiting if step.group == first]


def _begin_records(steps: list[tuple[PlanItem, list[ReviewStep]]], count: int, digest_of_all: str, act: Act) -> None:
    """The record of each project begins: opened, and submitted with all the others of its plan (S-01)."""
    record.append_new(
        (entry for item, own in steps for entry in _first_entries(item, own, {"items": count, "digest": digest_of_all})),
        actor=system_actor(act.actor.request_id), moment=act.now,
    )


def _first_entries(item: PlanItem, steps: list[ReviewStep], with_all: dict) -> Iterator[tuple[str, dict]]:
    project = item.project
    yield project.chain_key, {
        "lifecycle": "plans.project", "subject": str(project.pk), "subject_label": str(project), "transition": "open_project",
        "to_state": project.state, "rules": ["S-01"],
    }
    yield project.chain_key, {
        "lifecycle": "plans.item", "subject": str(item.pk), "subject_label": str(item), "transition": "submit",
        "from_state": "PROPOSED", "to_state": item.state, "rules": ["S-22", "S-26"],
        "facts": {"amount": item.amount, "round": item.round, "steps": [step.kind for step in steps], "project": project.number,
                  **with_all},
    }  # fmt: skip
