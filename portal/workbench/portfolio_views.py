"""The portfolio of a year for those who oversee all purchases of a region (W-04, S-10)."""
from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal import clock
from portal.accounts.access import audience
from portal.paging import page_of
from portal.templatetags.marks import state_badge, wan, yuan

from .portfolio import READERS, Line, portfolio, years_of
from .portfolio_rows import listed, rows_of


@audience(*READERS)
@require_safe
def year_portfolio(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """One year in sums and project by project; without a year the latest that has any."""
    years = years_of(request.actor)
    chosen = year or next((each for each in years if each <= clock.today().year), years[0] if years else clock.today().year)
    if year is not None and year not in years:
        raise Http404
    found = portfolio(request.actor, chosen)
    page = page_of(listed(request.actor, chosen), request.GET.get("page"))
    return render(request, "workbench/portfolio.html", {
        "portfolio": found, "years": years, "groups": [
            (title, head(title, chosen), [shown(line) for line in lines]) for title, lines in found.named
        ],
        "foot": shown(found.total), "steps": steps(found.total, chosen), "page": page,
        "projects_head": PROJECTS, "projects": [line_of(row, request.actor) for row in rows_of(page.object_list)],
        "papers": [(label, f"{reverse('reports:new', args=['portfolio'])}?year={chosen}&form={form}")
                   for form, label in (("pdf", "PDF"), ("xlsx", "XLSX"))],
        "breadcrumbs": [(_("工作台"), reverse("workbench:home")), (_("年度项目组合"), "")],
    })  # fmt: skip


def head(title: str, year: int) -> list:
    """Columns of a group; money in 万元."""
    def sums(label: str, minor: bool = False) -> dict:
        return {"label": label, "num": True, "unit": _("万元"), "minor": minor}

    def counted(label: str) -> dict:
        return {"label": label, "num": True, "minor": True}

    after = {"year": year + 1}
    return [
        title, counted(_("项目")), sums(_("预算")), sums(_("合同")), sums(_("已支付")), {"label": _("执行率"), "num": True},
        counted(_("%(year)s 年项目") % after), sums(_("%(year)s 年预算") % after, minor=True), counted(_("占比")), counted(_("增长")),
    ]  # fmt: skip


def shown(line: Line) -> list[str]:
    """One group as cells."""
    return [
        line.name, str(line.count), wan(line.planned), wan(line.agreed), wan(line.paid), percent(line.rate),
        *((str(line.coming_count), wan(line.coming), percent(line.share)) if line.coming_count else ("—", "—", "—")),
        percent(line.growth if line.coming_count else None),
    ]  # fmt: skip


def percent(value) -> str:
    return "—" if value is None else f"{value} %"


def steps(total: Line, year: int) -> list[dict]:
    """Budget → contract → payment → next year's budget."""
    return [
        {"name": _("预算"), "amount": total.planned, "note": _("%(count)s 个项目") % {"count": total.count}},
        {"name": _("合同"), "amount": total.agreed,
         "note": _("%(count)s 个已签约，%(open)s 个尚未签约") % {"count": total.signed, "open": total.open}},
        {"name": _("已支付"), "amount": total.paid,
         "note": _("执行率 %(rate)s，未付 %(unpaid)s 元") % {"rate": percent(total.rate), "unpaid": yuan(total.unpaid)}},
        {"name": _("%(year)s 年预算") % {"year": year + 1}, "amount": total.coming,
         "note": _("%(count)s 个项目，比本年 %(growth)s") % {"count": total.coming_count, "growth": percent(total.growth)}
            if total.coming_count else _("还没有批准的项目")},
    ]  # fmt: skip


_YUAN = gettext_lazy("元")
PROJECTS = [
    gettext_lazy("项目"), {"label": gettext_lazy("购买主体"), "minor": True}, {"label": gettext_lazy("购买方式"), "minor": True},
    gettext_lazy("进展"), {"label": gettext_lazy("预算"), "num": True, "unit": _YUAN},
    {"label": gettext_lazy("合同"), "num": True, "unit": _YUAN, "minor": True},
    {"label": gettext_lazy("已支付"), "num": True, "unit": _YUAN}, {"label": gettext_lazy("执行率"), "num": True, "minor": True},
    {"label": gettext_lazy("下年预算"), "num": True, "unit": _YUAN, "minor": True},
]  # fmt: skip


def line_of(row: dict, actor) -> dict:
    project = row["project"]
    return {"url": project.get_absolute_url(), "cells": [
        project.title, project.agency.short_name or project.agency.name, row["way"], state_badge({"actor": actor}, project),
        yuan(row["planned"]), yuan(row["agreed"]), yuan(row["paid"]), row["rate"] or "—", yuan(row["coming"]),
    ]}  # fmt: skip
