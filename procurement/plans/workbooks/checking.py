"""Checks a row of a workbook as the item form checks what is typed: the same fields, the same rules, all at once."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit.canonical import canonical_json, digest, plain
from portal.workflow import Refusal, refuse
from procurement.plans.completeness import missing
from procurement.plans.forms.items import FactorRow
from procurement.plans.forms.workbooks import RowForm
from procurement.plans.models import CostFactor, PlanItem, PlanWorkbook, Project
from procurement.plans.verbs.items import CHILDREN, amount_of

from .cells import Raw, Unreadable, taken
from .columns import FACTOR, ITEMS, PARTS, THINGS, Column, sheets
from .opening import Line

ERROR, GAP, NOTE = "error", "gap", "note"
AMOUNT = {"quantity", "unit_price", "periods"}
#: Of which fields something false would be said where others could not be read.
RESTS_ON = {
    "sources": AMOUNT, "years": AMOUNT | {"term_months", "starts_on"}, "leaf": {"filed_request"},
    "term_months": {"budget_guaranteed", "content_fixed", "continuous", "funding_stable", "price_stable"},
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one cell: an error keeps the workbook out, a gap must be filled before the plan is sent, a note is said."""

    level: str
    sheet: str
    line: int
    name: str  # field of the sheet; "" = the key
    refusal: Refusal

    @property
    def cell(self) -> str:
        """Where it stands in the template: “计划项目!F7”."""
        return f"{self.sheet}!{sheets()[self.sheet].letter(self.name)}{self.line}"

    @property
    def has_column(self) -> bool:
        """Whether it speaks of one cell; else of the row, at its key."""
        return any(column.name == self.name for column in sheets()[self.sheet].columns)

    @property
    def message(self) -> str:
        return self.refusal.message

    @property
    def said(self) -> str:
        """Under its cell: the sentence, with its rule where that is more than the reading of cells."""
        return self.message if self.refusal.rule == "BOOK-03" else self.sentence

    @property
    def sentence(self) -> str:
        return self.refusal.sentence


@dataclass(slots=True)
class Checked:
    """What came of a row: the values as the item form would have cleaned them, and everything there is to say."""

    values: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)

    def of(self, level: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.level == level]


