"""Pages of payment: the list, and one request with its computation, tiers, papers and clocks."""
from __future__ import annotations

from datetime import timedelta

import django_filters
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal import clock
from portal.accounts.access import audience
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.files.models import Document
from portal.paging import page_of
from portal.rules.constants import constant
from portal.templatetags.marks import day, state_badge, yuan
from portal.workdays import clocks_of
from portal.workflow import available_actions, creating_actions

from .models import PaymentRequest
from .rules import late_interest
from .verbs import computation_of

READERS = (
    Role.OFFICER, Role.PLANNER, Role.ACCEPTOR, Role.PAYER, Role.PROJECT_OFFICER, Role.HEAD, Role.DEPARTMENT, Role.REVIEWER_FINANCE,
    Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.BUDGET_OFFICER, Role.AUDITOR, Role.SUPPLIER_OFFICER, Role.SUPPLIER_HEAD,
)  # fmt: skip
State = PaymentRequest.State
#: Whose turn it is in each state.
TURN = {
    State.DRAFTED: gettext_lazy("等承接主体负责人提交"), State.SUBMITTED: gettext_lazy("等购买主体支付经办人核定"),
    State.CONFIRMED: gettext_lazy("等单位负责人批准"), State.APPROVED: gettext_lazy("等财政经办人审核"),
    State.REVIEWED: gettext_lazy("等预算国库经办人签发支付令"), State.ORDERED: gettext_lazy("等国库支付凭证"),
    State.SENT_BACK: gettext_lazy("等退回的一方更正"), State.RETURNED: gettext_lazy("等更正账户后重新办理"),
}  # fmt: skip


class PaymentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("编号、合同、单位、发票"), method="search")
    state = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=State.choices, empty_label=gettext_lazy("全部状态"))
    year = django_filters.NumberFilter(label=gettext_lazy("预算年度"), field_name="term__year")

    class Meta:
        model = PaymentRequest
        fields = ["q", "state", "year"]

    def search(self, queryset, name, value):
        return queryset.filter(matching(value))


def matching(query: str) -> Q:
    return (
        Q(number__icontains=query) | Q(contract__number__icontains=query) | Q(contract__title__icontains=query)
        | Q(contract__supplier__name__icontains=query) | Q(invoice_number__iexact=query.strip())
    )


def waiting_for(actor) -> Q:
    """The requests on which this actor's next step lies, for the mark in the list."""
    steps = {
        Role.SUPPLIER_HEAD: (State.DRAFTED, State.SENT_BACK, State.RETURNED), Role.PAYER: (State.SUBMITTED, State.SENT_BACK),
        Role.HEAD: (State.CONFIRMED,), Role.FINANCE_OFFICER: (State.APPROVED,), Role.BUDGET_OFFICER: (State.REVIEWED, State.ORDERED),
    }
    return Q(state__in=[state for role, states in steps.items() if actor.has(role) for state in states])


