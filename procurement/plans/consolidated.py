"""The plans of a whole region, agency by agency, as a register and as a workbook (S-25, R-101)."""
from __future__ import annotations

from decimal import Decimal
from itertools import groupby

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from portal import clock
from portal.money import ZERO, in_figures
from portal.reports.pdf import render_pdf
from portal.reports.registry import ReportResult, report
from portal.reports.runner import NotInScope
from portal.reports.workbook import CONTENT_TYPE, Column, render_xlsx
from portal.workflow.inputs import ActInputs

from .models import PlanItem
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


def rows_of(actor, year: int) -> list[dict]:
    """Every item of the year that the actor's region has sent to review, agency by agency; one query."""
    items = (
        PlanItem.objects.visible_to(actor).filter(year=year, agency__region__path__startswith=actor.region_path).exclude(state__in=DEAD)
        .select_related("agency", "project", "leaf", "filed_request").order_by("agency__name", "id")
    )
    return [
        {"agency": item.agency.name, "number": item.project.number if item.project else "", "title": item.title,
         "leaf": item.catalogue_words, "method": str(item.get_method_display()), "term": item.term_months, "asked": item.amount,
         "granted": item.approved_amount, "state": str(item.get_state_display())}
        for item in items
    ]  # fmt: skip


def data_of(rows: list[dict]) -> dict:
    """The rows by agency with their sums, and the sum of all."""
    agencies = [
        {"agency": name, "items": [_shown(row) for row in own], **_sums(own)}
        for name, own in ((name, list(group)) for name, group in groupby(rows, key=lambda row: row["agency"]))
    ]
    return {"agencies": agencies, "count": len(rows), **_sums(rows)}


def _sums(rows: list[dict]) -> dict[str, str]:
    granted: Decimal = sum((row["granted"] or ZERO for row in rows), ZERO)
    return {"asked": in_figures(sum((row["asked"] for row in rows), ZERO)), "granted": in_figures(granted)}


def _shown(row: dict) -> dict:
    return {**row, "asked": in_figures(row["asked"]), "granted": in_figures(row["granted"]) if row["granted"] else "—"}


@report("region_plan", title=_("地区年度购买计划汇总"), form=RegionForm, allowed=lambda actor: actor.has(*WATCHING),
        hint=_("本地区全部单位报送的计划项目，按单位分列并合计；可选 PDF 或 XLSX。"))
def build_region(job, progress) -> ReportResult:
    """The consolidated plan of the requester's region for one year, as PDF or XLSX (S-25, R-101)."""
    year, actor = int(job.parameters["year"]), job.actor
    rows = rows_of(actor, year)
    if not rows:
        raise NotInScope(NOTHING)
    progress(1, 3)
    region = actor.organisation.region.name
    title = f"{region}{year}年度政府购买服务计划汇总表"
    if job.parameters.get("form") == "xlsx":
        total = {"agency": "合计", "asked": sum((row["asked"] for row in rows), ZERO),
                 "granted": sum((row["granted"] or ZERO for row in rows), ZERO)}  # fmt: skip
        notes = [("范围", region), ("年度", str(year)), ("数据时间", job.as_of.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M"))]
        content = render_xlsx(COLUMNS, [*rows, total], title=title, notes=notes)
        return ReportResult(filename=f"{title}.xlsx", content=content, content_type=CONTENT_TYPE, rows=len(rows))
    rendered = render_pdf(
        "plans/paper/region.html", {"heading": title, "scope": region, "portrait": False, "data_time": job.as_of}, title=title,
        data=data_of(rows),
    )
    return ReportResult.of(rendered, filename=f"{title}.pdf", title=title, rows=len(rows))
