"""What evaluation means for next year: the ceilings of a year's projects, other percents tried, and the rule table (D-01)."""
from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from evaluation.assessments.forms_next_year import GATES, WITHOUT, TableForm, TryForm, values_of
from evaluation.assessments.next_year import (
    SETTINGS,
    Row,
    Table,
    contracts_of,
    rows_of,
    standing_of,
    table_in_force,
    totals_of,
    tried,
    words_of,
)
from evaluation.assessments.next_year_files import NEXT_YEAR_READERS
from evaluation.assessments.verbs.next_year import decide_table
from portal import clock
from portal.accounts.access import audience
from portal.accounts.roles import Role
from portal.paging import page_of
from portal.rules.jurisdiction import decisions_for, declared
from portal.templatetags.marks import day, yuan
from portal.workflow import Refused

EARLIEST, LATEST = 2004, 2100


@audience(*NEXT_YEAR_READERS)
@require_safe
def next_year(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """Every contract that ran in the year: price, grade, satisfaction, the rule that applies and the ceiling it gives."""
    chosen = year or clock.today().year
    if not EARLIEST <= chosen <= LATEST:
        raise Http404
    table = table_in_force(request.actor.organisation.region, clock.today())
    form = TryForm(request.GET) if request.GET.keys() & TryForm.base_fields.keys() else TryForm()
    other = tried(table, form.percents()) if form.is_bound else table
    contracts = contracts_of(request.actor, chosen)
    page = page_of(contracts, request.GET.get("page"))
    totals = totals_of(contracts, table, other)
    return render(request, "assessments/next_year.html", {
        "year": chosen, "after": chosen + 1, "before": chosen - 1, "table": shown_table(table), "form": form, "trying": other != table,
        "totals": totals, "page": page, "head": head(chosen, other != table), "rows": [
            cells_of(row, table, other != table) for row in rows_of(page.object_list, table, other, chosen)
        ],
        "foot": foot(totals, other != table),
        "paper": f"{reverse('reports:new', args=['next-year'])}?year={chosen}",
        "may_decide": request.actor.has(Role.FINANCE_HEAD),
        "breadcrumbs": [(_("绩效评价"), reverse("assessments:list")), (_("下年上限测算"), "")],
    })  # fmt: skip


def head(year: int, trying: bool) -> list:
    """Columns; the tried ceiling only while something is tried."""
    return [
        _("项目"), {"label": _("购买主体"), "minor": True}, {"label": _("全年合同额"), "num": True, "unit": _("元")},
        {"label": _("得分"), "num": True, "minor": True}, {"label": _("满意度"), "num": True, "minor": True}, _("适用规则"),
        {"label": _("%(year)s 年上限") % {"year": year + 1}, "num": True, "unit": _("元")},
        *([{"label": _("试算上限"), "num": True, "unit": _("元")}] if trying else []), {"label": _("应用"), "minor": True},
        {"label": _("%(year)s 年申报") % {"year": year + 1}, "num": True, "unit": _("元"), "minor": True},
    ]  # fmt: skip


def cells_of(row: Row, table: Table, trying: bool) -> dict:
    """One contract as a line; marked where next year's item asks for more than its ceiling."""
    satisfaction = row.outcome.satisfaction if row.outcome else None
    return {"url": row.assessment.get_absolute_url() if row.assessment else row.contract.project.get_absolute_url(),
            "mark": "late" if row.above else "", "cells": [
        row.contract.title, row.contract.agency.short_name or row.contract.agency.name, yuan(row.yearly),
        row.assessment.score if row.assessment else "—", "—" if satisfaction is None else f"{satisfaction} %",
        f"{row.rule} {words_of(row, table)}", yuan(row.ceiling), *([yuan(row.tried)] if trying else []), standing_of(row) or "—",
        _("%(amount)s（超上限）") % {"amount": yuan(row.asked)} if row.above else yuan(row.asked),
    ]}  # fmt: skip


def foot(totals, trying: bool) -> list[str]:
    return [_("合计"), "", yuan(totals.yearly), "", "", "", yuan(totals.ceiling), *([yuan(totals.tried)] if trying else []), "", ""]


#: What a choice of a setting is called.
CHOICES = {"gate_grade": dict(GATES), "unevaluated_predecessor": dict(WITHOUT)}


def shown_value(name: str, value) -> str:
    return str(CHOICES[name].get(value, value)) if name in CHOICES else f"{value} %"


def shown_table(table: Table) -> list[tuple]:
    """Each setting with its rule and its value."""
    return [(declared()[name].label, declared()[name].rule_id, shown_value(name, value)) for name, value in values_of(table).items()]


HISTORY = [
    gettext_lazy("规则"), gettext_lazy("取值"), gettext_lazy("生效日期"), gettext_lazy("依据"),
    {"label": gettext_lazy("理由"), "minor": True}, {"label": gettext_lazy("录入人"), "minor": True},
    {"label": gettext_lazy("录入时间"), "minor": True},
]  # fmt: skip


@audience(*NEXT_YEAR_READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """The rule table with every decision on it; the head of finance decides anew."""
    actor, region = request.actor, request.actor.organisation.region
    may_decide, refusals = actor.has(Role.FINANCE_HEAD), []
    form = TableForm(request.POST if request.method == "POST" else None, actor=actor)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        paper = {name: given.pop(name) for name in ("valid_from", "source", "reason")}
        try:
            decide_table(actor=actor, values=given, **paper)
            messages.success(request, _("已设定，自生效日期起施行。"))
            return redirect("assessments:next-year-rules")
        except Refused as refused:
            refusals = refused.refusals
    return render(request, "assessments/next_year_rules.html", {
        "form": form, "refusals": refusals, "table": shown_table(table_in_force(region, clock.today())), "may_decide": may_decide,
        "region": region, "head": HISTORY, "tried": request.method == "POST", "rows": [
            [declared()[row.name].label, shown_value(row.name, row.value), day(row.valid_from), row.source, row.reason,
             row.decided_by.name if row.decided_by else "—", day(row.decided_at) if row.decided_at else "—"]
            for row in decisions_for(region) if row.name in SETTINGS
        ],
        "breadcrumbs": [
            (_("绩效评价"), reverse("assessments:list")), (_("下年上限测算"), reverse("assessments:next-year")), (_("规则表"), ""),
        ],
    }, status=409 if refusals else 422 if request.method == "POST" else 200)  # fmt: skip
