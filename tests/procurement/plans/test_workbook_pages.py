"""The workbook path through the browser: template, upload, the table, one row, everything into the plan."""
from __future__ import annotations

import json
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from portal import clock
from portal.reports.models import ReportJob
from portal.reports.runner import run_job
from portal.reports.verbs import queue_report
from portal.workflow import perform
from procurement.plans.models import PlanItem, PlanWorkbook
from procurement.plans.workbooks.columns import CHOICES, GUIDE, ITEMS, SOURCES, YEARS
from procurement.plans.workbooks.reading import read_workbook
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, leaf, make_plan, make_project, one_year
from tests.factories.workbooks import book, changed, hand_in, letter, upload, values

from .test_pages import post_of, sign_in, text  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(db):
    with clock.at(COMPILED_AT):
        yield make_plan(items=[])


def test_upload_look_through_and_put_in(sign_in, plan, django_capture_on_commit_callbacks):  # noqa: F811
    client = sign_in("planner")
    page = client.get(plan.get_absolute_url())
    assert reverse("plans:workbooks", args=[plan.pk]) in text(page)
    address = reverse("plans:workbooks", args=[plan.pk])
    assert client.get(address).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(address, {"file": upload(book(values(1), values(2)))})
    found = PlanWorkbook.objects.get()
    assert answer["Location"] == found.get_absolute_url()
    if found.state == "RECEIVED":  # no worker here
        assert "progress" in text(client.get(found.get_absolute_url()))
        assert "社区" not in text(client.get(found.get_absolute_url(), headers={"HX-Request": "true"}))
        read_workbook(found.pk)
    page = text(client.get(found.get_absolute_url()))
    assert "社区服务 1" in page
    assert "0 处错误" in page
    press = f'<form method="post" action="{reverse("plans:commit_workbook", args=[found.pk])}"'
    assert press in page, "the button posts: a link would lead back to this page and do nothing"
    assert client.get(found.get_absolute_url(), headers={"HX-Request": "true"})["HX-Refresh"] == "true", "no page within the page"
    answer = client.post(reverse("plans:commit_workbook", args=[found.pk]))
    assert answer["Location"] == plan.get_absolute_url()
    assert plan.items.count() == 2
    assert client.post(reverse("plans:commit_workbook", args=[found.pk])).status_code == 409


def test_the_heads_of_the_columns_are_said_in_the_readers_language(sign_in, plan):  # noqa: F811
    client = sign_in("planner")
    found = hand_in(plan, changed(book(values(1)), (ITEMS, f"{letter('unit_price')}3", "十元")))
    page = text(client.get(found.get_absolute_url(), headers={"Accept-Language": "en"}))
    assert 'data-label="Unit price"' in page
    assert "单价" not in page


def test_the_same_file_is_refused_on_the_page(sign_in, plan):  # noqa: F811
    hand_in(plan, book(values(1)))
    answer = sign_in("planner").post(reverse("plans:workbooks", args=[plan.pk]), {"file": upload(book(values(1)))})
    assert answer.status_code in (302, 409)  # the bytes of two writings may differ by their minute
    content = book(values(3))
    hand_in(plan, content)
    answer = sign_in("planner").post(reverse("plans:workbooks", args=[plan.pk]), {"file": upload(content)})
    assert answer.status_code == 409
    assert "不会重复列入" in text(answer)


def test_every_error_stands_at_its_cell_and_filters_find_it(sign_in, plan):  # noqa: F811
    found = hand_in(plan, changed(book(*(values(n) for n in range(1, 31))), (ITEMS, f"{letter('unit_price')}31", "12.5万元")))
    client = sign_in("planner")
    first = text(client.get(found.get_absolute_url()))
    assert "12.5万元" not in first, "the error is on the second page"
    only = text(client.get(found.get_absolute_url(), {"only": "errors"}))
    assert "应填 125000.00" in only
    assert "社区服务 30" in only
    assert "社区服务 29" not in only
    assert "没有这样的行" in text(client.get(found.get_absolute_url(), {"only": "gaps"}))
    answer = client.post(reverse("plans:commit_workbook", args=[found.pk]))
    assert answer.status_code == 409
    assert "还有 1 处错误" in text(answer)


