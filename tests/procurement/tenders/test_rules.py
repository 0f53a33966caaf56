"""The law of a tender document, without database."""
from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from procurement.tenders import rules


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("R-GP-17", "投标人须有本市环卫业绩"), ("R-GP-17", "指定某某品牌扫路车"), ("R-GP-17", "投标人须为国有企业"),
        ("R-GP-18", "注册资本不低于 500 万元"), ("R-GP-18", "注册资本不得低于 500 万元"), ("R-GP-18", "提供原厂授权"),
        ("R-GP-19", "须在本市名录库内"), ("R-GP-19", "在当地设有分支机构"), ("R-GP-19", "成立满三年"),
        ("R-GP-19", "须列入社会组织推荐性目录"),
        ("R-GP-19", "购买指定的投标软件"), ("R-GP-19", "未胶装装订的投标无效"), ("R87-02", "设最低限价 100 万元"),
        ("R-GP-34", "保证金可用现金缴纳"),
    ],
)
def test_wordings_that_shut_out_are_found(rule, text):
    assert rule in [found.rule for found in rules.forbidden_terms(text)]


@pytest.mark.parametrize(
    "text",
    ["不得指定品牌", "按时作业，不接受现金缴纳保证金", "供应商无需入围名录库", "不少于 30 名作业人员", "不以成立满三年为条件", ""],
)
def test_what_is_fair_is_let_pass(text):
    assert not list(rules.forbidden_terms(text))


def test_a_ban_in_one_half_sentence_does_not_excuse_the_other():
    assert [f.rule for f in rules.forbidden_terms("不得转包，投标人须为国有企业")] == ["R-GP-17"]


@pytest.mark.parametrize(("text", "found"), [("近三年同类项目业绩不少于 3 个", True), ("近三年同类项目业绩不少于 2 个", False)])
def test_at_most_two_similar_contracts_are_asked_as_a_condition(text, found):
    assert any(f.rule == "R22-07" for f in rules.forbidden_terms(text, qualification=True)) is found
    assert not any(f.rule == "R22-07" for f in rules.forbidden_terms(text))


def factor(*bands, points="10", objective=False, category="TECHNICAL"):
    rows = [{"label": str(n), "from": low, "to": high, "points": high} for n, (low, high) in enumerate(bands)]
    return {"name": "方案", "category": category, "points": points, "objective": objective, "bands": rows}


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        (factor(("5", "10"), ("0", "5")), 0), (factor(("10", "10"), ("5", "5"), ("0", "0"), objective=True), 0),
        (factor(category="PRICE"), 0), (factor(("0", "10")), 1), (factor(("5", "9"), ("0", "5")), 1),
        (factor(("4", "10"), ("0", "5")), 1), (factor(("5", "10"), ("0", "5"), objective=True), 2),
        (factor(("5", "10"), ("-1", "5")), 1), (factor(("10", "5"), ("0", "5")), 2),
    ],
)  # fmt: skip
def test_bands_of_a_factor(given, faults):
    assert len(list(rules.band_faults(given))) == faults


def test_points_add_up_by_category():
    rows = [factor(points="20", category="PRICE"), factor(points="80")]
    assert rules.points_of(rows) == Decimal(100)
    assert rules.points_of(rows, "PRICE") == Decimal(20)


def test_a_condition_of_entry_is_not_scored():
    assert rules.scored_qualifications(["具有健全的财务会计制度"], ["财务：具有健全的财务会计制度得 5 分"])
    assert not rules.scored_qualifications(["具有健全的财务会计制度"], ["养护方案"])


@pytest.mark.parametrize(("kind", "budget", "due"), [("A", "1.00", True), ("B", "9999999.99", False), ("B", "10000000.00", True)])
def test_when_needs_must_be_surveyed(kind, budget, due):
    assert rules.survey_is_due(kind, Decimal(budget), date(2026, 3, 1)) is due


def test_missing_parts_name_their_number_and_all_empty_fields():
    filled = {name: "x" for _title, names in rules.PARTS for name in names}
    assert not list(rules.missing_parts(filled))
    filled["validity_days"] = None
    filled["contact_phone"] = ""
    assert [(number, names) for number, _title, names in rules.missing_parts(filled)] == [
        (1, ["contact_phone"]), (12, ["validity_days"])
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [("2026-02-01", 12, "2027-01-31"), ("2026-01-31", 1, "2026-02-27"), ("2026-05-01", 24, "2028-04-30"), ("2026-12-15", 1, "2027-01-14")],
)
def test_the_last_day_of_a_term(first, months, last):
    assert rules.last_day_of(date.fromisoformat(first), months) == date.fromisoformat(last)


def test_numbers_are_those_of_the_day():
    assert rules.percent("SME_DEDUCTION_MIN", date(2022, 6, 30)) == 6
    assert rules.percent("SME_DEDUCTION_MIN", date(2022, 7, 1)) == 10
    assert rules.percent("LOW_PRICE_RATIO_MAX", date(2026, 1, 31)) is None
