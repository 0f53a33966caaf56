"""Pages that hold several acts on one thing, each with its own form and button."""
from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from portal.workflow import NotYours, Refused, perform
from portal.workflow.engine import may
from portal.workflow.inputs import inputs_form
from portal.workflow.table import lifecycle_of


def ready_for(subject, name: str, actor):
    """The subject, if this person does the row and it stands where the row starts. Raises NotYours and Http404."""
    row = lifecycle_of(subject)[name]
    if not may(row, subject, actor):
        raise NotYours
    if subject.state not in row.sources:
        raise Http404
    return subject


def tried(request: HttpRequest, subject, name: str, initial: dict, *, bound: bool = True):
    """The row's form, what stands against it, and whether it was done."""
    posted = request.method == "POST" and bound
    row = lifecycle_of(subject)[name]
    form = inputs_form(row, subject=subject, actor=request.actor, data=request.POST if posted else None, initial=initial)
    if not posted or not form.is_valid():
        return form, [], False
    try:
        perform(subject, name, actor=request.actor, **form.cleaned_data)
    except Refused as refused:
        return form, refused.refusals, False
    messages.success(request, _("已办理：%(act)s。") % {"act": row.label})
    return form, [], True


def status(request: HttpRequest, refusals: list) -> int:
    """Shown 200, refused 409, not understood 422."""
    return 200 if request.method != "POST" else 409 if refusals else 422
