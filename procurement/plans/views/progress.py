"""How far the agencies of a region are with their plans: not begun, being compiled, handed in (L2.1, R-001, S-22)."""
from __future__ import annotations

import django_filters
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal import clock
from portal.accounts.access import audience
from portal.accounts.models import Organisation
from portal.paging import page_of
from portal.templatetags.marks import badge, moment, state_badge, yuan
from procurement.plans import rules
from procurement.plans.models import Plan
from procurement.plans.progress import COMPILING, HANDED_IN, MISSING, WATCHING, agencies_of, plans_of

STANDINGS = {
    "missing": (gettext_lazy("未编报"), MISSING), "compiling": (gettext_lazy("已编未报送"), COMPILING),
    "handed_in": (gettext_lazy("已报送"), HANDED_IN),
}  # fmt: skip


class ProgressFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("单位"), field_name="name", lookup_expr="icontains")
    year = django_filters.NumberFilter(label=gettext_lazy("计划年度"), method="of_year")
    standing = django_filters.ChoiceFilter(
        label=gettext_lazy("编报情况"), method="stands", choices=[(key, label) for key, (label, _condition) in STANDINGS.items()],
        empty_label=gettext_lazy("全部单位"),
    )

    class Meta:
        model = Organisation
        fields = ["q", "year", "standing"]

    def of_year(self, queryset, name, value):
        return queryset  # the view has looked at the plans of that year

    def stands(self, queryset, name, value):
        return queryset.filter(STANDINGS[value][1])


def progress_link(actor) -> list[tuple]:
    """The way here, for those who watch over the plans of a region."""
    return [(_("编报进度"), reverse("plans:progress"), False)] if actor.has(*WATCHING) else []


@audience(*WATCHING)
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Every agency of the reader's region with its plan of one year, what is wanting first."""
    year = _year(request.GET.get("year", ""))
    agencies = agencies_of(request.actor, year)
    filterset = ProgressFilter(request.GET or {"year": year}, queryset=agencies)
    page = page_of(filterset.qs, request.GET.get("page"))
    plans = plans_of(page.object_list, year)
    counts = agencies.order_by().aggregate(
        **{f"{key}_count": Count("pk", filter=condition) for key, (_label, condition) in STANDINGS.items()}
    )
    is_late = clock.now() >= rules.cut_off(year)
    return render(request, "list.html", {
        "title": _("%(year)s 年度计划编报进度") % {"year": year}, "filter": filterset, "page": page,
        "intro": _(
            "未编报 %(missing_count)s 个单位，已编未报送 %(compiling_count)s 个，已报送 %(handed_in_count)s 个；%(last)s 二十四时截止。"
        )
        % {**counts, "last": rules.last_day(year)},
        "breadcrumbs": [(_("购买计划"), reverse("plans:list")), (_("编报进度"), "")],
        "head": [_("购买主体"), _("状态"), {"label": _("项目"), "num": True, "minor": True},
                 {"label": _("申报金额"), "num": True, "unit": _("元")}, _("报送时间")],
        "rows": [_row(agency, plans.get(agency.pk), request.actor, is_late) for agency in page.object_list],
        "empty_title": _("没有这样的单位"), "empty_text": _("本地区设有计划编制人的单位列在这里。"),
    })  # fmt: skip


def _year(given: str) -> int:
    return int(given) if given.isdecimal() and 2014 <= int(given) <= 2100 else clock.today().year + 1


def _row(agency: Organisation, plan: Plan | None, actor, is_late: bool) -> dict:
    mark = "late" if is_late and not (plan and plan.submitted_at) else ""
    if plan is None:
        return {"cells": [agency.name, badge(_("未编报"), "warn"), "—", "—", "—"], "mark": mark}
    return {
        "url": plan.get_absolute_url(), "mark": mark,
        "cells": [agency.name, state_badge({"actor": actor}, plan), plan.item_count, yuan(plan.asked or 0), moment(plan.submitted_at)],
    }
