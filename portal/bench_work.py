"""Work behind the pages, held against the least it could cost: the record, workbooks, papers, the search. Only `script/bench` runs it.

`python -m portal.bench_work ROUNDS PAGES[,PAGES…]` answers with one JSON line a measurement; a paper is set in a process of
its own, so that its memory is its own.
"""
from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from openpyxl import Workbook  # noqa: E402

from portal import clock  # noqa: E402
from portal.accounts.actor import system_actor  # noqa: E402
from portal.accounts.models import User  # noqa: E402
from portal.audit.models import Chain, Entry  # noqa: E402
from portal.audit.record import COVERED, verify  # noqa: E402
from portal.reports import documents, pdf  # noqa: E402
from portal.reports.parts import render_register  # noqa: E402
from portal.reports.workbook import Column, render_xlsx  # noqa: E402
from portal.workbench.case_file.content import gather  # noqa: E402
from procurement.plans.documents import DEAD, plan_data  # noqa: E402
from procurement.plans.models import PlanItem, Project  # noqa: E402

READER = "head"
SEARCHED = "服务"
CHAINS = 5_000  # chains of the record that are verified
ROWS = 20_000  # of a workbook
RECORD = "paper/record.html"
ROWS_A_PAGE = 27  # of a register of the record, about
ITEMS_A_PAGE = 3  # of a plan's paper, about
PLAN_PAGES = 20
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def by_turns(rounds: int, work: Callable[[], object], floor: Callable[[], object]) -> tuple[float, float]:
    """Median milliseconds of both, measured by turns."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _round in range(rounds):
        for one, series in zip((work, floor), taken, strict=True):
            start = perf_counter()
            one()
            series.append((perf_counter() - start) * 1000)
    return statistics.median(taken[0]), statistics.median(taken[1])


def row(name: str, floor: str, work_ms: float, floor_ms: float, **more) -> dict:
    ratio = round(work_ms / floor_ms, 2)
    return {"row": name, "floor": floor, "ms": round(work_ms, 2), "floor_ms": round(floor_ms, 2), "ratio": ratio, **more}


# --- the record -------------------------------------------------------------------------------------------------------
def record(rounds: int) -> dict:
    """Verifying some chains, against a loop that reads the same rows, puts their JSON in order and takes a digest."""
    keys = list(Chain.objects.order_by("-count", "key").values_list("pk", flat=True)[:CHAINS])
    sql, values = Entry.objects.filter(chain_id__in=keys).order_by("chain_id", "seq").values_list(*COVERED).query.sql_with_params()
    places = [COVERED.index(name) for name in ("facts", "rules")]

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            while rows := cursor.fetchmany(2000):
                for found in map(list, rows):
                    for place in places:
                        found[place] = json.loads(found[place]) if isinstance(found[place], str) else found[place]
                    text = json.dumps(dict(zip(COVERED, found, strict=True)), ensure_ascii=False, sort_keys=True, default=str)
                    hashlib.sha256(text.encode()).hexdigest()

    work, floor = by_turns(max(3, rounds // 10), lambda: list(verify(*keys)), bare)
    return row("record verified", "hash loop", work, floor, entries=Entry.objects.filter(chain_id__in=keys).count())


# --- workbooks --------------------------------------------------------------------------------------------------------
def workbook(rounds: int) -> dict:
    """A workbook of 20,000 rows, against the library writing the same values without any dress."""
    columns = [Column("number", "编号"), Column("title", "名称"), Column("amount", "金额", kind="money"),
               Column("year", "年度", kind="integer"), Column("at", "时间", kind="moment")]  # fmt: skip
    moment = clock.now()
    rows = [{"number": f"2026-{n:05d}", "title": f"城区保洁服务项目{n}", "amount": Decimal(n) * 100 + Decimal("0.55"),
             "year": 2026, "at": moment} for n in range(ROWS)]  # fmt: skip

    def bare() -> None:
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for each in rows:
            sheet.append([*list(each.values())[:4], moment.replace(tzinfo=None)])
        book.save(BytesIO())

    work, floor = by_turns(max(3, rounds // 10), lambda: render_xlsx(columns, rows, title="项目"), bare)
    return row("XLSX of 20,000 rows", "openpyxl alone", work, floor)


# --- the search -------------------------------------------------------------------------------------------------------
def search(rounds: int) -> dict:
    """What the page of finds asks of the database, alone: `script/bench` adds it to the floor of the page itself."""
    client = Client()
    client.force_login(User.objects.get(username=READER))
    page = lambda: client.get("/search/", {"q": SEARCHED})  # noqa: E731
    page()
    statements: list[tuple] = []

    def note(execute, sql, params, many, context):
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        page()
    sql_ms, _nothing = by_turns(rounds, lambda: _run(statements), lambda: None)
    return {"row": "search", "queries": len(statements), "sql_ms": round(sql_ms, 2)}


def _run(statements: list[tuple]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(*statement)
            if cursor.description:
                cursor.fetchall()


# --- papers -----------------------------------------------------------------------------------------------------------
def register(pages: int) -> dict | None:
    """The record as a register of about so many pages, against Chromium printing the same rows in one page of HTML."""
    entries = list(documents.rows_of(Entry.objects.order_by("-pk")[:ROWS_A_PAGE]))
    data = {"title": "办理记录", "rows": [each for _page in range(pages) for each in entries], "damage": []}
    context = {"heading": "办理记录", "portrait": True}
    html = pdf.compose(RECORD, {**context, "total": len(data["rows"])}, title="办理记录", data=data).html
    return _against_chromium("register", html, _bound, context, data)


def plan_paper(pages: int) -> dict | None:
    """A plan of about so many pages, set as one tagged paper, against Chromium printing the same HTML."""
    item = PlanItem.objects.exclude(plan=None).exclude(state__in=DEAD).select_related("plan__agency").order_by("pk").first()
    plan = item.plan
    data = plan_data(plan, system_actor())
    data["items"] = [{**data["items"][0], "order": order} for order in range(1, pages * ITEMS_A_PAGE + 1)]
    context = {"heading": plan.number, "scope": plan.number, "portrait": False}
    sheet = pdf.compose("plans/paper/plan.html", context, title=plan.number, data=data)
    return _against_chromium("plan", sheet.html, _set, sheet.html, sheet.content)


def case_file() -> dict | None:
    """The case file of the project with the longest record, its content gathered too, against Chromium printing its HTML."""
    chain = Chain.objects.filter(key__startswith="project:").order_by("-count", "key").first()
    project = Project.objects.select_related("agency", "region").get(pk=chain.key.partition(":")[2])
    actor, moment = system_actor(), clock.now()
    sheet = _book(project, gather(project, actor, _silent, moment))
    return _against_chromium("case file", sheet.html, _gathered, project.pk)


def _book(project: Project, data: dict) -> pdf.Sheet:
    context = {"heading": project.title, "scope": project.agency.name, "filters": project.number, "portrait": True, "reader": ""}
    return pdf.compose("paper/case_file.html", context, title=project.title, data=data)


def _silent(_done: int, _total: int, _step: str = "", **_values) -> None:
    """Nobody waits for a measurement."""


def _set(html: str, content: bytes) -> int:
    return pdf.typeset(html, title="plan", content=content)[1]


def _bound(context: dict, data: dict) -> int:
    return render_register(RECORD, context, title="register", data=data, progress=_silent).pages


def _gathered(pk: int) -> int:
    project = Project.objects.select_related("agency", "region").get(pk=pk)
    sheet = _book(project, gather(project, system_actor(), _silent, clock.now()))
    return pdf.typeset(sheet.html, title=sheet.title, content=sheet.content)[1]


def _against_chromium(name: str, html: str, make: Callable[..., int], *given) -> dict | None:
    """Both as whole processes; the memory is that of the largest process that took part in making the paper."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        return None
    with multiprocessing.get_context("spawn").Pool(1) as one:
        took, memory, made = one.apply(_measured, (make, given))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper.html"
        path.write_text(html)
        start = perf_counter()
        command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-pdf-header-footer",
                   f"--user-data-dir={folder}/profile", f"--print-to-pdf={folder}/paper.pdf", path.as_uri()]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=1800)
        printed = (perf_counter() - start) * 1000
    return row(f"{name} of {made} pages", "Chromium", took, printed, memory_mb=memory, pages=made)


def _measured(make: Callable[..., int], given: tuple) -> tuple[float, int, int]:
    start = perf_counter()
    pages = make(*given)
    took = (perf_counter() - start) * 1000
    largest = max(resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return took, largest // 1024, pages


def main() -> None:
    rounds, pages = int(sys.argv[1]), [int(each) for each in sys.argv[2].split(",") if each]
    # Papers first: a process begins with the mark of how much memory its parent has held.
    papers = (*map(register, pages), plan_paper(PLAN_PAGES), case_file())
    for result in (*papers, record(rounds), workbook(rounds), search(rounds)):
        if result:
            sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
