"""The recommended list of social organisations: kept by civil affairs, read by everybody, asked of nobody (S-15, R-GP-19)."""
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalogue.models import RecommendedEntry, RecommendedList
from catalogue.recommending import SHEET, read_entries, rows_of, surroundings_of
from portal import clock
from portal.accounts.actor import system_actor
from portal.audit.models import Entry
from portal.files.models import Document
from portal.workflow import NotYours, Refused, due, perform
from tests.catalogue.test_surfaces import signed_in
from tests.factories.people import actor, also
from tests.factories.plans import report_file
from tests.factories.recommended import (
    UNREGISTERED,
    draft_recommended,
    list_file,
    make_recommended,
    publish,
    registered,
    small,
)
from tests.factories.suppliers import make_supplier

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def refused_by(call) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        call()
    return [(refusal.rule, refusal.field) for refusal in refused.value.refusals]


def by_registrar(found, row, **data):
    return perform(found, row, actor=actor("registrar"), **data)


def row(**changes) -> dict:
    return {"name": "赣江市阳光社会工作服务中心", "code": UNREGISTERED, "field": "A10", "valid_to": None, "grounds": "", **changes}


def test_only_civil_affairs_compiles_it():
    also("finance_officer", "REGISTRAR")  # a register keeper of another department
    assert refused_by(lambda: draft_recommended(start="EMPTY", who="finance_officer")) == [("S-15", "")]
    with pytest.raises(NotYours):
        draft_recommended(start="EMPTY", who="planner")
    assert refused_by(lambda: draft_recommended(start="COPY")) == [("S-15", "start")]  # nothing to copy yet
    assert draft_recommended(start="EMPTY").entry_count == 0


def test_a_file_is_taken_whole_or_refused_with_every_fault_at_its_cell():
    known = registered()
    bad = list_file(
        f"别的名字,{known.code},A10,,", f"清源,{actor('supplier_a_head').organisation.code},A10,,", f",{UNREGISTERED[:-1]}A,Z9,明年,",
        f"阳光,{UNREGISTERED},A10,2099-01-01,", f"阳光,{UNREGISTERED},A10,,", "短",
    )
    with pytest.raises(Refused) as refused:
        draft_recommended(file=bad)
    said = [(each.rule, each.sentence.split("列：")[0].split("：")[0]) for each in refused.value.refusals]
    assert said == [
        ("S-15", "第 2 行“社会组织名称”"), ("RCV-23", "第 3 行“统一社会信用代码”"), ("S-15", "第 3 行“社会组织名称”"),
        ("RCV-20", "第 4 行“统一社会信用代码”"), ("S-15", "第 4 行“领域编码”"), ("S-15", "第 4 行“社会组织名称”"),
        ("S-15", "第 4 行“推荐有效期至”"), ("S-15", "第 5 行“推荐有效期至”"), ("S-15", "第 6 行“统一社会信用代码”"), ("S-15", "第 7 行"),
    ]
    assert not RecommendedList.objects.exists()
    twice = list_file(*small(), small()[1].replace("2027-06-30", ""))
    assert refused_by(lambda: draft_recommended(file=twice)) == [("S-15", "file")]


@pytest.mark.parametrize(("content", "fault"), [
    ("", "文件是空的"), ("社会组织名称,统一社会信用代码\n甲,乙", "缺少这一列"),
    ("社会组织名称,统一社会信用代码,领域编码,电话\n甲,乙,丙,丁", "没有这样的列"),
    ("社会组织名称,统一社会信用代码,领域编码,领域编码\n甲,乙,丙,丁", "这一列出现两次"),
    ("社会组织名称,统一社会信用代码,领域编码\n", "只有表头，没有内容"),
    ("社会组织名称,统一社会信用代码,领域编码,移出日期\n甲,乙,丙,2026-01-01", "已移出的社会组织不能再列入，请删去这一行"),
])  # fmt: skip
def test_what_is_no_list_is_said_at_once(content, fault):
    reading = read_entries(content.encode(), surroundings_of(registered().region, None))
    assert fault in [str(each.text) for each in reading.faults]
    assert not reading.rows


