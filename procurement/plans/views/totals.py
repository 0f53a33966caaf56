"""The public page of what a region plans to buy in a year, with its workbook and its data (R1787-06)."""
from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal import clock
from portal.accounts.access import PUBLIC, audience
from portal.accounts.models import Region
from portal.money import in_figures
from portal.reports.workbook import CONTENT_TYPE, Column, render_xlsx
from procurement.plans import totals

COLUMNS = [
    Column("group", gettext_lazy("分类"), width=18), Column("label", gettext_lazy("项目"), width=44),
    Column("count", gettext_lazy("项目数"), "integer", 12), Column("amount", gettext_lazy("批准金额（元）"), "money", 22),
]  # fmt: skip


class TotalsForm(forms.Form):
    """Which year and region; the latest year and the whole installation where nothing is said."""

    year = forms.TypedChoiceField(label=gettext_lazy("年度"), coerce=int, required=False)
    region = forms.ModelChoiceField(
        label=gettext_lazy("地区"), queryset=Region.objects.all(), to_field_name="code", required=False,
        empty_label=gettext_lazy("全部地区"),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.years = totals.years() or [clock.today().year]
        self.fields["year"].choices = [(year, str(year)) for year in self.years]


def asked(request: HttpRequest) -> tuple[TotalsForm, totals.Totals]:
    form = TotalsForm(request.GET or None)
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    return form, totals.totals_of(given.get("year") or form.years[0], given.get("region"))


@audience(PUBLIC)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What is planned to be bought, by agency, catalogue branch and method; without sign-in."""
    form, found = asked(request)
    return render(request, "plans/totals.html", {
        "form": form, "totals": found, "query": request.GET.urlencode(), "region": found.region.name if found.region else _("全部地区"),
        "groups": [(title, lines) for _key, title, lines in found.groups],
        "breadcrumbs": [(_("首页"), "/"), (_("购买计划"), reverse("plans:list")), (_("年度汇总"), "")],
    })  # fmt: skip


@audience(PUBLIC)
@require_safe
def workbook(request: HttpRequest) -> HttpResponse:
    """The same three breakdowns as one table."""
    _form, found = asked(request)
    rows = [
        {"group": title, "label": line.label, "count": line.count, "amount": line.amount}
        for _key, title, lines in found.groups for line in lines
    ]
    total = {"group": _("合计"), "label": "", "count": found.count, "amount": found.amount}
    content = render_xlsx(COLUMNS, [*rows, total], title=_("购买计划汇总"), notes=[
        (_("年度"), found.year), (_("地区"), found.region.name if found.region else _("全部地区")),
        (_("政府购买服务预算"), in_figures(found.budget)), (_("数据时间"), clock.written(clock.now())),
    ])
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="plans-{found.year}.xlsx"'
    return response


@audience(PUBLIC)
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """The same as data; amounts are texts in yuan."""
    _form, found = asked(request)
    return JsonResponse({
        "year": found.year, "region": found.region.code if found.region else None, "plans": found.plans, "budget": f"{found.budget:.2f}",
        "count": found.count, "amount": f"{found.amount:.2f}",
        **{key: [{"label": line.label, "count": line.count, "amount": f"{line.amount:.2f}"} for line in lines]
           for key, _title, lines in found.groups},
    }, json_dumps_params={"ensure_ascii": False})  # fmt: skip
