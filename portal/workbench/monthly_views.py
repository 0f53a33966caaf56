"""The monthly reports of progress: the list, and one with its figures and files (S-190)."""
from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.access import SIGNED_IN, audience
from portal.audit.models import Entry
from portal.paging import page_of
from portal.rules.jurisdiction import setting
from portal.templatetags.marks import day, moment, state_badge
from portal.workflow import available_actions

from .models import MonthlyReport
from .monthly import shown


@audience(SIGNED_IN)
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Past reports of the reader's region and those below it, the latest first."""
    found = MonthlyReport.objects.visible_to(request.actor).select_related("region", "lead").order_by("-year", "-month", "region__path")
    page = page_of(found, request.GET.get("page"))
    due = setting("monthly_report_day", request.actor.organisation.region if request.actor.organisation else None)
    return render(request, "list.html", {
        "title": _("月度进展报告"), "caption": _("月度进展报告"), "foot": None, "empty_url": "", "empty_label": "", "page": page,
        "intro": _("每月 %(day)s 日生成上月进展，由牵头部门报送本级政府。") % {"day": due} if due else _("本地区不生成月度进展报告。"),
        "head": [_("月份"), _("地区"), _("状态"), {"label": _("报送期限"), "minor": True}, {"label": _("报送时间"), "minor": True}],
        "rows": [{"url": report.get_absolute_url(), "cells": [
            f"{report.year}-{report.month:02}", report.region.name, state_badge({"actor": request.actor}, report), day(report.due_on),
            moment(report.reported_at),
        ]} for report in page.object_list],
        "breadcrumbs": [(_("工作台"), reverse("workbench:home")), (_("月度进展报告"), "")],
        "empty_title": _("还没有月度进展报告"), "empty_text": _("到报告日自动生成，财政部门会收到通知。"),
    })  # fmt: skip


@audience(SIGNED_IN)
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One month with its figures, its paper and workbook, and what is to be done."""
    found = MonthlyReport.objects.visible_to(request.actor).select_related("region", "lead", "document", "workbook").filter(pk=pk).first()
    if found is None:
        raise Http404
    return render(request, "workbench/monthly.html", {
        "report": found, "rows": shown(found), "files": [found.document, found.workbook],
        "meta": [f"{found.year}-{found.month:02}", found.region.name, found.lead.name],
        "actions": available_actions(found, request.actor),
        "entries": Entry.objects.of_subject("workbench.monthly_report", found.pk).order_by("-id")[:25],
        "breadcrumbs": [
            (_("工作台"), reverse("workbench:home")), (_("月度进展报告"), reverse("workbench:monthly_reports")), (str(found), ""),
        ],
    })  # fmt: skip
