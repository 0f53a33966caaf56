"""L9.4 deliverable and log, L9.5 report, L9.6 inspection: each row, its guard failing first, then passing."""
from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from portal import clock
from portal.accounts.actor import system_actor
from portal.files.models import Document
from portal.workdays import clocks_of
from portal.workflow import NotYours, Refused, WrongState, due, perform
from procurement.contracts.measure import standings
from procurement.contracts.models import Contract, Deliverable, DeliveryLog, Inspection, SupplierReport
from procurement.contracts.rules import Progress
from procurement.contracts.verbs import confirmed_logs, gate_refusals
from procurement.plans.models import ProjectDuty
from tests.factories.contracts import BEGINS_AT, ENDS_ON, STARTS_ON, log, make_contract, run_until, submit_report, visit
from tests.factories.papers import PNG, upload
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
REPORTED = datetime(2026, 11, 2, 9, 0, tzinfo=clock.SHANGHAI)  # the Monday after the first half year


def refused(function, *args, **kwargs) -> set[str]:
    with pytest.raises(Refused) as caught:
        function(*args, **kwargs)
    return {refusal.rule for refusal in caught.value.refusals}


@pytest.fixture
def contract(award) -> Contract:
    return make_contract("PERFORMING", award=award)


@pytest.fixture
def sweeping(contract) -> Deliverable:
    return contract.deliverables.get(order=1)


@pytest.fixture
def cutting(contract) -> Deliverable:
    return contract.deliverables.get(order=2)


# --- log -----------------------------------------------------------------------------------------------------------------
def test_an_entry_lies_in_the_term_and_names_quantity_and_evidence(contract, cutting, sweeping):
    officer = actor("supplier_a_officer")
    good = {"on": date(2026, 6, 10), "quantity": Decimal(2), "text": "修剪 2 次，照片附后"}
    with clock.at(datetime(2026, 6, 10, 18, tzinfo=clock.SHANGHAI)):
        for changes, rule in (
            ({"on": date(2026, 4, 30)}, "S-80"), ({"on": date(2026, 6, 11)}, "S-80"), ({"since": date(2026, 6, 11)}, "S-80"),
            ({"quantity": None}, "S-76"), ({"sub_quantity": Decimal(3)}, "S-76"), ({"text": " "}, "S-80"),
        ):
            assert refused(perform, cutting, "log", actor=officer, **{**good, **changes}) == {rule}
        assert refused(perform, sweeping, "log", actor=officer, on=date(2026, 6, 10), text="普扫") == {"S-76"}
        for who in ("supplier_b_officer", "supplier_a_head", "project_officer", "buyer"):
            with pytest.raises(NotYours):
                perform(cutting, "log", actor=actor(who), **good)
        perform(cutting, "log", actor=officer, **good, evidence=[upload("现场.png", PNG)])
    entry = DeliveryLog.objects.get(deliverable=cutting)
    assert (entry.quantity, entry.locked) == (Decimal(2), False)
    assert entry.documents.get().digest
    assert Document.objects.visible_to(actor("project_officer")).filter(pk=entry.documents.get().pk).exists()
    assert not Document.objects.visible_to(actor("supplier_b_officer")).filter(pk=entry.documents.get().pk).exists()


def test_no_entry_before_the_contract_is_performed(award):
    contract = make_contract("SIGNED", award=award)
    assert refused(log, contract.deliverables.get(order=1), STARTS_ON) == {"S-80"}


def test_a_negative_quantity_is_refused_by_the_database(contract, cutting):
    with pytest.raises(Exception, match="contracts_log_not_negative"):
        log(cutting, date(2026, 6, 1), quantity="-1")


def test_progress_follows_the_log_and_counts_only_what_is_confirmed_where_asked(contract, sweeping, cutting):
    half = date(2026, 10, 30)
    before = {row.deliverable.order: row.measure for row in standings(contract, half)}
    assert before[1].state is Progress.OPEN
    assert (before[2].due, before[2].actual, before[2].state, before[2].sub_state) == (6, 0, Progress.BEHIND, Progress.OPEN)
    log(cutting, date(2026, 7, 1), quantity=6, sub_quantity=Decimal(3))
    log(sweeping, date(2026, 7, 1))
    after = {row.deliverable.order: row for row in standings(contract, half)}
    assert after[1].measure.state is Progress.MET
    assert (after[2].measure.state, after[2].measure.sub_state, after[2].unconfirmed) == (Progress.ON_TRACK, Progress.ON_TRACK, True)
    assert standings(contract, half, confirmed_only=True)[1].measure.actual == 0
    log(sweeping, date(2026, 8, 1), standing="BEHIND")
    assert standings(contract, half)[0].measure.state is Progress.BEHIND
    assert standings(contract, date(2026, 7, 15))[0].measure.state is Progress.MET  # as of an earlier day
    assert standings(contract, date(2026, 4, 1))[0].measure.state is Progress.NOT_APPLICABLE


