"""The floors' two views, beside all addresses of the portal. Only `portal.bench` serves them."""
from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from portal.accounts.access import PUBLIC, SIGNED_IN, audience
from portal.urls import urlpatterns as portal_urlpatterns
from procurement.plans.models import Project


def newest() -> list[tuple]:
    return list(Project.objects.order_by("-pk").values_list("number", "title", "year")[:25])


@audience(PUBLIC)
def bare(request: HttpRequest) -> HttpResponse:
    return render(request, "bench/floor.html", {"rows": newest()})


@audience(SIGNED_IN)
def session(request: HttpRequest) -> HttpResponse:
    return render(request, "bench/floor.html", {"rows": newest(), "name": request.actor.name})


urlpatterns = [path("floor/bare/", bare), path("floor/session/", session), *portal_urlpatterns]
