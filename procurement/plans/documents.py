"""Papers of planning: the yearly plan as a register, the minutes of the joint meeting as an official document."""
from __future__ import annotations

from django import forms
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.roles import OrganisationKind
from portal.files.kinds import ISSUED, PAPERS, register_kind
from portal.money import ZERO, in_figures, in_words
from portal.reports.pdf import render_pdf
from portal.reports.registry import ReportResult, report
from portal.reports.runner import NotInScope
from portal.workflow.inputs import ActInputs

from . import (
    adjusting,
    adjustment_paper,  # noqa: F401 - registers the form of an adjustment
    book,
    consolidated,  # noqa: F401 - registers the report of a region
    meeting_papers,  # noqa: F401 - registers the papers of meetings
    record,  # noqa: F401 - registers the record of an item's reviews
)
from .completeness import FEASIBILITY
from .forms.workbooks import WORKBOOK
from .models import AgendaItem, Meeting, Plan, PlanItem
from .workbooks import papers  # noqa: F401 - registers the reports of workbooks

register_kind(FEASIBILITY, _("可行性报告"), accepts=PAPERS, leave=ISSUED)
register_kind("intention_notice", _("采购意向公告"), accepts=("pdf",))
register_kind(WORKBOOK, _("计划工作簿"), accepts=("xlsx",), limit=20 * 1024**2)

OUTSIDE = frozenset({OrganisationKind.SUPPLIER, OrganisationKind.EXPERTS, OrganisationKind.EVALUATOR})
DEAD = ("WITHDRAWN", "CANCELLED", "LAPSED")


class PlanPaperForm(ActInputs):
    plan = forms.IntegerField(label=_("计划"), min_value=1, widget=forms.HiddenInput)
    form = forms.ChoiceField(label=_("格式"), choices=[("pdf", "PDF"), ("xlsx", "XLSX")], required=False, initial="pdf")


class MinutesForm(ActInputs):
    meeting = forms.IntegerField(label=_("会议"), min_value=1, widget=forms.HiddenInput)


def counted_items(plan: Plan, actor) -> list[PlanItem]:
    """Every item of a plan that counts and that the actor may see."""
    found = PlanItem.objects.visible_to(actor).filter(plan=plan).exclude(state__in=DEAD)
    return list(found.select_related("leaf", "filed_request", "project").order_by("id"))


def plan_data(plan: Plan, actor) -> dict:
    """What the register of a plan shows: every item that counts, with the five things to be published (R-008)."""
    items = counted_items(plan, actor)
    return {
        "number": plan.number, "agency": plan.agency.name, "year": plan.year, "state": str(plan.get_state_display()),
        "items": [
            {"order": order, "number": item.project.number if item.project else "", "title": item.title, "leaf": item.catalogue_words,
             "content": item.content, "conditions": item.supplier_conditions, "standard": item.evaluation_standard,
             "method": str(item.get_method_display()), "term": item.term_months, "state": str(item.get_state_display()),
             "amount": in_figures(item.amount), "approved": in_figures(item.approved_amount) if item.approved_amount else "—"}
            for order, item in enumerate(items, start=1)
        ],
        "total": in_figures(sum((item.amount for item in items), ZERO)),
        "approved_total": in_figures(sum((item.approved_amount or ZERO for item in items), ZERO)),
    }  # fmt: skip


def adjusted_data(plan: Plan, actor) -> list[dict]:
    """What was added, changed and cancelled since the plan was approved."""
    return [
        {"number": each.number, "title": each.item.title, "kind": str(each.get_kind_display()), "what": adjusting.summary_of(each),
         "before": in_figures(each.amount_before), "after": in_figures(each.amount_after), "at": each.applied_at}
        for each in adjusting.of_plan(actor, plan).applied()
    ]  # fmt: skip


@report("plan", title=_("年度购买计划表"), form=PlanPaperForm,
        hint=_("列出计划全部项目的内容、预算、承接条件和评价标准；XLSX 按公文附件的格式，另附绩效目标表。"))
