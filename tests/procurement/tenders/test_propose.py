"""What stands between a draft and its internal review: each guard refuses with its rule, a whole document passes."""
from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal import clock
from portal.workflow import Refused, perform
from procurement.tenders.forms import DraftForm
from procurement.tenders.models import Tender
from tests.factories.budgets import fund
from tests.factories.people import actor
from tests.factories.plans import leaf, make_plan, one_year
from tests.factories.tenders import DRAFTED_AT, bands, document, make_tender

pytestmark = pytest.mark.django_db

PRICE = {"name": "报价", "category": "PRICE", "points": Decimal(20), "objective": True, "standard": "", "bands": []}
REST = {
    "name": "方案", "category": "TECHNICAL", "points": Decimal(80), "objective": False, "standard": "",
    "bands": bands(("优", "40", "80"), ("一般", "0", "40")),
}  # fmt: skip
STATUTORY = {"kind": "STATUTORY", "text": "具有独立承担民事责任的能力", "proof": "营业执照"}


def changed(row: dict, **values) -> dict:
    return {**row, **values}


#: What is wrong with the document → the rule that says so.
CASES = [
    ("R87-08", {"requirements": []}), ("R87-08", {"need_standards": ""}), ("R87-08", {"validity_days": None}),
    ("R87-08", {"service_from": date(2026, 5, 1), "service_until": date(2026, 5, 1)}),
    ("R102-28", {"service_from": date(2026, 5, 1), "service_until": date(2028, 5, 1)}),
    ("R94-22", {"challenge_phone": ""}),
    ("R-GP-10", {"qualifications": [{"kind": "SPECIFIC", "text": "持有环卫作业许可", "proof": ""}]}),
    ("R22-03", {"deliverables": [{"name": "清扫", "quota": Decimal(3), "unit": "", "period": "WEEK", "standard": ""}]}),
    ("R22-03", {"deliverables": [{"name": "清扫", "quota": None, "unit": "", "period": "TERM", "standard": ""}]}),
    ("R22-03", {"deliverables": [
        {"name": "培训", "quota": Decimal(6), "unit": "次", "period": "YEAR", "sub_condition": "外请", "sub_quota": Decimal(7)}
    ]}),
    ("R22-05", {"survey_on": None}), ("R22-05", {"survey_on": DRAFTED_AT.date() - timedelta(days=366)}),
    ("R22-05", {"survey_on": DRAFTED_AT.date() + timedelta(days=1)}),
    ("R22-04", {"survey_respondents": 2}), ("R22-11", {"risks": []}),
    ("R87-44", {"factors": [PRICE, changed(REST, points=Decimal(79), bands=bands(("优", "40", "79"), ("一般", "0", "40")))]}),
    ("R87-42", {"factors": [
        changed(PRICE, points=Decimal("9.99")),
        changed(REST, points=Decimal("90.01"), bands=bands(("优", "40", "90.01"), ("一般", "0", "40"))),
    ]}),
    ("R22-09", {"factors": [PRICE, changed(REST, bands=[])]}),
    ("R87-41", {"qualifications": [STATUTORY], "factors": [PRICE, changed(REST, standard="具有独立承担民事责任的能力得满分")]}),
    ("R-GP-33", {"budget_shown": False}),
    ("R-GP-33", {"budget": Decimal("23328000.01"), "lots": [{"name": "全部", "amount": Decimal("23328000.01"), "ceiling": None}]}),
    ("R87-02", {"ceiling": Decimal("23328000.01")}),
    ("R87-02", {"lots": [{"name": "全部", "amount": Decimal("23327999.99"), "ceiling": None}]}),
    ("R87-02", {"lots": [{"name": "全部", "amount": Decimal("23328000.00"), "ceiling": Decimal("23328000.01")}]}),
    ("R87-02", {"price_rules": "投标报价不得低于最低限价 100 万元"}),
    ("R-GP-17", {"need_quality": "清扫车辆指定某某品牌"}),
    ("R-GP-18", {"qualifications": [STATUTORY, {"kind": "SPECIFIC", "text": "注册资本不低于 500 万元", "proof": ""}]}),
    ("R-GP-19", {"requirements": [{"text": "须为本市名录库内单位"}]}),
    ("R22-07", {"qualifications": [STATUTORY, {"kind": "SPECIFIC", "text": "同类项目合同 3 份", "proof": ""}]}),
    ("R-GP-34", {"bond_percent": Decimal("2.01")}), ("R-GP-34", {"instructions": "保证金以现金方式缴纳"}),
    ("R46-07", {"sme_deduction": Decimal("9.99")}), ("R46-07", {"sme_deduction": Decimal("20.01")}),
    ("R46-07", {"sme_deduction": None}), ("R46-07", {"sme_policy": "RESERVED", "sme_deduction": Decimal(15)}),
    ("RAL-06", {"low_price_average": 66}), ("RAL-06", {"low_price_ceiling": 44}),
    ("R87-07", {"consortium": ""}),
    ("RCO-01", {"contract_terms": [{"kind": "CONTENT", "text": "清扫"}]}),
    ("RCO-03", {"payment_terms": [{"name": "首付", "percent": Decimal(30), "condition": "SIGNED", "year": None, "note": ""}]}),
]  # fmt: skip


