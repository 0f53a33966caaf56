"""Budget lines by workbook: the empty form, lines as a workbook, what was handed in, and one workbook cell by cell."""
from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.access import audience
from portal.audit.models import Entry
from portal.paging import page_of
from portal.reports.workbook import CONTENT_TYPE
from portal.templatetags.marks import moment, state_badge, yuan
from portal.workflow import available_actions, creating_actions
from procurement.plans.workbooks.cells import shown

from .books import COLUMNS, write_book, write_template
from .filters import LineFilter
from .forms import LineForm
from .importing import Check, Row
from .models import BudgetLine, LineBook
from .views import READERS

#: Columns that a telephone shows even where nothing is wrong in them.
ALWAYS = ("title", "year", "requested")


def _file(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=CONTENT_TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@audience(*READERS)
@require_safe
def workbook(request: HttpRequest) -> HttpResponse:
    """The lines of the list, as filtered, in the workbook that an import reads."""
    visible = BudgetLine.objects.visible_to(request.actor).select_related("agency", "paying_region", "item__project")
    found = LineFilter(request.GET, queryset=visible.order_by("-year", "-id")).qs
    return _file(write_book(found.iterator(chunk_size=500)), "budget-lines.xlsx")


@audience(*READERS)
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The empty form."""
    return _file(write_template(), "budget-lines-form.xlsx")


@audience(*READERS)
@require_safe
def books(request: HttpRequest) -> HttpResponse:
    """What was handed in, newest first; the way to the form and to handing one in."""
    visible = LineBook.objects.visible_to(request.actor).select_related("organisation", "document", "created_by")
    page = page_of(visible.defer("rows").order_by("-id"), request.GET.get("page"))
    creating = [(action.label, action.url, True) for action in creating_actions(LineBook, request.actor)]
    return render(request, "list.html", {
        "title": _("用工作簿编报指标"), "caption": _("指标工作簿"), "empty_url": "", "empty_label": "", "count_text": "", "page": page,
        "intro": _("指标多的时候，下载模板填好，一次上传，逐格检查，没有错误才整份导入。"),
        "breadcrumbs": [(_("预算"), reverse("budgets:list")), (_("用工作簿编报指标"), "")],
        "actions": [(_("下载模板"), reverse("budgets:template")), *creating],
        "head": [_("工作簿"), _("单位"), _("状态"), {"label": _("指标数"), "num": True}, {"label": _("合计"), "num": True, "unit": _("元")},
                 {"label": _("上传"), "minor": True}],
        "rows": [{"url": book.get_absolute_url(), "cells": [
            str(book), str(book.organisation), state_badge({"actor": request.actor}, book), book.count, yuan(book.total),
            f"{book.created_by.name} {moment(book.created_at)}",
        ]} for book in page.object_list],
        "empty_title": _("还没有上传过工作簿"), "empty_text": _("上传后列在这里，点开逐格核对。"),
    })  # fmt: skip


@audience(*READERS)
@require_safe
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """Before it is taken in: every cell, and under it what is wrong with it. Afterwards: the lines it brought."""
    visible = LineBook.objects.visible_to(request.actor).select_related("organisation__region", "document", "created_by")
    found = visible.filter(pk=pk).first()
    if found is None:
        raise Http404
    check = Check(found) if found.state == LineBook.State.RECEIVED else None
    only = check is not None and request.GET.get("only") == "errors"
    rows = [row for row in check.rows if row.faults or not only] if check else []
    page = Paginator(rows if check else found.lines.order_by("id"), 25).get_page(request.GET.get("page"))
    return render(request, "budgets/book.html", {
        "book": found, "page": page, "only": only, "errors": len(check.faults) if check else 0, "checked": check is not None,
        "table": _table(page.object_list) if check else [], "lines": [] if check else page.object_list,
        "meta": [found.organisation.name], "actions": available_actions(found, request.actor),
        "facts": [
            (_("文件"), document_link(found.document)), (_("文件摘要"), found.digest),
            (_("上传"), f"{found.created_by.name} {moment(found.created_at)}"),
        ],
        "entries": Entry.objects.of_subject("budgets.book", found.pk).order_by("-id")[:50],
        "breadcrumbs": [(_("预算"), reverse("budgets:list")), (_("用工作簿编报指标"), reverse("budgets:books")), (str(found), "")],
    })  # fmt: skip


def document_link(document) -> str:
    return format_html('<a href="{}">{}</a>', document.get_absolute_url(), document.name)


def _table(rows: list[Row]) -> list[dict]:
    """Rows with their number in the file, and cell by cell what stands there and what is said of it; empty columns are left out."""
    columns = [column for column in COLUMNS if column.name in ALWAYS or any(
        row.cells.get(column.name) is not None or row.faults.get(column.name) for row in rows
    )]  # fmt: skip
    return [{"number": row.number, "cells": [
        {"label": LineForm.base_fields[column.name].label, "kind": column.kind, "text": shown(row.cells.get(column.name)),
         "faults": [fault.params["said"] for fault in row.faults.get(column.name, ())], "num": column.kind in ("integer", "decimal"),
         "minor": column.name not in ALWAYS and not row.faults.get(column.name)}
        for column in columns
    ]} for row in rows]  # fmt: skip
