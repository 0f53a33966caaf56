"""The API keeps its word under whatever is sent: nothing breaks, nothing from outside the scope, no refusal without its rule.

A few tries of each operation belong to the suite; `script/fuzz` makes as many as one has time for.
"""
from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from itertools import cycle

import pytest
from django.db import transaction
from schemathesis import openapi

from portal.workflow import all_lifecycles
from tests.factories.examples import Example, make_examples
from tests.factories.keeping import made
from tests.permission_table import NO_API
from tests.portal.security.fuzzing import MODELS, Prober, description, tries

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2"))  # of each operation
NUMBER = int(os.environ.get("FUZZ_SEED", "1"))
EVERYBODY = ("", "planner", "head", "finance_officer", "finance_head", "buyer", "supplier_a_officer", "supplier_b_head", "expert_1",
             "auditor", "administrator", "opener_a", "payer", "hongshan_finance_head")  # fmt: skip
BY_ALL = "FUZZ_EXAMPLES" in os.environ  # else the people take turns, and one who may do it tries too
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[dict[str, Example]]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield made(make_examples)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_nothing_breaks_nothing_leaks_and_every_refusal_says_its_rule(world):
    probers = [Prober(account, world, NUMBER) for account in EVERYBODY]
    turn, wrong, sent = cycle(probers), [], 0
    for each in tries(EXAMPLES, NUMBER):
        entitled = [prober for prober in probers if prober.may(each)][:1]
        for prober in probers if BY_ALL else [next(turn), *entitled]:
            wrong += prober.send(each)
            sent += 1
    counts: dict[int, int] = {}
    for prober in probers:
        for status, number in prober.counts.items():
            counts[status] = counts.get(status, 0) + number
    print(f"{sent} requests: {dict(sorted(counts.items()))}")  # noqa: T201  (shown by script/fuzz)
    assert counts[200], "nothing was reached"
    assert sum(counts.get(status, 0) for status in (400, 403, 404, 409)) > 100
    assert not wrong, "\n".join([f"{len(wrong)} wrong answers", *wrong[:40]])


def test_the_description_names_every_act_that_a_program_may_do():
    paths = set(description()["paths"])
    for prefix, found in MODELS.items():
        for row in found.rows:
            if not row.creates and row.who and found.code not in NO_API:
                assert f"{prefix}{{id}}/{row.name}/" in paths
    assert {found.code for found in MODELS.values()} | set(NO_API) == {found.code for found in all_lifecycles()}
    assert len(list(openapi.from_dict(description()).get_all_operations())) > 250
