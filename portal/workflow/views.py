"""The general page of an act: what will happen, what is asked, what stands against it."""
from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.accounts.access import SIGNED_IN, audience

from . import stepping_up
from .actions import Action
from .engine import Act, done_already, perform, refusals
from .inputs import inputs_form
from .refusals import NotYours, Refused
from .standing_in import acting
from .table import Lifecycle, follow, lifecycle


def subject_for(actor, cycle: Lifecycle, pk: str):
    """The object, if the actor may see it; else 404 (house style, rule 11)."""
    obj = cycle.model.objects.visible_to(actor).filter(pk=pk).first() if str(pk).isdigit() else None
    if obj is None:
        raise Http404
    return obj


@audience(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, code: str, pk: str, name: str) -> HttpResponse:
    """Show and do one row of a table to one object; what stands in the address (`?agenda=…`) is filled in already."""
    try:
        cycle = lifecycle(code)
        row = cycle[name]
    except KeyError as error:
        raise Http404 from error
    obj = subject_for(request.actor, cycle, pk)
    capacity = acting(row, obj, request.actor)
    if capacity is None:
        raise NotYours
    posted = request.method == "POST"
    form = inputs_form(
        row, subject=obj, actor=request.actor, data=request.POST if posted else None,
        files=request.FILES if posted else None, initial=None if posted else request.GET.dict(),
    )
    found = []
    if getattr(request, "files_again", False):  # the person showed himself meanwhile; his text is here, his files are not
        messages.warning(request, _("已确认是您本人。请重新选择文件，再提交一次。"))
    elif posted and form.is_valid():
        try:
            done = perform(obj, name, actor=request.actor, **form.cleaned_data)
            messages.success(request, _("已办理：%(act)s。") % {"act": row.label})
            return redirect((row.lands(done) if row.lands else done).get_absolute_url())
        except Refused as refused:
            found = refused.refusals
    elif not posted and obj.state not in row.sources:
        found = [done_already(obj, row)]  # guards are asked only of a thing that stands where the row starts
    elif not posted:
        found = refusals(obj, row, Act(row=row, lifecycle=cycle, actor=capacity, now=clock.now()))
        if not found and stepping_up.asked_first(form.fields.values()):
            stepping_up.ask(row, request.actor)
    status = 409 if posted and found else 422 if posted else 200
    request.place = obj.get_absolute_url()  # in the navigation the reader stands at the thing
    return render(
        request, "act/act.html",
        {"subject": obj, "row": row, "action": Action(obj, row, found), "form": form, "refusals": found, "tried": posted,
         "refused_title": "", "confirming": stepping_up.notice(row, request.actor),
         "signing": follow(obj, row.signs) if row.signs else None, "mandate": capacity.mandate},
        status=status,
    )


@audience(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Show and do a row that makes a new thing; what stands in the address (`?condition=…`) is filled in already."""
    try:
        cycle = lifecycle(code)
        row = cycle[name]
    except KeyError as error:
        raise Http404 from error
    subject = cycle.model()
    capacity = acting(row, subject, request.actor)
    if not row.creates or capacity is None:
        raise Http404 if not row.creates else NotYours
    posted = request.method == "POST"
    form = inputs_form(
        row, subject=subject, actor=request.actor, data=request.POST if posted else None,
        files=request.FILES if posted else None, initial=None if posted else request.GET.dict(),
    )
    found = []
    if posted and form.is_valid():
        try:
            made = perform(subject, name, actor=request.actor, key=request.POST.get("made_by") or None, **form.cleaned_data)
            messages.success(request, _("已办理：%(act)s。") % {"act": row.label})
            return redirect(made.get_absolute_url())
        except Refused as refused:
            found = refused.refusals
    elif not posted:
        found = refusals(subject, row, Act(row=row, lifecycle=cycle, actor=capacity, now=clock.now()))
    return render(
        request, "act/create.html",
        {"row": row, "lifecycle": cycle, "action": Action(subject, row, found), "form": form, "refusals": found,
         "tried": posted, "refused_title": "", "made_by": request.POST.get("made_by") or uuid.uuid4().hex,
         "mandate": capacity.mandate},
        status=409 if posted and found else 422 if posted else 200,
    )
