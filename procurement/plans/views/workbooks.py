"""The workbook path: template, upload, the table of everything that was read, one row in the browser, all into the plan."""
from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from portal.accounts.access import SIGNED_IN, audience
from portal.accounts.roles import Role
from portal.paging import page_of
from portal.workflow import Refused, available_actions, perform
from portal.workflow.engine import may
from portal.workflow.inputs import inputs_form
from portal.workflow.refusals import NotYours
from procurement.plans.models import Plan, PlanItem, PlanWorkbook, WorkbookRow
from procurement.plans.workbooks.checking import Checker
from procurement.plans.workbooks.correcting import checked, typed
from procurement.plans.workbooks.showing import table_of
from procurement.plans.workflow import WORKBOOK

from .items import questions


def workbook_for(request: HttpRequest, pk: int) -> PlanWorkbook:
    found = (
        PlanWorkbook.objects.visible_to(request.actor).select_related("plan__agency__region", "agency__region", "document", "created_by")
        .filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    return found


def crumbs(plan: Plan, *last: str) -> list:
    way = [(_("购买计划"), reverse("plans:list")), (str(plan), plan.get_absolute_url())]
    if len(last) > 1:
        way.append((_("用工作簿填报"), reverse("plans:workbooks", args=[plan.pk])))
    return [*way, (last[-1], "")]


@audience(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def workbooks(request: HttpRequest, pk: int) -> HttpResponse:
    """Three steps: take the template, fill it in, bring it back; and what was brought before."""
    plan = Plan.objects.visible_to(request.actor).select_related("agency").filter(pk=pk).first()
    if plan is None or not request.actor.organisation:
        raise Http404
    row, posted, refusals = WORKBOOK["upload"], request.method == "POST", []
    mine = may(row, PlanWorkbook(), request.actor) and plan.agency_id == request.actor.organisation_id
    if posted and not mine:
        raise NotYours
    data = {**request.POST.dict(), "plan": plan.pk} if posted else None
    form = None
    if mine:
        form = inputs_form(row, subject=PlanWorkbook(), actor=request.actor, data=data, files=request.FILES if posted else None)
    if form and posted and form.is_valid():
        try:
            made = perform(PlanWorkbook(), "upload", actor=request.actor, key=request.POST.get("made_by") or None, **form.cleaned_data)
            return redirect(made.get_absolute_url())
        except Refused as refused:
            refusals = refused.refusals
    return render(request, "plans/workbook/upload.html", {
        "plan": plan, "form": form, "refusals": refusals, "posted": posted, "open": plan.state in ("DRAFTED", "SENT_BACK"),
        "books": PlanWorkbook.objects.visible_to(request.actor).filter(plan=plan).select_related("document", "created_by")[:25],
        "made_by": request.POST.get("made_by") or uuid.uuid4().hex, "breadcrumbs": crumbs(plan, _("用工作簿填报")),
    }, status=(409 if refusals else 422) if posted else 200)  # fmt: skip


@audience(SIGNED_IN)
@require_safe
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """What was read: while it is read a bar, then every row with what is to be said at its cells."""
    book = workbook_for(request, pk)
    if request.htmx and book.is_moving:
        return render(request, "plans/workbook/progress.html", {"book": book})
    if request.htmx:  # it has been read: the bar gives way to the whole page
        return HttpResponseClientRefresh()
    return _page(request, book, [])


def _page(request: HttpRequest, book: PlanWorkbook, refusals: list, status: int = 200) -> HttpResponse:
    only, whole = request.GET.get("only", ""), request.GET.get("columns") == "all"
    rows = book.staged_rows.order_by("number")
    rows = rows.filter(errors__gt=0) if only == "errors" else rows.filter(gaps__gt=0) if only == "gaps" else rows
    page = page_of(rows if book.is_checked else rows.none(), request.GET.get("page"))
    actions = available_actions(book, request.actor)
    names = {action.name for action in actions}
    return render(request, "plans/workbook/workbook.html", {
        "book": book, "plan": book.plan, "page": page, "only": only, "whole": whole, "actions": actions, "refusals": refusals,
        "may_correct": "correct" in names,
        "table": table_of(Checker(book), list(page.object_list)) if page.object_list else None,
        "meta": [book.plan.number, book.document.name], "breadcrumbs": crumbs(book.plan, "", book.document.name),
    }, status=status)  # fmt: skip


@audience(Role.PLANNER)
@require_http_methods(["GET", "POST"])
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    """All rows into the plan, after one question; refusals are shown on the workbook's page."""
    book = workbook_for(request, pk)
    if not may(WORKBOOK["commit"], book, request.actor):
        raise NotYours
    if request.method == "GET":
        return redirect(book)
    form = inputs_form(WORKBOOK["commit"], subject=book, actor=request.actor, data=request.POST)
    form.is_valid()
    try:
        perform(book, "commit", actor=request.actor, **form.cleaned_data)
    except Refused as refused:
        return _page(request, book, refused.refusals, status=409)
    messages.success(request, _("%(count)s 个项目已作为草稿列入计划。") % {"count": book.item_count})
    return redirect(book.plan)


@audience(Role.PLANNER)
@require_safe
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The first row that has an error, else that lacks something, else the table."""
    book = workbook_for(request, pk)
    rows = book.staged_rows.order_by("number")
    wrong = rows.filter(errors__gt=0).first() or rows.filter(gaps__gt=0).first()
    return redirect("plans:workbook_row", book.pk, wrong.number) if wrong else redirect(book)


@audience(Role.PLANNER)
@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One row as the item form shows an item; what could not be read stands as it was written, with its reason."""
    book = workbook_for(request, pk)
    if not may(WORKBOOK["correct"], book, request.actor):
        raise NotYours
    staged = book.staged_rows.filter(number=number).first()
    if staged is None:
        raise Http404
    posted, refusals, checker = request.method == "POST", [], Checker(book)
    data = request.POST if posted else _query(typed(checker, staged))
    form = inputs_form(WORKBOOK["correct"], subject=book, actor=request.actor, data=data)
    if posted and form.is_valid():
        try:
            perform(book, "correct", actor=request.actor, **{**form.cleaned_data, "row": number})
            messages.success(request, _("第 %(row)s 项已改正。") % {"row": number})
            return _onwards(book, number)
        except Refused as refused:
            refusals = refused.refusals
    findings = checked(checker, staged).findings
    return render(request, "plans/workbook/row.html", {
        "book": book, "plan": book.plan, "row": staged, "form": form, "posted": posted, "refusals": refusals, "findings": findings,
        "item": checker.item(checked(checker, staged).values) if not staged.errors else PlanItem(), "owner": [],
        "questions": questions(form, [finding.refusal for finding in findings], checked=not (staged.errors or posted)),
        "before": number - 1 if number > 1 else None, "after": number + 1 if number < book.item_count else None,
        "breadcrumbs": [*crumbs(book.plan, "", "")[:-1], (book.document.name, book.get_absolute_url()), (staged.title or staged.key, "")],
    }, status=(409 if refusals else 422) if posted else 200)  # fmt: skip


def _query(data: dict) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in data.items()})
    return query


def _onwards(book: PlanWorkbook, number: int) -> HttpResponse:
    """On to the next row with an error, after this one or from the start; none left: the table."""
    wrong = WorkbookRow.objects.filter(book=book, attempt=book.attempt, errors__gt=0).order_by("number")
    following = wrong.filter(number__gt=number).first() or wrong.first()
    return redirect("plans:workbook_row", book.pk, following.number) if following else redirect(book)
