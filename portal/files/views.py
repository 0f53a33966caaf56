"""Giving a document out: within scope, as an attachment, never as a page."""
from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.access import PUBLIC, audience

from .models import Document

LOOK_AGAIN = 2  # seconds until a reader should ask again for a paper that is being set


@audience(PUBLIC)
@require_safe
def document(request: HttpRequest, uuid: UUID) -> HttpResponse | FileResponse:
    """The bytes of a document the reader may see; 404 for all others. GET leaves no trace: what must be recorded when it
    is taken (tender documents, R87-12) is taken by a POST of its own stage first.

    A paper that its act has promised and that is still being set answers 202 with a page that waits for it. Asked by
    htmx, the answer is the paper's line of a list: with the link, once it is there.
    """
    found = Document.objects.visible_to(request.actor).filter(uuid=uuid).first()
    if found is None:
        raise Http404
    if request.htmx:
        return _never_kept(render(request, "files/line.html", {"document": found}))
    if not found.is_ready:
        answer = render(request, "files/preparing.html", {
            "document": found, "documents": [found], "breadcrumbs": [(_("首页"), "/"), (found.name, "")],
        }, status=202)
        answer["Retry-After"] = str(LOOK_AGAIN)
        return _never_kept(answer)
    try:
        return as_attachment(found)
    except FileNotFoundError as error:
        raise Http404 from error


def _never_kept(response: HttpResponse) -> HttpResponse:
    """What is true for two seconds only."""
    response["Cache-Control"] = "no-store"
    return response


def as_attachment(found: Document) -> FileResponse:
    """The answer that carries a document: saved, never shown as a page. Raises FileNotFoundError."""
    response = FileResponse(found.open(), as_attachment=True, filename=found.name, content_type=found.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Digest"] = found.digest
    response["Cache-Control"] = "public, max-age=86400" if found.public else "private, no-store"
    return response
