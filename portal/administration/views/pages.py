"""The page that every act of administration without a lifecycle shares: a form, what is wrong with it, one button."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.audit.models import Entry
from portal.workflow.refusals import Refused

RECORD_SHOWN = 30


def crumbs(*rest: tuple[str, str]) -> list[tuple[str, str]]:
    """Where a page of the administration lies."""
    return [(_("平台管理"), reverse("administration:home")), *rest]


def form_page(
    request: HttpRequest, form: Form, do: Callable[[dict], Any], *, title: str, button: str, back: str, done: str,
    trail: list[tuple[str, str]], hint: str = "", confirm: str = "", to: Callable[[Any], str] | None = None,
) -> HttpResponse:
    """Show a form; sent and sound, do it with its values and go on. Refusals stand with their rule, at their field."""
    refusals = []
    if request.method == "POST" and form.is_valid():
        try:
            result = do(form.cleaned_data)
            messages.success(request, done)
            return redirect(to(result) if to else back)
        except Refused as refused:
            refusals = refused.refusals
            for refusal in refusals:
                if refusal.field in form.fields:
                    form.fields[refusal.field].widget.attrs["aria-invalid"] = "true"
    return render(request, "administration/form.html", {
        "form": form, "refusals": refusals, "title": title, "button": button, "back": back, "hint": hint, "confirm": confirm,
        "breadcrumbs": [*trail, (title, "")],
    }, status=409 if refusals else 422 if request.method == "POST" else 200)


def data_of(request: HttpRequest) -> tuple:
    """What a form is bound to: nothing when the page is only read."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def record_of(*subjects: str) -> list[Entry]:
    """What was recorded of these things of the administration, newest first."""
    return list(Entry.objects.filter(lifecycle="note", subject__in=subjects).order_by("-id")[:RECORD_SHOWN])
