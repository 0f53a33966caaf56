"""The public site's tenders: the list, the page that reads like a newspaper, taking the documents."""
from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock, qr
from portal.accounts.access import PUBLIC, SIGNED_IN, audience
from portal.files.models import Document
from portal.notices.calendar import calendar_of
from portal.notices.models import Notice, NoticeDate
from portal.paging import page_of
from portal.workflow import Refused

from .filters import PublicTenderFilter
from .models import DocumentTaking, Tender
from .periods import periods_of
from .reading import route_of, shares_of
from .surfaces import public_acts
from .verbs import take_documents, takes_documents

#: What a line of the list shows; a tender has some sixty columns.
LISTED = ("number", "title", "budget", "state", "method", "closes_at", "published_at", "agency__name", "agency__region__name")


@audience(PUBLIC)
@require_safe
def public_tenders(request: HttpRequest) -> HttpResponse:
    """Every published tender, newest first; sorted by closing or narrowed to what can be bid for on wish."""
    queryset = Tender.objects.published().select_related("agency__region").only(*LISTED).order_by("-published_at", "-id")
    found = PublicTenderFilter(request.GET or None, queryset=queryset)
    return render(request, "tenders/public_list.html", {
        "filter": found, "page": page_of(found.qs, request.GET.get("page")), "moment": clock.now(),
        "breadcrumbs": [(_("首页"), "/"), (_("招标项目"), "")],
    })


def _published(number: str) -> Tender:
    found = Tender.objects.published().select_related("agency__region", "project__leaf").filter(number=number).first()
    if found is None:
        raise Http404
    return found


@audience(PUBLIC)
@require_safe
def public_tender(request: HttpRequest, number: str) -> HttpResponse:
    """One tender for everybody, without sign-in; nothing tells who is interested, nor how many (R87-12)."""
    found = _published(number)
    moment = clock.now()
    notices = list(Notice.objects.of_subject(found).public().order_by("published_at", "id"))
    versions = list(found.versions.select_related("document").order_by("-number"))
    readable = set(
        Document.objects.visible_to(request.actor).filter(pk__in=[v.document_id for v in versions]).values_list("pk", flat=True)
    )
    taking = own_taking(found, request.actor)
    return render(request, "tenders/public_tender.html", {
        "tender": found, "notice": next((row for row in notices if row.kind == "N-03"), None),
        "changes": [row for row in notices if row.kind != "N-03"], "periods": periods_of(found, notices, moment),
        "now": moment, "taking": taking, "versions": [(version, version.document_id in readable) for version in versions],
        "may_take": taking is None and found.on_offer(moment) and takes_documents(request.actor),
        "on_offer": found.on_offer(moment), "open": found.accepts_bids(moment), "factors": shares_of(found),
        "route": route_of(found), "acts": public_acts(found, request.actor),
        "qr": qr.data_uri(request.build_absolute_uri(found.get_public_url())),
        "breadcrumbs": [(_("首页"), "/"), (_("招标项目"), "/tenders/"), (found.number, "")],
    })


def own_taking(tender: Tender, actor) -> DocumentTaking | None:
    """The reader's own taking; nobody else's is asked for (R87-12)."""
    if not takes_documents(actor):
        return None
    return DocumentTaking.objects.visible_to(actor).filter(tender=tender, organisation=actor.organisation_id).first()


@audience(SIGNED_IN)
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Take the documents: a POST, recorded; afterwards the file comes by GET (R87-12)."""
    found = _published(number)
    try:
        take_documents(found, actor=request.actor)
        messages.success(request, _("已登记获取招标文件，现在可以下载。获取情况在开标前对任何人保密。"))
    except Refused as refused:
        for refusal in refused.refusals:
            messages.error(request, refusal.sentence)
    return redirect(found.get_public_url())


@audience(PUBLIC)
@require_safe
def calendar(request: HttpRequest, number: str) -> HttpResponse:
    """The dates of a tender as they stand now, for a calendar."""
    found = _published(number)
    notice = Notice.objects.of_subject(found).public().filter(kind="N-03").first()
    if notice is None:
        raise Http404
    response = HttpResponse(calendar_of(_Dates(notice, found)), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.ics"'
    return response


class _Dates:
    """The notice's calendar with the tender's present dates: an extension moves the event, the notice stays as it was."""

    def __init__(self, notice: Notice, tender: Tender) -> None:
        self.number, self.title, self.published_at = notice.number, tender.title, notice.published_at
        self.deadlines = [
            NoticeDate(_("招标文件提供期限止"), tender.offer_ends_at, whole_day=True),
            NoticeDate(_("投标截止、开标"), tender.closes_at),
        ]
        self._url = tender.get_public_url()

    def get_absolute_url(self) -> str:
        return self._url
