"""script/bench --plans says of every row whether it reaches its aim, and fails when one does not."""
from __future__ import annotations

import argparse
import json
from contextlib import ExitStack

import pytest

from script import measuring_plans as module
from script.measured import Visitor
from script.measuring_plans import Measured, budgets_of, lists_of


def row(**changes) -> Measured:
    return Measured(**{"name": "plan list", "ms": 20.0, "floor": "bare", "floor_ms": 10.0, "aim": 3, "few_ms": 18.0, **changes})


@pytest.mark.parametrize(("changes", "missed"), [
    ({}, []),
    ({"ms": 31.0, "few_ms": 30.0}, ["× 3.1 of 3"]),
    ({"few_ms": 10.0}, ["grows × 2.0 of 1.3"]),
    ({"memory_mb": 501, "most_mb": 500}, ["501 of 500 MB"]),
    ({"memory_mb": 500, "most_mb": 500}, []),
    ({"ms": 900.0, "few_ms": 0, "aim": 0}, []),
])  # fmt: skip
def test_a_row_says_what_it_misses(changes, missed):
    found = row(**changes)
    assert found.missed == missed
    assert found.line.endswith("met" if not missed else missed[-1])


def test_lists_are_held_against_the_bare_floor_and_against_themselves():
    taken = {each.name: (24.0, 6.0, 20.0) for each in module.LISTS}
    assert [(found.ratio, found.growth, found.missed) for found in lists_of(taken)] == [(4.0, 1.2, ["× 4.0 of 3"])] * len(module.LISTS)


def test_budgets_are_held_against_the_session_floor_and_twice_their_statements():
    taken = {each.name: (18.0, 10.0, 1.0) for each in module.BUDGETS}
    work = [{"row": each.name, "queries": 4, "sql_ms": 5.0} for each in module.BUDGETS]
    assert {(found.floor_ms, found.ratio, found.growth) for found in budgets_of(taken, work)} == {(20.0, 0.9, None)}


WORK = [
    {"row": "plan PDF of 301 pages", "ms": 9000.0, "floor": "none", "floor_ms": 9000.0, "aim": 0, "memory_mb": 300, "most_mb": 500},
    *({"row": each.name, "queries": 4, "sql_ms": 5.0} for each in module.BUDGETS),
    {"row": "XLSX of 20,000 items", "ms": 4000.0, "floor": "openpyxl writing", "floor_ms": 2000.0, "aim": 3, "note": "1 queries"},
]


@pytest.mark.parametrize(("page_ms", "code"), [(15.0, 0), (99.0, 1)])
def test_the_run_prints_every_row_and_fails_when_one_misses(monkeypatch, capsys, tmp_path, page_ms, code):
    asked: list[tuple] = []
    monkeypatch.setattr(module, "fresh_portal", lambda stack, var, on_postgresql: {"PORTAL_VAR": str(var)})
    monkeypatch.setattr(module, "served", lambda stack, env, log: 1)
    monkeypatch.setattr(module, "timed", lambda rows, few, many, rounds: {each.name: (page_ms, 10.0, page_ms) for each in rows})
    monkeypatch.setattr(module, "work_behind", lambda env, rounds: WORK)
    said = json.dumps({"items": 10_000, "preview_s": 4.0, "bare_s": 2.0, "write_lock_s": 1.5})
    monkeypatch.setattr(module, "manage", lambda env, *arguments: asked.append(arguments) or f"…\n{said}")
    options = argparse.Namespace(portal=None, plans=50_000, postgresql=False, rounds=3, json=False)
    with ExitStack() as stack:
        assert module.run(stack, tmp_path, options) == code
    printed = capsys.readouterr().out
    for name in [*(each.name for each in (*module.LISTS, *module.BUDGETS)), "plan PDF", "XLSX of", "workbook of 10,000"]:
        assert name in printed
    assert ("missed" in printed) == bool(code)
    sizes = [dict(zip(each[1::2], each[2::2], strict=True)) for each in asked if each[0] == "simulate"]
    assert [(each["--projects"], each["--agencies"], each["--years"]) for each in sizes] == [("1000", "60", "12"), ("50000", "3000", "12")]


def test_a_redirect_is_no_page(monkeypatch):
    visitor = Visitor(1, "")
    monkeypatch.setattr(visitor, "send", lambda method, path: setattr(visitor, "status", 302))
    with pytest.raises(SystemExit, match="302"):
        visitor.time("/reviews/")
