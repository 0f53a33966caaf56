"""Asking for reports, and making papers inside another act."""
from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from portal import clock
from portal.files.models import Document
from portal.files.verbs import promise
from portal.workflow import perform

from .models import Paper, ReportJob
from .pdf import compose
from .registry import PDF
from .typesetting import send_after_commit


def queue_report(kind: str, *, actor, parameters: dict | None = None, key: str | None = None) -> ReportJob:
    """Put a report in the queue for this actor; it runs behind the page with the rights he has then (L14.3).

    `key` makes it happen once. Raises Refused (JOB-01: no such report, or not for him) and NotYours.
    """
    return perform(ReportJob(), "queue", actor=actor, key=key, kind=kind, parameters=parameters or {})


def make_paper(
    template: str, context: dict[str, Any], *, title: str, data: dict[str, Any], name: str, actor, kind: str, subject=None,
    project=None, public: bool = False,
) -> Document:
    """Write a short paper as part of an act (`effect`): what it says is fixed now, the PDF is set after the commit.

    The document that is returned has name, subject and readers, and no bytes yet (`is_ready`); pages and API say so.
    What the act binds is the digest of the data shown: put `facts_of_paper(document)` among its facts. The digest of the
    file enters the record by an entry of its own. For anything long use a report job.
    """
    mandate = getattr(actor, "mandate", None)
    if mandate:  # who did it, and for whom, stands on the paper and is bound with what it says
        context = {**context, "done_for": actor.signature}
        data = {**data, "on_behalf_of": mandate.facts, "done_by": actor.name}
    sheet = compose(template, context, title=title, data=data)
    with transaction.atomic():
        document = promise(name=name, content_type=PDF, actor=actor, kind=kind, subject=subject, project=project, public=public)
        paper = Paper.objects.create(
            title=title, template_version=sheet.template_version, data_digest=sheet.data_digest, document=document,
            made_at=clock.now(), content=sheet.content.decode(), sheet=sheet.html, next_try_at=timezone.now(),
        )
        send_after_commit(paper)
    return document


def facts_of_paper(document: Document) -> dict[str, str]:
    """What the record keeps of a paper with its act: the name, and the digest of what it says."""
    return {"paper": document.name, "data_digest": document.paper.data_digest}


def bound_digest(document: Document) -> str:
    """The digest by which an act or a notice names a document: of a paper that of its data, which is printed on it."""
    paper = Paper.objects.filter(document=document).first()
    return paper.data_digest if paper else document.digest
