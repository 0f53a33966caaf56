"""Measure the workbook of a plan: reading its cells bare, previewing it, putting it into the plan; in one process, one after the other."""
from __future__ import annotations

import json
import time
from decimal import Decimal
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand
from openpyxl import load_workbook

from catalogue.models import CatalogueItem
from portal.accounts.actor import Actor, actor_for
from portal.accounts.demo import load_people
from portal.reports.workbook import CONTENT_TYPE
from portal.workflow import perform
from procurement.plans.forms.workbooks import CommitForm
from procurement.plans.models import CostFactor, Plan, PlanWorkbook
from procurement.plans.workbooks import reading
from procurement.plans.workbooks.columns import ITEMS, sheets
from procurement.plans.workbooks.writing import render, row_of

YEAR = 2090  # nobody plans so far ahead


class Command(BaseCommand):
    help = "Measure reading, previewing and committing a plan workbook (throw-away portals only)."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--items", type=int, default=10_000)

    def handle(self, *args, items: int, **options) -> None:
        actor = actor_for(load_people()["planner"])
        plan = perform(Plan(), "draft", actor=actor, year=YEAR)
        leaf = CatalogueItem.objects.leaves().select_related("version").order_by("path").first()
        content = render((row_of(str(n), values_of(n, leaf)) for n in range(1, items + 1)), agency=plan.agency.name, year=YEAR)
        bare, cells = timed(lambda: cells_of(content))
        book = uploaded(plan, actor, content)
        preview, _none = timed(lambda: reading.read_workbook(book.pk))
        book.refresh_from_db()
        form = CommitForm({}, subject=book, actor=actor)
        ready, _valid = timed(form.is_valid)
        locked, _done = timed(lambda: perform(book, "commit", actor=actor, **form.cleaned_data))
        self.stdout.write(json.dumps({
            "items": book.item_count, "errors": book.error_count, "cells": cells, "megabytes": round(len(content) / 1e6, 1),
            "bare_s": bare, "preview_s": preview, "ratio": round(preview / bare, 2), "made_ready_s": ready, "write_lock_s": locked,
        }))  # fmt: skip


def timed(work) -> tuple[float, object]:
    """Seconds of this process alone, so that neighbours do not count; and what came of it."""
    start = time.process_time()
    result = work()
    return round(time.process_time() - start, 2), result


def cells_of(content: bytes) -> int:
    """The floor: every cell of every sheet, asked of the library and nothing more."""
    book = load_workbook(BytesIO(content), read_only=True)
    return sum(1 for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None)


def uploaded(plan: Plan, actor: Actor, content: bytes) -> PlanWorkbook:
    """The upload by its own row; nobody reads it yet, because this process measures that."""
    from procurement.plans.forms.workbooks import UploadForm
    from procurement.plans.verbs import workbooks

    workbooks.send = lambda book_id: None
    file = SimpleUploadedFile("计划.xlsx", content, CONTENT_TYPE)
    form = UploadForm({"plan": plan.pk}, {"file": file}, subject=PlanWorkbook(), actor=actor)
    if not form.is_valid():
        raise SystemExit(form.errors.as_json())
    return perform(PlanWorkbook(), "upload", actor=actor, **form.cleaned_data)


def values_of(number: int, leaf: CatalogueItem) -> dict:
    """An item with everything filled in, as a large agency would bring it."""
    columns = [column for column in sheets()[ITEMS].columns if "." not in column.name]
    words = {column.name: f"第 {number} 项，按规定填写。" for column in columns if column.kind == "text"}
    numbers = {"quantity": Decimal(number), "unit_price": Decimal("13.50"), "periods": Decimal(1), "posts": 0, "term_months": 12}
    answers = {column.name: False for column in columns if column.kind in ("yes_no", "tick")}
    total = Decimal(number) * Decimal("13.50")
    return {
        **words, **numbers, **answers, "unit": "次", "leaf": leaf, "kind": "PROJECT", "sme_policy": "NONE", "method": "OPEN_TENDER",
        "factors": [{"factor": value, "unit_amount": Decimal("3.375").quantize(Decimal("0.01")), "basis": "测算"}
                    for value in CostFactor.Factor.values],
        "sources": [{"kind": "GENERAL", "level": "CITY", "name": "预算", "amount": total}],
        "years": [{"year": YEAR, "amount": total}],
        "indicators": [
            {"category": "OUTPUT", "group": "数量", "name": "完成次数", "direction": "AT_LEAST", "target": Decimal(number), "unit": "次",
             "weight": Decimal(60), "source": "台账"},
            {"category": "SATISFACTION", "group": "群众", "name": "满意度", "direction": "AT_LEAST", "target": Decimal(90), "unit": "%",
             "weight": Decimal(40), "source": "问卷"},
        ],
    }  # fmt: skip
