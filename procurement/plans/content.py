"""What an item says, as it stood when departments read it, and what has changed since (S-172, L2.3)."""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.audit.canonical import plain
from portal.money import in_figures

from .completeness import FEASIBILITY, QUESTIONS
from .models import CostFactor, FundingSource, Indicator, PlanItem, ReviewedContent, YearAmount

#: Where the item lies, not what it says.
PLACE = ("plan", "year", "route")
ROWS: dict[str, tuple[type[Model], Any, tuple[str, ...]]] = {
    "factors": (CostFactor, gettext_lazy("价格构成"), ("factor", "unit_amount", "basis")),
    "sources": (FundingSource, gettext_lazy("资金来源"), ("kind", "level", "name", "amount")),
    "years": (YearAmount, gettext_lazy("分年资金"), ("year", "amount")),
    "indicators": (Indicator, gettext_lazy("绩效指标"), ("category", "group", "name", "direction", "target", "unit", "weight", "source")),
}
#: Every field of the five questions that says something, in their order.
FIELDS: tuple[str, ...] = tuple(name for _label, names in QUESTIONS.values() for name in names if name not in PLACE)


def label_of(name: str) -> str:
    """How a field is called on the form."""
    if name in ROWS:
        return str(ROWS[name][1])
    if name == FEASIBILITY_FIELD:
        return _("可行性报告")
    return str(PlanItem._meta.get_field(name).verbose_name) if name else ""


FEASIBILITY_FIELD = "feasibility"


def field_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields a department can speak of, under their questions."""
    return [
        (question, [(name, label_of(name)) for name in names if name not in PLACE]) for question, names in QUESTIONS.values()
    ]


def snapshot(item: PlanItem) -> dict[str, Any]:
    """What the item says now, as JSON: values of its fields, its rows, the digests of its reports."""
    from portal.files.models import Document

    reports = Document.objects.of_subject(item).filter(kind=FEASIBILITY).order_by("pk")
    content: dict[str, Any] = {"amount": plain(item.amount)}
    for name in FIELDS:
        if name == FEASIBILITY_FIELD:
            content[name] = [[report.name, report.digest] for report in reports]
        elif name in ROWS:
            content[name] = [plain(row) for row in getattr(item, name).values(*ROWS[name][2])]
        else:
            value = getattr(item, name)
            content[name] = [value.pk, str(value)] if isinstance(value, Model) else plain(_even(value))
    return content


def _even(value: Any) -> Any:
    """12 and 12.00 are one number."""
    return value.normalize() if isinstance(value, Decimal) else value


@dataclass(frozen=True, slots=True)
class Change:
    """One field that says something else: before and after in the reader's words, and where they differ."""

    name: str
    label: str
    before: list[str]
    after: list[str]

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """The text as it is now with what went: (same | gone | new, words)."""
        return list(_pieces("\n".join(self.before), "\n".join(self.after)))

    def as_dict(self) -> dict[str, Any]:
        return {"field": self.name, "label": self.label, "before": self.before, "after": self.after}


def last_reviewed(item: PlanItem) -> ReviewedContent | None:
    """What the departments read when they last sent it back; nothing in the first round."""
    return item.reviewed.order_by("-round").first()


def changes_of(item: PlanItem) -> list[Change]:
    """What the item says otherwise than when it was last sent back, field by field, in the order of the form."""
    kept = last_reviewed(item)
    return between(kept.content, snapshot(item)) if kept else []


def between(before: dict[str, Any] | None, after: dict[str, Any]) -> list[Change]:
    """What one kept content says otherwise than an earlier one; nothing where there is no earlier one."""
    return list(_changes(before, after)) if before else []


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    for name in (*FIELDS, "amount"):
        old, new = before.get(name), after.get(name)
        if old != new:
            yield Change(name, label_of(name), said(name, old), said(name, new))


def said(name: str, value: Any) -> list[str]:
    """A kept value in words, line by line."""
    if value in (None, "", []):
        return []
    if name == FEASIBILITY_FIELD:
        return [f"{title}（{digest[:8]}）" for title, digest in value]
    if name in ROWS:
        model, _label, columns = ROWS[name]
        return [" ".join(filter(None, (_word(model, column, row.get(column)) for column in columns))) for row in value]
    if isinstance(value, list):
        return [str(value[1])]
    return _word(PlanItem, name, value).splitlines()


def _word(model: type[Model], name: str, value: Any) -> str:
    """One value as the form shows it."""
    field = model._meta.get_field(name)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.get_internal_type() == "DecimalField":
        return _figure(value, money=field.max_digits == 14 and name not in ("quantity", "target"))
    if field.get_internal_type() == "DateField":
        return str(date.fromisoformat(value))
    return str(value)


def _figure(value: str, *, money: bool) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return in_figures(number) if money else format(number, "f")


#: A figure, a word of letters or a single sign is one piece: nobody reads a sum of which half the digits are struck out.
PIECE = re.compile(r"\d[\d.,]*|[A-Za-z]+|.", re.DOTALL)


def _pieces(before: str, after: str) -> Iterator[tuple[str, str]]:
    old, new = PIECE.findall(before), PIECE.findall(after)
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "same", "".join(old[old_from:old_to])
            continue
        if old_to > old_from:
            yield "gone", "".join(old[old_from:old_to])
        if new_to > new_from:
            yield "new", "".join(new[new_from:new_to])


def names_of(changes: Iterable[Change]) -> list[str]:
    return [change.name for change in changes]