def build_plan(job, progress) -> ReportResult:
    """One plan as a landscape register (S-21, R-008)."""
    plan = Plan.objects.visible_to(job.actor).select_related("agency").filter(pk=job.parameters["plan"]).first()
    if plan is None:
        raise NotInScope
    title = f"{plan.agency.name}{plan.year}年度政府购买服务计划表"
    if job.parameters.get("form") == "xlsx":
        items = counted_items(plan, job.actor)
        prefetch_related_objects(items, "sources", "indicators")
        progress(1, 2)
        as_of = job.as_of.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
        content = book.render(plan, items, as_of=as_of, adjustments=list(adjusting.of_plan(job.actor, plan).applied()))
        return ReportResult(filename=f"{plan.number}.xlsx", content=content, content_type=book.CONTENT_TYPE, rows=len(items), title=title)
    data = plan_data(plan, job.actor) | {"adjusted": adjusted_data(plan, job.actor)}
    progress(1, 2)
    rendered = render_pdf(
        "plans/paper/plan.html", {"heading": title, "scope": data["number"], "portrait": False,
            "data_time": job.as_of}, title=title, data=data
    )
    return ReportResult.of(rendered, filename=f"{plan.number}.pdf", title=title, rows=len(data["items"]))


def minutes_data(meeting: Meeting) -> dict:
    """What the minutes say: who was there, what was decided on each thing, with which amount and why (S-24)."""
    agenda = AgendaItem.objects.filter(meeting=meeting).select_related("item__agency", "item__project", "version").order_by("order")
    decisions = []
    for order, each in enumerate((each for each in agenda if each.state == "DECIDED"), start=1):
        amount = each.granted
        decisions.append({
            "order": order, "thing": str(each), "agency": each.item.agency.name if each.item else "",
            "number": each.item.project.number if each.item else "", "decision": str(each.get_decision_display()),
            "asked": in_figures(each.item.amount) if each.item else "", "amount": in_figures(amount) if amount else "",
            "words": in_words(amount) if amount else "", "reason": each.reason, "not_applied": each.not_applied,
        })  # fmt: skip
    members = list(meeting.members.order_by("order"))
    return {
        "number": meeting.number, "title": meeting.title, "place": meeting.place, "held_at": meeting.convened_at or meeting.scheduled_at,
        "convener": meeting.convened_by.name if meeting.convened_by else "", "called": len(members),
        "came": sum(member.present is True for member in members), "present": [str(member) for member in members if member.present],
        "absent": [str(member) for member in members if member.present is False],
        "decisions": decisions, "asked": in_figures(sum((each.item.amount for each in agenda if each.item), ZERO)),
        "agreed": in_figures(sum((each.granted or ZERO for each in agenda), ZERO)),
        "removed": [str(each) for each in agenda if each.state == "REMOVED"], "supplement": meeting.supplement,
        "signed_by": meeting.minuted_by.name if meeting.minuted_by else "", "signed_at": meeting.minuted_at,
    }  # fmt: skip


@report("minutes", title=_("联席会议纪要"), form=MinutesForm, keeps=True,
    allowed=lambda actor: bool(actor.kind) and actor.kind not in OUTSIDE,
        hint=_("会议纪要成册；签发以前标明是草稿。"))
def build_minutes(job, progress) -> ReportResult:
    """The minutes as an official document; a draft until the convener has signed (S-24, S-185)."""
    meeting = Meeting.objects.visible_to(job.actor).select_related("organisation",
        "minuted_by", "convened_by").filter(pk=job.parameters["meeting"]).first()
    if meeting is None:
        raise NotInScope
    progress(1, 2)
    title = f"{meeting.title}纪要"
    signed = meeting.minuted_at is not None
    context = {"issuer": meeting.organisation.name if signed else "", "issued_on": meeting.minuted_at or job.as_of,
        "seal": signed, "draft": not signed}
    rendered = render_pdf("plans/paper/minutes.html", context, title=title, data=minutes_data(meeting))
    return ReportResult.of(rendered, filename=f"{meeting.number} 纪要.pdf", title=title, rows=meeting.agenda.count())
