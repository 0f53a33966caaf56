"""Budget lines by workbook: wholly or not at all, once, every fault at its cell; what goes out comes in again (BOOK-01 to BOOK-04)."""
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal import clock
from portal.accounts.models import Organisation, Region
from portal.audit.models import Entry
from portal.workflow import NotYours, Refused, WrongState, perform
from procurement.budgets.book_reading import read_book
from procurement.budgets.books import COLUMNS, values_of, write_book, write_template
from procurement.budgets.importing import POINTED, Check
from procurement.budgets.models import BudgetLine, LineBook
from procurement.plans.models import Level, SourceKind
from tests.factories.budgets import ALLOCATED_AT, make_book, make_line, sheet
from tests.factories.people import actor
from tests.factories.plans import make_plan_item, one_year


@pytest.fixture(autouse=True)
def in_january():
    with clock.at(ALLOCATED_AT):
        yield


def refused(*rows: dict, who: str = "planner", **options) -> list[str]:
    """What is said against a file as a whole."""
    with pytest.raises(Refused) as caught:
        make_book(*rows, who=who, state="RECEIVED", **options)
    assert not LineBook.objects.exists()
    return [f"{refusal.rule} {refusal.message}" for refusal in caught.value.refusals]


def faults(*rows: dict, who: str = "planner") -> dict[str, str]:
    """What is said at which cell; the book waits, and is not taken in."""
    book = make_book(*rows, who=who, state="RECEIVED")
    with pytest.raises(Refused) as caught:
        perform(book, "take_in", actor=actor(who))
    assert [refusal.rule for refusal in caught.value.refusals] == ["BOOK-04"]
    assert not BudgetLine.objects.filter(book=book).exists()
    said = [fault.message.split("：", 1) for fault in Check(book).faults]
    return {cell.removeprefix("预算指标!"): text for cell, text in said}


