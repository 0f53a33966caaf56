"""What is exported is imported again as it was: CSV and workbook, whatever stands in the lines (S-06, S-172)."""
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from catalogue.checking import COLUMNS, HEADINGS
from catalogue.forms import Start
from catalogue.importing import Row, read_catalogue
from catalogue.indicators import CATEGORIES, SIGNS, Template, read_templates, write_templates
from catalogue.listing import csv_of, write_csv, write_xlsx, xlsx_of
from catalogue.models import CatalogueVersion
from catalogue.verbs import load_reference_catalogue
from catalogue.verbs.version import digest_of_items
from portal.workflow import perform
from tests.factories.people import actor

CELL = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.sampled_from("=+-@'\",;%养老服务"), max_size=12)
NAME = CELL.filter(bool)
UNIT = st.sampled_from(["%", "次", "元/人", "", "平方米"])
TEMPLATE = st.builds(
    Template, st.sampled_from(list(CATEGORIES.values())), st.text("道路本色率满意度ABc（）", min_size=1, max_size=20),
    st.sampled_from(list(SIGNS)),
    st.decimals(0, 9999, places=1, allow_nan=False).map(str) | st.integers(0, 10**6).map(str), UNIT,
)
PRICE = st.none() | st.decimals("0.01", "999999.99", places=2)


@st.composite
def trees(draw) -> list[Row]:
    """A tree of up to four levels, its lines in any order below their parents."""
    rows: list[Row] = []

    def grow(parent: str, level: int, kind: str) -> None:
        tails = draw(st.lists(st.integers(1, 40), unique=True, min_size=level == 1, max_size=3 if level < 3 else 2))
        for position, tail in enumerate(tails, start=1):
            code = f"{parent}{tail:02d}" if parent else chr(64 + min(tail, 26))
            if any(row.code == code for row in rows):
                continue
            own = kind or draw(st.sampled_from("AB"))
            price = draw(PRICE)
            rows.append(Row(
                line=0, code=code, parent_code=parent, level=level, name=draw(NAME), kind=own, note=draw(CELL), deviation=draw(CELL),
                retired=draw(st.booleans()), evidence=draw(st.sampled_from(["", "N", "P X"])),
                procurement_code=draw(st.sampled_from(["", "C2311", "C01"])), guide_price=price, guide_unit="次" if price else "",
                cost_factors=draw(CELL), indicators=tuple(draw(st.lists(TEMPLATE, max_size=2))), position=position,
            ))
            if level < 4:
                grow(code, level + 1, own)

    grow("", 1, "")
    return rows


def columns_of(row: Row) -> dict:
    return {
        "code": row.code, "parent_code": row.parent_code, "level": row.level, "name_zh": row.name, "kind": row.kind,
        "procurement_code": row.procurement_code, "note": row.note, "guide_price": row.guide_price, "guide_unit": row.guide_unit,
        "cost_factors": row.cost_factors, "indicators": write_templates(row.indicators), "deviation": row.deviation,
        "retired": "1" if row.retired else "", "evidence": row.evidence,
    }


def said(rows: list[Row]) -> list[tuple]:
    """Everything a line says, without its number in the file."""
    return sorted((tuple(columns_of(row).items()) for row in rows), key=str)


@settings(max_examples=60, deadline=None)
@given(trees())
def test_what_is_written_as_csv_is_read_as_it_was(rows):
    reading = read_catalogue(write_csv(map(columns_of, rows)).encode())
    assert reading.faults == []
    assert said(reading.rows) == said(rows)
    assert order(reading.rows) == order(rows)


@settings(max_examples=25, deadline=None)
@given(trees())
def test_what_is_written_as_a_workbook_is_read_as_it_was(rows):
    reading = read_catalogue(write_xlsx(map(columns_of, rows), "目录"))
    assert reading.faults == []
    assert said(reading.rows) == said(rows)
    assert order(reading.rows) == order(rows)


def order(rows: list[Row]) -> dict[str, list[str]]:
    """Codes below each parent, in their order."""
    found: dict[str, list[tuple[int, str]]] = {}
    for row in rows:
        found.setdefault(row.parent_code, []).append((row.position, row.code))
    return {parent: [code for _place, code in sorted(codes)] for parent, codes in found.items()}


@given(st.lists(TEMPLATE, max_size=4))
def test_templates_of_indicators_are_read_back(templates):
    assert read_templates(write_templates(templates)) == (templates, [])


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["csv", "xlsx"])
def test_a_whole_version_goes_out_and_comes_back(way):
    from django.core.files.uploadedfile import SimpleUploadedFile

    version = load_reference_catalogue()
    item = version.items.get(code="A1002")
    item.guide_price, item.guide_unit, item.procurement_code, item.cost_factors = Decimal("12.50"), "户", "C2311", "工资、税金"
    item.indicators = [Template("OUTPUT", "培育组织数", "AT_LEAST", "20", "家").as_dict()]
    item.save()
    content = csv_of(version).encode() if way == "csv" else xlsx_of(version)
    kind = "text/csv" if way == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    copy = perform(
        CatalogueVersion(), "draft", actor=actor("finance_officer"), year=2027, title="再导入", start=Start.FILE,
        file=SimpleUploadedFile(f"catalogue.{way}", content, content_type=kind),
    )
    assert digest_of_items(copy) == digest_of_items(version)
    assert list(copy.items.values_list("code", "place")) == list(version.items.values_list("code", "place"))


@pytest.mark.django_db
def test_a_workbook_is_headed_in_chinese_and_its_faults_are_told_at_their_cells():
    content = xlsx_of(load_reference_catalogue())
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [HEADINGS[name] for name in COLUMNS]
    sheet["D3"], sheet["H4"], sheet["F5"], sheet["K6"] = "", "十二", "D99", "好"
    out = io.BytesIO()
    book.save(out)
    reading = read_catalogue(out.getvalue())
    assert reading.rows == []
    assert {(fault.line, fault.column, fault.rule) for fault in reading.faults} >= {
        (3, "name_zh", "S-06"), (4, "guide_price", "S-30"), (5, "procurement_code", "RCT-03"), (6, "indicators", "S-31"),
    }


def test_a_file_that_only_looks_like_a_workbook_is_told_so():
    reading = read_catalogue(b"PK\x03\x04" + b"x" * 200)
    assert [(fault.line, fault.rule) for fault in reading.faults] == [(1, "S-06")]


def test_a_guide_price_names_its_unit_and_characters_that_show_nothing_are_refused():
    header = "code,parent_code,level,name_zh,guide_price,guide_unit,note"
    faults = read_catalogue(f"{header}\nA,,1,公共服务,,,\nA1,A,2,甲,12,,\nA2,A,2,乙,-3,次,\nA3,A,2,丙,,,a\x07b\n".encode()).faults
    assert [(fault.line, fault.column, fault.rule) for fault in faults] == [
        (3, "guide_unit", "S-30"), (4, "guide_price", "S-30"), (5, "", "S-06"),
    ]
