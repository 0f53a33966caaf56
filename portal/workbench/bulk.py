"""Many projects for measuring: one is built by its verbs, the others are copies of its rows with records of their own.

Copied is whatever hangs on the project: its item, reviews, money, tender, key, notices, legal clocks and record. Shared stays
what is shared in life: people, catalogue, yearly plan, meeting. Digests of the copied records are taken anew, so that
`verify_audit` finds nothing. For throw-away portals only.
"""
from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models.fields.related import ForeignKey
from django.test import Client

from portal.audit.models import GENESIS, Chain, Entry
from portal.audit.record import chain_key_of, digest_of_entry
from portal.workflow import all_lifecycles
from procurement.plans.models import Project

from .walkthrough.client import Answer, Person, encode
from .walkthrough.story import Story

CHAPTERS = ("plan", "budget", "tender")
BATCH = 100
#: Rows that belong to a meeting or a person rather than to the project, and the record, which is copied by its own rule.
NOT_COPIED = {"plans.AgendaItem", "audit.Entry", "audit.Chain", "notifications.Message", "files.Document"}


# --- one, by its verbs -----------------------------------------------------------------------------------------------


class InProcessPerson(Person):
    """A person whose requests are answered by this process, without a server."""

    def _send(self, method: str, path: str, data: dict | None = None, *, raw: bool = False, key: str = "") -> Answer:
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        body, kind = encode(data) if data is not None else (b"", "application/octet-stream")
        answer = Client().generic(method, quote(path, safe="/?&=%"), body, content_type=kind, headers=headers)
        return Answer(answer.status_code, json.loads(answer.content or b"{}"), dict(answer.headers))


class InProcessStory(Story):
    def person(self, username: str) -> Person:
        if username not in self.people:
            self.people[username] = InProcessPerson("", username).sign_in()
        return self.people[username]


def build(say: Callable[[str], None]) -> Project:
    """One project as far as its published tender, by the chapters of the walkthrough; demo mode only (the clock moves)."""
    story = InProcessStory(base_url="", out=Path(settings.VAR_DIR), say=say)
    for chapter in CHAPTERS:
        import_module(f"portal.workbench.walkthrough.{chapter}").play(story)
    return Project.objects.get(pk=story.facts["project_id"])


# --- many, by copying ------------------------------------------------------------------------------------------------


def copy_project(project: Project, count: int) -> list[int]:
    """Make `count` copies; returns the primary keys of the new projects."""
    rows = rows_of(project)
    serial = Project.objects.count()
    made: list[int] = []
    while len(made) < count:
        batch = range(serial + len(made), serial + min(len(made) + BATCH, count))
        with transaction.atomic():
            made += _copy_batch(project, rows, batch)
    return made


def rows_of(project: Project) -> list[tuple[type[models.Model], list[models.Model]]]:
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
    return [(model, list(found[model].values())) for model in _in_order(found)]


def _hanging_on(model: type[models.Model], found: dict) -> Iterator[models.Model]:
    """Rows of a model that point at what was found: by foreign key, by the project's number, by kind and key."""
    rows = model._base_manager.all()
    for field in _foreign_keys(model):
        if field.related_model is not model and found.get(field.related_model):
            yield from rows.filter(**{f"{field.name}__in": list(found[field.related_model])})
    names = {field.name: field for field in model._meta.concrete_fields}
    if isinstance(names.get("project_id"), models.BigIntegerField):
        yield from rows.filter(project_id__in=list(found[Project]))
    elif "subject_type" in names:
        for kind, subject in _kinds().items():
            if found.get(subject):
                yield from rows.filter(subject_type=kind, subject_id__in=list(found[subject]))


def _kinds() -> dict[str, type[models.Model]]:
    """What stands in `subject_type`, and the model it means."""
    return {**{cycle.model._meta.label_lower: cycle.model for cycle in all_lifecycles()},
            **{cycle.code: cycle.model for cycle in all_lifecycles()}}  # fmt: skip


def _foreign_keys(model: type[models.Model]) -> list[ForeignKey]:
    return [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]


def _in_order(found: dict) -> list[type[models.Model]]:
    """What is pointed at comes before what points."""
    kinds, waiting, ordered = _kinds(), [model for model in found if found[model]], []
    needs = {model: {field.related_model for field in _foreign_keys(model)}
             | {kinds.get(getattr(row, "subject_type", "")) for row in found[model].values()} for model in waiting}  # fmt: skip
    while waiting:
        ready = [model for model in waiting if not needs[model] & set(waiting) - {model}]
        ordered += ready or waiting[:1]
        waiting = [model for model in waiting if model not in ordered]
    return ordered


def _copy_batch(project: Project, rows: list, serials: range) -> list[int]:
    new_keys: dict[tuple[type[models.Model], object], list] = {(Project, project.pk): []}
    for model, originals in rows:
        copies = [_copy(row, number, place, new_keys) for row in originals for place, number in enumerate(serials)]
        model._base_manager.bulk_create(copies, batch_size=500)
        for start, row in enumerate(originals):
            new_keys[model, row.pk] = [each.pk for each in copies[start * len(serials) : (start + 1) * len(serials)]]
    _copy_record(project, new_keys, serials)
    return new_keys[Project, project.pk]


def _copy(row: models.Model, number: int, place: int, new_keys: dict) -> models.Model:
    made = copy.copy(row)
    made._state = copy.copy(row._state)
    made._state.adding, made._state.fields_cache = True, {}
    key = row._meta.pk
    made.pk = None if isinstance(key, models.AutoField) else key.get_default()
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(field, ForeignKey):
            setattr(made, field.attname, _new(new_keys, field.related_model, value, place))
        elif field.name == "project_id":
            made.project_id = _new(new_keys, Project, value, place)
        elif field.name == "made_by_key":
            made.made_by_key = None
        elif field.unique and not field.primary_key and isinstance(field, models.CharField):
            setattr(made, field.attname, f"{value}-{number:05d}")
    if hasattr(row, "subject_type"):
        made.subject_id = type(row.subject_id)(_new(new_keys, _kinds().get(row.subject_type), int(row.subject_id), place))
    return made


def _new(new_keys: dict, model, value, place: int):
    keys = new_keys.get((model, value))
    return keys[place] if keys else value


def _copy_record(project: Project, new_keys: dict, serials: range) -> None:
    """The record of every copy, a chain of its own, digest by digest."""
    originals = list(Entry.objects.of_chain(chain_key_of(project.pk)).order_by("seq"))
    model_of = {cycle.code: cycle.model for cycle in all_lifecycles()}
    for place, number in enumerate(serials):
        chain = Chain(key=chain_key_of(new_keys[Project, project.pk][place]))
        entries, previous = [], GENESIS
        for original in originals:
            entry = copy.copy(original)
            entry._state = copy.copy(original._state)
            entry._state.adding, entry._state.fields_cache, entry.pk = True, {}, None
            entry.chain_id = chain.key
            model = model_of.get(original.lifecycle)
            if model and original.subject.isdigit():
                entry.subject = str(_new(new_keys, model, int(original.subject), place))
            entry.subject_label = original.subject_label.replace(project.number, f"{project.number}-{number:05d}")[:300]
            entry.previous = previous
            entry.digest = previous = digest_of_entry(entry)
            entries.append(entry)
        chain.count, chain.head = len(entries), previous
        chain.save(force_insert=True)
        Entry._base_manager.bulk_create(entries, batch_size=500)
        assert all(later.previous == earlier.digest for earlier, later in pairwise(entries))
