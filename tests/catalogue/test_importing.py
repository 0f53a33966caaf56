"""A catalogue file is understood whole, or every fault is told with its line and column (S-06, RCT-01, RCT-04, R102-08)."""
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from catalogue.checking import COLUMNS
from catalogue.importing import read_catalogue
from tests.factories.catalogue import HEADER, SMALL


def read(*lines, header=HEADER, encoding="utf-8"):
    return read_catalogue("\n".join([header, *lines]).encode(encoding))


def faults(*lines, header=HEADER):
    found = read(*lines, header=header)
    assert found.rows == []
    return [(fault.line, fault.column, fault.rule) for fault in found.faults]


def test_a_sound_file_gives_its_rows_parents_first():
    reading = read(*reversed(SMALL))
    assert reading.faults == []
    assert [row.code for row in reading.rows] == ["A", "B", "A10", "B01", "A1001", "A1002", "B0101"]
    assert {row.code: row.kind for row in reading.rows}["B0101"] == "B"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_spreadsheets_save_in_these_encodings(encoding):
    assert read(*SMALL, encoding=encoding).rows[0].name == "公共服务"


def test_a_fourth_level_is_allowed_and_a_fifth_is_not():
    assert read(*SMALL, "A100101,A1001,4,网格治理").faults == []
    assert faults(*SMALL, "A100101,A1001,4,网格治理", "A10010101,A100101,5,更细") == [(10, "level", "RCT-01")]


def test_every_fault_is_told_at_once_with_line_and_column():
    assert faults(
        "A,,1,公共服务", "A10,A,2,", "a1001,A10,3,社区治理服务", "A1002,A99,3,找不到上级", "A10,A,2,重复", "A11,A,x,级次不对",
        "A12,A,2",
    ) == [
        (3, "name_zh", "S-06"), (4, "code", "RCT-04"), (5, "parent_code", "S-06"), (7, "level", "RCT-01"), (8, "", "S-06"),
    ]


@pytest.mark.parametrize(("line", "fault"), [
    ("A10,A,2,重复", (9, "code", "S-06")),
    ("C,A,1,公共服务", (9, "parent_code", "S-06")),
    ("A1003,A,2,短了一级,", (9, "", "S-06")),
    ("A1003,A,3,上级不是第二级", (9, "level", "RCT-01")),
    ("B1003,A10,3,编码不以上级开头", (9, "code", "RCT-04")),
    ("C,,1,其他服务", (9, "kind", "R102-08")),
    ("A13,A,2," + "长" * 121, (9, "name_zh", "S-06")),
])
def test_each_kind_of_fault(line, fault):
    assert faults(*SMALL, line) == [fault]


@pytest.mark.parametrize(("cells", "fault"), [
    ("C,,", (9, "kind", "R102-08")), ("B,,", (9, "kind", "R102-08")), (",也许,", (9, "retired", "S-06")),
    (",,Q", (9, "evidence", "RCT-04")),
])
def test_optional_columns_are_checked_too(cells, fault):
    lines = [f"{line},,," for line in SMALL]
    assert faults(*lines, f"A1003,A10,3,新条目,{cells}", header=f"{HEADER},kind,retired,evidence") == [fault]


def test_optional_columns_are_read():
    lines = [f"{line},,,," for line in SMALL]
    row = read(*lines, "A1003,A10,3,志愿服务,公共服务,是,N P,本市先行", header=f"{HEADER},kind,retired,evidence,deviation").rows[-2]
    assert (row.code, row.kind, row.retired, row.evidence, row.deviation) == ("A1003", "A", True, "N P", "本市先行")


@pytest.mark.parametrize(("header", "columns"), [
    ("code,parent_code,level", ["name_zh"]), (f"{HEADER},price", ["price"]), (f"{HEADER},code", ["code"]),
])
def test_a_wrong_header_is_said(header, columns):
    assert [column for _line, column, _rule in faults("A,,1,x", header=header)] == columns


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x81", HEADER.encode(), b"\n\n"])
def test_what_holds_no_list_is_refused(content):
    reading = read_catalogue(content)
    assert reading.rows == []
    assert reading.faults


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content):
    reading = read_catalogue(content)
    assert bool(reading.rows) != bool(reading.faults)


@given(st.lists(st.lists(st.text("A019B是, \"", max_size=6), min_size=4, max_size=4), max_size=6))
def test_no_table_is_half_read(lines):
    reading = read_catalogue("\n".join([HEADER, *(",".join(cells) for cells in lines)]).encode())
    assert bool(reading.rows) != bool(reading.faults)


def test_columns_are_those_an_export_writes():
    assert COLUMNS[:4] == tuple(HEADER.split(","))


# --- workbooks that hide or guess ------------------------------------------------------------------------------------
def workbook(change) -> bytes:
    book = Workbook()
    for row in (HEADER.split(","), *(line.split(",") for line in SMALL)):
        book.active.append(row)
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def hidden_first(book) -> None:
    book.create_sheet("说明")
    book.active.title = "旧目录"
    book.active.sheet_state = "hidden"


def second_with_content(book) -> None:
    book.create_sheet("补充").append(["A1003", "A10", 3, "社区助餐服务"])


def merged(book) -> None:
    book.active.merge_cells("D2:D3")


def computed(book) -> None:
    book.active["D4"] = '="社区"&"治理服务"'


@pytest.mark.parametrize(("change", "line", "named"), [
    (hidden_first, 1, "旧目录"), (second_with_content, 1, "补充"), (merged, 1, "D2:D3"), (computed, 4, "D4"),
])
def test_what_nobody_would_see_or_what_would_be_guessed_is_refused_by_name(change, line, named):
    reading = read_catalogue(workbook(change))
    assert reading.rows == []
    [fault] = reading.faults
    assert (fault.line, fault.rule) == (line, "S-06")
    assert named in str(fault.text % fault.params)


def test_all_that_is_wrong_with_a_workbook_is_said_at_once_and_an_empty_second_sheet_is_none():
    def everything(book) -> None:
        second_with_content(book)
        merged(book)
        computed(book)

    assert [fault.line for fault in read_catalogue(workbook(everything)).faults] == [1, 1, 4]
    assert read_catalogue(workbook(lambda book: book.create_sheet("Sheet2"))).faults == []
    assert len(read_catalogue(workbook(lambda book: None)).rows) == len(SMALL)
