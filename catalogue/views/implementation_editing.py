"""Editing the list of a year: its entries with a form for a new one, and one entry with what may be done to it."""
from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalogue.entries import selected
from catalogue.models import ImplementationEntry, ImplementationList
from catalogue.verbs.implementation import SAID
from catalogue.workflow import IMPLEMENTATION
from portal.accounts.access import audience
from portal.accounts.roles import Role

from .implementation import list_for
from .trying import ready_for, status, tried


def editable(request: HttpRequest, pk: int) -> ImplementationList:
    """The list, if it stands where entries are edited and this person edits them."""
    return ready_for(list_for(request, pk), "change_entry", request.actor)


@audience(Role.FINANCE_OFFICER)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The entries to pick from, and the form for a new one."""
    catalogue = editable(request, pk)
    form, refusals, done = tried(request, catalogue, "add_entry", {})
    if done:
        return redirect(reverse("catalogue:implementation-edit", args=[pk]))
    return render(request, "catalogue/implementation_edit.html", {
        "catalogue": catalogue, "form": form, "refusals": refusals, "tried": request.method == "POST",
        "found": list(selected(catalogue.entries.all()).order_by("position", "pk")),
        "breadcrumbs": [*way(catalogue), (_("逐项编辑"), "")],
    }, status=status(request, refusals))  # fmt: skip


@audience(Role.FINANCE_OFFICER)
@require_http_methods(["GET", "POST"])
def edit_entry(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """One entry: what it says, and taking it off the list; each with a button of its own."""
    catalogue = editable(request, pk)
    found = catalogue.entries.filter(pk=entry).first()
    if found is None:
        raise Http404
    chosen = request.POST.get("row") if request.POST.get("row") in ("change_entry", "drop_entry") else ""
    parts, refused = [], []
    for name in ("change_entry", "drop_entry"):
        form, refusals, done = tried(request, catalogue, name, initial_of(found), bound=name == chosen)
        if done:
            return redirect(reverse("catalogue:implementation-edit", args=[pk]))
        form.auto_id = f"{name}-%s"
        parts.append({"row": IMPLEMENTATION[name], "form": form, "refusals": refusals, "tried": name == chosen})
        refused += refusals
    return render(request, "catalogue/implementation_edit_entry.html", {
        "catalogue": catalogue, "entry": found, "parts": parts,
        "breadcrumbs": [
            *way(catalogue), (_("逐项编辑"), reverse("catalogue:implementation-edit", args=[pk])), (found.title, ""),
        ],
    }, status=status(request, refused))  # fmt: skip


def initial_of(entry: ImplementationEntry) -> dict:
    """What stands in the forms before anything is typed."""
    values = {name: getattr(entry, name) for name in SAID}
    return {"entry": entry.pk, **{name: getattr(value, "pk", value) for name, value in values.items()}}


def way(catalogue: ImplementationList) -> list[tuple[str, str]]:
    return [
        (_("指导性目录"), reverse("catalogue:tree")), (_("实施目录"), reverse("catalogue:implementations")),
        (catalogue.title, catalogue.get_absolute_url()),
    ]
