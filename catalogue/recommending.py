"""What a line of a recommended list must be, by form and by file alike (S-15)."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import Organisation, Region
from portal.accounts.roles import OrganisationKind
from portal.identifiers import InvalidCreditCode, credit_code, normalise_credit_code

from .checking import Found
from .models import CatalogueItem, CatalogueVersion, RecommendedEntry, RecommendedList
from .sheets import Sheet, SheetReading, day_of

#: Registered by civil affairs: associations, social service bodies, foundations (RCV-23).
OF_CIVIL_AFFAIRS = "5"
SHEET = Sheet(
    rule="S-15", most=5000, required=("name", "code", "field"),
    headings={
        "name": "社会组织名称", "code": "统一社会信用代码", "field": "领域编码", "field_name": "领域", "valid_to": "推荐有效期至",
        "grounds": "推荐理由", "struck_on": "移出日期", "struck_reason": "移出原因",
    },
    widths={"name": 36, "code": 22, "field_name": 24, "grounds": 40, "struck_reason": 30},
)  # fmt: skip
LONGEST = {"name": 200, "grounds": 300}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What lines are held against: fields by code, names of registered organisations by credit code, the list's last day."""

    fields: dict[str, str] = field(default_factory=dict)
    registered: dict[str, str] = field(default_factory=dict)
    last_day: date | None = None


def fields_of(region: Region) -> dict[str, str]:
    """The fields a list may speak of: branches and groups of the catalogue in force, lines that can be bought set aside."""
    version = CatalogueVersion.objects.in_force(region, clock.today()).first()
    found = CatalogueItem.objects.filter(version=version, is_leaf=False, retired=False, level__gt=1).order_by("place", "code")
    return dict(found.values_list("code", "name"))


def surroundings_of(region: Region, last_day: date | None) -> Surroundings:
    registered = Organisation.objects.filter(kind=OrganisationKind.SUPPLIER).values_list("code", "name")
    return Surroundings(fields_of(region), dict(registered), last_day)


def read_entries(content: bytes, around: Surroundings) -> SheetReading:
    """A workbook or CSV file in the columns of `SHEET`. Faults cite S-15, RCV-20, RCV-23."""
    return SHEET.read(content, lambda cell: _read_line(cell, around), key=lambda row: (row["code"], row["field"]), once="code")


def _read_line(cell: dict[str, str], around: Surroundings) -> tuple[dict, Found]:
    """One line; who was struck off an earlier list is not taken over, so these two columns are written for the reader alone."""
    row = {
        "name": " ".join(cell["name"].split()), "code": normalise_credit_code(cell["code"]), "field": cell["field"],
        "valid_to": day_of(cell["valid_to"]), "grounds": " ".join(cell["grounds"].split()),
    }
    return row, [*_unread(cell, row), *faults_of(row, around)]


def _unread(cell: dict[str, str], row: dict) -> Found:
    if cell["valid_to"] and row["valid_to"] is None:
        yield "valid_to", "S-15", _("“%(day)s”不是日期，应写成 2027-12-31"), {"day": cell["valid_to"][:20]}
    if cell["struck_on"]:
        yield "struck_on", "S-15", _("已移出的社会组织不能再列入，请删去这一行"), {}


def faults_of(row: dict, around: Surroundings) -> Found:
    """Everything that is wrong with one line: column, rule, words."""
    if not row["name"]:
        yield "name", "S-15", _("社会组织名称没有填"), {}
    for name, most in LONGEST.items():
        if len(row[name]) > most:
            yield name, "S-15", _("最多 %(most)s 个字"), {"most": most}
    try:
        credit_code(row["code"])
    except InvalidCreditCode as wrong:
        yield "code", "RCV-20", _("统一社会信用代码“%(code)s”有误：%(fault)s"), {"code": row["code"][:20], "fault": wrong.fault.sentence}
    else:
        yield from _whose(row, around)
    if row["field"] not in around.fields:
        yield "field", "S-15", _("现行目录没有编码为“%(code)s”的类别"), {"code": row["field"][:20]}
    if row["valid_to"] and around.last_day and row["valid_to"] > around.last_day:
        yield "valid_to", "S-15", _("推荐有效期不能晚于目录的有效期 %(day)s"), {"day": around.last_day}


def _whose(row: dict, around: Surroundings) -> Found:
    if not row["code"].startswith(OF_CIVIL_AFFAIRS):
        yield "code", "RCV-23", _("社会组织的统一社会信用代码以 5 开头，“%(code)s”不是民政部门登记的"), {"code": row["code"]}
    known = around.registered.get(row["code"])
    if known and row["name"] and known != row["name"]:
        yield "name", "S-15", _("这一代码在本平台注册的名称是“%(name)s”"), {"name": known}


def rows_of(catalogue: RecommendedList) -> Iterable[dict]:
    """The entries by the columns of the file."""
    for entry in catalogue.entries.order_by("position", "pk"):
        yield row_of(entry)


def row_of(entry: RecommendedEntry) -> dict:
    return {
        "name": entry.name, "code": entry.code, "field": entry.field_code, "field_name": entry.field_name, "valid_to": entry.valid_to,
        "grounds": entry.grounds, "struck_on": entry.struck_on, "struck_reason": entry.struck_reason,
    }
