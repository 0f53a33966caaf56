"""D-01: the rule table from grade to next year's ceiling, what it gives, and what it refuses (L11.5, NYR-01…NYR-03)."""
from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from evaluation.assessments.forms_next_year import values_of
from evaluation.assessments.next_year import contracts_of, rows_of, table_in_force, totals_of, tried
from evaluation.assessments.verbs.next_year import decide_table
from portal import clock
from portal.audit.models import Entry
from portal.reports.runner import run_job
from portal.reports.verbs import queue_report
from portal.rules.jurisdiction import decide
from portal.workflow import NotYours, Refused, perform
from procurement.plans.completeness import missing
from procurement.plans.models import PlanItem
from tests.catalogue.test_surfaces import signed_in
from tests.evaluation.assessments.test_assessment_rows import SETTLED
from tests.factories.evaluation import make_assessment
from tests.factories.people import actor
from tests.factories.plans import make_plan, one_year

pytestmark = pytest.mark.django_db
PAPER = {"source": "赣财绩〔2027〕3 号", "reason": "压减低等次项目"}


def table_now():
    return table_in_force(actor("finance_head").organisation.region, clock.today())


def decide_as(who: str = "finance_head", *, valid_from: date | None = None, **changes):
    values = {**values_of(table_now()), **changes}
    return decide_table(actor=actor(who), values=values, valid_from=valid_from or clock.today(), **PAPER)


def rules(refused) -> list[tuple[str, str]]:
    return [(refusal.rule, refusal.field) for refusal in refused.value.refusals]


def test_the_head_of_finance_decides_the_table_on_a_paper_from_a_day_on():
    later = clock.today() + timedelta(days=30)
    stored = decide_as(ceiling_percent_good=95, valid_from=later)
    assert [(row.name, row.value, row.source, row.decided_by.username) for row in stored] == [
        ("ceiling_percent_good", 95, PAPER["source"], "finance_head"),
    ]
    assert table_now().percents["GOOD"] == 100  # not yet
    assert table_in_force(actor("finance_head").organisation.region, later).percents["GOOD"] == 95
    entry = Entry.objects.filter(transition="setting_decided").latest("id")
    assert (entry.reason, entry.facts["before"], entry.facts["after"]) == (PAPER["reason"], 100, 95)


def test_what_cannot_be_decided_is_refused_with_its_rule():
    with pytest.raises(NotYours):
        decide_as("finance_officer", ceiling_percent_good=95)
    with pytest.raises(Refused) as refused:
        decide_as()
    assert rules(refused) == [("NYR-01", "")]
    with pytest.raises(Refused) as refused:
        decide_as(ceiling_percent_good=70, valid_from=clock.today() - timedelta(days=1))
    assert rules(refused) == [("G5", "valid_from"), ("NYR-01", "ceiling_percent_good")]


def test_the_page_of_the_table_shows_its_history_and_takes_a_decision_from_the_head_alone():
    url = reverse("assessments:next-year-rules")
    head, officer = signed_in("finance_head"), signed_in("finance_officer")
    values = {**values_of(table_now()), "gate_grade": "FAIR", "valid_from": clock.today().isoformat(), **PAPER}
    assert head.post(url, {**values, "source": ""}).status_code == 422
    assert head.post(url, {**values, "ceiling_percent_poor": 200}).status_code == 409
    assert officer.post(url, values).status_code == 403
    assert head.post(url, values).status_code == 302
    page = officer.get(url).content.decode()
    assert PAPER["source"] in page
    assert "中及以下" in page
    assert "设定规则表" not in page
    assert signed_in("planner").get(url).status_code == 403


