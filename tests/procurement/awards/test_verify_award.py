"""`verify/award.py` computes the ranking again from the published file, and names what does not follow."""
from __future__ import annotations

import copy
import importlib.util
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from portal.audit.canonical import canonical_json
from procurement.awards.rules import sha256
from procurement.awards.scoring import Factor, Offer, evaluate, printed, written

SCRIPT = Path(__file__).resolve().parents[3] / "verify" / "award.py"
SPEC = importlib.util.spec_from_file_location("verify_award", SCRIPT)
verifier = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(verifier)

FACTORS = [
    {"factor": 1, "name": "投标报价", "points": "20.00", "price": True, "objective": True},
    {"factor": 2, "name": "方案", "points": "50.00", "price": False, "objective": False},
    {"factor": 3, "name": "业绩", "points": "30.00", "price": False, "objective": True},
]
BIDS = [
    {"bid": 1, "supplier": "甲", "code": "A", "price": "3168000.00", "deduction_percent": "0.00", "size": ""},
    {"bid": 2, "supplier": "乙", "code": "B", "price": "3049200.00", "deduction_percent": "15.00", "size": "SMALL"},
    {"bid": 3, "supplier": "丙", "code": "C", "price": "3132000.00", "deduction_percent": "0.00", "size": ""},
]
POINTS = [{1: ("42", "30"), 2: ("45.5", "30"), 3: ("33", "15")}, {1: ("43", "30"), 2: ("46", "30"), 3: ("34.25", "15")},
          {1: ("44", "30"), 2: ("45", "30"), 3: ("33", "15")}]


def published() -> dict:
    """A file as the portal publishes it."""
    sheets = [
        {"seat": seat, "scores": [{"bid": bid, "factor": factor, "points": value} for bid, row in given.items()
                                  for factor, value in zip((2, 3), row, strict=True)]}
        for seat, given in enumerate(POINTS, 1)
    ]
    results = evaluate(
        [Factor(row["factor"], row["name"], Decimal(row["points"]), row["price"]) for row in FACTORS],
        [Offer(row["bid"], Decimal(row["price"]), Decimal(row["deduction_percent"])) for row in BIDS],
        [{(one["bid"], one["factor"]): Decimal(one["points"]) for one in sheet["scores"]} for sheet in sheets],
    )
    names = {row["bid"]: row["supplier"] for row in BIDS}
    data = {
        "format": "portal-award-1", "tender": "CG-2026-0001", "title": "道路养护", "sme_deduction_percent": "15.00",
        "factors": FACTORS, "bids": BIDS, "sheets": sheets,
        "results": [
            {"rank": row.rank, "bid": row.bid, "supplier": names[row.bid], "price": f"{row.price:f}",
             "compared_price": str(printed(row.compared)), "price_score": str(printed(row.price_score)),
             "price_score_exact": written(row.price_score),
             "factors": [{"factor": key, "mean": str(printed(mean)), "mean_exact": written(mean)} for key, mean in row.factors.items()],
             "total": str(printed(row.total)), "total_exact": written(row.total)}
            for row in results
        ],
        "award": {"supplier": "乙", "code": "B", "price": "3049200.00", "rank": 1},
    }
    return copy.deepcopy({**data, "digest": sha256(canonical_json(data).decode())})


def run(data: dict, tmp_path: Path) -> subprocess.CompletedProcess:
    path = tmp_path / "评分数据.json"
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    return subprocess.run([sys.executable, "-I", str(SCRIPT), str(path)], capture_output=True, text=True, check=False)


def test_a_true_file_holds(tmp_path):
    done = run(published(), tmp_path)
    assert done.returncode == 0, done.stdout
    assert "1. 乙" in done.stdout


def test_a_changed_number_is_named(tmp_path):
    data = published()
    data["sheets"][1]["scores"][0]["points"] = "43.01"
    done = run(data, tmp_path)
    assert done.returncode == 1
    assert "bid 1 甲: mean of 方案" in done.stdout


def numbers(node, path=()):
    """Every place of the file that holds a number."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from numbers(value, (*path, key))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from numbers(value, (*path, place))
    elif not isinstance(node, bool) and (isinstance(node, int) or (isinstance(node, str) and node[:1].isdigit() and path[-1] != "digest")):
        yield path


@pytest.mark.parametrize("path", list(numbers(published())), ids=lambda path: ".".join(map(str, path)))
def test_whatever_number_is_changed_the_file_no_longer_holds(path):
    data = published()
    node = data
    for key in path[:-1]:
        node = node[key]
    old = node[path[-1]]
    node[path[-1]] = old + 1 if isinstance(old, int) else f"{int(old[0]) % 9 + 1}{old[1:]}"
    try:
        faults = [*verifier.faults_of_inputs(data)] or [*verifier.faults_of_results(data)]
    except (KeyError, ValueError, ZeroDivisionError):
        faults = ["unreadable"]
    assert faults or data["digest"] != verifier.digest_of(data)


@pytest.mark.parametrize("results", ["price_score", "total", "total_exact", "price_score_exact", "compared_price", "rank"])
def test_a_changed_result_is_named_by_its_place(results):
    data = published()
    row = data["results"][0]
    row[results] = row[results] + 1 if isinstance(row[results], int) else "1.23"
    assert [place for place, _computed, _found in verifier.faults_of_results(data)]


def test_a_missing_score_a_second_one_and_wrong_weights_are_named():
    data = published()
    lost = data["sheets"][0]["scores"].pop()
    assert any("seat 1" in place for place, *_rest in verifier.faults_of_inputs(data))
    data["sheets"][0]["scores"] += [lost, lost]
    assert any(found == "several" for _place, _computed, found in verifier.faults_of_inputs(data))
    data["factors"][0]["points"] = "30.00"
    assert next(iter(verifier.faults_of_inputs(data)))[0] == "factors"


def test_another_winner_than_the_ranking_says_is_named():
    data = published()
    data["award"] = {"supplier": "甲", "code": "A", "price": "3168000.00", "rank": 1}
    assert [place for place, *_rest in verifier.faults_of_results(data)] == ["award: rank"]


@pytest.mark.parametrize("text", ["", "[]", '{"format": "other"}'])
def test_what_is_no_such_file_ends_with_two(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text)
    assert verifier.main([str(path)]) == 2
    assert verifier.main([]) == 2
