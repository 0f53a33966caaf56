"""The floors' three views, beside all addresses of the portal. Only `portal.bench` serves them."""
from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from portal.accounts.access import PUBLIC, SIGNED_IN, audience
from portal.urls import urlpatterns as portal_urlpatterns
from procurement.plans.models import Project

#: What the API tells of each project in a list, beside the words of its state.
VALUES = ("id", "number", "title", "agency", "agency__name", "year", "amount", "leaf", "leaf_name", "state", "state_since", "is_history",
          "as_of", "rules_as_of")  # fmt: skip


def newest() -> list[tuple]:
    return list(Project.objects.order_by("-pk").values_list("number", "title", "year")[:25])


@audience(PUBLIC)
def bare(request: HttpRequest) -> HttpResponse:
    return render(request, "bench/floor.html", {"rows": newest()})


@audience(SIGNED_IN)
def session(request: HttpRequest) -> HttpResponse:
    return render(request, "bench/floor.html", {"rows": newest(), "name": request.actor.name})


@audience(PUBLIC)
def as_json(request: HttpRequest) -> HttpResponse:
    """The rows of the API's list of projects, with the same values, by nothing but the database and JSON."""
    rows = Project.objects.order_by("-pk").values(*VALUES)[:25]
    return JsonResponse({"results": [{**row, "state_label": str(Project.State(row["state"]).label)} for row in rows]})


urlpatterns = [path("floor/bare/", bare), path("floor/bare/json/", as_json), path("floor/session/", session), *portal_urlpatterns]