@audience(*READERS)
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Payment requests in scope, newest first; those that wait for the reader are marked."""
    queryset = PaymentRequest.objects.visible_to(request.actor).with_names().order_by("-id")
    filterset = PaymentFilter(request.GET, queryset=queryset)
    page = page_of(filterset.qs, request.GET.get("page"))
    mine = set(queryset.filter(waiting_for(request.actor), pk__in=[row.pk for row in page.object_list]).values_list("pk", flat=True))
    creating = creating_actions(PaymentRequest, request.actor)
    return render(request, "list.html", {
        "title": _("资金支付"), "filter": filterset, "page": page, "breadcrumbs": [(_("资金支付"), "")],
        "intro": _("承接主体申请，单位核定、批准，财政审核、签发支付令，四步由四人办理。"),
        "head": [_("支付申请"), {"label": _("承接主体"), "minor": True}, _("状态"), {"label": _("金额"), "num": True, "unit": _("元")},
                 {"label": _("支付日期"), "minor": True}],
        "rows": [{"url": row.get_absolute_url(), "mark": "yours" if row.pk in mine else "", "cells": [
            f"{row.contract.title} {row.term.name}", row.contract.supplier.name, state_badge({"actor": request.actor}, row),
            yuan(row.amount if row.amount is not None else row.term.amount), day(row.paid_on) if row.paid_on else "—",
        ]} for row in page.object_list],
        "actions": [(action.label, action.url, True) for action in creating],
        "empty_title": _("还没有支付申请"), "empty_text": _("合同约定的付款条件具备后自动开列。"),
    })  # fmt: skip


@audience(*READERS)
@require_safe
def payment_request(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what it comes to and why, who bears it, which step it stands at."""
    related = ("confirmed_by", "approved_by", "reviewed_by", "ordered_by")
    found = PaymentRequest.objects.visible_to(request.actor).with_names().select_related(*related).filter(pk=pk).first()
    if found is None:
        raise Http404
    now, contract = clock.now(), found.contract
    computed = computation_of(found)
    settled = list(found.deductions.all())
    return render(request, "payments/request.html", {
        "request_": found, "contract": contract, "meta": [found.number, contract.title], "actions": available_actions(found, request.actor),
        "shown_amount": found.amount if found.amount is not None else computed.payable,
        "agreed": found.term.amount, "lines": settled if found.amount is not None else computed.lines,
        "tiers": list(found.tiers.all()), "waits": TURN.get(found.state, ""), "steps": steps_of(found),
        "lights": [(each.label, each.light(now), each.ends_at) for each in clocks_of(found).live()],
        "interest": interest_of(found), "facts": facts_of(found),
        "documents": Document.objects.visible_to(request.actor).of_subject(found),
        "entries": list(Entry.objects.of_subject("payments.request", found.pk).order_by("-id")[:40]),
        "breadcrumbs": [(_("资金支付"), reverse("payments:list")), (found.number, "")],
    })  # fmt: skip


def steps_of(request: PaymentRequest) -> list[dict]:
    """The way of the money: five steps with who did them and when."""
    done = [
        (_("申请"), request.submitted_at, request.contract.supplier.name), (_("核定"), request.confirmed_at, request.confirmed_by),
        (_("批准"), request.approved_at, request.approved_by), (_("审核"), request.reviewed_at, request.reviewed_by),
        (_("支付令"), request.ordered_at, request.ordered_by), (_("支付"), request.paid_at, request.voucher_number or ""),
    ]
    reached = {
        State.DRAFTED: 0, State.SENT_BACK: 0, State.SUBMITTED: 1, State.CONFIRMED: 2, State.APPROVED: 3, State.REVIEWED: 4,
        State.RETURNED: 4, State.ORDERED: 5, State.PAID: 6, State.CANCELLED: -1,
    }[request.state]
    return [
        {"name": name, "state": "done" if number < reached else "now" if number == reached else "next",
         "note": f"{day(when)} {who or ''}".strip() if when and number < reached else ""}
        for number, (name, when, who) in enumerate(done)
    ]


def interest_of(request: PaymentRequest) -> tuple | None:
    """What late payment to a small firm costs, once it is late: last day, days, yuan (RPAY-02)."""
    late = next((each for each in clocks_of(request) if each.name == "SME_PAYMENT" and each.state in ("OVERDUE", "MET_LATE")), None)
    if late is None or request.amount is None:
        return None
    last_day = late.ends_at.astimezone(clock.SHANGHAI).date() - timedelta(days=1)
    until = request.paid_on or clock.today()
    if until <= last_day:
        return None
    rate = constant("LATE_INTEREST_DAILY", request.contract.rules_as_of)
    return last_day, (until - last_day).days, late_interest(request.amount, last_day, until, rate)


def facts_of(request: PaymentRequest) -> list[tuple]:
    """What a payment request names (RTR-06)."""
    contract = request.contract
    return [
        (_("申请编号"), request.number), (_("购买主体"), contract.agency.name), (_("合同"), f"{contract.number} {contract.title}"),
        (_("款项"), f"{request.term.name}（{request.term.percent} %，{request.term.get_condition_display()}）"),
        (_("预算年度"), request.term.year), (_("收款人"), request.payee_name), (_("开户银行"), request.payee_bank),
        (_("收款账号"), request.payee_account), (_("用途"), request.purpose), (_("发票号码"), request.invoice_number),
        (_("开票日期"), day(request.invoice_on) if request.invoice_on else ""), (_("支付方式"), request.get_way_display()),
        (_("支付凭证号"), request.voucher_number), (_("付款账户"), request.payer_account),
        (_("支付日期"), day(request.paid_on) if request.paid_on else ""),
    ]
