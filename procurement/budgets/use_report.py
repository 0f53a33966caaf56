"""The use of a year's budget as an official paper and as a workbook (S-27, R-101)."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from portal import clock
from portal.accounts.roles import OrganisationKind, Role
from portal.money import in_figures_wan
from portal.reports.pdf import render_pdf
from portal.reports.registry import ReportResult, report
from portal.reports.runner import NotInScope
from portal.reports.workbook import CONTENT_TYPE, Column, render_xlsx
from portal.workflow.inputs import ActInputs

from .use import SUMS, By, counted, groups, told, totals

WHO = (Role.PLANNER, Role.HEAD, Role.DEPARTMENT, Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.BUDGET_OFFICER, Role.AUDITOR)
NOTHING = gettext_noop("这个年度还没有下达的预算。")
PARTS = (By.AGENCY, By.SOURCE, By.BRANCH)
COLUMNS = [
    Column("by", _("汇总方式"), width=14), Column("name", _("名称"), width=36),
    Column("allocated", _("下达（元）"), "money"), Column("reserved", _("已预留（元）"), "money"),
    Column("committed", _("已占用（元）"), "money"), Column("paid", _("已支付（元）"), "money"), Column("free", _("可用（元）"), "money"),
    Column("share", _("已使用（%）"), "money", 12),
]  # fmt: skip


class UseForm(ActInputs):
    year = forms.IntegerField(label=_("年度"), min_value=2004, max_value=2100)
    form = forms.ChoiceField(label=_("格式"), choices=[("pdf", "PDF"), ("xlsx", "XLSX")], initial="pdf")

    def prepare(self) -> None:
        self.fields["year"].initial = clock.today().year


def data_of(actor, year: int) -> dict:
    """The sums of a year by agency, source and branch, and of all; five queries. Money in yuan."""
    lines = counted(actor).filter(year=year)
    parts = [{"by": str(by.label), "rows": [told(row, by) for row in groups(lines, by)]} for by in PARTS]
    return {"year": year, "parts": parts, "total": totals(lines), "count": lines.count()}


def _printed(data: dict) -> dict:
    """Amounts in ten thousand yuan, as official tables give them."""
    def shown(row: dict) -> dict:
        return {"name": row.get("name", ""), "share": f"{row['share']}", **{name: in_figures_wan(row[name]) for name in (*SUMS, "free")}}

    parts = [{**part, "rows": [shown(row) for row in part["rows"]]} for part in data["parts"]]
    return {**data, "parts": parts, "total": shown(data["total"])}


@report("budget_use", title=_("预算执行情况表"), form=UseForm, allowed=lambda actor: actor.has(*WHO),
        hint=_("按单位、资金来源和目录类别汇总一个年度的下达、预留、占用、支付和可用数；可选 PDF 或 XLSX。"))
def build_use(job, progress) -> ReportResult:
    """The use of one year's budget as far as the requester sees it, as an official paper or a workbook (S-27, R-101)."""
    year, organisation = int(job.parameters["year"]), job.actor.organisation
    data = data_of(job.actor, year)
    if not data["count"]:
        raise NotInScope(NOTHING)
    progress(1, 3)
    scope = organisation.name if organisation.kind == OrganisationKind.AGENCY else organisation.region.name
    title = f"{scope}{year}年度政府购买服务预算执行情况"
    rows = [row for part in data["parts"] for row in part["rows"]]
    if job.parameters.get("form") == "xlsx":
        listed = [{**row, "by": part["by"]} for part in data["parts"] for row in part["rows"]]
        notes = [("范围", scope), ("年度", str(year)), ("数据时间", job.as_of.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M"))]
        content = render_xlsx(COLUMNS, [*listed, {**data["total"], "by": "合计", "name": "合计"}], title=title, notes=notes)
        return ReportResult(filename=f"{title}.xlsx", content=content, content_type=CONTENT_TYPE, rows=len(rows), title=title)
    context = {"heading": title, "issuer": organisation.name, "issued_on": job.as_of, "as_of": job.as_of}
    rendered = render_pdf("budgets/paper/use.html", context, title=title, data=_printed(data))
    return ReportResult.of(rendered, filename=f"{title}.pdf", title=title, rows=len(rows))
