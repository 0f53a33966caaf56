"""Giving a document out: within scope, as an attachment, never as a page."""
from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from portal.accounts.access import PUBLIC, audience

from .models import Document


@audience(PUBLIC)
@require_safe
def document(request: HttpRequest, uuid: UUID) -> FileResponse:
    """The bytes of a document the reader may see; 404 for all others. GET leaves no trace: what must be recorded when it
    is taken (tender documents, R87-12) is taken by a POST of its own stage first."""
    found = Document.objects.visible_to(request.actor).filter(uuid=uuid).first()
    if found is None:
        raise Http404
    try:
        return as_attachment(found)
    except FileNotFoundError as error:
        raise Http404 from error


def as_attachment(found: Document) -> FileResponse:
    """The answer that carries a document: saved, never shown as a page. Raises FileNotFoundError."""
    response = FileResponse(found.open(), as_attachment=True, filename=found.name, content_type=found.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Digest"] = found.digest
    response["Cache-Control"] = "public, max-age=86400" if found.public else "private, no-store"
    return response
