"""Delivery seen from both sides: the contractor's log and reports, the purchaser's visits. Made for a phone first."""
from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.access import audience
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.files.models import Document
from portal.paging import page_of
from portal.workflow import NotYours, Refused, available_actions, perform
from portal.workflow.engine import may
from portal.workflow.inputs import inputs_form
from procurement.contracts.measure import standing, standings
from procurement.contracts.models import Deliverable, DeliveryLog, Inspection, SupplierReport
from procurement.contracts.presenting import date_of
from procurement.contracts.workflow import DELIVERABLE, INSPECTION, REPORT

from .contracts import READERS, contract_for, crumbs


def found_or_404(model, actor, pk: int, *related):
    found = model.objects.visible_to(actor).select_related(*related).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@audience(*READERS)
@require_safe
def deliverable(request: HttpRequest, pk: int) -> HttpResponse:
    """One promise with its log, newest entry first."""
    found = found_or_404(Deliverable, request.actor, pk, "contract__project", "contract__agency", "contract__supplier")
    contract = found.contract
    entries = list(found.logs.filter(on__lte=date_of(contract)))
    page = page_of(found.logs.select_related("logged_by").prefetch_related("documents"), request.GET.get("page"))
    return render(request, "contracts/deliverable.html", {
        "deliverable": found, "contract": contract, "standing": standing(contract, found, entries, date_of(contract)), "page": page,
        "actions": available_actions(found, request.actor),
        "record": list(Entry.objects.of_subject("contracts.deliverable", found.pk).order_by("-id")[:20]),
        "breadcrumbs": crumbs(contract, (str(found), "")),
    })  # fmt: skip


@audience(Role.SUPPLIER_OFFICER)
@require_http_methods(["GET", "POST"])
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what was done: choose the service, give a number, take a picture."""
    contract = contract_for(request.actor, pk)
    rows = standings(contract, date_of(contract))
    chosen = request.POST.get("item") or request.GET.get("item") or ""
    found = next((row.deliverable for row in rows if str(row.deliverable.order) == chosen), None)
    if found is None:
        return render(request, "contracts/log_choose.html", {
            "contract": contract, "rows": rows, "breadcrumbs": crumbs(contract, (_("登记台账"), "")),
        })  # fmt: skip
    row, posted, refusals = DELIVERABLE["log"], request.method == "POST", []
    if not may(row, found, request.actor):
        raise NotYours
    form = inputs_form(
        row, subject=found, actor=request.actor, data=request.POST if posted else None, files=request.FILES if posted else None
    )
    if posted and form.is_valid():
        try:
            perform(found, "log", actor=request.actor, **form.cleaned_data)
            messages.success(request, _("已登记：%(name)s。") % {"name": found.name})
            return redirect(reverse("contracts:log", args=[contract.pk]))
        except Refused as refused:
            refusals = refused.refusals
    return render(request, "contracts/log.html", {
        "contract": contract, "deliverable": found, "form": form, "refusals": refusals, "tried": posted,
        "standing": next(each for each in rows if each.deliverable.pk == found.pk),
        "breadcrumbs": crumbs(contract, (_("登记台账"), reverse("contracts:log", args=[contract.pk])), (found.name, "")),
    }, status=(409 if refusals else 422) if posted else 200)  # fmt: skip


@audience(*READERS)
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A contractor's report: every deliverable with quota, what was due, what was done, and the words on it."""
    found = found_or_404(SupplierReport, request.actor, pk, "contract__project", "contract__agency", "contract__supplier", "submitted_by")
    rows = list(found.rows.select_related("deliverable"))
    preview = [] if rows else standings(found.contract, min(found.period_until, date_of(found.contract)))
    return render(request, "contracts/report.html", {
        "report": found, "contract": found.contract, "rows": rows, "preview": preview, "actions": available_actions(found, request.actor),
        "documents": Document.objects.visible_to(request.actor).of_subject(found),
        "entries": list(Entry.objects.of_subject("contracts.report", found.pk).order_by("-id")[:20]),
        "logs": DeliveryLog.objects.of(found.contract).filter(on__range=(found.period_from, found.period_until)).count(),
        "breadcrumbs": crumbs(found.contract, (found.get_kind_display(), "")),
    })  # fmt: skip


@audience(Role.SUPPLIER_HEAD)
@require_http_methods(["GET", "POST"])
def report_form(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the words of a report beside the figures that the log gives."""
    found = found_or_404(SupplierReport, request.actor, pk, "contract__project", "contract__agency", "contract__supplier")
    row, posted, refusals = REPORT["submit"], request.method == "POST", []
    if not may(row, found, request.actor):
        raise NotYours
    form = inputs_form(
        row, subject=found, actor=request.actor, data=request.POST if posted else None, files=request.FILES if posted else None
    )
    if posted and form.is_valid():
        try:
            perform(found, "submit", actor=request.actor, **form.cleaned_data)
            messages.success(request, _("报告已报送。"))
            return redirect(found.get_absolute_url())
        except Refused as refused:
            refusals = refused.refusals
    return render(request, "contracts/report_form.html", {
        "report": found, "contract": found.contract, "form": form, "refusals": refusals, "tried": posted,
        "rows": standings(found.contract, found.period_until),
        "breadcrumbs": crumbs(found.contract, (found.get_kind_display(), found.get_absolute_url()), (_("填写报告"), "")),
    }, status=(409 if refusals else 422) if posted else 200)  # fmt: skip


@audience(*READERS)
@require_safe
def inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit: when, where, what was seen, what the contractor said to it."""
    found = found_or_404(Inspection, request.actor, pk, "contract__project", "contract__agency", "contract__supplier", "recorded_by")
    return render(request, "contracts/inspection.html", {
        "inspection": found, "contract": found.contract, "actions": available_actions(found, request.actor),
        "photos": Document.objects.visible_to(request.actor).of_subject(found),
        "entries": list(Entry.objects.of_subject("contracts.inspection", found.pk).order_by("-id")[:20]),
        "breadcrumbs": crumbs(found.contract, (_("检查记录"), "")),
    })  # fmt: skip


@audience(Role.PROJECT_OFFICER)
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a visit on the spot: the one that is owed now, else one beside the duty."""
    contract = contract_for(request.actor, pk)
    expected = Inspection.objects.visible_to(request.actor).filter(contract=contract, state=Inspection.State.EXPECTED)
    owed = expected.order_by("due_by").first()
    name, subject = ("record", owed) if owed and "extra" not in request.GET else ("visit", Inspection())
    row, posted, refusals = INSPECTION[name], request.method == "POST", []
    if not may(row, subject, request.actor):
        raise NotYours
    form = inputs_form(
        row, subject=subject, actor=request.actor, data=request.POST if posted else None, files=request.FILES if posted else None,
        initial=None if posted else {"contract": contract.pk},
    )
    if posted and form.is_valid():
        try:
            done = perform(subject, name, actor=request.actor, **form.cleaned_data)
            messages.success(request, _("检查记录已登记。"))
            return redirect(done.get_absolute_url())
        except Refused as refused:
            refusals = refused.refusals
    return render(request, "contracts/visit.html", {
        "contract": contract, "owed": owed if name == "record" else None, "form": form, "refusals": refusals, "tried": posted, "row": row,
        "breadcrumbs": crumbs(contract, (row.label, "")),
    }, status=(409 if refusals else 422) if posted else 200)  # fmt: skip
