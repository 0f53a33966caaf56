"""The public pages of notices: the list, the notice itself, its paper, its data, its dates."""
from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock, qr
from portal.accounts.access import PUBLIC, audience
from portal.audit.canonical import canonical_json
from portal.files.models import Document
from portal.paging import page_of

from .calendar import calendar_of
from .filters import NoticeFilter
from .models import Notice


@audience(PUBLIC)
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """All published notices, newest first, by kind, region and words."""
    found = NoticeFilter(request.GET or None, queryset=Notice.objects.visible_to(request.actor).newest_first())
    return render(request, "notices/list.html", {
        "filter": found, "page": page_of(found.qs, request.GET.get("page")), "breadcrumbs": [(_("首页"), "/"), (_("公告公示"), "")],
    })


def _notice(request: HttpRequest, number: str) -> Notice:
    notice = Notice.objects.visible_to(request.actor).select_related("organisation", "region").filter(number=number).first()
    if notice is None:
        raise Http404
    return notice


@audience(PUBLIC)
@require_safe
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """One notice, set like a page of a newspaper; no sign-in, no pop-up."""
    found = _notice(request, number)
    moment = clock.now()
    dates = found.deadlines
    return render(request, "notices/notice.html", {
        "notice": found, "countdown": next((date for date in dates if date.until > moment), None), "now": moment,
        "dates": [(date, date.light(moment)) for date in dates],
        "qr": qr.data_uri(request.build_absolute_uri(found.get_absolute_url())),
        "documents": Document.objects.visible_to(request.actor).filter(
            subject_type=found.subject_type, subject_id=found.subject_id, public=True
        ),
        "breadcrumbs": [
            (_("首页"), "/"), (_("公告公示"), "/notices/"), (found.rules.name, f"/notices/?kind={found.kind}"), (found.number, ""),
        ],
    })


@audience(PUBLIC)
@require_safe
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """The same text as an official document, for printing."""
    found = _notice(request, number)
    address = request.build_absolute_uri(found.get_absolute_url())
    return render(request, "notices/paper.html", {
        "notice": found, "issuer": found.organisation.name, "issued_on": found.published_at, "verify_url": address,
        "digest": found.digest, "qr": qr.data_uri(address), "paper_language": "zh-CN", "seal": False,
    })


@audience(PUBLIC)
@require_safe
def data(request: HttpRequest, number: str) -> HttpResponse:
    """The very bytes that the digest is taken over: anybody can take it again."""
    found = _notice(request, number)
    response = HttpResponse(canonical_json(found.content), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.json"'
    return response


@audience(PUBLIC)
@require_safe
def dates(request: HttpRequest, number: str) -> HttpResponse:
    """The deadlines of a notice for a calendar."""
    found = _notice(request, number)
    response = HttpResponse(calendar_of(found), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.ics"'
    return response
