"""How the budget is used: sums that open the lines behind them, and the entries behind those."""
from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal import clock
from portal.accounts.access import audience
from portal.money import ZERO
from portal.paging import page_of
from portal.reports.registry import report_kind
from portal.rules.register import cite
from portal.templatetags.marks import moment, yuan
from procurement.plans.models import PlanItem
from procurement.plans.splitting import Splitting, signs_among

from .filters import LedgerFilter, UseFilter
from .models import BudgetLine, Posting
from .use import By, counted, groups, told, totals
from .views import READERS

#: A column of sums, and the bucket whose entries make it: what came from outside is allocated.
COLUMNS = (("allocated", "OUTSIDE"), ("reserved", "RESERVED"), ("committed", "COMMITTED"), ("paid", "PAID"), ("free", "FREE"))
NAMED = {
    By.AGENCY: gettext_lazy("单位"), By.SOURCE: gettext_lazy("来源"), By.BRANCH: gettext_lazy("目录类别"), By.YEAR: gettext_lazy("年度"),
}  # fmt: skip
KEPT = ("q", "source", "branch", "agency")  # filters that go along into what is behind a figure


@audience(*READERS)
@require_safe
def use(request: HttpRequest) -> HttpResponse:
    """Allocated, reserved, committed, paid and free; each figure opens the entries behind it, each name the lines."""
    filterset = UseFilter(request.GET, queryset=counted(request.actor))
    page = page_of(groups(filterset.qs, filterset.dimension), request.GET.get("page"))
    rows = [told(row, filterset.dimension) for row in page.object_list]
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    for row in rows:
        chosen = {**kept, "year": row["year"], filterset.dimension.value: row["key"]}
        row["url"] = f"{reverse('budgets:list')}?{urlencode(chosen)}"
        row["figures"] = [
            (name, row[name], f"{reverse('budgets:ledger')}?{urlencode({**chosen, 'bucket': bucket})}") for name, bucket in COLUMNS
        ]
    total = totals(filterset.qs)
    asked = filterset.form.cleaned_data if filterset.is_valid() else {}
    kind = report_kind("budget_use")
    return render(request, "budgets/use.html", {
        "rows": rows, "page": page, "filter": filterset, "total": total, "splitting_rule": cite("R-GP-08"),
        "signs": signs_of(request.actor, int(asked.get("year") or clock.today().year), asked.get("agency")),
        "total_figures": [(name, total[name]) for name, _bucket in COLUMNS], "named": NAMED[filterset.dimension],
        "by_year": filterset.dimension == By.YEAR,
        "report_url": reverse("reports:new", args=[kind.code]) if kind.allowed(request.actor) else "",
        "breadcrumbs": [(_("预算"), reverse("budgets:list")), (_("预算执行"), "")],
    })  # fmt: skip


def signs_of(actor, year: int, agency) -> list[Splitting]:
    """Purchases of the year that look like one cut into several, as far as the reader sees them (R-GP-08)."""
    items = PlanItem.objects.visible_to(actor).filter(year=year)
    return signs_among(items.filter(agency=int(agency)) if agency else items)


@audience(*READERS)
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The entries behind a figure, newest first; where one bucket is asked for, what came in less what went out."""
    visible = Posting.objects.visible_to(request.actor)
    filterset = LedgerFilter(request.GET, queryset=visible)
    bucket = filterset.form.cleaned_data.get("bucket") if filterset.is_valid() else ""
    related = filterset.qs.select_related("line__agency", "encumbrance__project").order_by("-id")
    page = page_of(related, request.GET.get("page"))
    return render(request, "list.html", {
        "title": _("资金台账"), "caption": _("资金台账"), "page": page, "filter": filterset, "actions": [],
        "empty_url": "", "empty_label": "",
        "count_text": _balance(filterset.qs, bucket) if bucket else "", "intro": _("只增不改，错账用反向记账更正"),
        "breadcrumbs": [(_("预算"), reverse("budgets:list")), (_("预算执行"), reverse("budgets:use")), (_("资金台账"), "")],
        "head": [
            _("时间"), _("指标"), {"label": _("单位"), "minor": True}, _("由 → 至"), {"label": _("金额"), "num": True, "unit": _("元")},
            {"label": _("项目"), "minor": True}, {"label": _("凭据"), "minor": True},
        ],
        "rows": [[
            moment(posting.posted_at), line_link(posting.line), posting.line.agency.name,
            f"{posting.get_source_bucket_display()} → {posting.get_target_bucket_display()}", yuan(posting.amount),
            held_link(posting), posting.reference or "—",
        ] for posting in page.object_list],
        "empty_title": _("没有这样的记账"), "empty_text": _("指标下达即记第一笔。"),
    })  # fmt: skip


def _balance(postings, bucket: str) -> str:
    """What these entries leave in a bucket: for money from outside, what was allocated."""
    inflow = postings.order_by().filter(target_bucket=bucket).aggregate(total=Sum("amount"))["total"] or ZERO
    outflow = postings.order_by().filter(source_bucket=bucket).aggregate(total=Sum("amount"))["total"] or ZERO
    left = outflow - inflow if bucket == Posting.Bucket.OUTSIDE else inflow - outflow
    label = BudgetLine._meta.get_field("allocated").verbose_name if bucket == Posting.Bucket.OUTSIDE else Posting.Bucket(bucket).label
    return _("%(bucket)s：净额 %(amount)s 元") % {"bucket": label, "amount": yuan(left)}


def line_link(line: BudgetLine) -> str:
    return format_html('<a href="{}">{}</a>', line.get_absolute_url(), line.number)


def held_link(posting: Posting) -> str:
    held = posting.encumbrance
    return format_html('<a href="{}">{}</a>', held.get_absolute_url(), held.project.number) if held else "—"
