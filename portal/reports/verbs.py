"""Asking for reports, and making papers inside another act."""
from __future__ import annotations

from typing import Any

from portal import clock
from portal.files.models import Document
from portal.files.verbs import store_made
from portal.workflow import perform

from .models import Paper, ReportJob
from .pdf import render_pdf
from .registry import PDF


def queue_report(kind: str, *, actor, parameters: dict | None = None, key: str | None = None) -> ReportJob:
    """Put a report in the queue for this actor; it runs behind the page with the rights he has then (L14.3).

    `key` makes it happen once. Raises Refused (JOB-01: no such report, or not for him) and NotYours.
    """
    return perform(ReportJob(), "queue", actor=actor, key=key, kind=kind, parameters=parameters or {})


def make_paper(
    template: str, context: dict[str, Any], *, title: str, data: Any, name: str, actor, kind: str, subject=None,
    project=None, public: bool = False,
) -> Document:
    """Set a short paper at once and keep it as a document, as part of an act (`effect`).

    Its printed digest can be looked up from then on. For anything long use a report job. Put `digest` and `data_digest`
    of the returned document's paper into the facts of the act: `facts_of_paper(document)`.
    """
    rendered = render_pdf(template, context, title=title, data=data)
    document = store_made(
        rendered.pdf, name=name, content_type=PDF, actor=actor, kind=kind, subject=subject, project=project, public=public,
    )
    Paper.objects.create(
        title=title, template_version=rendered.template_version, data_digest=rendered.data_digest, pages=rendered.pages,
        document=document, made_at=clock.now(),
    )
    return document


def facts_of_paper(document: Document) -> dict[str, str]:
    """What the record keeps of a paper: its name and both digests."""
    return {"paper": document.name, "digest": document.digest, "data_digest": document.paper.data_digest}
