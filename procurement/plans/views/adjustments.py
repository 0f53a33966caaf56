"""Plan adjustments: the list of finance and agencies, and one of them with both versions side by side."""
from __future__ import annotations

import django_filters
from django.db.models import Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal.accounts.access import PUBLIC, SIGNED_IN, audience
from portal.accounts.models import Organisation
from portal.accounts.roles import OrganisationKind
from portal.audit.models import Entry
from portal.money import in_figures
from portal.paging import page_of
from portal.reports.workbook import CONTENT_TYPE, Column, render_xlsx
from portal.templatetags.marks import day, state_badge, yuan
from portal.workflow import available_actions
from procurement.plans import adjusting, visibility
from procurement.plans.forms.adjustments import ASK_REASONS
from procurement.plans.models import Adjustment

MOST_ROWS = 5_000
BESIDE = ("item", "project", "agency__region")
COLUMNS = [
    Column("number", gettext_lazy("编号"), width=28), Column("agency", gettext_lazy("购买主体"), width=26),
    Column("year", gettext_lazy("年度"), "integer", 8), Column("title", gettext_lazy("项目"), width=36),
    Column("kind", gettext_lazy("调整种类"), width=12), Column("before", gettext_lazy("调整前金额（元）"), "money"),
    Column("after", gettext_lazy("调整后金额（元）"), "money"), Column("what", gettext_lazy("调整内容"), width=60),
    Column("reason", gettext_lazy("调整理由"), width=40), Column("state", gettext_lazy("状态"), width=14),
    Column("applied", gettext_lazy("生效时间"), "moment"),
]  # fmt: skip


