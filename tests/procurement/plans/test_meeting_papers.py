"""S-24, S-185: the papers of a meeting as one book for its members alone, made anew with the agenda, and the agenda as a workbook."""
from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from portal import clock
from portal.files.models import Document
from portal.reports.models import Paper, ReportJob
from portal.reports.proof import examine
from portal.reports.runner import run_job
from portal.reports.typesetting import set_paper
from portal.reports.verbs import queue_report
from portal.workflow import perform
from procurement.plans import sitting
from procurement.plans.models import Outcome, PlanItem
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, MEETING_AT, make_meeting, make_plan, one_year, pass_reviews

pytestmark = pytest.mark.django_db


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(actor(username).user)
    return client


@pytest.fixture
def items() -> list[PlanItem]:
    plan = make_plan("SUBMITTED", items=[one_year("1000000.00", title="甲"), one_year("2000000.00", title="乙")])
    with clock.at(COMPILED_AT):
        return [pass_reviews(item) for item in plan.items.order_by("id")]


def proof_of(document):
    set_paper(Paper.objects.get(document=document).pk)
    document.refresh_from_db()
    with document.open() as stream:
        return examine(stream.read())


@pytest.mark.paper
def test_each_change_of_the_agenda_makes_the_next_edition_and_marks_the_one_before(items):
    meeting = make_meeting(*items)
    first = meeting.papers.get()
    assert (first.edition, first.matters, first.replaced_at) == (1, 2, None)
    with clock.at(MEETING_AT):
        perform(meeting, "remove_item", actor=actor("secretary"), agenda=meeting.agenda.get(item=items[0]), reason="补充论证")
    second, first = meeting.papers.order_by("-edition")
    assert (second.edition, second.matters, second.replaced_at) == (2, 1, None)
    assert first.replaced_at == MEETING_AT
    assert "起由新稿代替" in first.standing
    assert "现行" in second.standing
    proof = proof_of(second.document)
    assert proof.is_sound
    matter = proof.data["matters"][0]
    assert (matter["title"], matter["ordinal"], proof.data["total"]) == ("乙", "一", "2,000,000.00")
    assert {said["department"] for said in matter["reviews"]} == {step.department.name for step in items[1].steps.filter(state="APPROVED")}
    assert len(matter["answers"]) == 6
    assert matter["proposal"] == "各部门审核通过，建议同意，金额 2,000,000.00 元。"


def test_what_its_agency_takes_from_the_agenda_leaves_the_papers_too(items):
    meeting = make_meeting(*items)
    with clock.at(MEETING_AT):
        perform(meeting.agenda.get(item=items[0]), "remove_item", actor=actor("head"), reason="内容有变")
    assert [(paper.edition, paper.matters) for paper in meeting.papers.order_by("edition")] == [(1, 2), (2, 1)]


def test_only_those_who_sit_in_the_meeting_get_its_papers(items):
    """The audit office and 编办 were called by their short names; the agency sees the meeting and not its papers (S-185)."""
    meeting = make_meeting(*items)
    document = meeting.papers.get().document
    for username, sits in (("secretary", True), ("convener", True), ("finance_officer", True), ("auditor", True), ("establishment", True),
                           ("human_resources", False), ("head", False), ("planner_2", False), ("supplier_a_officer", False)):  # fmt: skip
        assert Document.objects.visible_to(actor(username)).filter(pk=document.pk).exists() is sits, username
    assert "会议材料" in client_of("secretary").get(meeting.get_absolute_url()).content.decode()
    assert document.name not in client_of("head").get(meeting.get_absolute_url()).content.decode()
    described = client_of("auditor").get(f"/api/v1/meetings/{meeting.pk}/").json()
    assert [paper["name"] for paper in described["papers"]] == [document.name]
    assert "papers" not in client_of("head").get(f"/api/v1/meetings/{meeting.pk}/").json()


def test_the_agenda_as_a_workbook_is_for_members(items):
    meeting = make_meeting(*items)

    def made(username: str) -> ReportJob:
        job = queue_report("meeting_agenda", actor=actor(username), parameters={"meeting": meeting.pk})
        run_job(job.pk)
        return ReportJob.objects.get(pk=job.pk)

    with made("convener").document.open() as stream:
        rows = list(load_workbook(BytesIO(stream.read())).worksheets[0].iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["甲", "乙", "合计"]
    assert rows[-1][8] == pytest.approx(3000000)
    assert made("head").state == "FAILED"


def test_the_proposal_follows_last_years_result(items):
    asked = PlanItem(amount=Decimal("1000.00"))
    assert sitting.proposal_of(asked, None).startswith("各部门审核通过")
    assert "不超过 800.00 元" in sitting.proposal_of(asked, Outcome(ceiling=Decimal("800.00")))
    assert sitting.proposal_of(asked, Outcome(ceiling=Decimal("1000.00"))).startswith("各部门审核通过")
    assert sitting.proposal_of(asked, Outcome(gate_closed=True, gate_reason="未评价")).startswith("建议缓议")


def test_more_than_a_hundred_matters_are_bound_in_volumes(items, monkeypatch):
    monkeypatch.setattr("procurement.plans.meeting_papers.VOLUME", 1)
    meeting = make_meeting(*items)
    assert [(paper.edition, paper.volume, paper.matters) for paper in meeting.papers.order_by("volume")] == [(1, 1, 1), (1, 2, 1)]


def test_matters_are_read_in_a_constant_number_of_queries(items, django_assert_max_num_queries):
    meeting = make_meeting(*items)
    with django_assert_max_num_queries(18):
        sitting.matters_of(sitting.agenda_of(meeting))
