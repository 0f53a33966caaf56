"""Work behind the pages of plans and budgets, held against the least it could cost. Only `script/bench --plans` runs it.

`python -m portal.bench_plans ROUNDS` answers with one JSON line a measurement; the paper is set in a process of its own.
"""
from __future__ import annotations

import json
import multiprocessing
import sys
from collections.abc import Callable
from io import BytesIO

from portal import bench_work  # brings Django up  # isort: skip
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from portal.accounts.models import User
from portal.reports.parts import render_register
from portal.reports.workbook import render_xlsx
from procurement.plans import consolidated
from procurement.plans.models import PlanItem

EXPORTED = 20_000
PRINTED = 3_600  # items of a paper of about three hundred pages
SMALL, MOST_MB = 2_000, 500
#: Pages of budgets and who reads them, named as `script.measuring_plans` names them.
PAGES = {
    "budget use, agency": ("/budgets/use/", "head"), "budget use, region": ("/budgets/use/", "finance_officer"),
    "budget lines, region": ("/budgets/", "finance_officer"),
}  # fmt: skip
#: What a statement reads that a page of budgets shows; all others belong to the frame of the page.
SHOWN = ('"budgets_', '"plans_')


def items(count: int) -> QuerySet[PlanItem]:
    """So many items as a region's paper would have them, whatever their year and region."""
    return PlanItem.objects.exclude(state__in=consolidated.DEAD).order_by("agency__name", "agency", "id")[:count]


# --- the workbook -----------------------------------------------------------------------------------------------------
def export(rounds: int) -> dict:
    """The workbook of a region, read and written, against the library writing the same cells."""
    cells = [[row.get(column.key) for column in consolidated.COLUMNS] for row in consolidated.rows_of(items(EXPORTED))]

    def bare() -> None:
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in cells:
            sheet.append(row)
        book.save(BytesIO())

    work, floor = bench_work.by_turns(max(3, rounds // 10), lambda: exported(EXPORTED), bare)
    few, many = (statements_of(lambda count=count: exported(count)) for count in (SMALL, EXPORTED))
    asked = f"{len(many)} queries" if len(few) == len(many) else f"{len(few)} queries for {SMALL:,} items, {len(many)} for all"
    return {**bench_work.row(f"XLSX of {len(cells):,} items", "openpyxl writing", work, floor), "aim": 3, "note": asked}


def exported(count: int) -> bytes:
    return render_xlsx(consolidated.COLUMNS, consolidated.with_total(consolidated.rows_of(items(count))), title="计划汇总")


def statements_of(work: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as found:
        work()
    return [each["sql"] for each in found]


# --- the paper --------------------------------------------------------------------------------------------------------
def paper() -> dict:
    """The consolidated plan of a region, its content gathered too, in a process of its own: time, pages and memory of the largest."""
    with multiprocessing.get_context("spawn").Pool(1) as one:
        took, memory, pages = one.apply(bench_work._measured, (printed, (PRINTED,)))
    found = bench_work.row(f"plan PDF of {pages} pages", "none", took, took, memory_mb=memory)
    return {**found, "aim": 0, "most_mb": MOST_MB, "note": f"{took / 1000:.0f} s"}


def printed(count: int) -> int:
    data = consolidated.data_of(consolidated.rows_of(items(count)))
    context = {"heading": "计划汇总", "portrait": False}
    return render_register(
        consolidated.PAPER, context, title="计划汇总", data=data, progress=bench_work._silent, height=consolidated.LINES
    ).pages


# --- what pages ask ---------------------------------------------------------------------------------------------------
def asked(name: str, rounds: int) -> dict:
    """What a page of budgets asks of the database to show it, alone: `script/bench` adds it twice to the session floor."""
    path, reader = PAGES[name]
    client = Client()
    client.force_login(User.objects.get(username=reader))
    client.get(path)
    statements: list[tuple] = []

    def note(execute, sql, params, many, context):
        if any(table in sql for table in SHOWN):
            statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        client.get(path)
    sql_ms, _nothing = bench_work.by_turns(rounds, lambda: bench_work._run(statements), lambda: None)
    return {"row": name, "queries": len(statements), "sql_ms": round(sql_ms, 2)}


def main() -> None:
    rounds = int(sys.argv[1])
    # The paper first: a process begins with the mark of how much memory its parent has held.
    for found in (paper(), *(asked(name, rounds) for name in PAGES), export(rounds)):
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