def test_a_list_too_long_is_no_list():
    lines = "\n".join(["社会组织名称,统一社会信用代码,领域编码", *(["甲,乙,丙"] * (SHEET.most + 1))])
    reading = read_entries(lines.encode(), surroundings_of(registered().region, None))
    assert [each.params for each in reading.faults] == [{"most": SHEET.most}]


def test_what_goes_out_comes_in_again():
    found = make_recommended()
    around = surroundings_of(found.region, found.valid_to)
    wanted = [{name: each[name] for name in ("name", "code", "field", "valid_to", "grounds")} for each in rows_of(found)]
    assert len(wanted) == 2
    assert wanted[1]["valid_to"] == date(2027, 6, 30)
    assert read_entries(SHEET.csv_of(rows_of(found)).encode(), around).rows == wanted
    assert read_entries(SHEET.xlsx_of(rows_of(found), "目录"), around).rows == wanted


def test_entries_are_edited_on_a_page_as_in_a_file():
    found = draft_recommended(start="EMPTY")
    assert refused_by(lambda: publish(found)) == [("S-15", "")]  # nothing in it
    client, url = signed_in("registrar"), f"/api/v1/recommended-lists/{found.pk}/edit_entries/"
    answer = client.post(url, {"entries": [row(), row()]}, content_type="application/json")
    assert answer.status_code == 400  # twice in one field
    wrong = [row(code="91360199MA3A00001"), row(field="A1001"), row(valid_to="2099-01-01")]
    assert client.post(url, {"entries": wrong}, content_type="application/json").status_code == 400
    assert client.post(url, {"entries": [row(valid_to="")]}, content_type="application/json").status_code == 200
    assert found.entries.get().field_name
    found.refresh_from_db()
    assert found.entry_count == 1
    assert Entry.objects.of_subject("catalogue.recommended", found.pk).last().facts["added"] == ["赣江市阳光社会工作服务中心"]
    page = client.get(f"/act/catalogue.recommended/{found.pk}/edit_entries/").content.decode()
    assert UNREGISTERED in page
    by_registrar(found, "replace_entries", file=list_file())
    RecommendedList.objects.filter(pk=found.pk).update(entry_count=101)
    found.refresh_from_db()
    assert refused_by(lambda: by_registrar(found, "edit_entries", entries=[])) == [("S-15", "")]


def test_it_is_published_by_a_paper_that_exists_and_ends_the_one_before():
    first = make_recommended()
    assert refused_by(lambda: publish(first, decided_on=clock.today() + timedelta(days=1))) == [("S-15", "decided_on")]
    first = publish(first, paper=report_file())
    assert (first.state, first.valid_from) == ("PUBLISHED", clock.today())
    assert Document.objects.of_subject(first).get(kind="list_approval").public
    by_registrar(first, "strike", entry=first.entries.first(), reason="年检不合格")
    second = draft_recommended(start="COPY", title="第二批")
    assert list(second.entries.values_list("code", flat=True)) == [UNREGISTERED]  # who was struck off is not copied
    second = publish(second)
    first.refresh_from_db()
    assert (first.state, first.ended_reason, second.previous_id) == ("SUPERSEDED", "由“第二批”替代", first.pk)
    assert by_registrar(second, "withdraw", reason="评审程序有误").ended_reason == "评审程序有误"
    assert by_registrar(make_recommended(), "discard").state == "DISCARDED"


def test_a_list_ends_with_its_last_day():
    found = make_recommended("PUBLISHED", valid_to=clock.today(), file=list_file(small()[0]))
    assert refused_by(lambda: perform(found, "lapse", actor=system_actor())) == [("S-15", "")]
    with clock.at(found.ends_at):
        due.run(clock.now())
        found.refresh_from_db()
    assert (found.state, found.ended_reason) == ("LAPSED", "有效期满")