def test_done_is_reported_when_it_is_reached_or_explained(contract, cutting):
    officer = actor("supplier_a_officer")
    log(cutting, date(2026, 6, 1), quantity=12, sub_quantity=Decimal(5))
    with clock.at(datetime(2026, 6, 2, 9, tzinfo=clock.SHANGHAI)):
        assert refused(perform, cutting, "report_done", actor=officer, shortfall=" ") == {"S-76"}  # five of six by machine
        with pytest.raises(NotYours):
            perform(cutting, "report_done", actor=actor("buyer"), shortfall="")
    log(cutting, date(2026, 6, 3), quantity=1, sub_quantity=Decimal(1))
    with clock.at(datetime(2026, 6, 4, 9, tzinfo=clock.SHANGHAI)):
        assert perform(cutting, "report_done", actor=officer, shortfall="").state == "REPORTED"
        other = contract.deliverables.get(order=1)
        assert refused(perform, other, "report_done", actor=officer, shortfall="") == {"S-76"}
        assert perform(other, "report_done", actor=officer, shortfall="雨季停工两周").shortfall


# --- report ----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def report(contract, sweeping, cutting) -> SupplierReport:
    """The first half-yearly report, expected; one entry for each service."""
    log(sweeping, date(2026, 10, 15))
    log(cutting, date(2026, 10, 15), quantity=7, sub_quantity=Decimal(3))
    run_until(contract, REPORTED)
    return SupplierReport.objects.get(contract=contract)


def test_a_report_is_expected_when_its_period_is_over_and_has_ten_working_days(report):
    assert (report.number, report.kind, report.state) == (1, "MID_TERM", "EXPECTED")
    running = clocks_of(report).live().get(name="SUPPLIER_REPORT")
    assert running.bearer == report.contract.supplier
    assert running.last_day == date(2026, 11, 13)


def test_submitting_takes_the_figures_from_the_log_and_needs_the_ledger(report):
    with clock.at(REPORTED):
        assert refused(submit_report, report, ledger_kept=False) == {"R-042"}
        assert refused(submit_report, report, rows=[{"order": 9, "text": "没有这一项"}]) == {"S-78"}
        with pytest.raises(NotYours):
            perform(report, "submit", actor=actor("supplier_a_officer"), narrative="x")
        done = submit_report(report, rows=[{"order": 2, "text": "多修剪一次"}], attachments=[upload("收支表.pdf")])
    row = done.rows.get(deliverable__order=2)
    assert (row.quota, row.due, row.actual, row.in_period, row.progress, row.narrative) == (12, 6, 7, 7, "AHEAD", "多修剪一次")
    assert not clocks_of(report).live().filter(name="SUPPLIER_REPORT").exists()


def test_a_report_before_its_period_ended_or_out_of_order_is_refused(report, contract):
    early = SupplierReport(contract=contract, number=2, kind="FINAL", period_from=date(2026, 11, 1), period_until=ENDS_ON)
    with clock.at(REPORTED):
        early = perform(early, "expect", actor=system_actor())
        assert refused(submit_report, early) == {"S-77"}  # not over, and the first is still out


def test_a_continuous_service_without_any_entry_stops_the_report(contract, cutting):
    log(cutting, date(2026, 10, 15))
    run_until(contract, REPORTED)
    with clock.at(REPORTED):
        assert refused(submit_report, SupplierReport.objects.get(contract=contract)) == {"S-78"}


def test_send_back_starts_five_days_anew_and_opens_the_log_again(report, cutting):
    with clock.at(REPORTED):
        report = submit_report(report)
    assert refused(log, cutting, date(2026, 10, 20)) == {"S-77"}  # what is submitted is frozen
    with clock.at(REPORTED + timedelta(days=1)):
        assert refused(perform, report, "send_back", actor=actor("buyer")) == {"S-172"}
        with pytest.raises(NotYours):
            perform(report, "send_back", actor=actor("buyer_2"), reason="x", reason_code="OTHER")
        report = perform(report, "send_back", actor=actor("buyer"), reason="缺照片", reason_code="UNPROVED")
        assert clocks_of(report).live().get(name="SUPPLIER_REPORT").last_day == date(2026, 11, 10)
    with clock.at(REPORTED + timedelta(days=2)):
        perform(cutting, "log", actor=actor("supplier_a_officer"), on=date(2026, 10, 20), quantity=Decimal(1), text="补记")
        report = submit_report(report)
    assert report.rows.get(deliverable__order=2).actual == 8


