"""Pages of shared costs: the list, and one cost with what each party owes, has brought, holds and has paid."""
from __future__ import annotations

from decimal import Decimal

from django.core.paginator import Paginator
from django.db.models import Prefetch, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.access import audience
from portal.audit.models import Entry
from portal.money import ZERO
from portal.templatetags.marks import state_badge, yuan
from portal.workflow import available_actions, creating_actions

from .models import Share, Sharing
from .views import READERS


@audience(*READERS)
@require_safe
def sharings(request: HttpRequest) -> HttpResponse:
    """Shared costs, newest first: who bears how much of what, and what is still missing (S-98, S-99)."""
    visible = Sharing.objects.visible_to(request.actor).select_related("item__agency")
    found = visible.annotate(received=Sum("shares__received")).order_by("-year", "-id")
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    acts = creating_actions(Sharing, request.actor)
    return render(request, "list.html", {
        "title": _("分级负担"), "caption": _("分级负担方案"), "empty_url": "", "empty_label": "", "count_text": "", "filter": None,
        "page": page, "breadcrumbs": [(_("预算"), reverse("budgets:list")), (_("分级负担"), "")],
        "intro": _("省、市、县按比例分担一个项目一年的费用，各方之和与总额分毫不差。"),
        "head": [
            _("项目"), _("单位"), _("状态"), _("比例"), {"label": _("总额"), "num": True, "unit": _("元"), "minor": False},
            {"label": _("已到位"), "num": True, "unit": _("元"), "minor": True},
        ],
        "rows": [{"url": row.get_absolute_url(), "cells": [
            f"{row.item.title} {row.year}", str(row.item.agency), state_badge({"actor": request.actor}, row), row.ratio.replace(":", "∶"),
            yuan(row.amount), yuan(row.received or ZERO),
        ]} for row in page.object_list],
        "foot": None, "actions": [(action.label, action.url, number == 0) for number, action in enumerate(acts)],
        "empty_title": _("还没有分级负担方案"), "empty_text": _("项目批准后，由单位计划人员或财政预算人员按分担文件拟定。"),
    })  # fmt: skip


@audience(*READERS)
@require_safe
def sharing(request: HttpRequest, pk: int) -> HttpResponse:
    """One shared cost: the parts, exact to the fen, each with what came in and what was paid from it."""
    shares = Share.objects.select_related("line__carried_to__carried_to", "region").prefetch_related("receipts").order_by("order")
    visible = Sharing.objects.visible_to(request.actor).select_related("item__agency__region", "item__project")
    found = visible.prefetch_related(Prefetch("shares", shares)).filter(pk=pk).first()
    if found is None:
        raise Http404
    parts = list(found.shares.all())
    return render(request, "budgets/sharing.html", {
        "sharing": found, "meta": [found.ratio.replace(":", "∶"), found.item.agency.name, found.year],
        "actions": available_actions(found, request.actor), "parts": parts, "total": totals(parts),
        "receipts": [receipt for part in parts for receipt in part.receipts.all()],
        "entries": Entry.objects.of_subject("budgets.sharing", found.pk).order_by("-id")[:50],
        "facts": [
            (_("项目"), found.item), (_("年度"), found.year), (_("分担依据文号"), found.document),
            (_("支出功能分类"), found.function_class), (_("支出经济分类"), found.economic_class),
        ],
        "breadcrumbs": [(_("预算"), reverse("budgets:list")), (_("分级负担"), reverse("budgets:sharings")), (str(found), "")],
    })  # fmt: skip


def totals(parts: list[Share]) -> dict[str, Decimal]:
    """The foot of the table: what all parties owe, have brought and have paid, in yuan."""
    return {
        "amount": sum((part.amount for part in parts), ZERO), "received": sum((part.received for part in parts), ZERO),
        "allocated": sum((part.line.allocated for part in parts if part.line_id), ZERO),
        "paid": sum((part.paid for part in parts), ZERO),
    }  # fmt: skip
