"""The form on which a plan adjustment is decided (计划调整审批表): what was, what is to be, who agreed (ADJ-04)."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.money import in_figures, in_words
from portal.reports.pdf import render_pdf
from portal.reports.registry import ReportResult, report
from portal.reports.runner import NotInScope
from portal.workflow.inputs import ActInputs

from .adjusting import changes_of
from .forms.adjustments import ASK_REASONS
from .models import Adjustment
from .visibility import official


class AdjustmentPaperForm(ActInputs):
    adjustment = forms.IntegerField(label=_("计划调整"), min_value=1, widget=forms.HiddenInput)


def adjustment_data(adjustment: Adjustment) -> dict:
    """What the form says; a step that is still to come has an empty line, to be signed by hand where it is."""
    sign = "+" if adjustment.difference > 0 else "−"
    return {
        "number": adjustment.number, "agency": adjustment.agency.name, "year": adjustment.year, "title": adjustment.item.title,
        "project": adjustment.project.number, "kind": str(adjustment.get_kind_display()), "state": adjustment.get_state_display(),
        "before": in_figures(adjustment.amount_before), "after": in_figures(adjustment.amount_after),
        "difference": f"{sign}{in_figures(abs(adjustment.difference))}" if adjustment.difference else "0.00",
        "words": in_words(adjustment.amount_after), "reason": adjustment.reason,
        "code": str(dict(ASK_REASONS).get(adjustment.reason_code, "")), "document": adjustment.document,
        "changes": [
            {"label": change.label, "before": "；".join(change.before) or "—", "after": "；".join(change.after) or "—"}
            for change in changes_of(adjustment)
        ],
        "steps": list(_steps(adjustment)),
    }  # fmt: skip


def _steps(adjustment: Adjustment):
    yield _step(_("单位负责人报送"), adjustment.submitted_by, adjustment.submitted_at, "")
    agreed = adjustment.opinion or (_("同意") if adjustment.reviewed_at else "")
    yield _step(_("财政部门审核"), adjustment.reviewed_by, adjustment.reviewed_at, agreed)
    if adjustment.by_head:
        yield _step(_("财政部门负责人批准"), adjustment.applied_by, adjustment.applied_at, _("同意") if adjustment.applied_at else "")
    if adjustment.state in (Adjustment.State.REFUSED, Adjustment.State.SENT_BACK):
        yield _step(adjustment.get_state_display(), None, adjustment.state_since, adjustment.decision_reason)


def _step(name, person, moment, opinion) -> dict:
    return {"name": str(name), "by": person.name if person else "", "at": moment, "opinion": str(opinion)}


@report("adjustment", title=_("计划调整审批表"), form=AdjustmentPaperForm, allowed=lambda actor: official(actor) is not None,
        hint=_("一件计划调整的申请、调整前后对照和各级意见；没有办完的环节留空，供签署。"))
def build_adjustment(job, progress) -> ReportResult:
    """One adjustment for those who may see it at work."""
    beside = ("item", "project", "agency", "submitted_by", "reviewed_by", "applied_by")
    found = Adjustment.objects.visible_to(job.actor).select_related(*beside).filter(pk=job.parameters["adjustment"]).first()
    if found is None or official(job.actor) is None:
        raise NotInScope
    progress(1, 2)
    title = f"{found.year}年度政府购买服务计划调整审批表"
    context = {"heading": title, "scope": found.number, "portrait": True, "data_time": job.as_of}
    rendered = render_pdf("plans/paper/adjustment.html", context, title=title, data=adjustment_data(found))
    return ReportResult.of(rendered, filename=f"{found.number} 计划调整审批表.pdf", title=title, rows=1)