def test_a_row_is_mended_on_the_item_form(sign_in, plan):  # noqa: F811
    spoilt = changed(book(values(1), values(2)), (ITEMS, f"{letter('unit_price')}3", "十元"))
    found = hand_in(plan, spoilt)
    client = sign_in("planner")
    answer = client.get(reverse("plans:workbook_rows", args=[found.pk]))
    address = reverse("plans:workbook_row", args=[found.pk, 2])
    assert answer["Location"] == address
    page = text(client.get(address))
    assert "十元" in page
    assert f"{ITEMS}!{letter('unit_price')}3" in page
    assert client.post(address, {"row": 2, "title": "社区服务 2", "quantity": "many"}).status_code == 422
    answer = client.post(address, {**post_of(values(2)), "row": 2})
    assert answer.status_code == 302, text(answer)[:3000]
    assert answer["Location"] == found.get_absolute_url()
    found.refresh_from_db()
    assert found.error_count == 0
    assert client.get(reverse("plans:workbook_rows", args=[found.pk]))["Location"] == found.get_absolute_url()
    assert client.get(reverse("plans:workbook_row", args=[found.pk, 3])).status_code == 404


def test_who_only_looks_changes_nothing(sign_in, plan):  # noqa: F811
    found = hand_in(plan, book(values(1)))
    client = sign_in("finance_officer")
    assert "社区服务 1" in text(client.get(found.get_absolute_url()))
    for address in (reverse("plans:workbooks", args=[plan.pk]), reverse("plans:commit_workbook", args=[found.pk]),
                    reverse("plans:workbook_row", args=[found.pk, 1])):
        assert client.post(address, {}).status_code == 403
    assert sign_in("planner_2").get(found.get_absolute_url()).status_code == 404
    assert sign_in("head").post(reverse("plans:commit_workbook", args=[found.pk])).status_code == 403


def made(kind: str, **parameters):
    job = queue_report(kind, actor=actor("planner"), parameters=parameters)
    run_job(job.pk)
    job = ReportJob.objects.get(pk=job.pk)
    assert job.state == "COMPLETED", job.error
    with job.document.open() as stream:
        return load_workbook(BytesIO(stream.read())), job


def test_the_template_brings_drop_downs_and_last_years_items():
    """S-173: the form is taken from the portal, and what is filled in is looked through before anything is sent."""
    before = make_project(title="河道保洁")
    with clock.at(COMPILED_AT.replace(year=2026)):
        plan = make_plan(year=2027, items=[])
        found, job = made("plan_template", plan=plan.pk)
        sheet = found[ITEMS]
        assert sheet["B2"].value == "河道保洁"
        assert sheet[f"{letter('predecessor')}2"].value == before.number
        assert str(sheet[f"{letter('starts_on')}2"].value)[:10] == "2027-03-01"
        assert [row[1].value for row in found[YEARS].iter_rows(min_row=2)] == [2027, 2028]
        assert found[SOURCES]["E2"].value == Decimal("23328000") or float(found[SOURCES]["E2"].value) == 23328000.0
        words = {cell.value for cell in found[CHOICES]["A"]}
        assert f"{leaf().code} {leaf().name}" in words
        lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
        assert len(lists) >= 10
        with job.document.open() as stream:
            again = hand_in(plan, stream.read())
        assert (again.state, again.item_count, again.error_count) == ("READ", 1, 0)
        assert job.document.name.endswith("2027年度购买计划填报.xlsx")


def test_the_marked_workbook_says_each_fault_as_a_comment_and_may_come_back_mended(plan):
    cell = f"{letter('unit_price')}3"
    found = hand_in(plan, changed(book(values(1, scheme=""), values(2)), (ITEMS, cell, "十元")))
    marked, job = made("plan_workbook", workbook=found.pk)
    sheet = marked[ITEMS]
    assert sheet[cell].value == "十元"
    assert "不是数字" in sheet[cell].comment.text
    assert sheet[cell].fill.fgColor.rgb.endswith("F8C9C4")
    assert "实施方案" in sheet[f"{letter('scheme')}2"].comment.text
    with job.document.open() as stream:
        mended = changed(stream.read(), (ITEMS, cell, 20))
    again = hand_in(plan, mended)
    assert (again.error_count, again.gap_count) == (0, 1)