def test_confirming_locks_the_entries_and_opens_the_payment(report, contract, cutting):
    term = contract.payment_terms.get(order=2)
    with clock.at(REPORTED):
        report = submit_report(report)
        assert {refusal.rule for refusal in gate_refusals(contract, term)} == {"S-77"}
        for who in ("supplier_a_head", "head", "project_officer_x"):
            if who != "project_officer_x":
                with pytest.raises(NotYours):
                    perform(report, "confirm", actor=actor(who))
        report = perform(report, "confirm", actor=actor("project_officer"))
        with pytest.raises(WrongState):
            perform(report, "confirm", actor=actor("buyer"))
    assert gate_refusals(contract, term) == []
    assert confirmed_logs(contract).count() == 2
    assert confirmed_logs(contract, until=date(2026, 10, 1)).count() == 0
    assert refused(log, cutting, date(2026, 10, 21)) == {"S-77"}


def test_the_head_may_waive_a_report_with_a_reason(report, contract):
    with clock.at(REPORTED):
        assert refused(perform, report, "waive", actor=actor("head")) == {"S-172"}
        report = perform(report, "waive", actor=actor("head"), reason="疫情停工")
    assert report.state == "WAIVED"
    assert not clocks_of(report).live().exists()
    assert gate_refusals(contract, contract.payment_terms.get(order=2)) == []


