"""Pages of the catalogue: the public tree with its search, the versions, one version, one item."""
from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from catalogue.evidence import Evidence
from catalogue.forms import SearchForm
from catalogue.listing import HITS, csv_of, search, tree_of, xlsx_of
from catalogue.models import CATALOGUE_BODIES, CatalogueComment, CatalogueItem, CatalogueVersion, Policy
from catalogue.verbs import changes_of
from catalogue.verbs.version import version_above
from catalogue.workflow import CATALOGUE_VERSION, COMMENT
from catalogue.workflow.version import EDITS
from portal import clock
from portal.accounts.access import PUBLIC, audience
from portal.accounts.models import Region
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.files.models import Document
from portal.templatetags.marks import day, state_badge, yuan
from portal.workflow import available_actions, creating_actions

from .handing_out import handed_out
from .outside import READERS as OUTSIDE_READERS

#: How many lists of departments the page of a region's list names; the page of versions has them all.
BESIDE = 40
#: How many opinions a page shows; programs page through all.
COMMENTS = 200
#: Rows that have the editing pages for their own, and stand in the act panel no second time.
LINE_BY_LINE = frozenset(edit[0] for edit in EDITS)


def version_for(request: HttpRequest, pk: int) -> CatalogueVersion:
    found = (
        CatalogueVersion.objects.visible_to(request.actor).select_related("issuer", "region", "agency", "previous").filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    return found


def chosen_version(request: HttpRequest) -> CatalogueVersion | None:
    """The list of the region asked for, else the one the reader buys by, else the one a region issued last, else the reference."""
    versions = CatalogueVersion.objects.select_related("issuer", "region", "agency")
    code = request.GET.get("region", "")
    region = Region.objects.filter(code=code).first() if code else None
    if region is not None:
        return versions.in_force(region, clock.today()).first()
    if request.actor.organisation:
        return versions.in_force_for(request.actor.organisation, clock.today()).first()
    own = versions.current(clock.today()).exclude(region=None).filter(agency=None).order_by("-valid_from", "-pk").first()
    return own or versions.in_force(None, clock.today()).first()


@audience(PUBLIC)
@require_safe
def tree(request: HttpRequest) -> HttpResponse:
    """The list in force as a tree, and one box that finds items by code or name (S-06, R102-15)."""
    version = chosen_version(request)
    regions = Region.objects.filter(
        pk__in=CatalogueVersion.objects.current(clock.today()).exclude(region=None).filter(agency=None).values("region")
    ).order_by("path")
    form = SearchForm(request.GET, regions=regions)
    query = form.cleaned_data["q"].strip() if form.is_valid() else ""
    context = {
        "version": version, "form": form, "query": query,
        "breadcrumbs": [(_("指导性目录"), "")], "most": HITS,
        "outside_url": reverse("catalogue:outside") if request.actor.has(*OUTSIDE_READERS) else "",
    }
    if version is not None:
        context |= {"standing": standing_of(version), "facts": facts_of(version), "legend": list(Evidence)}
        context |= {"beside": lists_beside(version), "most_beside": BESIDE}
        context["hits" if query else "branches"] = search(version, query) if query else tree_of(version)
    return render(request, "catalogue/tree.html", context)


def lists_beside(version: CatalogueVersion) -> list[CatalogueVersion]:
    """What departments of the same region hold today, and the region's own list above them; the first of them (R102-16)."""
    held = CatalogueVersion.objects.current(clock.today()).select_related("agency", "region").exclude(pk=version.pk)
    own = held.filter(region=version.region_id, agency__isnull=False).order_by("agency__name")[:BESIDE]
    above = held.filter(region=version.region_id, agency=None) if version.agency_id else held.none()
    return [*above, *own]


@audience(PUBLIC)
@require_safe
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: where it stands, what stands below and beside it."""
    found = (
        CatalogueItem.objects.visible_to(request.actor)
        .select_related("version__region", "version__issuer", "parent__parent__parent").filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    way = []
    above = found.parent
    while above is not None:
        way.insert(0, (str(above), above.get_absolute_url()))
        above = above.parent
    rows = [
        (_("编码"), found.code), (_("级次"), found.level), (_("类别"), found.get_kind_display()),
        (_("所属版本"), format_html('<a href="{}">{}</a>', found.version.get_absolute_url(), found.version.title)),
        (_("品目编码"), found.procurement_code), (_("说明"), found.note),
        (_("指导价"), _("%(price)s 元/%(unit)s") % {"price": yuan(found.guide_price), "unit": found.guide_unit}
         if found.guide_price else ""),
        (_("成本要素"), found.cost_factors), (_("绩效指标模板"), found.indicator_words), (_("与上级目录不一致的理由"), found.deviation),
        (_("核对情况"), _("待核：%(mark)s") % {"mark": found.evidence_mark.label} if found.evidence_mark else ""),
        (pgettext("catalogue", "停用"), _("本版本起停用") if found.retired else ""),
    ]
    return render(request, "catalogue/item.html", {
        "item": found, "version": found.version, "facts": rows,
        "may_plan": request.actor.has(Role.PLANNER) and found.is_leaf and not found.retired and found.version.state == "ISSUED",
        "policies": list(Policy.objects.about(found).defer("text")[:20]),
        "children": list(found.children.order_by("place", "code")),
        "siblings": list(
            CatalogueItem.objects.filter(parent=found.parent_id, version=found.version_id).exclude(pk=pk).order_by("place", "code")
        ),
        "breadcrumbs": [(_("指导性目录"), reverse("catalogue:tree")), *way, (str(found), "")],
    })


@audience(PUBLIC)
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """Every version the reader may see, newest first; who drafts them begins a new one here (S-07)."""
    found = CatalogueVersion.objects.visible_to(request.actor).select_related("issuer", "region", "agency").order_by("-year", "-id")
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    return render(request, "catalogue/versions.html", {
        "title": _("目录版本"), "page": page,
        "intro": _("每年更新，发布即公开；旧项目沿用立项时的版本。"),
        "breadcrumbs": [(_("指导性目录"), reverse("catalogue:tree")), (_("目录版本"), "")],
        "head": [
            _("名称"), _("状态"), {"label": _("适用范围"), "minor": True}, {"label": _("年度"), "num": True, "minor": True},
            _("施行日期"), {"label": _("停止施行"), "minor": True}, {"label": _("条数"), "num": True, "minor": True},
        ],
        "rows": [{"url": version.get_absolute_url(), "cells": [
            version.title, state_badge({"actor": request.actor}, version), reach_of(version), version.year,
            day(version.valid_from), day(version.valid_to), version.item_count,
        ]} for version in page],
        "actions": [
            (action.label, action.url, True) for action in creating_actions(CatalogueVersion, request.actor) if action.enabled
        ],
    })


@audience(PUBLIC)
@require_safe
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: what it is, what can be done now, what it changes, the list itself, its papers and record."""
    found = version_for(request, pk)
    official = request.actor.user is not None
    actions = available_actions(found, request.actor) if official else []
    entries = Entry.objects.of_subject(CATALOGUE_VERSION.code, found.pk).order_by("-id")[:50]
    return render(request, "catalogue/version.html", {
        "version": found, "standing": standing_of(found), "facts": [*facts_of(found), above_of(found)], "branches": tree_of(found),
        "legend": list(Evidence) if found.is_reference else [],
        "actions": [action for action in actions if action.name not in LINE_BY_LINE],
        "editable": any(action.name in LINE_BY_LINE for action in actions),
        "edits": [entry for entry in entries if entry.transition in LINE_BY_LINE] if official else [],
        "changes": changes_of(found) if found.previous_id else None,
        "entries": list(entries) if official else [],
        "comments": comments_of(found, request.actor), "official": hears(request.actor, found),
        "may_take_down": found.hears_experts and takes_down_for(found, request.actor),
        "papers": list(Document.objects.of_subject(found).visible_to(request.actor)),
        "breadcrumbs": [
            (_("指导性目录"), reverse("catalogue:tree")), (_("目录版本"), reverse("catalogue:versions")), (found.title, ""),
        ],
    })


def comments_of(version: CatalogueVersion, actor) -> list[CatalogueComment]:
    """The opinions this reader sees, those that wait first, each with what he may do to it."""
    found = list(
        version.comments.visible_to(actor).select_related("version__region", "item").order_by("-state", "-id")[:COMMENTS]
    )
    for comment in found:
        comment.acts = available_actions(comment, actor) if actor.user else []
    return found


def hears(actor, version: CatalogueVersion) -> bool:
    """Whether this reader is told how to reach who handed in an opinion: who writes and who decides the list."""
    return actor.kind in CATALOGUE_BODIES or (actor.organisation_id is not None and actor.organisation_id == version.agency_id)


def takes_down_for(version: CatalogueVersion, actor) -> bool:
    """Whether this person writes down opinions on this version: an officer of who writes it."""
    return any(who.fits(actor, CatalogueComment(version=version)) for who in COMMENT["answer"].who)


@audience(PUBLIC)
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The version as a CSV file in the columns that an import reads."""
    found = version_for(request, pk)
    return handed_out(csv_of(found), f"catalogue-{found.pk}.csv")


@audience(PUBLIC)
@require_safe
def export_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The version as a workbook, which an import reads as well."""
    found = version_for(request, pk)
    return handed_out(xlsx_of(found), f"catalogue-{found.pk}.xlsx")


def standing_of(version: CatalogueVersion) -> str:
    """Since when the version holds, or that nothing may be planned by it yet."""
    if version.valid_from:
        return _("自 %(day)s 起施行") % {"day": day(version.valid_from)}
    period = version.consultation
    if period is not None and period.is_live:
        return _("征求意见至 %(day)s，尚未发布") % {"day": day(period.last_day)}
    return _("尚未发布，不能用于购买计划")


def above_of(version: CatalogueVersion) -> tuple:
    """The list that this one stays within, or says why not (R102-16)."""
    above = None if version.is_reference else version_above(version)
    link = format_html('<a href="{}">{}</a>', above.get_absolute_url(), above.title) if above else ""
    return (_("上级目录"), link)


def reach_of(version: CatalogueVersion) -> str:
    """Who buys by it: a region, one department, or whoever has no list of his own."""
    if version.agency:
        return version.agency.name
    return version.region.name if version.region else _("尚无本地目录的地区")


def facts_of(version: CatalogueVersion) -> list[tuple]:
    """The head of a version in lines."""
    return [
        (_("发布机关"), version.issuer.name if version.issuer else _("无（系统自带的参考目录）")),
        (_("文号"), version.document_number), (_("适用范围"), reach_of(version)), (_("年度"), version.year),
        (_("施行日期"), day(version.valid_from) if version.valid_from else ""),
        (_("停止施行日期"), day(version.valid_to) if version.valid_to else ""),
        (_("条数"), _("%(count)s 条") % {"count": version.item_count}), (_("审定文件"), version.decision),
        (_("已征求意见的部门"), version.departments), (_("意见采纳情况"), version.consultation_summary),
    ]
