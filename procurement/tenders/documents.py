"""The tender document on paper: set once when it is published, and as a marked draft on request."""
from __future__ import annotations

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import money
from portal.accounts.roles import OrganisationKind
from portal.files.kinds import register_kind
from portal.reports.pdf import render_pdf
from portal.reports.registry import ReportResult, report
from portal.reports.verbs import make_paper
from portal.workflow.inputs import ActInputs

from .models import DocumentTaking, DocumentVersion, Tender

TEMPLATE = "tenders/paper/document.html"


def takers(actor) -> Q | None:
    """Beside government only those read the documents who took them on record, until they are public (R87-12)."""
    if actor.kind != OrganisationKind.SUPPLIER:
        return None
    taken = DocumentTaking.objects.filter(organisation=actor.organisation_id).values("tender")
    return Q(pk__in=DocumentVersion.objects.filter(tender__in=taken).values("document"))


register_kind("tender_document", _("招标文件"), accepts=("pdf",), readers=takers)


def set_document(tender: Tender, content: dict, number: int, act):
    """Set a version of the document and keep it; the paper's printed digest is that of its content."""
    return make_paper(
        TEMPLATE, paper_context(tender, draft=False), title=f"{tender.title}招标文件", data=content,
        name=f"{tender.number} 招标文件 v{number}.pdf", actor=act.actor, kind="tender_document", subject=tender,
        project=tender.project_id,
    )


def paper_context(tender: Tender, *, draft: bool) -> dict:
    """What the template needs beside the content: the rows with their words."""
    return {
        "tender": tender, "draft": draft, "issuer": tender.agency.name, "scope": tender.number,
        "lots": tender.lots.all(), "qualifications": tender.qualifications.all(), "requirements": tender.requirements.all(),
        "factors": tender.factors.all(), "deliverables": tender.deliverables.all(), "payment_terms": tender.payment_terms.all(),
        "contract_terms": tender.contract_terms.all(), "budget_words": money.in_words(tender.budget),
    }


class DraftPaperForm(ActInputs):
    """Which tender's document."""

    tender = forms.ModelChoiceField(label=_("采购活动"), queryset=None)

    def prepare(self) -> None:
        self.fields["tender"].queryset = readable(self.actor).order_by("-id")


def readable(actor):
    """Tenders whose document this actor may set as a draft: government's own view."""
    tenders = Tender.objects.visible_to(actor)
    if actor.kind == OrganisationKind.AGENCY:
        return tenders.filter(Q(agency=actor.organisation_id) | Q(agency__superior=actor.organisation_id))
    if actor.kind in (OrganisationKind.FINANCE, OrganisationKind.AUDIT):
        return tenders.filter(agency__region__path__startswith=actor.region_path)
    return tenders.none()


@report(
    "tender_draft", title=_("招标文件（稿）"), form=DraftPaperForm, hint=_("按当前内容排版，标明为草稿。"),
    allowed=lambda actor: actor.kind in (OrganisationKind.AGENCY, OrganisationKind.FINANCE, OrganisationKind.AUDIT),
)
def draft_paper(job, progress) -> ReportResult:
    """The document as it stands now, marked as a draft."""
    from .content import frozen_content

    tender = readable(job.actor).select_related("agency", "project").get(pk=job.parameters["tender"])
    progress(1, 2)
    title = f"{tender.title}招标文件（稿）"
    rendered = render_pdf(TEMPLATE, paper_context(tender, draft=True), title=title, data=frozen_content(tender))
    return ReportResult.of(rendered, filename=f"{tender.number} 招标文件（稿）.pdf", title=title)