# --- inspection --------------------------------------------------------------------------------------------------------------
VISITED = datetime(2026, 6, 8, 10, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture
def owed(contract) -> Inspection:
    return Inspection.objects.get(contract=contract)


def test_a_visit_owed_is_recorded_in_its_period_with_a_picture_or_a_reason(owed):
    running = clocks_of(owed).live().get(name="WEEKLY_RECORD")
    assert running.ends_at == owed.due_by
    assert refused(visit, owed, VISITED, no_photo_reason="") == {"S-85"}
    assert refused(visit, owed, VISITED, problem_found=True) == {"S-85"}
    assert refused(visit, owed, datetime(2026, 7, 2, 9, tzinfo=clock.SHANGHAI)) == {"S-85"}  # the next quarter
    with clock.at(VISITED - timedelta(hours=1)):
        assert refused(
            perform, owed, "record", actor=actor("project_officer"), visited_at=VISITED, place="x", findings="y", no_photo_reason="z"
        ) == {"S-85"}  # not yet
    for who in ("buyer", "head", "supplier_a_officer"):
        with pytest.raises(NotYours), clock.at(VISITED):
            perform(owed, "record", actor=actor(who), visited_at=VISITED, place="x", findings="y", no_photo_reason="z")
    done = visit(owed, VISITED, photos=[upload("路面.png", PNG)], no_photo_reason="")
    assert done.state == "RECORDED"
    assert done.answers_until.date() == date(2026, 6, 12)
    assert not clocks_of(owed).live().exists()
    with pytest.raises(WrongState):
        visit(done, VISITED)


def test_who_bought_does_not_inspect(owed, contract):
    ProjectDuty.objects.create(project=contract.project, duty="BUYING", user=actor("project_officer").user, taken_at=BEGINS_AT)
    assert refused(visit, owed, VISITED) == {"S-84"}


def test_a_visit_beside_the_duty_needs_a_running_contract(contract, award):
    data = {"kind": "UNANNOUNCED", "visited_at": VISITED, "place": "河滨路", "findings": "正常", "no_photo_reason": "夜间", "problem": ""}
    with clock.at(VISITED):
        made = perform(Inspection(), "visit", actor=actor("project_officer"), contract=contract, **data)
        assert (made.state, made.duty) == ("RECORDED", False)
        early = {**data, "visited_at": BEGINS_AT - timedelta(days=1)}
        assert refused(perform, Inspection(), "visit", actor=actor("project_officer"), contract=contract, **early) == {"S-85"}
        contract = perform(contract, "terminate", actor=actor("head"), reason="调整", reason_code="PUBLIC_INTEREST")
        assert "S-85" in refused(perform, Inspection(), "visit", actor=actor("project_officer"), contract=contract, **data)


def test_an_unannounced_visit_is_drawn_and_hidden_from_the_contractor(contract):
    data = {"contract": contract, "first": date(2026, 6, 10), "last": date(2026, 6, 20)}
    with clock.at(VISITED):
        assert refused(perform, Inspection(), "plan_visit", actor=actor("head"), **{**data, "last": date(2026, 6, 1)}) == {"S-120"}
        assert refused(perform, Inspection(), "plan_visit", actor=actor("head"), **{**data, "first": date(2026, 6, 1)}) == {"S-120"}
        with pytest.raises(NotYours):
            perform(Inspection(), "plan_visit", actor=actor("project_officer"), **data)
        planned = perform(Inspection(), "plan_visit", actor=actor("head"), **data)
    import hashlib

    days = (data["last"] - data["first"]).days + 1
    drawn = int(hashlib.sha256(f"{planned.seed}:{data['first']}:{data['last']}".encode()).hexdigest(), 16) % days
    assert planned.period_from == data["first"] + timedelta(days=drawn)
    assert not Inspection.objects.visible_to(actor("supplier_a_officer")).filter(pk=planned.pk).exists()
    assert Inspection.objects.visible_to(actor("project_officer")).filter(pk=planned.pk).exists()
    moment = datetime.combine(planned.period_from, VISITED.time(), clock.SHANGHAI)
    visit(planned, moment)
    assert Inspection.objects.visible_to(actor("supplier_a_officer")).filter(pk=planned.pk).exists()


def test_the_contractor_acknowledges_or_silence_does_after_three_working_days(owed):
    inspection = visit(owed, VISITED)
    with clock.at(VISITED + timedelta(days=1)):
        assert refused(perform, inspection, "acknowledge", actor=system_actor()) == {"S-85"}
        with pytest.raises(NotYours):
            perform(inspection, "acknowledge", actor=actor("supplier_b_officer"))
    with clock.at(VISITED + timedelta(days=1)):
        due.run(until=inspection.answers_until)
    inspection.refresh_from_db()
    assert (inspection.state, inspection.deemed) == ("ACKNOWLEDGED", True)


def test_the_contractor_acknowledges_himself(owed):
    inspection = visit(owed, VISITED)
    with clock.at(VISITED + timedelta(hours=3)):
        inspection = perform(inspection, "acknowledge", actor=actor("supplier_a_officer"))
    assert (inspection.state, inspection.deemed) == ("ACKNOWLEDGED", False)


def test_a_finding_is_disputed_in_time_and_settled_by_the_head(owed):
    inspection = visit(owed, VISITED, problem_found=True, problem="两处积水")
    with clock.at(inspection.answers_until):
        assert "S-85" in refused(perform, inspection, "dispute", actor=actor("supplier_a_head"), reason="已清理")
    with clock.at(inspection.answers_until - timedelta(seconds=1)):
        assert refused(perform, inspection, "dispute", actor=actor("supplier_a_head")) == {"S-172"}
        inspection = perform(inspection, "dispute", actor=actor("supplier_a_head"), reason="当日已清理")
        with pytest.raises(NotYours):
            perform(inspection, "settle", actor=actor("project_officer"), reason="维持")
        inspection = perform(inspection, "settle", actor=actor("head"), reason="查实当日清理完毕")
    assert (inspection.state, inspection.findings) == ("ACKNOWLEDGED", "路面整洁。")


def test_a_period_without_visit_is_missed_and_the_next_is_owed(owed, contract):
    with clock.at(BEGINS_AT + timedelta(days=20)):
        assert refused(perform, owed, "miss", actor=system_actor()) == {"S-85"}
    run_until(contract, owed.due_by)
    owed.refresh_from_db()
    assert owed.state == "MISSED"
    assert Inspection.objects.filter(contract=contract, state="EXPECTED").get().period_from == date(2026, 7, 1)


def test_a_week_in_which_nobody_works_owes_no_visit(award):
    """2026-W08 (16–22 February) is all holiday: 52 of 53 weeks are owed (L9.6, edge 1)."""
    contract = make_contract("PERFORMING", award=award)
    contract.inspection_cadence = "WEEK"
    contract.next_inspection_at = datetime(2026, 2, 16, tzinfo=clock.SHANGHAI)
    contract.starts_on = date(2026, 1, 1)
    contract.save()
    count = contract.inspections.count()
    with clock.at(BEGINS_AT):
        contract = perform(contract, "call_inspection", actor=system_actor())
        assert contract.inspections.count() == count
        assert contract.next_inspection_at == datetime(2026, 2, 23, tzinfo=clock.SHANGHAI)
        contract = perform(contract, "call_inspection", actor=system_actor())
    assert contract.inspections.filter(period_from=date(2026, 2, 23)).exists()
