"""Pages of the policy library: search, and one document with what it carries (S-13)."""
from __future__ import annotations

import django_filters
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from catalogue.models import CATALOGUE_BODIES, CatalogueItem, CatalogueVersion, Policy
from catalogue.workflow import POLICY
from portal import clock
from portal.accounts.access import PUBLIC, audience
from portal.audit.models import Entry
from portal.files.models import Document
from portal.templatetags.marks import day, state_badge
from portal.workflow import available_actions, creating_actions

IN_FORCE = [("PUBLISHED", gettext_lazy("有效")), ("ENDED", gettext_lazy("已失效"))]


class PolicyFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("名称、文号、发布机关、正文"), method="search")
    kind = django_filters.ChoiceFilter(label=gettext_lazy("类别"), choices=Policy.Kind.choices, empty_label=gettext_lazy("全部类别"))
    state = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=IN_FORCE, empty_label=gettext_lazy("全部状态"))

    class Meta:
        model = Policy
        fields = ["q", "kind", "state"]

    def search(self, queryset, name, value):
        words = Q(title__icontains=value) | Q(document_number__icontains=value) | Q(issuer__icontains=value)
        return queryset.filter(words | Q(text__icontains=value))


@audience(PUBLIC)
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """Every document the reader may see, newest first; finance takes a new one in here."""
    found = Policy.objects.visible_to(request.actor).exclude(state="DISCARDED").defer("text").order_by("-issued_on", "-id")
    filterset = PolicyFilter(request.GET, queryset=found)
    page = Paginator(filterset.qs, 25).get_page(request.GET.get("page"))
    return render(request, "catalogue/policies.html", {
        "title": _("政策文件"), "filter": filterset, "page": page,
        "intro": _("购买服务所依据的意见、目录、办法、通知和实施细则，可按名称、文号和正文查找。"),
        "breadcrumbs": [(_("指导性目录"), reverse("catalogue:tree")), (_("政策文件"), "")],
        "head": [
            _("名称"), _("状态"), {"label": _("类别"), "minor": True}, _("文号"), {"label": _("发布机关"), "minor": True},
            {"label": _("发布日期"), "minor": True},
        ],
        "rows": [{"url": each.get_absolute_url(), "cells": [
            each.title, state_badge({"actor": request.actor}, each), each.get_kind_display(), each.document_number, each.issuer,
            day(each.issued_on),
        ]} for each in page],
        "actions": [(action.label, action.url, True) for action in creating_actions(Policy, request.actor) if action.enabled],
    })  # fmt: skip


@audience(PUBLIC)
@require_safe
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    """One document: what it is, its words and papers, the rules it carries, the lines of the catalogue it bears on."""
    found = Policy.objects.visible_to(request.actor).select_related("supersedes", "region").filter(pk=pk).first()
    if found is None:
        raise Http404
    version = CatalogueVersion.objects.in_force(found.region, clock.today()).first()
    return render(request, "catalogue/policy.html", {
        "policy": found, "facts": facts_of(found, request.actor), "carried": found.carried,
        "actions": available_actions(found, request.actor) if request.actor.user else [],
        "lines": list(CatalogueItem.objects.filter(version=version, code__in=found.codes).order_by("place", "code")),
        "papers": list(Document.objects.of_subject(found).visible_to(request.actor)),
        "entries": list(Entry.objects.of_subject(POLICY.code, found.pk).order_by("-id")[:50])
        if request.actor.kind in CATALOGUE_BODIES else [],
        "breadcrumbs": [
            (_("指导性目录"), reverse("catalogue:tree")), (_("政策文件"), reverse("catalogue:policies")), (found.title, ""),
        ],
    })  # fmt: skip


def facts_of(policy: Policy, actor) -> list[tuple]:
    after = list(policy.successors.visible_to(actor).exclude(state="DISCARDED")[:5])
    return [
        (_("类别"), policy.get_kind_display()), (_("发布机关"), policy.issuer), (_("发布日期"), day(policy.issued_on)),
        (_("施行日期"), day(policy.valid_from)), (_("停止施行日期"), day(policy.valid_to) if policy.valid_to else ""),
        (_("适用范围"), policy.scope), (_("失效原因"), policy.ended_reason),
        (_("替代的文件"), _link(policy.supersedes) if policy.supersedes else ""),
        *((_("被它替代"), _link(each)) for each in after),
    ]


def _link(policy: Policy) -> str:
    return format_html('<a href="{}">{}</a>', policy.get_absolute_url(), str(policy))
