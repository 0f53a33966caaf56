"""Everything that hangs on one project, and its record: what a copy of it consists of."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.fields.related import ForeignKey

from portal.audit.models import GENERAL, Chain, Entry
from portal.workflow import all_lifecycles
from procurement.plans.models import Project

#: Rows that belong to a meeting or a person rather than to the project, and the record, which is copied by its own rule.
NOT_COPIED = {"plans.AgendaItem", "audit.Entry", "audit.Chain", "notifications.Message", "files.Document", "reports.ReportJob",
              "reports.Paper", "suppliers.SupplierOutcome"}  # fmt: skip
#: What a project points at and has for itself.
PULLED = {"budgets.BudgetLine"}

Rows = list[tuple[type[models.Model], list[models.Model]]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A project as it stood at one moment of its life."""

    project: Project
    rows: Rows  # what is pointed at comes before what points
    chains: list[Chain]
    entries: dict[str, list[Entry]]  # by chain, in order

    @property
    def entry_count(self) -> int:
        return sum(len(entries) for entries in self.entries.values())


def snapshot_of(project: Project) -> Snapshot:
    rows = rows_of(project)
    keys = {(code, str(row.pk)) for model, found in rows for row in found for code in _codes(model)}
    chain_keys = {getattr(row, "chain_key", GENERAL) for _model, found in rows for row in found} - {GENERAL}
    chains = list(Chain.objects.filter(pk__in=chain_keys).order_by("key"))
    entries = {chain.key: list(Entry.objects.of_chain(chain.key).filter(seq__lte=chain.count).order_by("seq")) for chain in chains}
    own = {key: found for key, found in entries.items()
           if key.startswith("project:") or all((entry.lifecycle, entry.subject) in keys for entry in found)}  # fmt: skip
    return Snapshot(project, rows, [chain for chain in chains if chain.key in own], own)


def _codes(model: type[models.Model]) -> list[str]:
    return [cycle.code for cycle in all_lifecycles() if cycle.model is model]


def rows_of(project: Project) -> Rows:
    """Every row that hangs on the project, model by model, what is pointed at before what points."""
    found: dict[type[models.Model], dict] = defaultdict(dict)
    found[Project][project.pk] = project
    own = [model for app in settings.PORTAL_APPS for model in apps.get_app_config(app.rsplit(".", 1)[-1]).get_models()
           if model._meta.label not in NOT_COPIED]  # fmt: skip
    grown = True
    while grown:
        grown = False
        for model in own:
            for row in _hanging_on(model, found):
                if row.pk not in found[model]:
                    found[model][row.pk] = row
                    grown = True
        for row in _pulled(found):
            if row.pk not in found[type(row)]:
                found[type(row)][row.pk] = row
                grown = True
    return [(model, list(found[model].values())) for model in _in_order(found)]


def _hanging_on(model: type[models.Model], found: dict) -> Iterator[models.Model]:
    """Rows of a model that point at what was found: by foreign key, by the project's number, by kind and key."""
    rows = model._base_manager.all()
    for field in foreign_keys(model):
        if field.related_model is not model and found.get(field.related_model):
            yield from rows.filter(**{f"{field.name}__in": list(found[field.related_model])})
    names = {field.name: field for field in model._meta.concrete_fields}
    if isinstance(names.get("project_id"), models.BigIntegerField):
        yield from rows.filter(project_id__in=list(found[Project]))
    elif "subject_type" in names:
        for kind, subject in kinds().items():
            if found.get(subject):
                yield from rows.filter(subject_type=kind, subject_id__in=list(found[subject]))


def _pulled(found: dict) -> Iterator[models.Model]:
    for model in list(found):
        for field in foreign_keys(model):
            if field.related_model._meta.label in PULLED:
                keys = {getattr(row, field.attname) for row in found[model].values()} - {None}
                yield from field.related_model._base_manager.filter(pk__in=keys)


def kinds() -> dict[str, type[models.Model]]:
    """What stands in `subject_type`, and the model it means."""
    return {**{cycle.model._meta.label_lower: cycle.model for cycle in all_lifecycles()},
            **{cycle.code: cycle.model for cycle in all_lifecycles()}}  # fmt: skip


def foreign_keys(model: type[models.Model]) -> list[ForeignKey]:
    return [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]


def _in_order(found: dict) -> list[type[models.Model]]:
    """What is pointed at comes before what points."""
    meant, waiting, ordered = kinds(), [model for model in found if found[model]], []
    needs = {model: {field.related_model for field in foreign_keys(model)}
             | {meant.get(getattr(row, "subject_type", "")) for row in found[model].values()} for model in waiting}  # fmt: skip
    while waiting:
        ready = [model for model in waiting if not needs[model] & set(waiting) - {model}]
        ordered += ready or waiting[:1]
        waiting = [model for model in waiting if model not in ordered]
    return ordered
