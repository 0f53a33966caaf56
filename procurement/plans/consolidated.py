"""The plans of a whole region, agency by agency, as a register and as a workbook (S-25, R-101)."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from catalogue.methods import Method
from portal import clock
from portal.money import ZERO, in_figures
from portal.reports.parts import render_register
from portal.reports.registry import ReportResult, report
from portal.reports.runner import NotInScope
from portal.reports.workbook import CONTENT_TYPE, Column, render_xlsx
from portal.workflow.inputs import ActInputs

from .models import PlanItem
from .models.item import words_outside
from .progress import WATCHING

DEAD = ("DRAFTED", "WITHDRAWN", "CANCELLED", "LAPSED")
NOTHING = gettext_noop("这个年度还没有报送的计划项目。")
COLUMNS = [
    Column("agency", _("购买主体"), width=24), Column("number", _("项目编号"), width=22), Column("title", _("项目"), width=36),
    Column("leaf", _("目录项"), width=26), Column("method", _("拟采购方式")), Column("term", _("期限（月）"), "integer", 10),
    Column("asked", _("申报金额（元）"), "money"), Column("granted", _("批准金额（元）"), "money"), Column("state", _("状态"), width=14),
]  # fmt: skip


class RegionForm(ActInputs):
    year = forms.IntegerField(label=_("计划年度"), min_value=2014, max_value=2100)
    form = forms.ChoiceField(label=_("格式"), choices=[("pdf", "PDF"), ("xlsx", "XLSX")], initial="pdf")

    def prepare(self) -> None:
        self.fields["year"].initial = clock.today().year + 1


#: The columns of an item that a line tells; of thousands of items no text is read that nobody sees.
TOLD = ("title", "method", "term_months", "amount", "approved_amount", "state", "agency__name", "project__number", "leaf__code",
        "leaf__name", "filed_request__title", "filed_request__number")  # fmt: skip
PAPER = "plans/paper/region.html"
AT_ONCE = 2_000  # items that are read at once
LINES = 2  # of the record, that an item is as high as


def items_of(actor, year: int) -> QuerySet[PlanItem]:
    """Every item of the year that the actor's region has sent to review, agency by agency."""
    found = PlanItem.objects.visible_to(actor).filter(year=year, agency__region__path__startswith=actor.region_path)
    return found.exclude(state__in=DEAD).order_by("agency__name", "agency", "id")


def rows_of(items: QuerySet[PlanItem]) -> Iterator[dict]:
    """What is told of each item, amounts in yuan; one query, read as it is needed."""
    methods, states = ({key: str(label) for key, label in choices} for choices in (Method.choices, PlanItem.State.choices))
    for row in items.values(*TOLD).iterator(AT_ONCE):
        yield {
            "agency": row["agency__name"], "number": row["project__number"] or "", "title": row["title"], "leaf": leaf_words(row),
            "method": methods.get(row["method"], row["method"]), "term": row["term_months"], "asked": row["amount"],
            "granted": row["approved_amount"], "state": states[row["state"]],
        }  # fmt: skip


def leaf_words(row: dict) -> str:
    """What an item rests on, as `PlanItem.catalogue_words` says it, from the columns that are read."""
    if row["leaf__code"] is not None:
        return f"{row['leaf__code']} {row['leaf__name']}"
    return words_outside(row["filed_request__title"], row["filed_request__number"]) if row["filed_request__number"] else ""


def data_of(rows: Iterable[dict]) -> dict:
    """Under a line for each agency with its sums its items, as they are printed; and the sums of all."""
    printed: list[dict] = []
    asked, granted, count = ZERO, ZERO, 0
    for name, group in groupby(rows, key=lambda row: row["agency"]):
        own = list(group)
        sums = _sums(own)
        printed += [{"agency": name, "count": len(own), **_in_figures(sums)}, *map(_shown, own)]
        asked, granted, count = asked + sums["asked"], granted + sums["granted"], count + len(own)
    return {"rows": printed, "count": count, **_in_figures({"asked": asked, "granted": granted})}


def _sums(rows: list[dict]) -> dict[str, Decimal]:
    return {name: sum((row[name] or ZERO for row in rows), ZERO) for name in ("asked", "granted")}


def _in_figures(sums: dict[str, Decimal]) -> dict[str, str]:
    return {name: in_figures(amount) for name, amount in sums.items()}


def _shown(row: dict) -> dict:
    return {**row, "asked": in_figures(row["asked"]), "granted": in_figures(row["granted"]) if row["granted"] else "—"}


def with_total(rows: Iterable[dict]) -> Iterator[dict]:
    """The rows, and after the last what they come to."""
    asked, granted = ZERO, ZERO
    for row in rows:
        asked, granted = asked + row["asked"], granted + (row["granted"] or ZERO)
        yield row
    yield {"agency": "合计", "asked": asked, "granted": granted}


@report("region_plan", title=_("地区年度购买计划汇总"), form=RegionForm, allowed=lambda actor: actor.has(*WATCHING),
        hint=_("本地区全部单位报送的计划项目，按单位分列并合计；可选 PDF 或 XLSX。"))
def build_region(job, progress) -> ReportResult:
    """The consolidated plan of the requester's region for one year, as PDF or XLSX (S-25, R-101)."""
    year, actor = int(job.parameters["year"]), job.actor
    items = items_of(actor, year)
    count = items.count()
    if not count:
        raise NotInScope(NOTHING)
    progress(5, 100)
    region = actor.organisation.region.name
    title = f"{region}{year}年度政府购买服务计划汇总表"
    if job.parameters.get("form") == "xlsx":
        notes = [("范围", region), ("年度", str(year)), ("数据时间", job.as_of.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M"))]
        content = render_xlsx(COLUMNS, with_total(rows_of(items)), title=title, notes=notes)
        return ReportResult(filename=f"{title}.xlsx", content=content, content_type=CONTENT_TYPE, rows=count)
    rendered = render_register(
        PAPER, {"heading": title, "scope": region, "portrait": False, "data_time": job.as_of}, title=title, data=data_of(rows_of(items)),
        progress=progress, span=(10, 95), height=LINES,
    )
    return ReportResult.of(rendered, filename=f"{title}.pdf", title=title, rows=count)
