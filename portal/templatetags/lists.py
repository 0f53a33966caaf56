"""Lists and figures of data: facts, files, record, to-dos, money line, pages of a list, filter bar."""
from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

from .library import part, register


@register.inclusion_tag("components/facts.html")
def facts(rows, small=False):
    """One line, one fact. rows: (label, value) pairs; values may be safe HTML; empty values are left out."""
    return {"rows": [(label, value) for label, value in rows if value not in (None, "")], "small": small}


@register.inclusion_tag("components/files.html")
def file_list(files):
    """Papers with size and digest. files: name (or original_name), url, size in bytes, digest, note; objects or dicts.

    A file whose `is_ready` is false is shown as being prepared; its line asks for itself until it is there.
    """
    return {"files": [_file(file) for file in files]}


@register.inclusion_tag("components/file.html")
def file_line(file):
    """One line of such a list, as it asks for itself."""
    return {"file": _file(file)}


def _file(file) -> dict:
    return {
        "name": part(file, "name", "original_name", "label"), "url": part(file, "url", "get_absolute_url"),
        "size": part(file, "size", default=0), "digest": part(file, "digest", "sha256"), "note": part(file, "note", "kind_label"),
        "ready": part(file, "ready", "is_ready", default=True),
    }


@register.inclusion_tag("components/record.html")
def record_list(entries, waits=""):
    """The record as sentences, newest first. entries: occurred_at, sentence (else actor_name), note; waits: next step."""
    shown = [{"time": part(entry, "occurred_at", "time"), "text": part(entry, "sentence", "text", "actor_name"),
              "note": part(entry, "note")} for entry in entries]
    return {"entries": shown, "waits": waits}


@register.inclusion_tag("components/todos.html")
def todo_list(items, keys=False):
    """Rows that are clickable as a whole: light, what, due. items: verb, title, url, meta, mark, light (state, text), due, late.

    keys: j and k walk the list.
    """
    parts = ("verb", "title", "url", "meta", "mark", "light", "due", "late")
    return {"items": [{name: part(item, name) for name in parts} for item in items], "keys": keys}


@register.inclusion_tag("components/flow.html")
def flow(steps):
    """The money line. steps: name, amount (yuan) or text, note, url."""
    return {"steps": [{"name": part(step, "name"), "amount": part(step, "amount", default=None), "text": part(step, "text"),
                       "note": part(step, "note"), "url": part(step, "url")} for step in steps]}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context, page):
    """Pages of a list: a Django Page, or a keyset page with has_next and next_url (previous_url, total if known)."""
    request = context.get("request")
    kept = request.GET.copy() if request else None
    if kept is not None:
        kept.pop("page", None)
    prefix = f"?{kept.urlencode()}&page=" if kept else "?page="
    numbered = hasattr(page, "paginator")
    shown = {"page": page, "numbered": numbered, "prefix": prefix}
    if numbered:
        shown["numbers"] = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        shown["gap"] = page.paginator.ELLIPSIS
    return shown


@register.inclusion_tag("components/filters.html", takes_context=True)
def filter_bar(context, filterset, summary="", search=True):
    """A filter form in one line, a link when sent. filterset: of django-filter (its field `q` becomes the search box), or a form."""
    form = getattr(filterset, "form", filterset)
    request = context.get("request")
    names = set(form.fields) if form else set()
    active = bool(request and any(request.GET.get(name) for name in names))
    return {"form": form, "summary": summary, "active": active, "path": request.path if request else "", "search": search}


@register.inclusion_tag("components/data_table.html")
def data_table(head, rows, caption, foot=None, cards=True):
    """A whole table from lists. head: texts, or dicts (label, num, minor, unit); rows: lists of cells.

    A row may also be a dict: cells, mark ("yours", "late", "void"), url (first cell becomes the link).
    Columns marked minor are left out on phones; num aligns right. foot: one row of totals.
    """
    columns = [item if isinstance(item, dict) else {"label": item} for item in head]
    dresses = [_dress(column) for column in columns]  # the same in every row: written once

    def shaped(row):
        given = row if isinstance(row, dict) else {"cells": row}
        first, *others = zip(dresses, given["cells"], strict=True)
        return {"first": first[1], "others": others, "mark": given.get("mark", ""), "url": given.get("url", "")}

    return {"columns": columns, "rows": [shaped(row) for row in rows], "caption": caption, "cards": cards,
            "foot": list(zip(columns, foot, strict=True)) if foot else None}


def _dress(column: dict) -> SafeString:
    """Attributes of a column's cells, among them the label that stands before each of them on a phone."""
    kinds = " ".join(name for name in ("num", "minor") if column.get(name))
    label = f"{column['label']} {column['unit']}" if column.get("unit") else column["label"]
    return format_html(' class="{}" data-label="{}"', kinds, label)


@register.inclusion_tag("components/countdown.html", takes_context=True)
def countdown(context, until, label="", reload=False, seconds=False):
    """Days, hours, minutes to a moment, by the portal's clock; ticks with script, is a plain date without.

    reload: the page is loaded again when the moment has come.
    """
    from portal import clock

    now = (context.get("now") or clock.now()).astimezone(clock.SHANGHAI)  # a lazy one becomes a moment
    left = max(0, int((until - now).total_seconds()))
    return {"until": until, "now": now, "label": label, "reload": reload, "show_seconds": seconds,
            "days": left // 86400, "hours": f"{left // 3600 % 24:02d}", "minutes": f"{left // 60 % 60:02d}", "seconds": f"{left % 60:02d}"}
