"""W-01: the practice park half-way, with the states of the digest."""
from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from portal.accounts.models import User
from portal.audit.record import verify
from portal.reports.proof import examine
from portal.reports.runner import run_job
from portal.reports.verbs import queue_report
from portal.workbench.cases.w01 import load_w01
from portal.workflow import due
from procurement.contracts.measure import standings
from procurement.contracts.models import Contract
from procurement.contracts.panels import delivery_panel
from procurement.contracts.presenting import board, date_of
from procurement.contracts.rules import Progress
from procurement.plans.models import Project
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
MET, ON_TRACK, AHEAD, BEHIND = Progress.MET, Progress.ON_TRACK, Progress.AHEAD, Progress.BEHIND
EXPECTED = [
    (MET, None, None, None), (ON_TRACK, 4, 2, 2), (MET, None, None, None), (AHEAD, 156, 78, 183), (ON_TRACK, 6, 3, 3),
    (ON_TRACK, 12, 6, 6), (ON_TRACK, 2, 1, 1), (MET, None, None, None), (BEHIND, None, None, None), (MET, None, None, None),
    (MET, None, None, None),
]  # fmt: skip


@pytest.fixture
def project() -> Project:
    return load_w01()


def test_the_case_stands_as_of_its_day_with_the_states_of_the_digest(project):
    contract = Contract.objects.get(project=project)
    found = standings(contract, date_of(contract))
    assert [(row.measure.state, row.measure.quota, row.measure.due, row.measure.actual) for row in found] == EXPECTED
    assert found[5].measure.sub_state is Progress.OPEN
    assert found[5].measure.sub_quota == 6
    with translation.override("zh-hans"):
        assert board(contract).summary == "11 项：达成 5 · 按期 4 · 超前 1 · 滞后 1 · 其中要求待填报 1"
        assert board(contract).elapsed == "183/364 日"


def test_it_is_loaded_once_as_history_and_its_record_holds(project):
    assert load_w01().pk == project.pk
    assert Project.objects.filter(is_history=True).count() == 1
    assert project.state == "PERFORMING"
    assert str(project.as_of) == "2021-01-13"
    assert project.contracted_at is None  # earlier stages keep no date: none is known
    assert not list(verify())


def test_nothing_of_the_past_falls_due(project):
    assert due.run() == 0
    assert Contract.objects.get(project=project).state == "PERFORMING"


def test_its_page_shows_targets_states_and_that_nobody_verified_them(project):
    client = Client()
    client.force_login(User.objects.get(username="hongshan_buyer"))
    for address in (project.get_absolute_url(), Contract.objects.get(project=project).get_absolute_url()):
        page = client.get(address).content.decode()
        for text in ("承接主体自报", "尚未核实", "183", "156 篇", "滞后", "超前", "未填报", "演示数据", 'class="dbar"'):
            assert text in page, text


def test_a_foreign_agency_sees_neither_panel_nor_contract(project):
    contract = Contract.objects.get(project=project)
    assert delivery_panel(project, actor("buyer"), None) is None
    assert not Contract.objects.visible_to(actor("buyer")).filter(pk=contract.pk).exists()


@pytest.mark.paper
def test_the_mid_term_report_prints_targets_and_actuals(project):
    report = Contract.objects.get(project=project).reports.get()
    assert report.kind == "MID_TERM"
    job = queue_report("supplier_report", actor=actor("hongshan_buyer"), parameters={"report": report.pk})
    run_job(job.pk)
    job.refresh_from_db()
    with job.document.open() as stream:
        proof = examine(stream.read())
    assert proof.is_sound
    rows = {row["order"]: row for row in proof.data["rows"]}
    assert (rows[4]["quota"], rows[4]["due"], rows[4]["actual"], rows[4]["progress"]) == ("156", "78", "183", "超前")
    assert rows[9]["progress"] == "滞后"
    assert rows[6]["sub_actual"] == ""