def test_what_ran_out_or_left_the_catalogue_is_mended_before_it_is_published():
    found = make_recommended(valid_to=clock.today(), file=list_file(small()[0]))
    RecommendedEntry.objects.filter(catalogue=found).update(field_code="A99")
    with clock.at(found.ends_at):
        assert refused_by(lambda: publish(found)) == [("S-15", ""), ("S-15", "")]
        client = signed_in("registrar")
        url, given = f"/api/v1/recommended-lists/{found.pk}/edit/", {"title": "甲", "source": "评审"}
        assert client.post(url, {**given, "valid_to": str(clock.today() - timedelta(days=1))}).status_code == 400
        assert client.post(url, {**given, "valid_to": str(clock.today())}).status_code == 200
        by_registrar(found, "replace_entries", file=list_file(small()[0]))
        found.refresh_from_db()
        assert publish(found).title == "甲"


def test_a_draft_is_closed_and_a_published_list_says_that_it_only_informs(client):
    found = make_recommended()
    addresses = [found.get_absolute_url(), *(f"{found.get_absolute_url()}entries.{kind}" for kind in ("csv", "xlsx"))]
    for url in addresses:
        assert client.get(url).status_code == 404
        assert signed_in("finance_head").get(url).status_code == 404
        assert signed_in("registrar").get(url).status_code == 200
    publish(found)
    for url in addresses:
        assert client.get(url).status_code == 200
    page = client.get(found.get_absolute_url()).content.decode()
    for words in ("任何采购文件都不得以列入本目录为条件", "财库〔2019〕38号", "已在本平台注册", "赣江民发〔2026〕9 号"):
        assert words in page
    assert "办理记录" not in page
    assert found.title in client.get("/catalogue/recommended/").content.decode()
    assert len(client.get(found.get_absolute_url(), {"q": "阳光"}).context["rows"]) == 1
    listed = client.get("/api/v1/recommended-entries/", {"code": UNREGISTERED}).json()["results"]
    assert [each["field_code"] for each in listed] == ["A10"]


def test_a_supplier_on_the_list_is_marked_and_one_that_is_not_misses_nothing():
    marked, other = make_supplier("REGISTERED", "supplier_c"), make_supplier("REGISTERED", "supplier_a")
    found = make_recommended("PUBLISHED")
    client = signed_in("finance_officer")

    def marks(supplier) -> bool:
        return found.get_absolute_url() in client.get(supplier.get_absolute_url()).content.decode()

    assert marks(marked)
    assert not marks(other)
    assert "列入与否都不作为参加采购活动的条件" in client.get(marked.get_absolute_url()).content.decode()
    by_registrar(found, "strike", entry=found.entries.get(code=marked.code), reason="自愿退出")
    assert not marks(marked)


def test_no_guard_no_form_and_no_score_of_a_purchase_reads_the_list():
    """R-GP-19: the one reader above the catalogue is the supplier's page, which shows a mark."""
    readers = [
        str(path.relative_to(ROOT)) for floor in ("procurement", "evaluation") for path in (ROOT / floor).rglob("*.py")
        if "Recommended" in path.read_text() or "recommending" in path.read_text()
    ]
    assert readers == ["procurement/suppliers/views.py"]


def test_a_workbook_cell_with_a_day_is_understood():
    text = "社会组织名称,统一社会信用代码,领域编码,推荐有效期至\n"
    for written in ("2027-06-30 00:00:00", "2027/6/30", "2027年6月30日", "2027.6.30"):
        content = SimpleUploadedFile("a.csv", f"{text}阳光,{UNREGISTERED},A10,{written}\n".encode()).read()
        draft_recommended(start="EMPTY")
        assert read_entries(content, surroundings_of(registered().region, None)).rows[0]["valid_to"] == date(2027, 6, 30)
