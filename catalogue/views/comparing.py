"""Any two versions side by side: on the page, as a workbook, on paper (S-07)."""
from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.comparison import Comparison, workbook_of
from catalogue.forms.version import CompareForm
from portal.accounts.access import PUBLIC, audience

from .handing_out import handed_out
from .version import version_for


@audience(PUBLIC)
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two versions that the reader may see, chosen in the address; what differs is marked, the rest can be left out."""
    form = CompareForm(request.GET or None, actor=request.actor)
    comparison = None
    if request.GET and form.is_valid():
        chosen = form.cleaned_data
        comparison = Comparison(chosen["before"], chosen["after"])
    everything = bool(form.is_bound and form.cleaned_data.get("everything"))
    return render(request, "catalogue/compare.html", {
        "form": form, "comparison": comparison, "official": request.actor.user is not None,
        "pairs": comparison.pairs if comparison and everything else comparison.changes if comparison else [],
        "breadcrumbs": [
            (_("指导性目录"), reverse("catalogue:tree")), (_("目录版本"), reverse("catalogue:versions")), (_("版本对照"), ""),
        ],
    }, status=200 if comparison or not request.GET else 422)


@audience(PUBLIC)
@require_safe
def workbook(request: HttpRequest, before: int, after: int) -> HttpResponse:
    """The comparison as a workbook, every line of both."""
    comparison = Comparison(version_for(request, before), version_for(request, after))
    return handed_out(workbook_of(comparison), f"catalogue-{before}-{after}.xlsx")
