"""Workbooks that go out: the agency's template, and an upload given back with every fault at its cell."""
from __future__ import annotations

from collections.abc import Iterator

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from catalogue.models import CatalogueItem, CatalogueVersion, GovernmentFunction
from portal import clock
from portal.accounts.roles import Role
from portal.reports.registry import ReportResult, report
from portal.reports.runner import NotInScope
from portal.reports.workbook import CONTENT_TYPE
from portal.workflow.inputs import ActInputs
from procurement.plans.models import Plan, PlanItem, PlanWorkbook, WorkbookRow

from .checking import ERROR, NOTE, Checker
from .columns import ITEMS, PARTS
from .correcting import checked
from .writing import Row, prefilled, render

WRITING = gettext_noop("正在写入第 %(number)s 项，共 %(items)s 项")
PARTS_OF_ITEM = ("factors", "sources", "years", "indicators")


class TemplateForm(ActInputs):
    plan = forms.IntegerField(label=_("计划"), min_value=1, widget=forms.HiddenInput)


class MarkedForm(ActInputs):
    workbook = forms.IntegerField(label=_("工作簿"), min_value=1, widget=forms.HiddenInput)


def leaf_words(agency) -> list[str]:
    """Every leaf of the catalogue the agency buys by today, as the drop-down shows it."""
    version = CatalogueVersion.objects.in_force_for(agency, clock.today()).first()
    return [f"{leaf.code} {leaf.name}" for leaf in CatalogueItem.objects.leaves().filter(version=version).order_by("path")]


def function_words(agency) -> list[str]:
    """Every function of the department's list in use, as the drop-down shows it (S-14)."""
    found = GovernmentFunction.objects.in_force().filter(catalogue__agency=agency).order_by("position", "pk")
    return [f"{function.number} {function.name}" for function in found]


@report("plan_template", title=_("计划填报模板"), form=TemplateForm, allowed=lambda actor: actor.has(Role.PLANNER),
        back=lambda parameters: reverse("plans:workbooks", args=[parameters["plan"]]),
        hint=_("本单位的填报工作簿：带目录项下拉列表，已填入上年批准的项目。"))
def build_template(job, progress) -> ReportResult:
    """The agency's own template: drop-downs of its catalogue, last year's approved items as a first draft (S-162, S-173)."""
    plan = Plan.objects.visible_to(job.actor).select_related("agency__region").filter(pk=job.parameters["plan"]).first()
    if plan is None:
        raise NotInScope
    before = (
        PlanItem.objects.filter(agency=plan.agency, year=plan.year - 1, state__in=["APPROVED", "EXECUTED"])
        .select_related("leaf", "project", "function__catalogue").prefetch_related(*PARTS_OF_ITEM).order_by("id")
    )
    rows = list(_watched(prefilled(before), progress, before.count()))
    content = render(rows, agency=plan.agency.name, year=plan.year, leaves=leaf_words(plan.agency),
                     functions=function_words(plan.agency))
    name = f"{plan.agency.name}{plan.year}年度购买计划填报.xlsx"
    return ReportResult(filename=name, content=content, content_type=CONTENT_TYPE, rows=len(rows))


@report("plan_workbook", title=_("标注了问题的工作簿"), form=MarkedForm, allowed=lambda actor: actor.has(Role.PLANNER),
        back=lambda parameters: reverse("plans:workbook", args=[parameters["workbook"]]),
        hint=_("上传的内容原样写回，错误处红底、待补处黄底，批注写明原因。"))
def build_marked(job, progress) -> ReportResult:
    """The upload with a comment and a colour at every cell that something is to be said of (S-172)."""
    book = PlanWorkbook.objects.visible_to(job.actor).select_related("plan__agency__region").filter(pk=job.parameters["workbook"]).first()
    if book is None or not book.staged_rows.exists():
        raise NotInScope
    rows = book.staged_rows.order_by("number")
    content = render(
        _watched(_marked(book, rows), progress, book.item_count), agency=book.plan.agency.name, year=book.plan.year,
        leaves=leaf_words(book.agency), functions=function_words(book.agency),
        problems=[str(problem["message"]) for problem in book.problem_texts],
    )
    return ReportResult(filename=f"{book.plan.number} 问题标注.xlsx", content=content, content_type=CONTENT_TYPE, rows=book.item_count)


def _watched(rows, progress, total: int) -> Iterator[Row]:
    for done, row in enumerate(rows, start=1):
        progress(done, total + 1, WRITING, number=done, items=total)
        yield row


def _marked(book: PlanWorkbook, rows) -> Iterator[Row]:
    """Each row as it was read, with what is said now; places of parts are counted within the item."""
    checker = Checker(book)
    for row in rows.iterator(chunk_size=250):
        yield marked_row(checker, row)


def marked_row(checker: Checker, row: WorkbookRow) -> Row:
    found = checked(checker, row)
    places = {ITEMS: {row.line: 0}, **{title: {number: place for place, (number, _cells) in enumerate(row.parts.get(part, ()))}
                                       for part, title in PARTS.items()}}  # fmt: skip
    marks: dict[str, dict[int, dict[str, tuple[bool, str]]]] = {}
    for finding in found.findings:
        if finding.level == NOTE:
            continue
        at = marks.setdefault(finding.sheet, {}).setdefault(places[finding.sheet].get(finding.line, 0), {})
        name = finding.name if finding.has_column else ""
        was_error, text = at.get(name, (False, ""))
        at[name] = (was_error or finding.level == ERROR, f"{text}\n{finding.sentence}".strip())
    return Row(row.key, row.cells, {part: [cells for _number, cells in lines] for part, lines in row.parts.items()}, marks)