class Checker:
    """Knows once, for all rows of a workbook, what cells may point to: leaves of the catalogue, projects, titles in the plan."""

    def __init__(self, book: PlanWorkbook) -> None:
        self.book, self.plan = book, book.plan
        self.form = RowForm(subject=book)
        self.leaves = {leaf.code: leaf for leaf in self.form.fields["leaf"].queryset.select_related("version")}
        self.leaves_by_name = {leaf.name: leaf for leaf in self.leaves.values()}
        self.projects = {project.number: project for project in self.form.fields["predecessor"].queryset}
        self.functions = {function.number: function for function in self.form.fields["function"].queryset}
        self.requests = {request.number: request for request in self.form.fields["filed_request"].queryset}
        self.titles = set(self.plan.items.exclude(state__in=["WITHDRAWN", "LAPSED"]).values_list("title", flat=True))
        self.day = clock.today()

    def check(self, line: int, cells: dict[str, Raw], parts: dict[str, list[Line]]) -> Checked:
        """One item: its row and those of its parts."""
        found = Checked({})
        for column in sheets()[ITEMS].columns:
            if not column.name.startswith(f"{FACTOR}."):
                asked = self.form.fields.get(column.name)
                found.values[column.name] = self._cell(found, ITEMS, line, column, asked, cells.get(column.name))
        found.values[FACTOR] = self._factors(found, line, cells)
        for part, title in PARTS.items():
            found.values[part] = [self._row(found, title, each, self.form.fields[part].row_form) for each in parts.get(part, ())]
        self._whole(found, line, parts)
        found.findings += self._gaps(found, line, parts)
        return found

    # --- cells -------------------------------------------------------------------------------------------------------

    def _cell(self, found: Checked, sheet: str, line: int, column: Column, asked, raw: Raw) -> Any:
        """The value of one cell, cleaned by the form's own field; None where it cannot be taken."""
        try:
            read = taken(column, raw)
            if read.note is not None:
                found.findings.append(Finding(NOTE, sheet, line, column.name, refuse("BOOK-03", read.note, **read.params)))
            if column.kind in THINGS:
                return self._pointed(column, read.text)
            return asked.clean(read.text)
        except Unreadable as unreadable:
            refusal = refuse("BOOK-03", unreadable.sentence, field=column.name, **unreadable.params)
        except ValidationError as error:
            refusal = refuse("BOOK-03", lazystr(_Words(column.title, error)), field=column.name)
        found.findings.append(Finding(ERROR, sheet, line, column.name, refusal))
        return None

    def _pointed(self, column: Column, text: str | None) -> Any:
        if not text or not text.strip():
            return None
        code = text.split()[0]
        if column.kind == "leaf":
            leaf = self.leaves.get(code) or self.leaves_by_name.get(text.strip())
            if leaf is None:
                raise Unreadable(_("“%(written)s”不是现行目录的末级事项，请从“可选项”工作表选取。"), written=text[:60])
            return leaf
        if column.kind == "function":
            if code not in self.functions:
                raise Unreadable(
                    _("本部门现行职能清单没有编号为“%(written)s”的职能，请从“可选项”工作表选取，或者留空。"), written=text[:60]
                )
            return self.functions[code]
        if column.kind == "request":
            if code not in self.requests:
                raise Unreadable(_("没有编号为“%(written)s”、可以使用的目录外备案。"), written=text[:60])
            return self.requests[code]
        project = self.projects.get(code)
        if project is None:
            raise Unreadable(_("没有编号为“%(written)s”的本单位项目；新增项目请留空。"), written=text[:60])
        return project

    def _row(self, found: Checked, title: str, line: Line, row_form) -> dict:
        return {
            column.name: self._cell(found, title, line.number, column, row_form.base_fields[column.name], line.cells.get(column.name))
            for column in sheets()[title].columns
        }

    def _factors(self, found: Checked, line: int, cells: dict[str, Raw]) -> list[dict]:
        """The factors of which anything is filled in, each whole."""
        columns = {column.name: column for column in sheets()[ITEMS].columns}
        rows = []
        for value in CostFactor.Factor.values:
            names = {name: f"{FACTOR}.{value}.{name}" for name in ("unit_amount", "basis")}
            if any(cells.get(name) is not None for name in names.values()):
                rows.append({"factor": value, **{
                    name: self._cell(found, ITEMS, line, columns[full], FactorRow.base_fields[name], cells.get(full))
                    for name, full in names.items()
                }})
        return rows

    # --- the row as a whole ------------------------------------------------------------------------------------------

    def _whole(self, found: Checked, line: int, parts: dict[str, list[Line]]) -> None:
        """What the form says of several fields together."""
        wrong = _wrong(found)
        for part in PARTS:
            asked = self.form.fields[part]
            count = len(found.values[part])
            if count > asked.max_rows:
                refusal = refuse("BOOK-03", _("最多 %(most)s 行，现在有 %(count)s 行。"), most=asked.max_rows, count=count)
                found.findings.append(Finding(ERROR, PARTS[part], parts[part][asked.max_rows].number, "", refusal))
        self.form._errors = ErrorDict()
        self.form.cleaned_data = {name: value for name, value in found.values.items() if name not in wrong}
        cleaned = self.form.clean()
        found.values.update(cleaned)
        for name, errors in self.form._errors.as_data().items():
            for error in errors:
                refusal = refuse("BOOK-03", lazystr(_Words("", error)), field=name)
                found.findings.append(_placed(Finding(ERROR, ITEMS, line, name, refusal), parts))

    def _gaps(self, found: Checked, line: int, parts: dict[str, list[Line]]) -> Iterator[Finding]:
        """What the plan cannot be sent without, by the rules of the item itself (S-18, S-21).

        All of it at once (S-172): of a row with unreadable cells everything that does not hang on them is said as well.
        """
        wrong = _wrong(found)
        unsure = wrong | {name for name, others in RESTS_ON.items() if wrong & others}
        for refusal in missing(self.item(self._readable(found.values, wrong))):
            if refusal.field not in unsure | {"feasibility"}:  # a paper hangs on the item, no workbook carries it
                yield _placed(Finding(GAP, ITEMS, line, refusal.field, refusal), parts)
        if found.values.get("title") in self.titles:
            yield Finding(NOTE, ITEMS, line, "title", refuse("BOOK-02", _("计划里已有同名项目，请核对是否重复。"), field="title"))

    def _readable(self, values: dict, wrong: set[str]) -> dict:
        """The values with nothing where a cell could not be read."""
        return {
            name: value if name not in wrong else getattr(self.form.fields.get(name), "empty_value", None) if name not in CHILDREN else []
            for name, value in values.items()
        }

    def item(self, values: dict) -> PlanItem:
        """The item that a row would become, with its parts, in memory only."""
        return item_of(values, self.plan)


