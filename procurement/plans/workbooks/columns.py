"""The item form as sheets of a workbook: what the form asks, the workbook asks, in the same words and by the same fields."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from django import forms
from django.utils.translation import override
from openpyxl.utils import get_column_letter

from portal.audit.canonical import canonical_json, digest
from portal.workflow.rows import RowsField
from procurement.plans.forms.items import FactorRow, ItemForm, LeafField, YesNo
from procurement.plans.models import CostFactor

ITEMS, SOURCES, YEARS, INDICATORS = "计划项目", "资金来源", "分年资金", "绩效指标"
GUIDE, CHOICES = "填写说明", "可选项"
KEY = "项目序号"
#: Rows of an item that have a sheet of their own: name on the form → sheet.
PARTS = {"sources": SOURCES, "years": YEARS, "indicators": INDICATORS}
#: Fields of the form that a workbook does not carry: its plan says them, and papers hang on the item itself.
NOT_CARRIED = frozenset({"plan", "route", "year", "feasibility"})
#: Fields that point to things with a number, and what their columns are called.
POINTED = {"predecessor": "project", "filed_request": "request", "function": "function"}
#: Kinds of columns whose cells name a thing.
THINGS = frozenset({"leaf", *POINTED.values()})
YES, NO = "是", "否"
FACTOR = "factors"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the name of its field, its title, what it holds, and the words it may hold."""

    name: str
    title: str
    kind: str  # text integer decimal date choice yes_no tick leaf project request function
    words: Mapping[str, str] = field(default_factory=dict)  # word in the workbook → value of the form
    required: bool = False

    @property
    def width(self) -> int:
        return {"text": 28, "leaf": 30, "project": 22, "function": 26}.get(self.kind, 14)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its title and its columns after the key."""

    title: str
    columns: tuple[Column, ...]

    @property
    def titles(self) -> list[str]:
        return [KEY, *(column.title for column in self.columns)]

    def letter(self, name: str) -> str:
        """The letter of a field's column in the template; the key's for anything that has none."""
        names = [column.name for column in self.columns]
        return get_column_letter(names.index(name) + 2) if name in names else "A"


def kind_of(name: str, asked: forms.Field) -> str | None:
    """What a column of this field holds; None for fields that no workbook carries."""
    if isinstance(asked, LeafField):
        return "leaf"
    if name in POINTED:
        return POINTED[name]
    if isinstance(asked, forms.ModelChoiceField | forms.FileField | RowsField):
        return None
    for known, kind in (
        (YesNo, "yes_no"), (forms.BooleanField, "tick"), (forms.ChoiceField, "choice"), (forms.DecimalField, "decimal"),
        (forms.IntegerField, "integer"), (forms.DateField, "date"),
    ):
        if isinstance(asked, known):
            return kind
    return "text"


def column(name: str, asked: forms.Field, title: str = "") -> Column | None:
    kind = kind_of(name, asked)
    if kind is None:
        return None
    words = {str(label): value for value, label in asked.choices if value} if kind == "choice" else {}
    if kind in ("yes_no", "tick"):
        words = {YES: "true", NO: "false"}
    return Column(name, title or str(asked.label), kind, words, asked.required)


@cache
def sheets() -> dict[str, Sheet]:
    """The four sheets by title, in the words of the form."""
    with override("zh-hans"):
        fields = ItemForm.base_fields
        main = [column(name, asked) for name, asked in fields.items() if name not in NOT_CARRIED]
        at = next(place for place, each in enumerate(main) if each and each.name == "unit_price") + 1
        main[at:at] = factor_columns()
        return {
            ITEMS: Sheet(ITEMS, tuple(each for each in main if each)),
            **{title: Sheet(title, tuple(column(name, asked) for name, asked in fields[part].row_form.base_fields.items()))
               for part, title in PARTS.items()},
        }


def factor_columns() -> list[Column]:
    """The four factors of the price stand beside it: an amount and its basis each (S-29)."""
    found = []
    for value, label in CostFactor.Factor.choices:
        for name in ("unit_amount", "basis"):
            asked = FactorRow.base_fields[name]
            found.append(column(f"{FACTOR}.{value}.{name}", asked, f"{label}·{asked.label}"))
    return found


@cache
def template_version() -> str:
    """Changes whenever a column does: an old template is told from a current one."""
    return digest(canonical_json([[sheet.title, sheet.titles] for sheet in sheets().values()]))[:8]
