"""Pages of money: the lines, one line with its postings, what a project holds."""
from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.access import audience
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.templatetags.marks import day, state_badge, yuan
from portal.workdays.deadlines import Deadline
from portal.workflow import available_actions, creating_actions

from .filters import LineFilter
from .models import BudgetLine, Encumbrance, LineBook, Share

READERS = (
    Role.PLANNER, Role.OFFICER, Role.PAYER, Role.HEAD, Role.DEPARTMENT, Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.BUDGET_OFFICER,
    Role.AUDITOR, Role.REVIEWER_FINANCE,
)  # fmt: skip


@audience(*READERS)
@require_safe
def lines(request: HttpRequest) -> HttpResponse:
    """Budget lines with their buckets; the totals of what is filtered stand at the foot."""
    visible = BudgetLine.objects.visible_to(request.actor).select_related("agency").order_by("-year", "-id")
    filterset = LineFilter(request.GET, queryset=visible)
    page = Paginator(filterset.qs, 25).get_page(request.GET.get("page"))
    total = filterset.qs.order_by().aggregate(**{name: Sum(name) for name in ("allocated", "reserved", "committed", "paid")})
    held = {name: value or 0 for name, value in total.items()}
    acts = [*creating_actions(BudgetLine, request.actor), *creating_actions(Encumbrance, request.actor)]
    books = [(_("用工作簿编报"), reverse("budgets:books"))] if creating_actions(LineBook, request.actor) else []
    export = f"{reverse('budgets:workbook')}?{request.GET.urlencode()}".rstrip("?")
    creating = [(action.label, action.url, number == 0) for number, action in enumerate(acts)]
    return render(request, "list.html", {
        "title": _("预算指标"), "caption": _("预算指标"), "empty_url": "", "empty_label": "", "count_text": "",
        "filter": filterset, "page": page, "breadcrumbs": [(_("预算"), "")],
        "intro": _("下达数 = 可用 + 已预留 + 已占用 + 已支付，任何时候不超。"),
        "head": [_("指标"), _("单位"), _("状态"), *({"label": label, "num": True, "unit": _("元"), "minor": minor} for label, minor in (
            (_("下达"), False), (_("已预留"), True), (_("已占用"), True), (_("已支付"), True), (_("可用"), False)))],
        "rows": [{"url": line.get_absolute_url(), "cells": [
            f"{line.number} {line.title}", str(line.agency), state_badge({"actor": request.actor}, line), yuan(line.allocated),
            yuan(line.reserved), yuan(line.committed), yuan(line.paid), yuan(line.free),
        ]} for line in page.object_list],
        "foot": [_("合计"), "", "", yuan(held["allocated"]), yuan(held["reserved"]), yuan(held["committed"]), yuan(held["paid"]),
                 yuan(held["allocated"] - held["reserved"] - held["committed"] - held["paid"])],
        "actions": [(_("预算执行"), reverse("budgets:use")), (_("分级负担"), reverse("budgets:sharings")), (_("导出工作簿"), export),
                    *books, *creating],
        "empty_title": _("还没有预算指标"), "empty_text": _("项目批准后由购买主体编报，财政部门下达。"),
    })  # fmt: skip


def link_to(line: BudgetLine | None) -> str:
    """A line's number as a way to it; nothing for none."""
    return format_html('<a href="{}">{}</a>', line.get_absolute_url(), line.number) if line else ""


def sharing_of(line: BudgetLine) -> str:
    """The shared cost the line is a part of, as a way to it."""
    share = Share.objects.filter(line=line).select_related("sharing__item").first()
    return format_html('<a href="{}">{}</a>', share.sharing.get_absolute_url(), share.sharing) if share else ""


def book_of(line: BudgetLine, actor) -> str:
    """The workbook the line was read from, as a way to it for those who may see it."""
    book = LineBook.objects.visible_to(actor).select_related("document").filter(pk=line.book_id).first() if line.book_id else None
    return format_html('<a href="{}">{}</a>', book.get_absolute_url(), book) if book else ""


@audience(*READERS)
@require_safe
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """One line: its buckets, who holds what of it, every posting, what can be done."""
    visible = BudgetLine.objects.visible_to(request.actor).select_related("agency__region", "paying_region", "item", "carried_from")
    found = visible.filter(pk=pk).first()
    if found is None:
        raise Http404
    postings = Paginator(found.postings.select_related("encumbrance__project", "posted_by").order_by("-id"), 25)
    return render(request, "budgets/line.html", {
        "line": found, "meta": [found.number, found.agency.name], "used": found.allocated - found.free,
        "actions": available_actions(found, request.actor),
        "encumbrances": list(found.encumbrances.select_related("project").order_by("id")[:100]),
        "page": postings.get_page(request.GET.get("page")),
        "entries": Entry.objects.of_subject("budgets.line", found.pk).order_by("-id")[:50],
        "buckets": [(_("可用"), found.free), (_("已预留"), found.reserved), (_("已占用"), found.committed), (_("已支付"), found.paid)],
        "facts": [
            (_("预算单位"), found.agency.name), (_("年度"), found.year), (_("资金来源"), found.get_source_display()),
            (_("负担级次"), found.get_level_display()), (_("支付地区"), found.paying_region), (_("支出功能分类"), found.function_class),
            (_("支出经济分类"), found.economic_class), (_("专项用途"), found.purpose), (_("对应项目"), found.item),
            (_("申报数"), yuan(found.requested)), (_("批复文号"), found.approval_document),
            (_("分级负担方案"), sharing_of(found)), (_("指标工作簿"), book_of(found, request.actor)),
            (_("结转自"), link_to(found.carried_from)), (_("结转至"), link_to(BudgetLine.objects.filter(carried_from=found).first())),
            (_("年结"), day(Deadline(found.closes_at).last_day)),
        ],
        "breadcrumbs": [(_("预算"), reverse("budgets:list")), (found.number, "")],
    })  # fmt: skip


@audience(*READERS)
@require_safe
def encumbrance(request: HttpRequest, pk: int) -> HttpResponse:
    """What one project holds on one line in one year."""
    found = Encumbrance.objects.visible_to(request.actor).select_related("project__agency__region", "line__agency").filter(pk=pk).first()
    if found is None:
        raise Http404
    return render(request, "budgets/encumbrance.html", {
        "row": found, "meta": [found.project.number, found.year], "actions": available_actions(found, request.actor),
        "postings": list(found.postings.select_related("line", "posted_by").order_by("id")),
        "entries": Entry.objects.of_subject("budgets.encumbrance", found.pk).order_by("-id")[:50],
        "breadcrumbs": [(_("预算"), reverse("budgets:list")), (str(found), "")],
    })  # fmt: skip
