"""Pages of suppliers: the list for departments, the page of one, the way of a supplier to its own."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.models import RecommendedEntry
from portal import clock
from portal.accounts.access import audience
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.templatetags.marks import day, state_badge, yuan
from portal.workflow import available_actions, creating_actions

from .conditions import PROOFS, Condition
from .filters import SupplierFilter
from .models import Evidence, RelatedPerson, Supplier
from .workflow import EVIDENCE, SUPPLIER

WATCHERS = (Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.BUDGET_OFFICER, Role.REGISTRAR, Role.AUDITOR)
OWN = (Role.SUPPLIER_OFFICER, Role.SUPPLIER_HEAD)


@audience(*WATCHERS)
@require_safe
def suppliers(request: HttpRequest) -> HttpResponse:
    """The suppliers of the reader's region, with how many of the seven conditions are proved."""
    found = SupplierFilter(request.GET, queryset=(
        Supplier.objects.visible_to(request.actor).select_related("organisation__region").order_by("organisation__name", "id")
        .with_progress(clock.today())
    ))
    page = Paginator(found.qs, 25).get_page(request.GET.get("page"))
    return render(request, "list.html", {
        "title": _("承接主体"), "intro": _("注册不是门槛：已注册的都可以投标，资格在每个项目里审查。"), "filter": found, "page": page,
        "breadcrumbs": [(_("承接主体"), "")],
        "head": [
            _("名称"), _("状态"), {"label": _("类型"), "minor": True}, {"label": _("规模"), "minor": True},
            {"label": _("条件"), "num": True}, {"label": _("待核材料"), "num": True, "minor": True},
            {"label": _("年度确认"), "num": True, "minor": True},
        ],
        "rows": [{"url": supplier.get_absolute_url(), "mark": "yours" if supplier.waiting else "", "cells": [
            str(supplier), state_badge({"actor": request.actor}, supplier), supplier.get_type_display(),
            supplier.get_size_display() or "—", f"{supplier.met}/{len(Condition)}", supplier.waiting or "—",
            supplier.confirmed_year or "—",
        ]} for supplier in page],
        "count_text": _("%(count)s 个") % {"count": page.paginator.count},
        "empty_title": _("没有符合条件的承接主体"), "empty_text": _("承接主体自行注册后会列在这里。"),
    })


@audience(*OWN)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """A supplier's own page, or the registration where there is none yet."""
    own = Supplier.objects.of(request.actor.organisation)
    if own:
        return redirect(own)
    action = next(iter(creating_actions(Supplier, request.actor)), None)
    if action is None:
        raise Http404
    return redirect(action.url)


@dataclass(frozen=True, slots=True)
class Proof:
    """One of the seven conditions with its papers, as the page shows it."""

    condition: Condition
    papers: list
    met: bool
    upload_url: str

    @property
    def usual(self):
        return PROOFS[self.condition]


@audience(*WATCHERS, *OWN)
@require_safe
def supplier(request: HttpRequest, pk: int) -> HttpResponse:
    """What is known of one supplier: standing, seven conditions with papers, people, results, record."""
    found = (
        Supplier.objects.visible_to(request.actor).select_related("organisation__region").filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    proofs = proofs_of(found, request.actor)
    entries = Entry.objects.filter(
        Q(lifecycle=SUPPLIER.code, subject=str(found.pk))
        | Q(lifecycle=EVIDENCE.code, subject__in=[str(paper.pk) for proof in proofs for paper, _acts in proof.papers])
    ).order_by("-id")[:60]
    return render(request, "suppliers/supplier.html", {
        "supplier": found, "meta": [found.code, found.get_type_display()], "facts": facts_of(found),
        "proofs": proofs, "met": sum(proof.met for proof in proofs),
        "conditions": len(Condition), "actions": available_actions(found, request.actor),
        "people": list(RelatedPerson.objects.visible_to(request.actor).filter(supplier=found)),
        "recommended": list(
            RecommendedEntry.objects.naming(found.code, clock.today()).select_related("catalogue")
            .order_by("-catalogue_id", "position")[:10]
        ),
        "outcomes": list(found.outcomes.all()[:25]), "entries": list(entries),
        "breadcrumbs": [(_("承接主体"), reverse("suppliers:list") if request.actor.has(*WATCHERS) else ""), (str(found), "")],
    })


def proofs_of(supplier: Supplier, actor) -> list[Proof]:
    """The seven conditions in their order, each with its papers, newest first, and what may be done to them."""
    papers: dict[str, list] = {}
    for paper in supplier.evidence.select_related("document", "supplier__organisation__region").order_by("-id")[:100]:
        papers.setdefault(paper.condition, []).append((paper, available_actions(paper, actor)))
    upload = next((action.url for action in creating_actions(Evidence, actor) if action.enabled), "")
    missing = set(supplier.conditions_open(clock.today()))
    return [
        Proof(condition, papers.get(condition, []), condition not in missing, f"{upload}?condition={condition}" if upload else "")
        for condition in Condition
    ]


def facts_of(supplier: Supplier) -> list[tuple]:
    """The registration in lines."""
    return [
        (_("统一社会信用代码"), supplier.code), (_("类型"), supplier.get_type_display()),
        (_("登记管理机关"), f"{supplier.authority_name}（{supplier.get_authority_display()}）"),
        (_("成立登记日期"), day(supplier.registered_on)), (_("法定代表人（负责人）"), supplier.legal_representative),
        (_("所属行业"), supplier.industry), (_("企业规模"), supplier.get_size_display()),
        (_("从业人员（人）"), supplier.staff), (_("上年营业收入（元）"), yuan(supplier.revenue)),
        (_("上年末资产总额（元）"), yuan(supplier.assets)), (_("开户银行"), supplier.bank_name),
        (_("银行账号"), supplier.bank_account), (_("联系人"), f"{supplier.contact} {supplier.phone}"),
        (_("地址"), supplier.address), (_("最近年度确认"), supplier.confirmed_year),
        (_("确认有效至"), day(supplier.lapses_at - timedelta(days=1)) if supplier.lapses_at else ""),
    ]