words = st.text(st.characters(categories=["L", "N"], include_characters="（）-·"), min_size=1, max_size=40).map(str.strip).filter(bool)
lines = st.builds(
    BudgetLine, agency=st.builds(Organisation, name=words), title=words, year=st.integers(2004, 2100),
    source=st.sampled_from(SourceKind.values), level=st.sampled_from(Level.values), paying_region=st.builds(Region, code=st.just("1504")),
    function_class=st.from_regex(r"\A2[0-9]{6}\Z"), economic_class=st.from_regex(r"\A3[0-9]{4}\Z"),
    purpose=st.just("") | words, requested=st.decimals(Decimal("0.01"), Decimal("999999999999.99"), places=2), number=words,
    state=st.just("DRAFTED"),
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(st.lists(lines, min_size=1, max_size=5))
def test_what_goes_out_comes_in_again(found):
    reading = read_book(BytesIO(write_book(found)))
    assert reading.faults == []
    check = Check(LineBook(organisation=actor("planner").organisation, rows=reading.rows, letters=reading.letters))
    for row, line in zip(check.rows, found, strict=True):
        assert {name: value for name, value in row.values.items() if name not in POINTED} == {
            name: value for name, value in values_of(line).items() if name not in POINTED
        }


@pytest.mark.django_db
def test_a_workbook_is_taken_in_whole_by_whom_it_is_handed_in():
    item = make_plan_item("APPROVED", **one_year("1000.00"))
    book = make_book({"item": item.project.number, "requested": Decimal("1000.00")}, {"title": "二", "purpose": "绿化"})
    first, second = book.lines.order_by("id")
    assert (book.count, book.total, book.imported_by) == (2, Decimal("101000.00"), actor("planner").user)
    assert (first.item, first.state, first.agency, first.requested) == (item, "DRAFTED", actor("planner").organisation, 1000)
    assert (second.purpose, second.source, second.level, second.paying_region) == ("绿化", "GENERAL", "CITY", second.agency.region)
    assert first.created_by == actor("planner").user
    assert first.number != second.number
    assert perform(first, "submit", actor=actor("head")).state == "SUBMITTED"
    with pytest.raises(NotYours):
        make_book({"title": "三"}, who="head")


@pytest.mark.django_db
def test_one_entry_with_the_digest_stands_for_all_lines():
    book = make_book({}, {"title": "二"}, {"title": "三"})
    entry = Entry.objects.of_subject("budgets.book", book.pk).get(transition="take_in")
    assert (entry.facts["digest"], entry.facts["count"]) == (book.document.digest, 3)
    assert not Entry.objects.filter(lifecycle="budgets.line").exists()


@pytest.mark.django_db
def test_everything_wrong_is_said_at_its_cell_and_nothing_is_taken_in():
    found = faults(
        {"title": "", "year": "二〇二六", "requested": "12.5万元"},
        {"source": "彩票", "function_class": "999", "economic_class": "1", "requested": Decimal(0)},
        {"agency": "某局", "paying_region": "火星", "item": "没有"},
        {"year": date(2026, 1, 1)},
    )
    assert set(found) == {"B2", "C2", "K2", "D3", "G3", "H3", "K3", "A4", "F4", "J4", "C5"}
    assert "125000.00" in found["K2"]


@pytest.mark.django_db
def test_full_width_digits_are_read_and_formulas_are_not():
    assert make_book({"requested": "１２，３４５．６０"}).total == Decimal("12345.60")
    assert "公式" in faults({"requested": "=1+1", "title": "二"})["K2"]


@pytest.mark.django_db
def test_an_item_belongs_to_the_agency_of_its_line():
    item = make_plan_item("APPROVED", **one_year("1000.00"))
    other = Organisation.objects.filter(kind="AGENCY", region=item.agency.region).exclude(pk=item.agency_id).first()
    if other is None:
        other = Organisation.objects.create(name="另一单位", kind="AGENCY", region=item.agency.region, code="11450100014500037X")
    found = faults({"agency": other.name, "item": item.project.number}, who="budget_officer")
    assert list(found) == ["J2"]


def merged(book):
    book.active.merge_cells("A2:B2")


def hidden(book):
    book.create_sheet("备查").sheet_state = "hidden"


def added(book):
    book.create_sheet("第二张表")


def renamed(book):
    book.active.title = "表一"


def widened(book):
    for column in range(20, 320):
        book.active.cell(1, column, f"列{column}")


def doubled(book):
    book.active.cell(1, 20, "年度")


def beheaded(book):
    book.active.cell(1, 2, "")


def endless(book):
    for row in range(3, 1010):
        book.active.cell(row, 2, f"第{row}条")


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "said"), [
    (merged, "A2:B2"), (hidden, "备查"), (added, "第二张表"), (renamed, "没有找到工作表"), (widened, "300 列"), (doubled, "重复的列"),
    (beheaded, "缺少列"), (endless, "1000 行"),
])  # fmt: skip
def test_a_file_that_is_not_the_form_says_why(change, said):
    found = refused({}, change=change)
    assert all(each.startswith("BOOK-01") for each in found)
    assert any(said in each for each in found)


@pytest.mark.django_db
def test_a_broken_file_and_an_empty_one_say_so():
    assert refused()[0].startswith("BOOK-01")
    assert read_book(SimpleUploadedFile("x.xlsx", b"PK not a workbook")).faults[0].rule == "BOOK-01"
    assert not read_book(BytesIO(write_template())).rows


