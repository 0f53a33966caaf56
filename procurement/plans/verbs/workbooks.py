"""Effects on an uploaded workbook: kept, read behind the page, mended row by row, put into the plan all at once."""
from __future__ import annotations

from django.db import transaction
from django.db.models import Sum

from portal import clock
from portal.audit.canonical import canonical_json, digest
from portal.files.verbs import store
from portal.workflow import Act
from portal.workflow.engine import begin_all
from procurement.plans import rules
from procurement.plans.forms.workbooks import WORKBOOK
from procurement.plans.models import PlanItem, PlanWorkbook, WorkbookRow

from .items import CHILDREN

BATCH = 500


def upload(book: PlanWorkbook, act: Act) -> dict:
    """Keep the file and have it read as soon as this is committed."""
    book.plan, book.agency = act.data["plan"], act.actor.organisation
    book.document = store(act.data["file"], actor=act.actor, kind=WORKBOOK, subject=book)
    book.file_digest = book.document.digest
    return {"plan": book.plan.number, "file": book.document.name, "digest": book.file_digest, **wait(book, act)}


def wait(book: PlanWorkbook, act: Act) -> dict:
    book.progress, book.heartbeat_at = 0, clock.now()
    transaction.on_commit(lambda: send(book.pk), robust=True)  # unsent, it is sent again within a minute
    return {}


def send(book_id: int) -> None:
    from procurement.plans.tasks import read_workbook

    read_workbook.delay(book_id)


def read(book: PlanWorkbook, act: Act) -> dict:
    book.attempt += 1
    book.heartbeat_at = act.now
    return {"attempt": book.attempt}


def complete(book: PlanWorkbook, act: Act) -> dict:
    """Everything was read; what is wrong is known cell by cell."""
    for name in ("item_count", "error_count", "gap_count", "total", "problems", "rows_digest"):
        setattr(book, name, act.data[name])
    book.progress = 100
    return {"items": book.item_count, "errors": book.error_count, "gaps": book.gap_count, "total": book.total, "digest": book.rows_digest}


def fail(book: PlanWorkbook, act: Act) -> dict:
    book.problems = act.data["problems"]
    return {"problems": len(book.problems)}


def requeue(book: PlanWorkbook, act: Act) -> dict:
    book.interruptions += 1
    return {"interruptions": book.interruptions, **wait(book, act)}


def correct(book: PlanWorkbook, act: Act) -> dict:
    """One row as it was typed in the browser; the counts of the whole follow it."""
    from procurement.plans.workbooks.correcting import replaced

    row = replaced(book, act.data)
    summed = book.staged_rows.aggregate(errors=Sum("errors"), gaps=Sum("gaps"), total=Sum("amount"))
    book.error_count = (summed["errors"] or 0) + len(book.problems)
    book.gap_count, book.total = summed["gaps"] or 0, summed["total"] or 0
    book.rows_digest = rows_digest(book)
    return {"row": row.number, "line": row.line, "digest": row.digest}


def rows_digest(book: PlanWorkbook) -> str:
    """One digest for all rows as they would go in, in their order."""
    return digest(canonical_json(list(book.staged_rows.order_by("number").values_list("digest", flat=True))))


def commit(book: PlanWorkbook, act: Act) -> dict:
    """Put every row into the plan as a drafted item: one act, one entry with the digest of the rows, all or nothing."""
    items, parts = act.data["prepared"]
    lapses_at = rules.year_end(book.plan.year)
    for item in items:
        item.workbook, item.lapses_at = book, lapses_at
    begin_all(items, "draft", act)
    PlanItem.objects.bulk_create(items, batch_size=BATCH)
    for name, rows in parts.items():
        CHILDREN[name].objects.bulk_create(rows, batch_size=BATCH)
    return {"plan": book.plan.number, "items": len(items), "total": sum(item.amount for item in items), "digest": book.rows_digest}


def discard(book: PlanWorkbook, act: Act) -> dict:
    """Given up: the file stays in the record of the upload, its rows go."""
    WorkbookRow.objects.filter(book=book).delete()
    return {"digest": book.file_digest}
