"""The acceptance and its checklist."""
from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.access import audience
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.files.models import Document
from portal.notices.models import Notice
from portal.workflow import NotYours, Refused, available_actions, perform
from portal.workflow.engine import may
from portal.workflow.inputs import inputs_form
from procurement.contracts.models import Acceptance
from procurement.contracts.workflow import ACCEPTANCE

from .contracts import READERS, crumbs
from .delivery import found_or_404

RELATED = ("contract__project", "contract__agency", "contract__supplier", "leader")


@audience(*READERS)
@require_safe
def acceptance(request: HttpRequest, pk: int) -> HttpResponse:
    """Members, checklist, result."""
    found = found_or_404(Acceptance, request.actor, pk, *RELATED)
    items = list(found.items.select_related("deliverable"))
    return render(request, "contracts/acceptance.html", {
        "acceptance": found, "contract": found.contract, "items": items, "members": list(found.members.all()),
        "judged": sum(1 for item in items if item.passed is not None), "actions": available_actions(found, request.actor),
        "documents": Document.objects.visible_to(request.actor).of_subject(found),
        "notices": list(Notice.objects.public().of_subject(found)),
        "entries": list(Entry.objects.of_subject("contracts.acceptance", found.pk).order_by("-id")[:30]),
        "breadcrumbs": crumbs(found.contract, (found.get_stage_display(), "")),
    })  # fmt: skip


@audience(Role.ACCEPTOR)
@require_http_methods(["GET", "POST"])
def checklist(request: HttpRequest, pk: int) -> HttpResponse:
    """Judge the items one after the other, target and actual beside the box."""
    found = found_or_404(Acceptance, request.actor, pk, *RELATED)
    row, posted, refusals = ACCEPTANCE["judge_item"], request.method == "POST", []
    if not may(row, found, request.actor):
        raise NotYours
    form = inputs_form(row, subject=found, actor=request.actor, data=request.POST if posted else None)
    if posted and form.is_valid():
        try:
            perform(found, "judge_item", actor=request.actor, **form.cleaned_data)
            messages.success(request, _("验收结论已保存。"))
            return redirect(found.get_absolute_url())
        except Refused as refused:
            refusals = refused.refusals
    return render(request, "contracts/checklist.html", {
        "acceptance": found, "contract": found.contract, "items": list(found.items.select_related("deliverable")), "form": form,
        "refusals": refusals, "tried": posted,
        "breadcrumbs": crumbs(found.contract, (found.get_stage_display(), found.get_absolute_url()), (row.label, "")),
    }, status=(409 if refusals else 422) if posted else 200)  # fmt: skip
