"""The list of contracts, one contract, and the form its officer completes it with."""
from __future__ import annotations

import django_filters
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.accounts.access import audience
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.files.models import Document
from portal.notices.models import Notice
from portal.paging import page_of
from portal.templatetags.marks import day, state_badge, yuan
from portal.workdays.verbs import clocks_of
from portal.workflow import Act, NotYours, Refused, available_actions, begun_from, perform
from portal.workflow.engine import may
from portal.workflow.inputs import inputs_form
from procurement.contracts.guards.contract import PROPOSE
from procurement.contracts.models import Acceptance, Contract, Filing, Inspection, SupplierReport
from procurement.contracts.presenting import board
from procurement.contracts.workflow import CONTRACT

READERS = (
    Role.OFFICER, Role.PLANNER, Role.ACCEPTOR, Role.PAYER, Role.PROJECT_OFFICER, Role.HEAD, Role.DEPARTMENT,
    Role.REVIEWER_PROCUREMENT, Role.REVIEWER_FINANCE, Role.REVIEWER_BUSINESS, Role.REVIEWER_SUPERVISION, Role.FINANCE_OFFICER,
    Role.FINANCE_HEAD, Role.BUDGET_OFFICER, Role.AUDITOR, Role.SUPPLIER_OFFICER, Role.SUPPLIER_HEAD, Role.EVALUATOR,
    Role.EVALUATOR_HEAD, Role.EXPERT,
)  # fmt: skip
RELATED = ("agency__region", "supplier", "project", "project_officer", "tender", "award")
#: The form of the contract in the order its officer thinks in: heading, names of fields.
PARTS = (
    (gettext_lazy("期限与地点"), ("title", "starts_on", "ends_on", "place")),
    (gettext_lazy("超过一年的五项条件"), ("budget_guaranteed", "content_fixed", "continuous", "funding_stable", "price_stable")),
    (gettext_lazy("合同条款"), ("clauses", "no_transfer", "no_guarantee", "subcontracting")),
    (gettext_lazy("付款与保证金"), ("gates", "payee_bank", "payee_account", "bond_percent", "bond_terms")),
    (gettext_lazy("履约监督"), ("project_officer", "inspection_cadence", "report_cadence")),
    (gettext_lazy("验收方案六项"), (
        "acceptance_body", "acceptance_time", "acceptance_manner", "acceptance_procedure", "acceptance_content",
        "acceptance_standard", "interim_acceptance_on", "optional", "reduction_terms")),
)  # fmt: skip


class ContractFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("合同、项目、单位"), method="search")
    state = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=Contract.State.choices, empty_label=gettext_lazy("全部状态"))
    year = django_filters.NumberFilter(label=gettext_lazy("起始年度"), field_name="starts_on__year")

    class Meta:
        model = Contract
        fields = ["q", "state", "year"]

    def search(self, queryset, name, value):
        return queryset.filter(matching(value))


def matching(query: str) -> Q:
    return (
        Q(number__icontains=query) | Q(title__icontains=query) | Q(project__number__icontains=query)
        | Q(supplier__name__icontains=query) | Q(agency__name__icontains=query)
    )


def contract_for(actor, pk: int) -> Contract:
    found = Contract.objects.visible_to(actor).select_related(*RELATED).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def crumbs(contract: Contract | None, *last) -> list:
    way = [(_("合同履约"), reverse("contracts:list"))]
    if contract is not None:
        way.append((contract.number, contract.get_absolute_url() if last else ""))
    return [*way, *last]


