"""Papers of acts are set in type behind them: once each, however often the task runs, and by somebody in the end.

An act composes the page and commits it with its own facts (`verbs.make_paper`); the task sent after the commit sets it.
A worker takes a paper by moving `next_try_at` on: nobody else tries until then. A worker that is killed, a broker that
lost the message and a fault of the typesetting all leave the same thing, an owed paper whose time has come; beat sends
it again. Whoever brings the bytes first has set the paper; what another brings is thrown away.
"""
from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from time import monotonic, sleep

from django.db import transaction
from django.utils import timezone

from portal import clock
from portal.accounts.actor import system_actor
from portal.audit import record
from portal.files.models import Document
from portal.files.verbs import fulfil
from portal.workflow.table import all_lifecycles

from . import pdf
from .models import Paper

logger = logging.getLogger(__name__)
SET = "set_paper"  # what the entry of a finished paper is called
LEASE = timedelta(minutes=2)  # how long one try may take; after a fault it is the first pause, doubled with each further one
LONGEST_PAUSE = timedelta(hours=1)
SEND_AGAIN_AFTER = timedelta(minutes=1)
PAUSE = 0.5  # seconds between two looks at a paper that another worker is setting


class StillOwed(Exception):
    """A paper is not there although it was waited for."""


def send_after_commit(paper: Paper) -> None:
    """Have a paper set as soon as its act stands. Unsent, it is sent by beat within two minutes."""
    transaction.on_commit(lambda: _send(paper.pk), robust=True)


def set_paper(paper_id: int) -> None:
    """Set one owed paper; does nothing when it is set already or another worker is at it."""
    paper = _taken(paper_id)
    if paper is None:
        return
    try:
        content, pages = pdf.typeset(paper.sheet, title=paper.title, content=paper.content.encode())
    except Exception as fault:
        logger.exception("paper %s, try %s", paper.pk, paper.tries)
        pause = min(LEASE * 2 ** min(paper.tries - 1, 10), LONGEST_PAUSE)
        error = f"{type(fault).__name__}: {fault}"[:300]
        Paper.objects.owed().filter(pk=paper.pk).update(next_try_at=timezone.now() + pause, error=error)
        return
    with transaction.atomic():
        if fulfil(paper.document, content):
            Paper.objects.filter(pk=paper.pk).update(pages=pages, set_at=clock.now(), sheet="", next_try_at=None, error="")
            _record(paper, pages)


def try_now(paper: Paper) -> bool:
    """Let an owed paper be tried at once, without waiting for its pause to end; False when it is set by now."""
    waiting = Paper.objects.owed().filter(pk=paper.pk).update(next_try_at=timezone.now())
    if waiting:
        send_after_commit(paper)
    return bool(waiting)


def send_owed() -> int:
    """Send again what waits longer than it should; returns how many. Beat asks for it."""
    now, sent = timezone.now(), 0
    overdue = Paper.objects.owed().filter(next_try_at__lt=now - SEND_AGAIN_AFTER).order_by("next_try_at")
    for paper_id in list(overdue.values_list("pk", flat=True)[:100]):
        Paper.objects.owed().filter(pk=paper_id).update(next_try_at=now)
        _send(paper_id)
        sent += 1
    return sent


def finish(documents: Iterable[Document], *, within: float = 60) -> None:
    """Set those of the documents that are still owed, or wait for whoever is at them. Seconds. Raises StillOwed."""
    end = monotonic() + within
    for paper in Paper.objects.owed().filter(document__in=[document.pk for document in documents if not document.is_ready]):
        set_paper(paper.pk)
        while Paper.objects.owed().filter(pk=paper.pk).exists():
            if monotonic() > end:
                raise StillOwed(paper.title)
            sleep(PAUSE)
            set_paper(paper.pk)


def _send(paper_id: int) -> None:
    from .tasks import set_paper as task

    task.delay(paper_id)


def _taken(paper_id: int) -> Paper | None:
    """The paper, if it is owed and nobody is at it: from now on this worker is."""
    now = timezone.now()
    paper = Paper.objects.owed().select_related("document").filter(pk=paper_id, next_try_at__lte=now).first()
    if paper is None:
        return None
    free = Paper.objects.owed().filter(pk=paper_id, next_try_at=paper.next_try_at)
    paper.tries += 1
    return paper if free.update(next_try_at=now + LEASE, tries=paper.tries) else None


def _record(paper: Paper, pages: int) -> None:
    """The digest of the file enters the chain of the thing it hangs on, sealed while that is sealed."""
    document = paper.document
    cycle = next((cycle for cycle in all_lifecycles() if cycle.code == document.subject_type), None)
    subject = cycle.model._base_manager.filter(pk=document.subject_id).first() if cycle else None
    record.append(
        chain_key=subject.chain_key if subject else record.chain_key_of(document.project_id), actor=system_actor(),
        lifecycle=cycle.code if subject else "note", subject=str(subject.pk) if subject else str(document.uuid),
        subject_label=str(subject or paper.title), transition=SET,
        facts={"paper": document.name, "digest": document.digest, "data_digest": paper.data_digest, "pages": pages},
    )