def _wrong(found: Checked) -> set[str]:
    """Fields of the item, and its parts, of which a cell could not be read."""
    errors = found.of(ERROR)
    names = {finding.name for finding in errors if finding.sheet == ITEMS}
    factors = {FACTOR for name in names if name.startswith(f"{FACTOR}.")}
    return names | factors | {part for part, title in PARTS.items() if any(finding.sheet == title for finding in errors)}


def item_of(values: dict, plan, **more) -> PlanItem:
    """An unsaved item of these values; its parts lie where a query would have put them."""
    own = {name: value for name, value in values.items() if name not in CHILDREN}
    item = PlanItem(plan=plan, agency=plan.agency, year=plan.year, route=PlanItem.Route.ANNUAL, **own, **more)
    item.amount = amount_of(item)
    item.report_attached = True
    parts = {name: [model(**row) for row in rows_of(values, name, item)] for name, model in CHILDREN.items()}
    item.pk = item.pk or -1
    item._prefetched_objects_cache = {name: _Rows(rows) for name, rows in parts.items()}
    return item


def rows_of(values: dict, name: str, item: PlanItem) -> list[dict]:
    """The rows of a part; money of a single year need not be said twice."""
    rows = values.get(name) or []
    if name == "years" and not rows and item.amount:
        return [{"year": item.year, "amount": item.amount}]
    if name == "indicators":
        return [{**row, "order": order} for order, row in enumerate(rows, start=1)]
    return rows


class _Rows(list):
    """Rows in memory where a related manager is asked for `all()`."""

    def all(self):
        return self


class _Words:
    """What a field of the form says, in the language of whoever reads it."""

    def __init__(self, title: str, error: ValidationError):
        self.title, self.error = title, error

    def __str__(self) -> str:
        return "；".join(str(message) for message in self.error.messages)


def _placed(finding: Finding, parts: dict[str, list[Line]]) -> Finding:
    """At the cell it speaks of: rows of a part in their own sheet, factors at the first of them."""
    name = finding.name
    if name in PARTS and parts.get(name):
        return Finding(finding.level, PARTS[name], parts[name][0].number, "amount" if name != "indicators" else "weight", finding.refusal)
    if name == FACTOR:
        return Finding(finding.level, finding.sheet, finding.line, f"{FACTOR}.{CostFactor.Factor.values[0]}.unit_amount", finding.refusal)
    return finding


# --- keeping ---------------------------------------------------------------------------------------------------------


def kept(values: dict) -> dict:
    """The values as the staging table holds them: things by their key, sums and days as text."""
    return {name: plain(value.pk if isinstance(value, Project) or hasattr(value, "pk") else value) for name, value in values.items()}


def digest_of(kept_values: dict) -> str:
    return digest(canonical_json(kept_values))


def restored(kept_values: dict) -> dict:
    """The values of a row again, ready for the models; things stay keys (`leaf_id`)."""
    fields = {each.name: each for each in PlanItem._meta.concrete_fields}
    values: dict[str, Any] = {}
    for name, value in kept_values.items():
        if name in CHILDREN:
            values[name] = [_typed(CHILDREN[name], row) for row in value]
        elif fields[name].is_relation:
            values[fields[name].attname] = int(value) if value else None
        else:
            values[name] = fields[name].to_python(value)
    return values


def _typed(model, row: dict) -> dict:
    return {name: model._meta.get_field(name).to_python(value) for name, value in row.items()}


def total_of(values: dict) -> Decimal:
    return amount_of(PlanItem(**{name: values.get(name) for name in ("quantity", "unit_price", "periods")}))