@audience(*READERS)
@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    """Contracts the reader may see, the newest first."""
    found = Contract.objects.visible_to(request.actor).select_related("agency", "supplier", "project").order_by("-id")
    filterset = ContractFilter(request.GET or None, queryset=found)
    page = page_of(filterset.qs, request.GET.get("page"))
    return render(request, "list.html", {
        "title": _("合同履约"), "intro": _("从中标通知书发出到最后一笔款项付清。"), "filter": filterset, "page": page,
        "caption": _("合同"), "breadcrumbs": [(_("合同履约"), "")],
        "head": [_("合同"), _("状态"), {"label": _("承接主体"), "minor": True}, {"label": _("购买主体"), "minor": True},
                 {"label": _("金额"), "num": True, "unit": _("元")}, {"label": _("履行期限"), "minor": True}],
        "rows": [{"url": each.get_absolute_url(), "cells": [
            each.title, state_badge({"actor": request.actor}, each), each.supplier.name, each.agency.name, yuan(each.amount),
            _("%(start)s 至 %(end)s") % {"start": day(each.starts_on), "end": day(each.ends_on)} if each.starts_on else "",
        ]} for each in page.object_list],
        "empty_title": _("还没有合同"), "empty_text": _("中标结果公告后，合同草稿自动列在这里。"),
    })  # fmt: skip


@audience(*READERS)
@require_safe
def contract(request: HttpRequest, pk: int) -> HttpResponse:
    """One contract: what was promised, what was done, what is owed, by whom, until when."""
    found = contract_for(request.actor, pk)
    actor, filing = request.actor, Filing.objects.filter(contract=found).first()
    actions = [*available_actions(found, actor), *begun_from(found, actor), *(available_actions(filing, actor) if filing else ())]
    reports = list(SupplierReport.objects.visible_to(actor).filter(contract=found).order_by("number"))
    acceptances = list(Acceptance.objects.visible_to(actor).filter(contract=found))
    inspections = list(Inspection.objects.visible_to(actor).filter(contract=found).select_related("recorded_by")[:8])
    for thing in [*reports, *inspections, *acceptances]:
        actions += available_actions(thing, actor)
    moment = clock.now()
    clocks = list(clocks_of(project=found.project).live()[:12])
    return render(request, "contracts/contract.html", {
        "contract": found, "filing": filing, "actions": sorted(actions, key=lambda action: (not action.enabled, not action.primary)),
        "board": board(found, actor), "terms": list(found.payment_terms.all()), "clauses": list(found.clauses.all()),
        "reports": reports, "inspections": inspections, "acceptances": acceptances,
        "inspection_count": Inspection.objects.visible_to(actor).filter(contract=found).count(),
        "documents": Document.objects.visible_to(actor).of_subject(found),
        "notices": list(Notice.objects.public().of_subject(found)), "can_log": actor.has(Role.SUPPLIER_OFFICER) and found.is_running,
        "can_visit": actor.has(Role.PROJECT_OFFICER) and found.is_running, "can_plan_visit": actor.has(Role.HEAD) and found.is_running,
        "lights": [{"clock": each, "light": each.light(moment)} for each in clocks],
        "entries": list(Entry.objects.of_subject("contracts.contract", found.pk).order_by("-id")[:30]),
        "breadcrumbs": crumbs(found),
    })  # fmt: skip


@audience(Role.OFFICER)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Complete the contract; save, then read everything that still stands against sending it to the head (S-172)."""
    found = contract_for(request.actor, pk)
    row, posted, refusals = CONTRACT["edit"], request.method == "POST", []
    if not may(row, found, request.actor):
        raise NotYours
    form = inputs_form(row, subject=found, actor=request.actor, data=request.POST if posted else None)
    if posted and form.is_valid():
        try:
            perform(found, "edit", actor=request.actor, **form.cleaned_data)
            messages.success(request, _("合同草稿已保存。"))
            return redirect(found.get_absolute_url() if "leave" in request.POST else request.path)
        except Refused as refused:
            refusals = refused.refusals
    missing = []
    if not posted:
        act = Act(row=CONTRACT["propose"], lifecycle=CONTRACT, actor=request.actor, now=clock.now())
        missing = [refusal for guard in PROPOSE for refusal in guard(found, act)]
    parts = [
        {"heading": heading, "fields": [form[name] for name in names if name in form.fields],
         "missing": [refusal for refusal in missing if refusal.field in names]}
        for heading, names in PARTS
    ]
    return render(request, "contracts/edit.html", {
        "contract": found, "form": form, "parts": parts, "refusals": refusals, "missing": missing,
        "breadcrumbs": crumbs(found, (_("填写合同"), "")),
    }, status=(409 if refusals else 422) if posted else 200)  # fmt: skip
