"""Papers of evaluation: evidence, and the evaluator's signed report."""
from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation.assessments import next_year_files  # noqa: F401 - registers its report
from evaluation.schemes import rules
from evaluation.schemes.models import Party
from portal.files.kinds import ISSUED, PAPERS, PICTURES, register_kind
from portal.files.models import Document
from portal.reports.verbs import make_paper
from portal.workflow import Act

register_kind("evaluation_evidence", gettext_lazy("评价证据"), accepts=(*PAPERS, *PICTURES), limit=20 * 1024**2, leave=ISSUED)
register_kind("performance_report", gettext_lazy("绩效评价报告"), accepts=("pdf",), parties=True)


def party_result(engagement, party: str) -> str:
    """The exact score of a party as the evaluator's rows have it, "" where it scored nothing."""
    rows = [(row.indicator.weight, row.value) for row in engagement.scores.filter(party=party).select_related("indicator")]
    return rules.exact(rules.party_score(rows)) if rows else ""


def report_data(engagement, act: Act) -> dict:
    """Everything the report says, as it is printed and proved by the digest."""
    contract, scheme = engagement.contract, engagement.scheme
    scores: dict[str, dict[str, object]] = {}
    for row in engagement.scores.select_related("indicator"):
        scores.setdefault(row.indicator.code, {})[row.party] = row
    evidence: dict[str, list] = {}
    for piece in engagement.evidence.select_related("indicator", "document", "organisation"):
        evidence.setdefault(piece.indicator.code, []).append(piece)
    leaves = []
    for leaf in scheme.leaves():
        found = scores.get(leaf.code, {})
        third, heard = found.get(Party.THIRD_PARTY), found.get(Party.RECIPIENTS)
        leaves.append({
            "code": leaf.code, "name": leaf.name, "weight": str(leaf.weight), "source": leaf.source, "rule": leaf.rule,
            "third_party": str(third.value) if third else "", "recipients": str(heard.value) if heard else "",
            "reason": "；".join(row.reason for row in (third, heard) if row and row.reason),
            "evidence": [
                {"text": piece.text, "available": piece.available, "from": piece.organisation.name,
                 "digest": piece.document.digest if piece.document_id else ""}
                for piece in evidence.get(leaf.code, [])
            ],
        })  # fmt: skip
    return {
        "title": str(engagement), "evaluator": engagement.evaluator.name, "project": contract.project.number, "contract": contract.number,
        "contract_title": contract.title, "purchaser": contract.agency.name, "supplier": contract.supplier.name,
        "amount": contract.amount, "period_from": engagement.period_from, "period_until": engagement.period_until,
        "scheme": scheme.title, "scheme_digest": scheme.digest, "object": engagement.object, "method": engagement.method,
        "sample": engagement.sample, "indicators": leaves,
        "third_party": party_result(engagement, Party.THIRD_PARTY), "recipients": party_result(engagement, Party.RECIPIENTS),
        "recipients_asked": engagement.recipients_asked, "recipients_answered": engagement.recipients_answered,
        "recipients_method": engagement.recipients_method, "recipients_absent": engagement.recipients_absent,
        "conclusion": engagement.conclusion, "suggestions": engagement.suggestions,
        "replies": [
            {"side": str(side), "reply": reply, "answer": answer}
            for side, reply, answer in (
                (_("购买主体"), engagement.purchaser_reply, engagement.purchaser_answer),
                (_("承接主体"), engagement.supplier_reply, engagement.supplier_answer),
            )
        ],
        "people": [str(row) for row in engagement.declarations.filter(has_tie=False)],
        "signed_by": act.actor.name, "signed_at": act.now,
        "delivered_to": [f"{contract.agency.region.name}财政部门", contract.agency.name, contract.supplier.name],
    }  # fmt: skip


def make_report(engagement, act: Act) -> Document:
    """Set the report and keep it with the engagement; nobody can write it again."""
    title = _("%(title)s绩效评价报告") % {"title": engagement.contract.title}
    return make_paper(
        "paper/performance_report.html",
        {"heading": title, "issuer": engagement.evaluator.name, "issued_on": act.now, "seal": True},
        title=title, data=report_data(engagement, act), name=f"{title}.pdf", actor=act.actor, kind="performance_report", subject=engagement,
    )