def rules_against(tender) -> list[str]:
    with pytest.raises(Refused) as refused:
        perform(tender, "propose", actor=actor("buyer"))
    assert all(refusal.sentence for refusal in refused.value.refusals)
    return [refusal.rule for refusal in refused.value.refusals]


def test_each_fault_is_refused_by_its_rule_and_the_whole_document_passes():
    """R-GP-17, R-GP-18, R-GP-19 and the others of CASES: what shuts bidders out, a list of names above all, is found."""
    tender = make_tender("DRAFTED")
    whole = tender.content
    with clock.at(DRAFTED_AT):
        for rule, changes in CASES:
            tender = perform(tender, "edit", actor=actor("buyer"), **whole | changes)
            found = rules_against(tender)
            assert rule in found, (rule, changes, found)
        tender = perform(tender, "edit", actor=actor("buyer"), **whole)
        assert perform(tender, "propose", actor=actor("buyer")).state == "PROPOSED"


def test_the_edges_of_the_law_are_inside():
    edges = {
        "bond_percent": Decimal("2.00"), "ceiling": Decimal("23328000.00"), "sme_deduction": Decimal("10"),
        "low_price_average": 65, "survey_respondents": 3, "survey_on": DRAFTED_AT.date() - timedelta(days=365),
        "factors": [
            changed(PRICE, points=Decimal(10)),
            changed(REST, points=Decimal(90), bands=bands(("优", "40", "90"), ("一般", "0", "40"))),
        ],
    }  # fmt: skip
    assert make_tender("PROPOSED", **edges).state == "PROPOSED"


def test_everything_is_said_at_once():
    tender = make_tender("DRAFTED", consortium="", bond_percent=Decimal(3), survey_respondents=1)
    with clock.at(DRAFTED_AT):
        assert {"R87-07", "R-GP-34", "R22-04"} <= set(rules_against(tender))


@pytest.mark.parametrize(("statement", "refused"), [("服务不可拆分", False), (" ", True)])
def test_a_small_purchase_that_is_not_reserved_has_its_reason_in_the_plan(statement, refused):
    tender = small_tender(sme_statement="服务不可拆分")
    type(tender.project.item).objects.filter(pk=tender.project.item.pk).update(sme_statement=statement)
    with clock.at(DRAFTED_AT):
        if refused:
            assert rules_against(tender) == ["R46-04"]
        else:
            assert perform(tender, "propose", actor=actor("buyer")).state == "PROPOSED"


def test_auxiliary_services_below_ten_million_need_no_survey():
    tender = small_tender(survey_on=None, survey_respondents=None, survey_findings="", risks=[])
    with clock.at(DRAFTED_AT):
        assert perform(tender, "propose", actor=actor("buyer")).state == "PROPOSED"


def small_tender(*, sme_statement: str = "服务不可拆分", **changes):
    """One million yuan of an auxiliary service for a year."""
    item = make_plan("DECIDED", items=[one_year("1000000.00", leaf=leaf("B0101"), sme_statement=sme_statement)]).items.get()
    return make_tender("DRAFTED", project=fund(item), service_until=date(2027, 4, 30), **changes)


def offered() -> list[int]:
    """The projects that the page of a new tender lets the officer choose from."""
    field = DraftForm(subject=Tender(), actor=actor("buyer")).fields["project"]
    return [key for key, _label in field.choices if key]


def test_only_projects_that_can_be_tendered_are_offered():
    make_plan("SUBMITTED", year=2027, items=[one_year(year=2027)])  # not approved
    free = fund(make_plan("DECIDED", items=[one_year("1000000.00", leaf=leaf("B0101"))]).items.get())
    assert offered() == [free.pk]
    tender = make_tender("DRAFTED", project=free, service_until=date(2027, 4, 30))
    assert not offered(), "it has a tender that is under way"
    tendered = DraftForm({"project": tender.project_id}, subject=Tender(), actor=actor("buyer"))
    assert tendered.is_valid(), "what is not offered is refused by its rule"
    with pytest.raises(Refused) as error:
        perform(Tender(), "draft", actor=actor("buyer"), project=tender.project)
    assert {refusal.rule for refusal in error.value.refusals} == {"G7"}
    assert not DraftForm(subject=Tender(), actor=actor("hongshan_buyer")).fields["project"].choices[1:]


def test_a_draft_starts_from_what_the_plan_says():
    tender = make_tender("DRAFTED")
    assert tender.predecessor is None
    assert tender.number == "014500002-CG-2026-0001"
    content = tender.content
    assert {row["kind"] for row in content["contract_terms"]} >= {"CONTENT", "TERM", "QUANTITY", "LIABILITY"}
    assert [row["kind"] for row in content["qualifications"]] == ["STATUTORY"] * 5
    assert document(tender.budget)["need_goal"] == content["need_goal"]