def test_what_is_wrong_outside_the_items_is_named_in_the_marked_copy_and_where_to_mend_it(sign_in, plan):  # noqa: F811
    found = hand_in(plan, changed(book(values(1), values(2)), (SOURCES, "A3", "7")))
    assert "没有序号为“7”的项目" in (page := text(sign_in("planner").get(found.get_absolute_url())))
    assert "重新上传" in page
    marked, _job = made("plan_workbook", workbook=found.pk)
    assert any("没有序号为“7”的项目" in str(row[1].value) for row in marked[GUIDE].iter_rows()), "the row is not in the copy: it is said"


def test_the_short_table_leaves_out_columns_without_a_fault(sign_in, plan):  # noqa: F811
    found = hand_in(plan, changed(book(values(1)), (ITEMS, f"{letter('starts_on')}2", "四月")))
    client = sign_in("planner")
    page = text(client.get(found.get_absolute_url()))
    assert "booktable--short" in page
    assert "aside" not in page.split('data-label="拟开始日期" class="')[1].split('"')[0]
    assert 'aside">实施方案' in page
    assert "booktable--short" not in text(client.get(found.get_absolute_url(), {"columns": "all"}))


def test_a_made_template_leads_back_to_where_it_is_filled_in(sign_in, plan):  # noqa: F811
    _found, job = made("plan_template", plan=plan.pk)
    assert f'href="{reverse("plans:workbooks", args=[plan.pk])}"' in text(sign_in("planner").get(job.get_absolute_url()))


def test_foreign_agencies_get_neither(plan):
    found = hand_in(plan, book(values(1)))
    for kind, parameters in (("plan_template", {"plan": plan.pk}), ("plan_workbook", {"workbook": found.pk})):
        job = queue_report(kind, actor=actor("planner_2"), parameters=parameters)
        run_job(job.pk)
        assert ReportJob.objects.get(pk=job.pk).state == "FAILED"


def test_programs_upload_read_the_faults_and_put_in(sign_in, plan):  # noqa: F811
    client, content = sign_in("planner"), changed(book(values(1)), (ITEMS, "B2", None))
    answer = client.post("/api/v1/plan-workbooks/", {"plan": plan.pk, "file": upload(content)})
    assert answer.status_code == 201, answer.content
    address = f"/api/v1/plan-workbooks/{answer.json()['id']}/"
    read_workbook(answer.json()["id"])
    told = client.get(address).json()
    assert told["error_count"] == 1
    assert told["findings"][0]["cell"] == f"{ITEMS}!B2"
    assert client.post(f"{address}commit/").status_code == 409
    body = {name: value for name, value in values(1).items() if value is not None}
    body = json.loads(json.dumps({**body, "leaf": body["leaf"].pk, "row": 1}, default=str))
    assert client.post(f"{address}correct/", body, content_type="application/json").json()["error_count"] == 0
    assert client.post(f"{address}commit/").json()["state"] == "COMMITTED"
    assert plan.items.get().title == "社区服务 1"


def test_the_table_asks_as_much_for_a_full_page_as_for_one_row(sign_in, plan, django_assert_max_num_queries):  # noqa: F811
    few, many = hand_in(plan, book(values(1))), hand_in(plan, book(*(values(n) for n in range(1, 26))))
    client = sign_in("planner")
    client.get(few.get_absolute_url())
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        client.get(few.get_absolute_url())
    with django_assert_max_num_queries(len(asked)):
        client.get(many.get_absolute_url())


def test_a_name_already_drafted_by_form_is_pointed_out_on_the_page(sign_in, plan):  # noqa: F811
    perform(PlanItem(), "draft", actor=actor("planner"), plan=plan, **one_year("1.00", title="社区服务 1"))
    found = hand_in(plan, book(values(1)))
    assert "已有同名项目" in text(sign_in("planner").get(found.get_absolute_url()))
