"""The portfolio of a year on paper and as a workbook (W-04)."""
from __future__ import annotations

from dataclasses import asdict

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from portal import clock
from portal.reports.pdf import render_pdf
from portal.reports.registry import ReportResult, report
from portal.reports.runner import NotInScope
from portal.reports.workbook import CONTENT_TYPE, render_xlsx
from portal.workflow.inputs import ActInputs

from .portfolio import READERS, Line, portfolio
from .portfolio_rows import COLUMNS, listed, rows_of

NOTHING = gettext_noop("这个年度还没有项目。")


class PortfolioForm(ActInputs):
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2004, max_value=2100)
    form = forms.ChoiceField(label=gettext_lazy("格式"), choices=[("pdf", "PDF"), ("xlsx", "XLSX")], initial="pdf")

    def prepare(self) -> None:
        self.fields["year"].initial = clock.today().year


@report("portfolio", title=gettext_lazy("年度项目组合"), form=PortfolioForm, allowed=lambda actor: actor.has(*READERS),
        hint=gettext_lazy("一个年度的预算、合同、支付和执行率，按地区、目录类别、购买方式和进展汇总，并列下年预算；PDF 为汇总表，"
                          "XLSX 为逐个项目。"))
def build_portfolio(job, progress) -> ReportResult:
    """A year's portfolio: the sums as a landscape register, or every project as a workbook."""
    year, actor = int(job.parameters["year"]), job.actor
    found = portfolio(actor, year)
    if not found.total.count:
        raise NotInScope(NOTHING)
    progress(1, 3)
    region = actor.organisation.region.name
    title = _("%(region)s %(year)s 年政府购买服务项目组合") % {"region": region, "year": year}
    if job.parameters.get("form") == "xlsx":
        rows = rows_of(listed(actor, year))
        total = {"region": _("合计"), **{name: getattr(found.total, name) for name in ("planned", "agreed", "paid")},
                 "rate": f"{found.total.rate} %" if found.total.rate is not None else "",
                 "coming": sum((row["coming"] for row in rows if row["coming"]), 0)}  # fmt: skip
        notes = [(_("范围"), region), (_("年度"), str(year)),
                 (_("数据时间"), job.as_of.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")),
                 (_("下年预算（元）"), _("本表只列接续项目的下年预算；下年全部项目见 PDF 汇总表。"))]  # fmt: skip
        content = render_xlsx(COLUMNS, [*rows, total], title=title, notes=notes)
        return ReportResult(filename=f"portfolio-{year}.xlsx", content=content, content_type=CONTENT_TYPE, rows=len(rows), title=title)
    data = {
        "year": year, "after": year + 1, "total": shown(found.total),
        "groups": [{"title": name, "rows": [shown(line) for line in lines]} for name, lines in found.named],
    }
    rendered = render_pdf(
        "workbench/paper/portfolio.html", {"heading": title, "scope": region, "portrait": False, "data_time": job.as_of}, title=title,
        data=data,
    )
    return ReportResult.of(rendered, filename=f"portfolio-{year}.pdf", title=title, rows=found.total.count)


def shown(line: Line) -> dict:
    """A line with what is worked out from it."""
    return {**asdict(line), "rate": line.rate, "growth": line.growth if line.coming_count else None, "unpaid": line.unpaid}