@pytest.mark.django_db
def test_the_same_file_twice_says_so_until_nothing_of_it_counts():
    """BOOK-02: while it waits, and once it is in; given up, or all its lines cancelled, it may come again."""
    file = sheet({})
    for _time in range(2):
        book = perform(LineBook(), "upload", actor=actor("planner"), file=file)
        with pytest.raises(Refused) as caught:
            perform(LineBook(), "upload", actor=actor("planner"), file=file)
        assert [refusal.rule for refusal in caught.value.refusals] == ["BOOK-02"]
        assert perform(book, "discard", actor=actor("planner")).rows == []
    book = perform(perform(LineBook(), "upload", actor=actor("planner"), file=file), "take_in", actor=actor("planner"))
    with pytest.raises(WrongState):
        perform(book, "take_in", actor=actor("planner"))
    with pytest.raises(Refused):
        perform(LineBook(), "upload", actor=actor("planner"), file=file)
    perform(book.lines.get(), "cancel", actor=actor("budget_officer"), reason="重报")
    assert perform(LineBook(), "upload", actor=actor("planner"), file=file).state == "RECEIVED"


@pytest.mark.django_db
def test_the_same_line_twice_is_said_at_its_cell():
    """BOOK-02: twice in a file, and under another file's name."""
    make_book({})
    found = faults({}, {"title": "同"}, {"title": "同"})
    assert set(found) == {"B2", "B4"}
    assert "第 3 行" in found["B4"]


@pytest.mark.django_db
def test_finance_names_the_agency_of_every_line():
    agency = actor("planner").organisation
    assert make_book({"agency": agency.name}, who="budget_officer").lines.get().agency == agency
    assert list(faults({"title": "无单位"}, who="budget_officer")) == ["A2"]


@pytest.mark.django_db
def test_one_agency_does_not_take_in_or_see_what_another_handed_in(client):
    book = make_book({"agency": actor("planner").organisation.name}, who="budget_officer", state="RECEIVED")
    with pytest.raises(NotYours):
        perform(book, "take_in", actor=actor("planner"))
    client.force_login(actor("planner").user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(book.get_absolute_url()).status_code == 404


def texts(answer) -> str:
    return answer.content.decode()


@pytest.mark.django_db
def test_the_page_shows_every_fault_under_its_cell_and_no_way_in(client):
    client.force_login(actor("planner").user, backend="django.contrib.auth.backends.ModelBackend")
    book = make_book({}, {"title": "二", "requested": "12.5万元"}, state="RECEIVED")
    page = texts(client.get(book.get_absolute_url()))
    assert "应填 125000.00" in page
    assert "还有 1 处错误" in page
    only = texts(client.get(f"{book.get_absolute_url()}?only=errors"))
    assert "12.5万元" in only
    assert "城市维护服务经费" not in only
    answer = client.get(f"/api/v1/budget-books/{book.pk}/").json()
    assert [fault["rule"] for fault in answer["faults"]] == ["BOOK-03"]
    assert client.get("/api/v1/budget-books/").json()["results"][0]["faults"] == []
    perform(book, "discard", actor=actor("planner"))
    book = make_book({}, {"title": "三"})
    page = texts(client.get(book.get_absolute_url()))
    assert all(line.number in page for line in book.lines.all())
    assert book.document.name in texts(client.get(book.lines.first().get_absolute_url()))
    assert book.document.name in texts(client.get(reverse("budgets:books")))


@pytest.mark.django_db
def test_the_list_goes_out_as_it_is_filtered_and_the_form_is_empty(client):
    make_line(title="甲")
    make_line(title="乙", source="SPECIAL")
    client.force_login(actor("finance_officer").user, backend="django.contrib.auth.backends.ModelBackend")
    for asked, titles in (("?source=SPECIAL", ["乙"]), ("", ["乙", "甲"])):
        answer = client.get(f"{reverse('budgets:workbook')}{asked}")
        rows = list(load_workbook(BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
        assert [row[1] for row in rows[1:]] == titles
        assert rows[0][:11] == tuple(column.title for column in COLUMNS)
    form = load_workbook(BytesIO(client.get(reverse("budgets:template")).content))
    assert [cell.value.rstrip("*") for cell in form.worksheets[0][1]] == [column.title for column in COLUMNS]
    assert form.worksheets[0].max_row == 1
    assert len(form.worksheets[0].data_validations.dataValidation) == 2
