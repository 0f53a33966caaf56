"""Joint meetings: the list, and one with agenda, members and decisions."""
from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.access import SIGNED_IN, audience
from portal.audit.models import Entry
from portal.money import ZERO
from portal.templatetags.marks import moment, state_badge
from portal.workflow import available_actions, creating_actions
from procurement.plans.models import AgendaItem, Meeting, PlanItem


@audience(SIGNED_IN)
@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Meetings of the region, the latest first."""
    found = Meeting.objects.visible_to(request.actor).annotate(things=Count("agenda")).order_by("-scheduled_at", "-id")
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    reviewed = PlanItem.objects.visible_to(request.actor).filter(state="REVIEWED").count()
    return render(request, "list.html", {
        "title": _("联席会议"), "caption": _("联席会议"), "foot": None, "empty_url": "", "empty_label": "",
        "page": page, "breadcrumbs": [(_("联席会议"), "")],
        "intro": _("通过部门审核、等待上会的项目：%(count)s 项。") % {"count": reviewed},
        "head": [_("会议"), _("状态"), _("会议时间"), {"label": _("议题"), "num": True}, {"label": _("编号"), "minor": True}],
        "rows": [{"url": meeting.get_absolute_url(), "cells": [
            meeting.title, state_badge({"actor": request.actor}, meeting), moment(meeting.scheduled_at), meeting.things, meeting.number,
        ]} for meeting in page.object_list],
        "actions": [(action.label, action.url, True) for action in creating_actions(Meeting, request.actor)],
        "empty_title": _("还没有会议"), "empty_text": _("联席会议秘书通知会议后列在这里。"),
    })  # fmt: skip


@audience(SIGNED_IN)
@require_safe
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting: agenda with decisions, who was there, what can be done."""
    found = Meeting.objects.visible_to(request.actor).select_related("organisation", "region").filter(pk=pk).first()
    if found is None:
        raise Http404
    beside = ("item__agency", "item__leaf", "item__project", "item__listed", "version")
    agenda = list(AgendaItem.objects.filter(meeting=found).select_related(*beside).order_by("order"))
    members = list(found.members.order_by("order"))
    sits = Meeting.objects.sat_by(request.actor).filter(pk=found.pk).exists()
    acts = available_actions(found, request.actor)
    own = [action for entry in agenda for action in available_actions(entry, request.actor)]
    return render(request, "plans/meeting.html", {
        "meeting": found, "agenda": agenda, "meta": [found.number, moment(found.scheduled_at), found.place],
        "members": members, "sits": sits, "papers": papers_of(found) if sits else [],
        "actions": [*acts, *own],
        "decide_url": next((action.url for action in acts if action.name == "record_decision" and action.enabled), ""),
        "present": sum(member.present is True for member in members),
        "asked": sum((a.item.amount for a in agenda if a.item and a.state != "REMOVED"), ZERO),
        "granted": sum((a.granted or ZERO for a in agenda), ZERO),
        "entries": Entry.objects.of_subject("plans.meeting", found.pk).order_by("-id")[:50],
        "breadcrumbs": [(_("联席会议"), reverse("plans:meetings")), (str(found), "")],
    })  # fmt: skip


def papers_of(meeting: Meeting) -> list[dict]:
    """The papers of a meeting, the newest edition first; each says when it was made and until when it held."""
    return [
        {"name": paper.document.name, "url": paper.document.get_absolute_url(), "size": paper.document.size,
         "digest": paper.document.digest, "ready": paper.document.is_ready, "note": paper.standing}
        for paper in meeting.papers.select_related("document")[:25]
    ]  # fmt: skip
