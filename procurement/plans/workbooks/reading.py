"""Reading a workbook into the staging table: in batches, with a sign of life, again from the start when its worker died."""
from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from portal import clock
from portal.accounts.actor import system_actor
from portal.audit.canonical import canonical_json, digest, plain
from portal.money import MAXIMUM, ZERO
from portal.workflow import Refusal, Refused, perform, refuse
from procurement.plans.models import PlanWorkbook, WorkbookRow

from .checking import ERROR, GAP, Checker, digest_of, kept, total_of
from .columns import ITEMS, PARTS
from .opening import MOST_ITEMS, Line, Opened, Unusable, open_workbook, parts_by_key

logger = logging.getLogger(__name__)
BATCH = 250
LOST_AFTER = timedelta(minutes=2)
SEND_AGAIN_AFTER = timedelta(minutes=1)
INTERRUPTIONS = 3
MOST_PROBLEMS = 200
BROKEN = _("读取时出错，管理员已收到通知。请重新上传；仍不行的，请下载模板重新填写。")
INTERRUPTED = _("读取多次中断，已停止自动重试。请重新上传。")


class Stopped(Exception):
    """Somebody gave the upload up, or another worker has taken it over."""


def read_workbook(book_id: int) -> None:
    """Read one upload to its end. Called twice, or late, it does nothing the second time."""
    try:
        book = perform(PlanWorkbook.objects.get(pk=book_id), "read", actor=system_actor())
    except (PlanWorkbook.DoesNotExist, Refused):
        return
    try:
        with clock.one_reading(), override("zh-hans"):
            result = _read(book)
    except Stopped:
        return
    except Unusable as unusable:
        _end(book, "fail", problems=_problems(unusable.refusals))
    except Exception:
        logger.exception("workbook %s, attempt %s", book.pk, book.attempt)
        _end(book, "fail", problems=[{"rule": "BOOK-01", "text": BROKEN, "params": {}}])
    else:
        _end(book, "complete", **result)


def requeue_lost() -> int:
    """Read again what lost its worker, up to three times; send again what was never taken; how many."""
    from procurement.plans.tasks import read_workbook as task

    moment, moved = clock.now(), 0
    for book in PlanWorkbook.objects.filter(state="READING", heartbeat_at__lt=moment - LOST_AFTER).order_by("pk")[:100]:
        if book.interruptions < INTERRUPTIONS:
            moved += _tried(book, "requeue", attempt=book.attempt)
        else:
            moved += _tried(book, "fail", attempt=book.attempt, problems=[{"rule": "BOOK-01", "text": INTERRUPTED, "params": {}}])
    waiting = PlanWorkbook.objects.filter(state="RECEIVED", heartbeat_at__lt=moment - SEND_AGAIN_AFTER)
    for book_id in list(waiting.values_list("pk", flat=True)[:100]):
        PlanWorkbook.objects.filter(pk=book_id).update(heartbeat_at=moment)
        task.delay(book_id)
        moved += 1
    return moved


def _read(book: PlanWorkbook) -> dict:
    with book.document.open() as stream:
        opened = open_workbook(stream)
        try:
            _for_this_plan(opened, book)
            return _staged(book, opened)
        finally:
            opened.close()


def _for_this_plan(opened: Opened, book: PlanWorkbook) -> None:
    if opened.year and opened.year != str(book.plan.year):
        raise Unusable([refuse("BOOK-01", _("这份工作簿是 %(found)s 年度的，不能列入 %(wanted)s 年度计划。"), found=opened.year,
                               wanted=book.plan.year)])


def _staged(book: PlanWorkbook, opened: Opened) -> dict:
    book.rows.all().delete()
    checker, parts = Checker(book), parts_by_key(opened)
    problems: list[Refusal] = []
    seen: set[str] = set()
    counted = {"item_count": 0, "error_count": 0, "gap_count": 0, "total": ZERO}
    digests: list[str] = []
    batch: list[WorkbookRow] = []
    for line in opened.lines(ITEMS, MOST_ITEMS):
        own = {part: known.pop(line.key) for part, known in parts.items() if line.key in known} if line.key and line.key not in seen else {}
        problems += _key_problems(line, seen)
        seen.add(line.key)
        row = row_for(checker, book, counted["item_count"] + 1, line, own)
        counted["item_count"] += 1
        counted["error_count"] += row.errors
        counted["gap_count"] += row.gaps
        counted["total"] += row.amount
        digests.append(row.digest)
        batch.append(row)
        if len(batch) == BATCH:
            _write(book, batch, 100 * counted["item_count"] // (opened.expected or 1))
            batch = []
    _write(book, batch, 99)
    problems += _orphans(parts)
    if not counted["item_count"]:
        problems.append(refuse("BOOK-01", _("工作表“%(sheet)s”里没有项目。"), sheet=ITEMS))
    counted["error_count"] += len(problems)
    return {**counted, "problems": _problems(problems[:MOST_PROBLEMS]), "rows_digest": digest(canonical_json(digests))}


def row_for(checker: Checker, book: PlanWorkbook, number: int, line: Line, parts: dict[str, list[Line]]) -> WorkbookRow:
    """The staging row of one line: checked, with its values where nothing is wrong with it."""
    found = checker.check(line.number, line.cells, parts)
    errors = len(found.of(ERROR))
    values = kept(found.values) if not errors else None
    amount = total_of(found.values) if not errors else ZERO
    return WorkbookRow(
        book=book, attempt=book.attempt, number=number, line=line.number, key=line.key, cells=line.cells,
        parts={part: [[each.number, each.cells] for each in lines] for part, lines in parts.items()},
        title=str(found.values.get("title") or "")[:200], values=values, amount=min(amount, MAXIMUM), errors=errors,
        gaps=len(found.of(GAP)), digest=digest_of(values if values is not None else {"cells": line.cells, "key": line.key}),
    )


def _key_problems(line: Line, seen: set[str]) -> Iterator[Refusal]:
    if not line.key:
        yield refuse("BOOK-03", _("%(cell)s：没有填项目序号。"), cell=f"{ITEMS}!A{line.number}")
    elif line.key in seen:
        yield refuse("BOOK-03", _("%(cell)s：项目序号“%(key)s”重复。"), cell=f"{ITEMS}!A{line.number}", key=line.key)


def _orphans(parts: dict) -> Iterator[Refusal]:
    for part, known in parts.items():
        for key, lines in known.items():
            for line in lines:
                yield refuse("BOOK-03", _("%(cell)s：没有序号为“%(key)s”的项目。"), cell=f"{PARTS[part]}!A{line.number}", key=key or "—")


def _write(book: PlanWorkbook, batch: list[WorkbookRow], percent: int) -> None:
    """Keep a batch and say how far it is; stop when the upload is no longer this worker's."""
    WorkbookRow.objects.bulk_create(batch)
    still = PlanWorkbook.objects.filter(pk=book.pk, state="READING", attempt=book.attempt).update(
        progress=min(99, percent), heartbeat_at=clock.now()
    )
    if not still:
        raise Stopped


def _problems(refusals: list[Refusal]) -> list[dict]:
    return [{"rule": each.rule, "text": str(each.text), "params": plain(each.params)} for each in refusals]


def _end(book: PlanWorkbook, name: str, **data) -> None:
    _tried(book, name, attempt=book.attempt, **data)


def _tried(book: PlanWorkbook, name: str, **data) -> bool:
    try:
        perform(book, name, actor=system_actor(), **data)
        return True
    except Refused as refused:
        logger.info("workbook %s: %s not done: %s", book.pk, name, refused.rules)
        return False
