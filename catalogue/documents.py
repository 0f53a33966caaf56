"""Papers of the catalogue: the files it is read from, and two versions side by side as a register."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.files.kinds import PAPERS, register_kind
from portal.reports.pdf import render_pdf
from portal.reports.registry import ReportResult, report
from portal.reports.runner import NotInScope
from portal.workflow.inputs import ActInputs

from .comparison import KIND_WORDS, Comparison, rows_of
from .models import CatalogueVersion

register_kind("catalogue_list", _("目录文件"), accepts=("csv", "txt", "xlsx"), limit=5 * 1024**2)
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
