"""Published results for everybody: the list and one result, without people's names."""
from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from evaluation.assessments.models import Assessment
from portal.accounts.access import PUBLIC, audience
from portal.paging import page_of

from .results import sheet_of


def published():
    return Assessment.objects.filter(state=Assessment.State.PUBLISHED).with_names().order_by("-published_at", "-id")


@audience(PUBLIC)
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Published results, newest first; one search box."""
    query = request.GET.get("q", "").strip()
    found = published()
    if query:
        found = found.filter(
            Q(contract__title__icontains=query) | Q(contract__agency__name__icontains=query) | Q(contract__supplier__name__icontains=query)
        )
    return render(request, "assessments/results.html", {
        "page": page_of(found, request.GET.get("page")), "query": query, "breadcrumbs": [(_("评价结果"), "")],
    })


@audience(PUBLIC)
@require_safe
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """One published result: score, grade, parties with their weights, summary, uses."""
    assessment = published().filter(pk=pk).first()
    if assessment is None:
        raise Http404
    return render(request, "assessments/result.html", {
        "assessment": assessment, "contract": assessment.contract, "computation": sheet_of(assessment.computations.first()),
        "uses": list(assessment.uses.filter(state="APPLIED").order_by("id")),
        "breadcrumbs": [(_("评价结果"), reverse("assessments:results")), (assessment.contract.title, "")],
    })
