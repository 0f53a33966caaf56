"""Editing a draft: the list with its lines, one line with what may be done to it."""
from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalogue.listing import tree_of
from catalogue.models import CatalogueItem, CatalogueVersion
from catalogue.verbs.editing import SAID
from catalogue.workflow import CATALOGUE_VERSION
from catalogue.workflow.version import EDITS
from portal.accounts.access import audience
from portal.accounts.roles import Role
from portal.audit.models import Entry

from .trying import ready_for, status, tried
from .version import version_for

#: Who writes lists: finance those of regions, departments their own.
WRITERS = (Role.FINANCE_OFFICER, Role.PLANNER)
NAMES = tuple(edit[0] for edit in EDITS)


def editable(request: HttpRequest, pk: int) -> CatalogueVersion:
    """The version, if it stands where lines are edited and this person edits them."""
    return ready_for(version_for(request, pk), "change_item", request.actor)


@audience(*WRITERS)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole list to pick a line from, and the form for a new branch or line."""
    version = editable(request, pk)
    form, refusals, done = tried(request, version, "add_item", {"parent": request.GET.get("parent", "")})
    if done:
        return redirect(reverse("catalogue:edit", args=[pk]))
    return render(request, "catalogue/edit.html", {
        "version": version, "branches": tree_of(version), "form": form, "refusals": refusals, "tried": request.method == "POST",
        "breadcrumbs": [*_way(version), (_("逐条编辑"), "")],
    }, status=status(request, refusals))  # fmt: skip


@audience(*WRITERS)
@require_http_methods(["GET", "POST"])
def edit_line(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One line: what it says, where it stands, whether it is in use; each with a button of its own."""
    version = editable(request, pk)
    item = version.items.select_related("parent").filter(code=code).first()
    if item is None:
        raise Http404
    mark = "restore_item" if item.retired else "retire_item"
    chosen = request.POST.get("row") if request.POST.get("row") in ("change_item", "move_item", mark) else ""
    parts, found = [], []
    for name in ("change_item", "move_item", mark):
        form, refusals, done = tried(request, version, name, _initial(name, item), bound=name == chosen)
        if done:
            moved = form.cleaned_data.get("code") or code
            return redirect(reverse("catalogue:edit-line", args=[pk, moved]))
        form.auto_id = f"{name}-%s"
        parts.append({"row": CATALOGUE_VERSION[name], "form": form, "refusals": refusals, "tried": name == chosen})
        found += refusals
    return render(request, "catalogue/edit_line.html", {
        "version": version, "item": item, "parts": parts, "entries": changes_of_line(version, item),
        "breadcrumbs": [*_way(version), (_("逐条编辑"), reverse("catalogue:edit", args=[pk])), (str(item), "")],
    }, status=status(request, found))  # fmt: skip


def _initial(name: str, item: CatalogueItem) -> dict:
    """What stands in the form of a row before anything is typed."""
    initial = {"item": item.code}
    if name == "change_item":
        initial |= {given: getattr(item, name) for name, given in SAID.items()}
        initial["indicators"] = "\n".join(filter(None, item.indicator_words.split("；")))
    elif name == "move_item":
        before = CatalogueItem.objects.filter(version=item.version_id, parent=item.parent_id, position__lt=item.position)
        above = before.order_by("-position").first()
        initial |= {"parent": item.parent.code if item.parent else "", "after": above.code if above else ""}
    return initial


def changes_of_line(version: CatalogueVersion, item: CatalogueItem) -> list[Entry]:
    """Who changed this line of the draft, and when, newest first."""
    entries = Entry.objects.of_subject(CATALOGUE_VERSION.code, version.pk).filter(transition__in=NAMES).order_by("-id")[:500]
    return [entry for entry in entries if item.code in (entry.facts.get("code"), entry.facts.get("to"))]


def _way(version: CatalogueVersion) -> list[tuple[str, str]]:
    return [
        (_("指导性目录"), reverse("catalogue:tree")), (_("目录版本"), reverse("catalogue:versions")),
        (version.title, version.get_absolute_url()),
    ]