class AdjustmentFilter(django_filters.FilterSet):
    """Words, year, agency, kind and where they stand."""

    q = django_filters.CharFilter(label=gettext_lazy("项目名称、编号"), method="search", max_length=60)
    year = django_filters.NumberFilter(label=gettext_lazy("年度"), min_value=2014, max_value=2100)
    agency = django_filters.ModelChoiceFilter(
        label=gettext_lazy("购买主体"), queryset=Organisation.objects.none(), empty_label=gettext_lazy("全部单位")
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("种类"), choices=Adjustment.Kind.choices, empty_label=gettext_lazy("全部种类")
    )
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=Adjustment.State.choices, empty_label=gettext_lazy("全部状态")
    )

    class Meta:
        model = Adjustment
        fields = ["q", "year", "agency", "kind", "state"]

    def __init__(self, *args, actor, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        agencies = Organisation.objects.filter(kind=OrganisationKind.AGENCY, adjustments__in=Adjustment.objects.visible_to(actor))
        self.filters["agency"].queryset = agencies.distinct().order_by("name")

    def search(self, queryset, name, value):
        return queryset.filter(Q(item__title__icontains=value) | Q(project__number__icontains=value) | Q(agency__name__icontains=value))


def chosen(request: HttpRequest) -> AdjustmentFilter:
    """What the list shows by its filter, the newest first; the list and its workbook are the same. The government's own alone."""
    if visibility.official(request.actor) is None:
        raise Http404
    found = Adjustment.objects.visible_to(request.actor).select_related(*BESIDE).order_by("-id")
    return AdjustmentFilter(request.GET or None, queryset=found, actor=request.actor)


@audience(SIGNED_IN)
@require_safe
def adjustment_list(request: HttpRequest) -> HttpResponse:
    """Changes, additions and cancellations of approved plans: what waits for whom, and what the year came to (R-008)."""
    filterset = chosen(request)
    page = page_of(filterset.qs, request.GET.get("page"))
    sums = filterset.qs.order_by().filter(state=Adjustment.State.APPLIED).aggregate(before=Sum("amount_before"), after=Sum("amount_after"))
    net = (sums["after"] or 0) - (sums["before"] or 0)
    return render(request, "list.html", {
        "title": _("计划调整"), "filter": filterset, "page": page,
        "breadcrumbs": [(_("购买计划"), reverse("plans:list")), (_("计划调整"), "")],
        "intro": _("已批准的计划在年度中新增、调整和取消的项目，调整前后的内容都保留。"),
        "count_text": _("已生效的调整使计划净增 %(net)s 元") % {"net": signed(net)},
        "head": [_("项目"), _("状态"), {"label": _("种类"), "minor": True},
                 {"label": _("调整前"), "num": True, "unit": _("元"), "minor": True},
                 {"label": _("调整后"), "num": True, "unit": _("元")}, {"label": _("增减"), "num": True, "unit": _("元"), "minor": True},
                 {"label": _("购买主体"), "minor": True}, {"label": _("年度"), "num": True, "minor": True}],
        "rows": [{"url": each.get_absolute_url(), "cells": [
            named(each), state_badge({"actor": request.actor}, each), each.get_kind_display(), yuan(each.amount_before),
            yuan(each.amount_after), signed(each.difference), each.agency.name, each.year,
        ]} for each in page.object_list],
        "actions": [(_("下载 XLSX"), f"{reverse('plans:adjustments_workbook')}?{request.GET.urlencode()}")],
        "empty_title": _("还没有计划调整"), "empty_text": _("在已批准的计划项目页面上申请调整；新增和取消的项目也列在这里。"),
    })  # fmt: skip


def named(adjustment: Adjustment):
    return format_html('{}<span class="table__sub mono">{}</span>', adjustment.item.title, adjustment.number)


def signed(amount) -> str:
    """An increase with its plus, a decrease with its minus, nothing for none."""
    return f"{'+' if amount > 0 else '−'}{in_figures(abs(amount))}" if amount else "0.00"


@audience(SIGNED_IN)
@require_safe
def workbook(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered, as a workbook."""
    rows = [
        {"number": each.number, "agency": each.agency.name, "year": each.year, "title": each.item.title,
         "kind": str(each.get_kind_display()), "before": each.amount_before, "after": each.amount_after,
         "what": adjusting.summary_of(each), "reason": each.reason, "state": each.get_state_display(), "applied": each.applied_at}
        for each in chosen(request).qs[:MOST_ROWS]
    ]  # fmt: skip
    response = HttpResponse(render_xlsx(COLUMNS, rows, title=_("计划调整一览表")), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'attachment; filename="plan-adjustments.xlsx"'
    return response


@audience(PUBLIC)
@require_safe
def adjustment(request: HttpRequest, pk: int) -> HttpResponse:
    """One adjustment: before and after side by side, only what changes; everybody reads what was published of a plan (R-008)."""
    visible = Adjustment.objects.visible_to(request.actor).select_related(*BESIDE, "item__plan", "reviewed_by", "applied_by")
    found = visible.filter(pk=pk).first()
    if found is None:
        raise Http404
    official = visibility.official(request.actor) is not None
    changes = adjusting.changes_of(found) if official else adjusting.public_changes_of(found)
    return render(request, "plans/adjustment.html", {
        "adjustment": found, "official": official, "changes": changes, "actions": available_actions(found, request.actor),
        "meta": [found.number, found.agency.name, found.year], "facts": facts_of(found, official=official),
        "entries": Entry.objects.of_subject("plans.adjustment", found.pk).order_by("-id")[:50] if official else [],
        "breadcrumbs": crumbs(found, official=official),
    })  # fmt: skip


def crumbs(adjustment: Adjustment, *, official: bool) -> list:
    way = [(_("购买计划"), reverse("plans:list"))]
    if official:
        way.append((_("计划调整"), reverse("plans:adjustments")))
    elif adjustment.item.plan:
        way.append((str(adjustment.item.plan), adjustment.item.plan.get_absolute_url()))
    return [*way, (str(adjustment), "")]


def facts_of(adjustment: Adjustment, *, official: bool) -> list[tuple]:
    """Money before and after, why, on which paper, who decided."""
    item = format_html('<a href="{}">{}</a>', adjustment.item.get_absolute_url(), adjustment.item.title)
    found = [
        (_("计划项目"), item), (_("调整种类"), adjustment.get_kind_display()), (_("调整前金额（元）"), yuan(adjustment.amount_before)),
        (_("调整后金额（元）"), yuan(adjustment.amount_after)), (_("增减（元）"), signed(adjustment.difference)),
        (_("生效日期"), day(adjustment.applied_at) if adjustment.applied_at else ""),
    ]  # fmt: skip
    if not official:
        return found
    return [
        *found, (_("理由类别"), dict(ASK_REASONS).get(adjustment.reason_code, "")), (_("调整理由"), adjustment.reason),
        (_("批准"), _("财政审核，财政负责人批准") if adjustment.by_head else _("财政审核")), (_("审核意见"), adjustment.opinion),
        (_("审核人"), adjustment.reviewed_by.name if adjustment.reviewed_by else ""), (_("议定文件"), adjustment.document),
    ]
