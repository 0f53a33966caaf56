"""The ceilings of next year as a workbook and for programs (D-01)."""
from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from evaluation.schemes.models import Grade
from portal import clock
from portal.accounts.actor import Actor
from portal.accounts.roles import Role
from portal.reports.registry import ReportResult, report
from portal.reports.runner import NotInScope
from portal.reports.workbook import CONTENT_TYPE, Column, render_xlsx
from portal.workflow.inputs import ActInputs

from .next_year import Totals, contracts_of, rows_of, standing_of, table_in_force, totals_of, words_of

#: Who prepares and oversees next year's budgets.
NEXT_YEAR_READERS = (
    Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.BUDGET_OFFICER, Role.AUDITOR, Role.MEETING_SECRETARY, Role.CONVENER,
)  # fmt: skip
NOTHING = gettext_noop("这个年度没有履行中或者已结束的合同。")
COLUMNS = [
    Column("agency", gettext_lazy("购买主体"), width=26), Column("project", gettext_lazy("项目编号"), width=24),
    Column("title", gettext_lazy("项目"), width=34), Column("supplier", gettext_lazy("承接主体"), width=26),
    Column("yearly", gettext_lazy("全年合同额（元）"), "money"), Column("result", gettext_lazy("评价编号"), width=22),
    Column("score", gettext_lazy("得分"), width=8), Column("grade", gettext_lazy("等次"), width=8),
    Column("satisfaction", gettext_lazy("满意度（%）"), width=10), Column("rule", gettext_lazy("规则编号"), width=10),
    Column("words", gettext_lazy("适用规则"), width=40), Column("ceiling", gettext_lazy("下年上限（元）"), "money"),
    Column("standing", gettext_lazy("应用"), width=10), Column("asked", gettext_lazy("下年申报（元）"), "money"),
    Column("above", gettext_lazy("超上限"), width=8),
]  # fmt: skip


def lines_of(actor: Actor, year: int) -> tuple[list[dict[str, Any]], Totals]:
    """Every contract of the year with what its result gives by the table in force, and the totals; money in yuan."""
    table = table_in_force(actor.organisation.region, clock.today())
    contracts = contracts_of(actor, year)
    rows = [
        {
            "agency": row.contract.agency.name, "project": row.contract.project.number, "title": row.contract.title,
            "supplier": row.contract.supplier.name, "yearly": row.yearly, "result": row.assessment.number if row.assessment else "",
            "score": str(row.assessment.score) if row.assessment else "", "grade": str(Grade(row.grade).label) if row.grade else "",
            "satisfaction": str(row.outcome.satisfaction) if row.outcome and row.outcome.satisfaction is not None else "",
            "rule": row.rule, "words": words_of(row, table), "ceiling": row.ceiling, "standing": standing_of(row), "asked": row.asked,
            "above": _("是") if row.above else "", "closed": row.closed,
        }
        for row in rows_of(contracts, table, table, year)
    ]  # fmt: skip
    return rows, totals_of(contracts, table, table)


class NextYearForm(ActInputs):
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2004, max_value=2100)

    def prepare(self) -> None:
        self.fields["year"].initial = clock.today().year


@report("next-year", title=gettext_lazy("下年上限测算"), form=NextYearForm, allowed=lambda actor: actor.has(*NEXT_YEAR_READERS),
        hint=gettext_lazy("一个年度的合同按评价等次得出的下年预算上限，逐项注明结果和规则（XLSX）。"))
def build_next_year(job, progress) -> ReportResult:
    """The ceilings that the year's results give for the next, contract by contract, as a workbook (D-01, S-97)."""
    year = int(job.parameters["year"])
    rows, totals = lines_of(job.actor, year)
    if not rows:
        raise NotInScope(NOTHING)
    progress(1, 2)
    title = _("%(year)s 年合同的下年上限测算") % {"year": year}
    notes = [
        (_("范围"), job.actor.organisation.region.name), (_("年度"), str(year)),
        (_("数据时间"), job.as_of.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")),
        (_("有评价结果"), f"{totals.evaluated} / {totals.count}"),
    ]  # fmt: skip
    foot = {"agency": _("合计"), "yearly": totals.yearly, "ceiling": totals.ceiling}
    content = render_xlsx(COLUMNS, [*rows, foot], title=title, notes=notes)
    return ReportResult(filename=f"next-year-{year}.xlsx", content=content, content_type=CONTENT_TYPE, rows=len(rows), title=title)
