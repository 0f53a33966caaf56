"""Calendars of working days: what is known of each year, a notice before it is put in force, and what it would change."""
from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.access import audience
from portal.accounts.roles import Role
from portal.administration.calendar import changes_of
from portal.administration.calendar_file import written
from portal.administration.models import CalendarNotice
from portal.administration.readers import READERS
from portal.audit.models import Entry
from portal.files.models import Document
from portal.workdays.deadlines import Deadline
from portal.workdays.models import Calendar
from portal.workflow import available_actions, creating_actions

from .pages import crumbs

CHANGES_SHOWN = 200


def _trail(request: HttpRequest, *rest: tuple[str, str]) -> list:
    here = [(_("工作日历"), reverse("administration:calendars")), *rest]
    return crumbs(*here) if request.actor.has(Role.ADMINISTRATOR) else here


@audience(*READERS)
@require_safe
def calendar_list(request: HttpRequest) -> HttpResponse:
    """The years whose working days are known, newest first, and the notices that wait."""
    years = Calendar.objects.order_by("-year").prefetch_related("days")
    return render(request, "administration/calendars.html", {
        "years": [(each, [d for d in each.days.all() if not d.worked], [d for d in each.days.all() if d.worked]) for each in years],
        "notices": CalendarNotice.objects.visible_to(request.actor).select_related("region", "created_by")[:20],
        "actions": creating_actions(CalendarNotice, request.actor), "breadcrumbs": [*_trail(request)[:-1], (_("工作日历"), "")],
    })  # fmt: skip


@audience(*READERS)
@require_safe
def calendar_year(request: HttpRequest, year: int) -> HttpResponse:
    """The days of one year that differ from Monday to Friday."""
    found = Calendar.objects.filter(year=year).first()
    if found is None:
        raise Http404
    rows = [[day.day, _("上班") if day.worked else _("放假"), day.name] for day in found.days.all()]
    return render(request, "administration/calendar_year.html", {
        "calendar": found, "rows": rows, "head": [_("日期"), _("放假或上班"), _("名称")],
        "breadcrumbs": _trail(request, (str(year), "")),
    })


@audience(*READERS)
@require_safe
def calendar_csv(request: HttpRequest, year: int) -> HttpResponse:
    """A year's days as a file of the form that is imported."""
    if not Calendar.objects.filter(year=year).exists():
        raise Http404
    return HttpResponse("\ufeff" + written(year), content_type="text/csv; charset=utf-8",
                        headers={"Content-Disposition": f'attachment; filename="calendar-{year}.csv"'})  # fmt: skip


@audience(*READERS)
@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice: its days, its paper, and while it waits the running periods it would change."""
    found = CalendarNotice.objects.visible_to(request.actor).select_related("region", "created_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    waits = found.state == CalendarNotice.State.PROPOSED
    changes = changes_of(found) if waits else []
    return render(request, "administration/calendar_notice.html", {
        "notice": found, "subject": found, "actions": available_actions(found, request.actor), "waits": waits,
        "days": [[day, _("上班") if worked else _("放假"), name] for day, worked, name in found.days],
        "days_head": [_("日期"), _("放假或上班"), _("名称")],
        "changes": [
            [str(each.clock.label), str(each.clock.bearer or "—"), _shown(each.before), _shown(each.after)]
            for each in changes[:CHANGES_SHOWN]
        ],
        "changes_head": [_("期限"), {"label": _("责任单位"), "minor": True}, _("现截止"), _("启用后截止")], "changed": len(changes),
        "papers": Document.objects.filter(subject_type="administration.calendar", subject_id=found.pk),
        "facts": [
            (_("年度"), found.year), (_("通知文号"), found.reference), (_("来源"), found.source),
            (_("演示日历"), _("是") if found.demonstration else ""), (_("录入人"), found.created_by),
        ],
        "entries": Entry.objects.of_subject("administration.calendar", found.pk).order_by("-id"),
        "breadcrumbs": _trail(request, (str(found), "")),
    })  # fmt: skip


def _shown(end: Deadline) -> str:
    if end.provisional:
        return _("%(day)s（暂定）") % {"day": end.last_day}
    if end.demonstration:
        return _("%(day)s（按演示日历）") % {"day": end.last_day}
    return str(end.last_day)
