"""The plan of an agency as a workbook in the form of an annex, and the record of an item's reviews on paper (S-21, S-23)."""
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from portal import clock
from portal.reports.models import ReportJob
from portal.reports.proof import examine
from portal.reports.runner import run_job
from portal.reports.verbs import queue_report
from portal.workdays.calendars import load_calendars
from portal.workflow import Refused, perform
from procurement.plans.models import PlanItem
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, content, make_plan, make_plan_item, one_year

pytestmark = pytest.mark.django_db


def job_of(kind: str, who: str, **parameters) -> ReportJob:
    job = queue_report(kind, actor=actor(who), parameters=parameters)
    run_job(job.pk)
    return ReportJob.objects.get(pk=job.pk)


def book_of(job: ReportJob):
    with job.document.open() as stream:
        return load_workbook(BytesIO(stream.read()))


def test_the_annex_says_what_the_plan_says_and_adds_up():
    pooled = [{"kind": "GENERAL", "level": "CITY", "name": "", "amount": Decimal("600.00")},
              {"kind": "SPECIAL", "level": "CITY", "name": "专项", "amount": Decimal("400.00")}]  # fmt: skip
    plan = make_plan("DECIDED", items=[one_year("1000.00", title="=1+1 养护", sources=pooled), one_year("2050.00", title="保洁")])
    book = book_of(job_of("plan", "planner", plan=plan.pk, form="xlsx"))
    assert book.sheetnames == ["计划表", "绩效目标表"]
    sheet = book["计划表"]
    assert sheet["A1"].value == "附件1"
    assert sheet["A2"].value == f"{plan.agency.name}2026年度政府购买服务计划表"
    assert plan.number in sheet["A3"].value
    assert sheet["R3"].value == "单位：元"
    heads = {(sheet.cell(5, place).value or sheet.cell(4, place).value): place for place in range(1, sheet.max_column + 1)}
    assert sheet.cell(4, heads["一般公共预算"]).value == "其中：资金来源"
    first, second, total = (
        {name: sheet.cell(line, place).value for name, place in heads.items()} for line in (6, 7, 8)
    )
    assert (first["序号"], first["项目名称"], first["申报金额"]) == (1, "=1+1 养护", 1000)
    assert sheet.cell(6, heads["项目名称"]).data_type == "s"  # never computed
    assert (first["一般公共预算"], first["专项资金"], first["上级补助"]) == (600, 400, None)
    assert first["项目编号"] == plan.items.order_by("pk").first().project.number
    assert second["批准金额"] == 2050
    assert total["项目名称"] == "合计"
    assert [Decimal(str(total[name])) for name in ("申报金额", "一般公共预算", "专项资金", "批准金额")] == [
        Decimal("3050"), Decimal("2650"), Decimal("400"), Decimal("3050"),
    ]
    assert sheet.print_title_rows == "$4:$5"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToWidth) == ("landscape", 8, 1)
    assert {"A1:S1", "A2:S2", "A3:Q3", "R3:S3", "A4:A5", "J4:M4"} <= {str(merged) for merged in sheet.merged_cells.ranges}
    assert sheet.cell(6, heads["数量"]).number_format == "#,##0"
    assert sheet.cell(6, heads["单价"]).number_format == "#,##0.00"
    assert total["上级补助"] is None  # nothing is not nought yuan
    assert "单位负责人" in sheet.cell(10, 1).value
    targets = book["绩效目标表"]
    assert targets["A1"].value == "附件2"
    assert [cell.value for cell in targets[6]][2:6] == ["产出", "质量", "道路本色率", "≥ 92 %"]


def test_the_annex_keeps_to_the_readers_scope():
    plan = make_plan("DRAFTED")
    assert job_of("plan", "planner_2", plan=plan.pk, form="xlsx").document is None


def test_more_items_ask_the_database_no_more_often():
    counted = []
    for planner, count in (("planner", 2), ("planner_2", 9)):
        plan = make_plan(items=[one_year("1000.00") for _ in range(count)], planner=planner)
        job = queue_report("plan", actor=actor(planner), parameters={"plan": plan.pk, "form": "xlsx"})
        with CaptureQueriesContext(connection) as queries:
            run_job(job.pk)
        counted.append(len(queries))
    assert counted[1] <= counted[0] + 1


@pytest.mark.paper
def test_the_record_of_reviews_names_every_word_question_and_change():
    load_calendars()
    with clock.at(COMPILED_AT):
        item = make_plan_item("SUBMITTED")
        finance = item.steps.get(kind="FINANCE")
        perform(finance, "ask", actor=actor("finance_officer"), field="unit_price", reason="单价依据？")
        perform(item.comments.get(), "answer", actor=actor("planner"), answer="见附件")
        perform(finance, "send_back", actor=actor("finance_officer"), codes=["price", "targets"], reason="依据不足")
        perform(item.steps.get(kind="ESTABLISHMENT"), "approve", actor=actor("establishment"), opinion="同意")
        item = PlanItem.objects.get(pk=item.pk)
        values = {name: value for name, value in content(feasibility=None).items() if name != "feasibility"}
        item = perform(item, "edit", actor=actor("planner"), **values | {"objective": "改过的目标"})
        item = perform(perform(item, "propose", actor=actor("planner")), "submit", actor=actor("head"))
        job = job_of("review_record", "finance_officer", item=item.pk)
    with job.document.open() as stream:
        proof = examine(stream.read())
    assert proof.is_sound
    first, second = proof.data["rounds"]
    assert {step["step"]: step["outcome"] for step in first["steps"]} == {"编办审核": "同意", "财政审核": "建议退回"}
    assert next(step for step in first["steps"] if step["reasons"])["reasons"] == ["价格构成与依据不符", "绩效目标缺少目标值或依据"]
    assert first["questions"][0]["answer"] == "见附件"
    assert first["changes"] == []
    assert [change["label"] for change in second["changes"]] == ["目标"]
    assert second["changes"][0]["after"] == "改过的目标"


def test_who_may_not_see_the_reviews_gets_no_record():
    with clock.at(COMPILED_AT):
        item = make_plan_item("SUBMITTED")
        assert job_of("review_record", "planner_2", item=item.pk).document is None
        with pytest.raises(Refused):
            queue_report("review_record", actor=actor("supplier_a_officer"), parameters={"item": item.pk})


def test_the_way_to_the_record_stands_on_the_page_of_a_reviewed_item(client):
    with clock.at(COMPILED_AT):
        item, draft = make_plan_item("SUBMITTED"), make_plan("DRAFTED", planner="planner_2").items.get()
        for name, shown, there in (("planner", item, True), ("planner_2", draft, False)):
            client.force_login(actor(name).user, backend="django.contrib.auth.backends.ModelBackend")
            page = client.get(shown.get_absolute_url()).content.decode()
            assert ("打印审核记录" in page) is there
