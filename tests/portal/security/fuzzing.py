"""The API tried with what its own description allows, and with what it does not, by people of every role.

`tries()` makes requests from the OpenAPI description; `Prober` sends them and says what is wrong with an answer.
"""
from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from portal import urls
from portal.accounts.actor import PUBLIC, actor_for
from portal.accounts.models import User
from portal.workflow.engine import may
from tests.factories.examples import Example

REFUSALS = (403, 409, 422)
MODELS = {f"/api/v1/{prefix}/": viewset.lifecycle for prefix, viewset, _name in urls.router.registry if hasattr(viewset, "lifecycle")}


@dataclass(frozen=True, slots=True)
class Try:
    """One request, before anybody sends it."""

    method: str
    path: str  # with {id}
    values: dict
    query: dict
    body: object
    media_type: str

    @property
    def cycle(self):
        return next((cycle for prefix, cycle in MODELS.items() if self.path.startswith(prefix)), None)


def description() -> dict:
    return json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))


def tries(examples: int, number: int) -> Iterator[Try]:
    """So many tries of every operation, the same for the same number: every second one breaks the description."""
    schema = schemathesis.openapi.from_dict(description())
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode, count in ((GenerationMode.POSITIVE, (examples + 1) // 2), (GenerationMode.NEGATIVE, examples // 2)):
            yield from _drawn(operation, mode, count, number)


def _drawn(operation, mode: GenerationMode, count: int, number: int) -> list[Try]:
    drawn: list[Try] = []
    if not count:
        return drawn

    @seed(number)
    @settings(max_examples=count + 1, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def draw(case) -> None:
        body = None if type(case.body).__name__ == "NotSet" else case.body
        drawn.append(Try(case.method, operation.path, dict(case.path_parameters or {}), dict(case.query or {}), body,
                         case.media_type or ""))  # fmt: skip

    try:
        draw()
    except (schemathesis.errors.SchemathesisError, Unsatisfiable):
        return drawn  # nothing of this operation can be made wrong
    return drawn[-count:]  # the first one drawn is the plainest


class Prober:
    """One person who sends tries; what they bring about is undone."""

    def __init__(self, account: str, world: dict[str, Example], number: int) -> None:
        self.account, self.world, self.random = account, world, random.Random(f"{account}{number}")
        self.client = Client(raise_request_exception=False)
        self.actor = PUBLIC
        if account:
            user = User.objects.get(username=account)
            self.client.force_login(user)
            self.actor = actor_for(user)
        self.raised: list[str] = []
        self.counts: dict[int, int] = {}

    def may(self, given: Try) -> bool:
        """Whether this person may do the act to the thing of the world."""
        example = self.world.get(given.cycle.code) if given.cycle and given.method == "POST" else None
        name = given.path.rstrip("/").rpartition("/")[2]
        if example is None or self.actor.is_public:
            return False
        if name in given.cycle:
            return may(given.cycle[name], example.obj, self.actor)
        return "{id}" not in given.path and any(may(row, given.cycle.model(), self.actor) for row in given.cycle.creating())

    def send(self, given: Try) -> list[str]:
        """Everything that is wrong with the answer, in words."""
        key = self._key(given)
        path = given.path.format_map({name: str(value) for name, value in {**given.values, "id": key}.items()})
        if "/../" in path or path.startswith("//"):
            return []
        self.raised.clear()
        got_request_exception.connect(self._note)
        try:
            with transaction.atomic():
                seen = self._sees(given, key)
                answer = self._answer(given, path)
                wrong = [] if answer.status_code >= 500 else self._outside(given, key, seen, answer)
                transaction.set_rollback(True)
        finally:
            got_request_exception.disconnect(self._note)
        self.counts[answer.status_code] = self.counts.get(answer.status_code, 0) + 1
        if answer.status_code >= 500:
            wrong.append(f"{answer.status_code} {' | '.join(self.raised)}")
        if answer.status_code in REFUSALS and not _has_rules(answer):
            wrong.append(f"{answer.status_code} without a rule: {answer.content[:200]!r}")
        return [f"{self.account or 'visitor'} {given.method} {path[:120]} {given.query} {str(given.body)[:300]}: {each}" for each in wrong]

    def _answer(self, given: Try, path: str):
        query = {name: value for name, value in given.query.items() if value is not None}
        if given.body is None:
            return self.client.generic(given.method, path, query_params=query)
        if given.media_type == "multipart/form-data" and isinstance(given.body, dict):
            body = {name: _as_part(value) for name, value in given.body.items() if value is not None}
            return self.client.post(path, body, query_params=query)
        body = json.dumps(given.body, default=str)
        return self.client.generic(given.method, path, body, content_type="application/json", query_params=query)

    def _key(self, given: Try) -> object:
        """Mostly the key of a thing that is there, whoever may see it."""
        example = self.world.get(given.cycle.code) if given.cycle else None
        if example is None or self.random.random() < 0.15:
            return given.values.get("id", 0)
        return example.obj.pk

    def _sees(self, given: Try, key: object) -> bool | None:
        if given.cycle is None or "{id}" not in given.path or not str(key).isdecimal() or int(key) > 2**63 - 1:
            return None
        return given.cycle.model.objects.visible_to(self.actor).filter(pk=key).exists()

    def _outside(self, given: Try, key: object, seen: bool | None, answer) -> list[str]:
        if seen is False and answer.status_code not in (401, 403, 404, 405):
            return [f"{answer.status_code} for what is outside the scope"]
        if seen is False and answer.status_code == 403 and not self.actor.is_public and given.method == "GET":
            return ["403 tells that it is there"]
        if given.cycle and given.method == "GET" and "{id}" not in given.path and answer.status_code == 200:
            shown = {row["id"] for row in answer.json().get("results", []) if isinstance(row.get("id"), int)}
            visible = set(given.cycle.model.objects.visible_to(self.actor).filter(pk__in=shown).values_list("pk", flat=True))
            return [f"a list shows {shown - visible}"] if shown - visible else []
        return []

    def _note(self, sender, request=None, **more) -> None:
        import sys
        import traceback

        kind, error, place = sys.exc_info()
        last = traceback.extract_tb(place)[-4:]
        self.raised.append(f"{kind.__name__}: {str(error)[:200]} at {' < '.join(f'{each.filename[-40:]}:{each.lineno}' for each in last)}")


def _as_part(value: object) -> object:
    if isinstance(value, bytes):
        return SimpleUploadedFile("a.pdf", value)
    return json.dumps(value, default=str) if isinstance(value, dict | list | bool) else str(value)


def _has_rules(answer) -> bool:
    try:
        refusals = answer.json().get("refusals")
    except (ValueError, AttributeError):
        return False
    return bool(refusals) and all(each.get("rule") for each in refusals)
