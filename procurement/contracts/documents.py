"""Kinds of documents of this stage, and the reports that can be asked for: contract, contractor's report."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from portal.files.kinds import ISSUED, PAPERS, PICTURES, register_kind
from portal.reports.pdf import render_pdf
from portal.reports.registry import ReportResult, report
from portal.reports.runner import NotInScope
from portal.workflow.inputs import ActInputs

from . import papers
from .models import Contract, SupplierReport
from .rules import Progress

register_kind("contract_paper", _("合同正本"), accepts=("pdf",), parties=True)
register_kind("contract_signatures", _("合同签署页"), accepts=("pdf",), parties=True)
register_kind("contract_public", _("合同公开本"), accepts=("pdf",), parties=True)
register_kind("performance_bond", _("履约保函"), accepts=(*PAPERS, *PICTURES), parties=True, leave=ISSUED)
register_kind("termination_agreement", _("解除协议"), accepts=(*PAPERS, *PICTURES), parties=True, leave=ISSUED)
register_kind("delivery_evidence", _("履约佐证"), parties=True, leave=ISSUED)
register_kind("report_attachment", _("报告附件"), parties=True, leave=ISSUED)
register_kind("inspection_photo", _("现场照片"), accepts=PICTURES, parties=True)
register_kind("signature_sheet", _("签字页"), accepts=(*PAPERS, *PICTURES))
register_kind("acceptance_report", _("验收报告"), accepts=("pdf",), parties=True)

NOT_YOURS = gettext_noop("没有这份材料，或者您不能查看它。")
SETTING = gettext_noop("正在排版")


class ContractReportForm(ActInputs):
    contract = forms.IntegerField(label=_("合同"), min_value=1, widget=forms.HiddenInput)


@report("contract", title=_("合同文本"), form=ContractReportForm, hint=_("把合同全文打印成册，签订以前标明是草稿。"))
def build_contract(job, progress) -> ReportResult:
    """The contract as it stands now; before both have signed it is marked as a draft."""
    contract = Contract.objects.visible_to(job.actor).filter(pk=job.parameters["contract"]).first()
    if contract is None:
        raise NotInScope(NOT_YOURS)
    progress(30, 100, SETTING)
    rendered = render_pdf(
        "contracts/paper/contract.html", {"issuer": "", "seal": bool(contract.signed_at), "draft": contract.signed_at is None},
        title=contract.title, data=papers.paper_data(contract),
    )
    return ReportResult.of(rendered, filename=f"{contract.number}.pdf", title=contract.title, rows=contract.deliverables.count())


class SupplierReportForm(ActInputs):
    report = forms.IntegerField(label=_("报告"), min_value=1, widget=forms.HiddenInput)


def report_data(supplier_report: SupplierReport) -> dict:
    """A contractor's report as data: every deliverable with quota, what was due, what was done, and the words on it."""
    contract = supplier_report.contract
    return {
        "kind": str(supplier_report.get_kind_display()), "number": supplier_report.number, "contract": contract.number,
        "title": contract.title, "project": contract.project.number, "supplier": contract.supplier.name,
        "purchaser": contract.agency.name, "period": [supplier_report.period_from, supplier_report.period_until],
        "state": str(supplier_report.get_state_display()), "submitted_at": supplier_report.submitted_at,
        "confirmed_at": supplier_report.confirmed_at, "narrative": supplier_report.narrative, "income": supplier_report.income,
        "expenditure": supplier_report.expenditure, "source_note": contract.source_note,
        "rows": [
            {"order": row.deliverable.order, "name": row.deliverable.name, "requirement": row.deliverable.requirement,
             "unit": row.deliverable.unit, "quota": papers.plain_number(row.quota), "due": papers.plain_number(row.due),
             "actual": papers.plain_number(row.actual), "sub_condition": row.deliverable.sub_condition,
             "sub_actual": papers.plain_number(row.sub_actual), "progress": str(Progress(row.progress).label), "narrative": row.narrative}
            for row in supplier_report.rows.select_related("deliverable")
        ],
    }  # fmt: skip


@report("supplier_report", title=_("承接主体报告"), form=SupplierReportForm, hint=_("逐项列出定额、应完成数和实际，附说明。"))
def build_supplier_report(job, progress) -> ReportResult:
    """A submitted report with targets and actuals (S-78); what is not confirmed says so in its head."""
    found = SupplierReport.objects.visible_to(job.actor).exclude(submitted_at=None).filter(pk=job.parameters["report"]).first()
    if found is None:
        raise NotInScope(NOT_YOURS)
    data = report_data(found)
    title = gettext("%(title)s%(kind)s") % {"title": found.contract.title, "kind": found.get_kind_display()}
    progress(30, 100, SETTING)
    rendered = render_pdf(
        "contracts/paper/report.html", {"scope": found.contract.supplier.name, "portrait": False}, title=title, data=data
    )
    return ReportResult.of(rendered, filename=f"{title}.pdf", title=title, rows=len(data["rows"]))
