"""The record of an item's reviews on paper: every round, every word, what was asked and what was changed (S-23, S-166)."""
from __future__ import annotations

from itertools import groupby

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.money import in_figures
from portal.reports.pdf import render_pdf
from portal.reports.registry import ReportResult, report
from portal.reports.runner import NotInScope
from portal.workflow.inputs import ActInputs

from .content import Change, between, snapshot
from .forms.reviews import REJECT_REASONS, SEND_BACK_REASONS
from .models import PlanItem, ReviewComment, ReviewStep

REASONS = dict([*SEND_BACK_REASONS, *REJECT_REASONS])


class RecordForm(ActInputs):
    item = forms.IntegerField(label=_("计划项目"), min_value=1, widget=forms.HiddenInput)


def record_data(item: PlanItem, actor) -> dict:
    """Rounds in their order: the steps, the questions of that round with their answers, what was changed before it."""
    steps = ReviewStep.objects.visible_to(actor).filter(item=item).exclude(state="SKIPPED").select_related("department", "decided_by")
    asked = list(ReviewComment.objects.visible_to(actor).filter(item=item).select_related("step", "asked_by", "answered_by").order_by("pk"))
    kept = {each.round: each.content for each in item.reviewed.order_by("round")}
    rounds = [
        {"round": number, "steps": [_step(step) for step in own],
         "changes": [_change(change) for change in between(kept.get(number - 1), kept.get(number) or snapshot(item))],
         "questions": [_question(comment) for comment in asked if comment.step.round == number]}
        for number, own in groupby(steps.order_by("round", "group", "id"), key=lambda step: step.round)
    ]  # fmt: skip
    return {
        "title": item.title, "number": item.project.number if item.project else "", "agency": item.agency.name,
        "leaf": item.catalogue_words, "asked": in_figures(item.amount),
        "granted": in_figures(item.approved_amount) if item.approved_amount else "", "state": str(item.get_state_display()),
        "decision": item.decision_reason, "rounds": rounds,
    }  # fmt: skip


def _step(step: ReviewStep) -> dict:
    return {
        "step": str(step.get_kind_display()), "department": step.department.name, "outcome": str(step.get_state_display()),
        "reasons": [str(REASONS.get(code, code)) for code in step.reason_codes], "opinion": step.opinion,
        "by": step.decided_by.name if step.decided_by else "", "at": step.decided_at, "limit": step.limit_day,
        "late": bool(step.escalations),
    }  # fmt: skip


def _question(comment: ReviewComment) -> dict:
    return {
        "field": comment.field_label or str(_("整个项目")), "text": comment.text, "by": comment.asked_by.name if comment.asked_by else "",
        "answer": comment.answer, "answered_by": comment.answered_by.name if comment.answered_by else "",
        "state": str(comment.get_state_display()),
    }  # fmt: skip


def _change(change: Change) -> dict:
    return {"label": change.label, "before": "；".join(change.before) or "—", "after": "；".join(change.after) or "—"}


@report("review_record", title=_("计划项目审核记录"), form=RecordForm,
        allowed=lambda actor: bool(actor.kind) and actor.kind not in ("SUPPLIER", "EXPERTS", "EVALUATOR"),
        hint=_("一个计划项目各轮审核的意见、问答和改动。"))
def build_record(job, progress) -> ReportResult:
    """The record of one item, for those who may see its reviews (S-23)."""
    found = PlanItem.objects.visible_to(job.actor).select_related("agency", "project", "leaf", "filed_request")
    item = found.filter(pk=job.parameters["item"]).first()
    if item is None or not ReviewStep.objects.visible_to(job.actor).filter(item=item).exists():
        raise NotInScope
    progress(1, 2)
    data = record_data(item, job.actor)
    title = f"{item.title}审核记录"
    rendered = render_pdf(
        "plans/paper/record.html", {"heading": title, "scope": data["number"], "portrait": True, "data_time": job.as_of}, title=title,
        data=data,
    )
    return ReportResult.of(rendered, filename=f"{data['number']} 审核记录.pdf", title=title, rows=len(data["rounds"]))
