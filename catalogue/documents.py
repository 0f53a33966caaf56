"""Papers of the catalogue: the files it is read from, two versions side by side and the year's list as registers."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.files.kinds import ISSUED, PAPERS, register_kind
from portal.reports.pdf import render_pdf
from portal.reports.registry import ReportResult, report
from portal.reports.runner import NotInScope
from portal.workflow.inputs import ActInputs

from .comparison import KIND_WORDS, Comparison, rows_of
from .entries import figures_of, selected
from .models import CatalogueVersion, ImplementationList

register_kind("catalogue_list", _("目录文件"), accepts=("csv", "txt", "xlsx"), limit=5 * 1024**2)
register_kind("policy_paper", _("政策文件原件"), accepts=PAPERS, leave=ISSUED)
register_kind("list_approval", _("名录批准文件"), accepts=PAPERS, leave=ISSUED)
register_kind("catalogue_opinion", _("目录意见书"), accepts=PAPERS)


class ComparisonForm(ActInputs):
    before = forms.IntegerField(label=_("原版本"), min_value=1, widget=forms.HiddenInput)
    after = forms.IntegerField(label=_("新版本"), min_value=1, widget=forms.HiddenInput)


@report("catalogue-comparison", title=_("目录版本对照表"), form=ComparisonForm, hint=_("两个版本逐条对照，列出有变化的条目。"))
def build_comparison(job, progress) -> ReportResult:
    """What one version changes against another, as a landscape register (S-07)."""
    seen = CatalogueVersion.objects.visible_to(job.actor)
    before, after = (seen.filter(pk=job.parameters[name]).first() for name in ("before", "after"))
    if before is None or after is None:
        raise NotInScope
    comparison = Comparison(before, after)
    same = str(KIND_WORDS[""])
    data = {
        "before": before.title, "after": after.title, "counts": comparison.counts,
        "rows": [row for row in rows_of(comparison) if row["kind"] != same],
    }
    progress(1, 2)
    title = str(_("目录版本对照表"))
    rendered = render_pdf(
        "catalogue/paper/comparison.html",
        {"heading": title, "scope": f"{before.title} — {after.title}", "portrait": False, "data_time": job.as_of}, title=title, data=data,
    )
    return ReportResult.of(rendered, filename=f"catalogue-{before.pk}-{after.pk}.pdf", title=title, rows=len(data["rows"]))


class ImplementationForm(ActInputs):
    catalogue = forms.IntegerField(label=_("实施目录"), min_value=1, widget=forms.HiddenInput)


@report("implementation-catalogue", title=_("实施目录"), form=ImplementationForm,
        hint=_("一个年度的实施目录，按购买主体列出项目、方式和列入理由。"))
def build_implementation(job, progress) -> ReportResult:
    """One year's list, agency by agency, as a landscape register (S-08)."""
    found = ImplementationList.objects.visible_to(job.actor).select_related("region", "issuer").filter(
        pk=job.parameters["catalogue"]
    ).first()
    if found is None:
        raise NotInScope
    entries = list(selected(found.entries.all()).order_by("agency__name", "position", "pk"))
    progress(1, 2)
    data = {
        "decision": found.decision, "decided_on": found.decided_on, "state": str(found.get_state_display()),
        "figures": figures_of(found.entries.all()), "rows": [
            {
                "agency": entry.agency.name, "title": entry.title, "rests_on": entry.rests_on, "method": str(entry.get_method_display()),
                "amount": entry.amount, "flags": entry.flags, "grounds": entry.grounds, "pilot": str(entry.get_pilot_display()),
                "decision": entry.decision,
            } for entry in entries
        ],
    }  # fmt: skip
    rendered = render_pdf(
        "catalogue/paper/implementation.html",
        {"heading": found.title, "scope": found.region.name, "portrait": False, "data_time": job.as_of}, title=found.title, data=data,
    )
    return ReportResult.of(rendered, filename=f"implementation-{found.pk}.pdf", title=found.title, rows=len(entries))
