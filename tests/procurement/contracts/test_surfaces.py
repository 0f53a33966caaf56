"""Pages and programs: who opens what, typed text kept, the same refusals, queries counted."""
from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.workflow.inputs import inputs_form
from portal.workflow.surfaces import panels
from procurement.contracts.models import Acceptance, Contract, Inspection, SupplierReport
from procurement.contracts.workflow import CONTRACT
from tests.factories.contracts import (
    BEGINS_AT,
    DRAFTED_AT,
    ENDS_AT,
    SIGNED_AT,
    convene,
    judge,
    log,
    make_contract,
    run_until,
    submit_report,
    visit,
)
from tests.factories.papers import PNG, upload
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
VISITED = BEGINS_AT.replace(day=20, hour=10)
REPORTED = BEGINS_AT.replace(month=11, day=2, hour=9)


def browser(username: str = "") -> Client:
    client = Client()
    if username:
        client.force_login(actor(username).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(("username", "listed", "page", "form"), [
    ("buyer", 200, 200, 200), ("head", 200, 200, 403), ("finance_officer", 200, 200, 403), ("auditor", 200, 200, 403),
    ("department", 200, 200, 403), ("buyer_2", 200, 404, 404), ("supplier_a_head", 200, 404, 403), ("supplier_b_head", 200, 404, 403),
    ("expert_1", 200, 404, 403), ("registrar", 403, 403, 403), ("administrator", 403, 403, 403), ("", 302, 302, 302),
])  # fmt: skip
def test_who_opens_a_draft(award, username, listed, page, form):
    contract = make_contract("DRAFTED", award=award)
    client = browser(username)
    assert client.get("/contracts/").status_code == listed
    assert client.get(contract.get_absolute_url()).status_code == page
    assert client.get(f"/contracts/{contract.pk}/edit/").status_code == form


def test_the_form_says_at_its_place_what_is_missing_and_keeps_what_was_typed(award):
    contract = make_contract("DRAFTED", award=award)
    client, address = browser("buyer"), f"/contracts/{contract.pk}/edit/"
    with clock.at(DRAFTED_AT):
        page = client.get(address)
        assert {refusal.rule for refusal in page.context["missing"]} >= {"R22-10", "S-84", "RCO-02"}
        form = page.context["form"]
        typed = {name: value for name, value in ((f.html_name, f.value()) for f in form) if isinstance(value, str)}
        answer = client.post(address, {**typed, "title": "改过的名称", "bond_percent": "不是数字", "place": "滨江路"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "改过的名称" in text
    assert "滨江路" in text
    assert Contract.objects.get(pk=contract.pk).title != "改过的名称"


def test_pages_of_delivery_open_for_the_parties_and_for_nobody_else(award):
    contract = make_contract("PERFORMING", award=award)
    for deliverable in contract.deliverables.all():
        log(deliverable, date(2026, 5, 10))
    inspection = visit(Inspection.objects.get(contract=contract), VISITED, photos=[upload("现场.png", PNG)])
    contract = run_until(contract, REPORTED)
    report = SupplierReport.objects.get(contract=contract)
    acceptance = Acceptance.objects.get(contract=contract)
    things = [contract, contract.deliverables.first(), inspection, report, acceptance]
    with clock.at(REPORTED):
        for username, status in (("buyer", 200), ("supplier_a_officer", 200), ("auditor", 200), ("buyer_2", 404), ("supplier_b_officer",
            404)):
            client = browser(username)
            for thing in things:
                assert client.get(thing.get_absolute_url()).status_code == status, (username, thing)
        submit_report(report)
        assert "尚未核实" in browser("buyer").get(report.get_absolute_url()).content.decode()


def test_the_log_on_a_phone_choose_then_write(award):
    contract = make_contract("PERFORMING", award=award)
    client, address = browser("supplier_a_officer"), f"/contracts/{contract.pk}/log/"
    with clock.at(VISITED):
        assert "道路清扫保洁" in client.get(address).content.decode()
        answer = client.post(address, {"item": "2", "on": "2026-04-01", "quantity": "1", "text": "补登一次"})
        assert answer.status_code == 409
        assert "S-80" in [refusal.rule for refusal in answer.context["refusals"]]
        assert "补登一次" in answer.content.decode()
        data = {"item": "2", "on": "2026-05-18", "quantity": "1", "sub_quantity": "1", "text": "机械修剪", "evidence": [upload("现场.png",
            PNG)]}
        assert client.post(address, data).status_code == 302
        assert client.get(f"{address}?item=2").context["standing"].measure.actual == 1
        assert browser("buyer").get(address).status_code == 403
        assert browser("supplier_b_officer").get(address).status_code == 404


def test_a_visit_is_recorded_on_the_spot_and_an_executable_is_refused_with_the_text_kept(award):
    contract = make_contract("PERFORMING", award=award)
    client, address = browser("project_officer"), f"/contracts/{contract.pk}/visit/"
    data = {"visited_at": "2026-05-20T09:30", "place": "沿江路", "findings": "路面整洁，绿地完好"}
    with clock.at(VISITED):
        page = client.get(address)
        assert page.context["owed"] is not None
        bad = client.post(address, {**data, "photos": [upload("现场.png", b"MZ\x90\x00" + bytes(64))]})
        assert bad.status_code == 422
        assert "路面整洁，绿地完好" in bad.content.decode()
        assert client.post(address, {**data, "photos": [upload("现场.png", PNG)]}).status_code == 302
        assert Inspection.objects.get(contract=contract).state == "RECORDED"
        extra = client.get(address)
        assert extra.context["owed"] is None


def test_the_checklist_page_judges_all_items_at_once(award):
    contract = make_contract("FINISHED", award=award)
    acceptance = convene(contract)
    client, address = browser("acceptor"), f"/contracts/acceptances/{acceptance.pk}/checklist/"
    assert client.get(address).status_code == 200
    rows = {}
    for index, order in enumerate((1, 2)):
        rows |= {f"items-{index}-order": order, f"items-{index}-passed": "true", f"items-{index}-evidence": "台账",
            f"items-{index}-opinion": ""}
    assert client.post(address, rows).status_code == 302
    assert not acceptance.items.filter(passed=None).exists()
    assert browser("buyer").get(address).status_code == 403
    assert "已验 2/2 项" in client.get(acceptance.get_absolute_url()).content.decode()


def test_the_project_page_shows_contract_delivery_and_acceptance(award):
    contract = make_contract("PERFORMING", award=award)
    with clock.at(VISITED):
        page = browser("buyer").get(contract.project.get_absolute_url()).content.decode()
        outside = {anchor: panel(contract.project, actor("supplier_b_head"), VISITED) for _order, anchor, panel in panels()
                   if anchor in ("contract", "delivery", "acceptance")}  # fmt: skip
    for text in ('id="contract"', 'id="delivery"', 'id="acceptance"', "绿地修剪"):
        assert text in page
    assert outside["delivery"] is None
    assert outside["acceptance"] is None
    assert outside["contract"][0] == "contracts/panel_public.html"  # what was published


# --- programs ------------------------------------------------------------------------------------------------------------
def test_the_interface_gives_and_refuses_the_same(award):
    contract = make_contract("DRAFTED", award=award)
    client = browser("buyer")
    with clock.at(DRAFTED_AT):
        answer = client.post(f"/api/v1/contracts/{contract.pk}/propose/")
        assert answer.status_code == 409
        assert "R22-10" in {refusal["rule"] for refusal in answer.json()["refusals"]}
        part = {"place": "滨江路", "project_officer": "project_officer"}
        answer = client.post(f"/api/v1/contracts/{contract.pk}/edit/", json.dumps(part), content_type="application/json")
        assert answer.status_code == 200
        assert answer.json()["place"] == "滨江路"
        assert len(answer.json()["clauses"]) == contract.clauses.count()  # what was not sent stays
    assert browser("buyer_2").get(f"/api/v1/contracts/{contract.pk}/").status_code == 404
    assert browser("supplier_a_head").get(f"/api/v1/contracts/?award={award.pk}").json()["results"] == []


def test_a_partial_edit_by_a_program_names_only_its_fields(award):
    contract = make_contract("FILLED", award=award)
    form = inputs_form(CONTRACT["edit"], subject=contract, actor=actor("buyer"), data={"place": "别处"})
    assert form.is_valid()
    assert form.cleaned_data == {"place": "别处"}


def test_reports_inspections_and_acceptances_are_given_out_with_their_papers(award):
    contract = make_contract("FINISHED", award=award)
    acceptance = judge(convene(contract))
    client = browser("supplier_a_head")
    assert len(client.get(f"/api/v1/supplier-reports/?contract={contract.pk}&state=CONFIRMED").json()["results"]) == 2
    one = client.get(f"/api/v1/contracts/{contract.pk}/").json()
    assert {paper["kind"] for paper in one["papers"]} >= {"contract_paper", "contract_public"}
    with clock.at(ENDS_AT):
        row = client.get(f"/api/v1/deliverables/{contract.deliverables.get(order=2).pk}/").json()
    assert (row["progress"]["state"], len(row["logs"])) == ("MET", 2)
    found = client.get(f"/api/v1/acceptances/{acceptance.pk}/").json()
    assert [item["passed"] for item in found["items"]] == [True, True]
    assert browser("supplier_b_head").get(f"/api/v1/acceptances/{acceptance.pk}/").status_code == 404


@pytest.mark.parametrize("address", ["/contracts/", "/api/v1/contracts/", "/api/v1/deliverables/", "/api/v1/filings/"])
def test_lists_ask_the_same_number_of_questions_however_long_they_are(award, address):
    contract = make_contract("SIGNED", award=award)
    client = browser("buyer")

    def queries() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    with clock.at(SIGNED_AT):
        one = queries()
        for number in range(5):
            copy = Contract.objects.get(pk=contract.pk)
            copy.pk, copy.award, copy.number = None, None, f"COPY-HT-2026-{number:04}"
            copy.made_by_key = None
            copy.save()
            for each in contract.deliverables.all():
                each.pk, each.contract, each.made_by_key = None, copy, None
                each.save()
        assert queries() == one