def test_every_contract_of_the_year_shows_result_rule_and_ceiling(contract):
    region, year = contract.agency.region, contract.ends_on.year
    table = table_in_force(region, SETTLED.date())
    [before] = rows_of(contracts_of(actor("finance_officer"), year), table, table, year)
    assert (before.grade, before.rule, before.closed, before.ceiling) == ("", "NYR-03", True, None)
    done = make_assessment("CONFIRMED", contract, purchaser="50.00", third_party="50.00", recipients="50.00")
    other = tried(table, {"POOR": 60, "GOOD": None})
    [row] = rows_of(contracts_of(actor("finance_officer"), year), table, other, year)
    yearly = row.yearly
    assert (row.grade, row.rule, row.closed, row.assessment) == ("POOR", "NYR-02", True, done)
    assert (row.ceiling, row.tried) == (yearly * Decimal("0.80"), yearly * Decimal("0.60"))
    totals = totals_of(contracts_of(actor("finance_officer"), year), table, other)
    assert (totals.count, totals.evaluated, totals.closed) == (1, 1, 1)
    assert (totals.measured, totals.ceiling, totals.tried) == (yearly, row.ceiling, row.tried)
    assert totals.difference == row.ceiling - yearly
    assert not contracts_of(actor("finance_officer"), contract.starts_on.year - 1).exists()
    with clock.at(SETTLED):
        finance = signed_in("finance_officer")
        url = reverse("assessments:next-year-of", args=[year])
        page = finance.get(url).content.decode()
        assert "NYR-02 差：上限为全年合同额的 80 %；整改或者免用前不得申报" in page
        assert finance.get(url).context["trying"] is False
        assert "试算上限" in finance.get(url, {"poor": 60}).content.decode()
        assert "试算上限" not in finance.get(url, {"poor": "x"}).content.decode()
        assert finance.get(reverse("assessments:next-year-of", args=[1999])).status_code == 404
        assert finance.get(reverse("assessments:next-year")).status_code == 200
        assert signed_in("planner").get(url).status_code == 403
        answer = finance.get(f"/api/v1/next-year/{year}/").json()
        assert (answer["evaluated"], answer["contracts"][0]["rule"], answer["contracts"][0]["result"]) == (1, "NYR-02", done.number)
        assert finance.get("/api/v1/next-year/1999/").status_code == 404
        assert finance.get("/api/v1/next-year/2015/").status_code == 404
        job = queue_report("next-year", actor=actor("finance_officer"), parameters={"year": year})
        run_job(job.pk)
        job.refresh_from_db()
        with job.document.open() as stream:
            lines = list(load_workbook(BytesIO(stream.read())).worksheets[0].iter_rows(values_only=True))
        assert lines[1][9] == "NYR-02"
        assert lines[-1][11] == row.ceiling
        empty = queue_report("next-year", actor=actor("finance_officer"), parameters={"year": 2015})
        run_job(empty.pk)
        empty.refresh_from_db()
        assert empty.document is None


def test_an_item_above_the_ceiling_of_its_predecessor_is_refused_and_shown(contract):
    done = make_assessment("CONFIRMED", contract)
    with clock.at(SETTLED):
        perform(done.uses.get(kind="CEILING"), "apply", actor=actor("finance_head"))
        year = contract.ends_on.year
        table = table_in_force(contract.agency.region, SETTLED.date())
        item = make_successor(contract, year + 1, rows_of([contract], table, table, year)[0].ceiling + Decimal("0.01"))
        assert [refusal.rule for refusal in missing(item) if refusal.rule.startswith("NYR")] == ["NYR-01"]
        [row] = rows_of([contract], table, table, year)
        assert row.above
        page = signed_in("finance_officer").get(reverse("assessments:next-year-of", args=[year])).content.decode()
        assert "（超上限）" in page


def make_successor(contract, year: int, amount: Decimal) -> PlanItem:
    changes = {"predecessor": contract.project, "result_response": "按结果核减", "years": [{"year": year, "amount": amount}]}
    return make_plan(year=year, items=[one_year(str(amount), year=year, **changes)]).items.get()


def test_where_the_region_says_so_a_reason_stands_for_a_missing_result(contract):
    with clock.at(SETTLED):
        item = make_successor(contract, contract.ends_on.year + 1, Decimal("900.00"))
        PlanItem.objects.filter(pk=item.pk).update(result_response="")
        asked = lambda: [(r.rule, r.field) for r in missing(PlanItem.objects.get(pk=item.pk))]  # noqa: E731
        assert asked() == [("NYR-03", "predecessor")]
        decide("unevaluated_predecessor", "explain", source="赣财绩〔2027〕4 号", valid_from=clock.today(), region=contract.agency.region)
        assert asked() == [("NYR-03", "result_response")]
        PlanItem.objects.filter(pk=item.pk).update(result_response="合同年底到期，评价正在进行。")
        assert asked() == []
