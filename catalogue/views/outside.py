"""Pages of what the catalogue lacks: the list, and one request."""
from __future__ import annotations

import django_filters
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from catalogue.forms.outside import linked_to
from catalogue.models import OutOfCatalogueRequest
from catalogue.presenting import labels_of, shown
from catalogue.scope import answers_of
from catalogue.workflow import OUT_OF_CATALOGUE
from portal import clock
from portal.accounts.access import audience
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.templatetags.marks import day, state_badge, yuan
from portal.workdays.verbs import clocks_of
from portal.workflow import available_actions, creating_actions

#: Who has to do with what the catalogue lacks.
READERS = (
    Role.PLANNER, Role.OFFICER, Role.HEAD, Role.DEPARTMENT, Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.BUDGET_OFFICER,
    Role.ESTABLISHMENT_REVIEWER, Role.HUMAN_RESOURCES_REVIEWER, Role.MEETING_SECRETARY, Role.CONVENER, Role.AUDITOR,
)  # fmt: skip


class RequestFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("事项、单位、备案编号"), method="search")
    year = django_filters.NumberFilter(label=gettext_lazy("年度"))
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=OutOfCatalogueRequest.State.choices, empty_label=gettext_lazy("全部状态")
    )

    class Meta:
        model = OutOfCatalogueRequest
        fields = ["q", "year", "state"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(title__icontains=value) | Q(agency__name__icontains=value) | Q(number__icontains=value))


@audience(*READERS)
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Everything outside the catalogue that the reader may see, counted by where it stands (S-19)."""
    found = OutOfCatalogueRequest.objects.visible_to(request.actor)
    filterset = RequestFilter(request.GET, queryset=found.select_related("agency").order_by("-year", "-id"))
    page = Paginator(filterset.qs, 25).get_page(request.GET.get("page"))
    counts = found.aggregate(
        waiting=Count("pk", filter=Q(state="SUBMITTED")), filed=Count("pk", filter=Q(state="FILED")),
        adopted=Count("pk", filter=Q(state="ADOPTED")), hard=Count("pk", filter=Q(hard_to_price=True, state__in=["SUBMITTED", "FILED"])),
    )
    return render(request, "catalogue/outside_list.html", {
        "title": _("目录外事项"), "filter": filterset, "page": page, "counts": counts,
        "intro": _("目录不能涵盖、确需购买的服务，先报财政部门审核备案，不套用其他编码；备案的事项是下一版目录的候选。"),
        "breadcrumbs": [(_("指导性目录"), reverse("catalogue:tree")), (_("目录外事项"), "")],
        "head": [
            _("事项"), {"label": _("购买主体"), "minor": True}, {"label": _("年度"), "num": True, "minor": True}, _("状态"),
            {"label": _("预计金额"), "num": True, "unit": _("元")}, {"label": _("备案编号"), "minor": True},
        ],
        "rows": [{"url": each.get_absolute_url(), "cells": [
            each.title, each.agency.name, each.year, state_badge({"actor": request.actor}, each),
            _("难以核定") if each.amount is None and each.hard_to_price else yuan(each.amount), each.number,
        ]} for each in page],
        "actions": [
            (action.label, action.url, True) for action in creating_actions(OutOfCatalogueRequest, request.actor) if action.enabled
        ],
    })  # fmt: skip


@audience(*READERS)
@require_safe
def outside(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: the need, the nearest leaves, the six answers, the words found, what others said, what can be done."""
    found = (
        OutOfCatalogueRequest.objects.visible_to(request.actor)
        .select_related("agency__region", "candidate_version", "adopted_leaf", "linked").filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    return render(request, "catalogue/outside.html", {
        "request_": found, "actions": available_actions(found, request.actor), "light": light_of(found),
        "meta": [found.number, found.agency.name, str(found.year)], "facts": facts_of(found), "opinions": opinions_of(found),
        "nearest": list(found.nearest.select_related("leaf")), "answers": answers_of(found),
        "wording": shown(found.texts, labels_of(found), found.wording),
        "linked": list(linked_to(found).visible_to(request.actor)),
        "entries": list(Entry.objects.of_subject(OUT_OF_CATALOGUE.code, found.pk).order_by("-id")[:50]),
        "breadcrumbs": [
            (_("指导性目录"), reverse("catalogue:tree")), (_("目录外事项"), reverse("catalogue:outside")), (found.title, ""),
        ],
    })


def light_of(request: OutOfCatalogueRequest) -> tuple[str, str] | None:
    """Colour and words of the review's legal clock."""
    running = clocks_of(request).order_by("-id").first()
    if running is None:
        return None
    shown = running.light(clock.now())
    return str(shown.colour), shown.words


def facts_of(request: OutOfCatalogueRequest) -> list[tuple]:
    return [
        (_("类别"), request.get_kind_display()), (_("服务内容"), request.content),
        (_("确需购买的理由"), request.need), (_("职责依据"), request.duty_basis),
        (_("价格测算说明"), request.pricing_note), (_("价格难以核定"), _("是") if request.hard_to_price else ""),
        (_("备案编号"), request.number), (_("备案有效期至"), day(request.lapses_at) if request.number else ""),
    ]


def opinions_of(request: OutOfCatalogueRequest) -> list[tuple]:
    """The words of establishment office and finance, and where the need goes next."""
    confirmed = {None: "", True: _("属于职责"), False: _("不属于职责")}[request.duty_confirmed]
    leaf, version = request.adopted_leaf, request.candidate_version
    rows = [
        (_("机构编制部门"), f"{confirmed}：{request.duty_opinion}" if confirmed else ""), (_("财政审核意见"), request.review_opinion),
        (_("放行的用语"), "、".join(request.wording_cleared)), (_("用语放行理由"), request.wording_reason),
        (_("申请核对用语的说明"), request.wording_question), (_("决定理由"), request.decision_reason),
        (_("拟纳入的版本"), f"{version.title}（{request.candidate_code}）" if version and not leaf else ""),
        (_("纳入后的条目"), format_html('<a href="{}">{}</a>', leaf.get_absolute_url(), leaf) if leaf else ""),
    ]
    return [(label, value) for label, value in rows if value]
