"""Outages: recorded, listed with what they made impossible, moved in one approved act (L0.3)."""
from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.access import audience
from portal.accounts.roles import Role
from portal.administration.readers import READERS
from portal.audit.models import Entry
from portal.clock import written
from portal.paging import page_of
from portal.workdays.models import Outage
from portal.workdays.outages import CAUSES
from portal.workflow import available_actions, creating_actions
from portal.workflow.labels import state_label

from .pages import crumbs


def _trail(request: HttpRequest, *rest: tuple[str, str]) -> list:
    here = [(_("系统停机"), reverse("administration:outages")), *rest]
    return crumbs(*here) if request.actor.has(Role.ADMINISTRATOR) else here


@audience(*READERS)
@require_safe
def outage_list(request: HttpRequest) -> HttpResponse:
    """Every outage of the region, the latest first."""
    page = page_of(Outage.objects.visible_to(request.actor).select_related("region"), request.GET.get("page"))
    causes = dict(CAUSES)
    rows = [
        {"cells": [written(each.started_at), written(each.ended_at), causes.get(each.cause, each.cause), each.region.name,
                   state_label(each, request.actor)], "url": each.get_absolute_url()}
        for each in page
    ]  # fmt: skip
    return render(request, "list.html", {
        "title": _("系统停机"), "intro": _("平台停机使期限办不成的，登记后由财政负责人一次批准顺延。"), "page": page, "rows": rows,
        "head": [_("停机起"), _("停机止"), {"label": _("原因"), "minor": True}, {"label": _("地区"), "minor": True}, _("状态")],
        "actions": [(action.label, action.url, True) for action in creating_actions(Outage, request.actor)],
        "empty_title": _("没有登记过停机"), "empty_text": _("停机结束后由系统管理员登记；平台自己发现的停机也会列在这里。"),
        "breadcrumbs": [*_trail(request)[:-1], (_("系统停机"), "")],
    })


@audience(*READERS)
@require_safe
def outage(request: HttpRequest, pk: int) -> HttpResponse:
    """One outage: what it made impossible, the ends it would have, what can be decided."""
    found = Outage.objects.visible_to(request.actor).select_related("region", "created_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    rows = [
        [each.label, written(each.ended_at), written(each.ends_at), _("已顺延") if each.moved_at else each.left_out or _("待决定")]
        for each in found.deadlines.order_by("ended_at", "pk")
    ]
    return render(request, "administration/outage.html", {
        "outage": found, "subject": found, "actions": available_actions(found, request.actor), "rows": rows,
        "head": [_("期限"), _("原截止"), _("新截止"), _("结果")],
        "facts": [
            (_("地区"), found.region.name), (_("停机起"), written(found.started_at)), (_("停机止"), written(found.ended_at)),
            (_("原因"), dict(CAUSES).get(found.cause, found.cause)), (_("经过"), found.description),
            (_("登记人"), found.created_by.name if found.created_by else _("系统")),
        ],
        "entries": Entry.objects.of_subject("workdays.outage", found.pk).order_by("-id"),
        "breadcrumbs": _trail(request, (str(found), "")),
    })  # fmt: skip
