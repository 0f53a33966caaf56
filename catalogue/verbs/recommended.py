"""What the acts on a recommended list do (S-15)."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from catalogue.forms.recommended import ListStart
from catalogue.models import RecommendedEntry, RecommendedList
from catalogue.recommending import fields_of, read_entries, surroundings_of
from catalogue.rules import start_of
from catalogue.sheets import SheetReading
from portal import clock
from portal.files.models import Document
from portal.files.verbs import make_public, store
from portal.workflow import Act

SAID = ("title", "source", "valid_to")


def place(catalogue: RecommendedList, act: Act) -> None:
    """Issuer, region and last day of a list that is about to be made."""
    if not catalogue.pk:
        catalogue.issuer, catalogue.region = act.actor.organisation, act.actor.organisation.region
        catalogue.valid_to = act.data["valid_to"]


def current(catalogue: RecommendedList) -> RecommendedList | None:
    """The list of the region that is in use."""
    return RecommendedList.objects.filter(region=catalogue.region_id, state="PUBLISHED").exclude(pk=catalogue.pk).first()


def reading_of(catalogue: RecommendedList, act: Act) -> SheetReading:
    """The file of an act, read once for check and effect."""
    if "reading" not in act.data:
        place(catalogue, act)
        act.data["file"].seek(0)
        act.data["reading"] = read_entries(act.data["file"].read(), surroundings_of(catalogue.region, catalogue.valid_to))
    return act.data["reading"]


def draft(catalogue: RecommendedList, act: Act) -> dict:
    """Begin a list, empty, from the one in use or from a file."""
    place(catalogue, act)
    _write(catalogue, act)
    if act.data["start"] == ListStart.FILE:
        _take_file(catalogue, act)
    elif act.data["start"] == ListStart.COPY:
        known = fields_of(catalogue.region)
        fill(catalogue, (
            {"name": entry.name, "code": entry.code, "field": entry.field_code, "valid_to": None, "grounds": entry.grounds}
            for entry in current(catalogue).entries.filter(struck_on=None).order_by("position", "pk") if entry.field_code in known
        ))  # fmt: skip
    return {"start": act.data["start"], "entries": catalogue.entry_count}


def _write(catalogue: RecommendedList, act: Act) -> list[str]:
    changed = sorted(name for name in SAID if getattr(catalogue, name) != act.data[name])
    for name in SAID:
        setattr(catalogue, name, act.data[name])
    catalogue.ends_at = start_of(catalogue.valid_to + timedelta(days=1))
    catalogue.save()
    return changed


def edit(catalogue: RecommendedList, act: Act) -> dict:
    return {"changed": _write(catalogue, act)}


def fill(catalogue: RecommendedList, rows: Iterable[dict]) -> None:
    """Put these entries, in their order, in the place of all; the field's words are kept as they are today."""
    known = fields_of(catalogue.region)
    catalogue.entries.all().delete()
    made = RecommendedEntry.objects.bulk_create([
        RecommendedEntry(
            catalogue=catalogue, position=number, name=row["name"], code=row["code"], field_code=row["field"],
            field_name=known[row["field"]], valid_to=row["valid_to"], grounds=row["grounds"],
        ) for number, row in enumerate(rows, start=1)
    ], batch_size=500)  # fmt: skip
    catalogue.entry_count = len(made)
    RecommendedList.objects.filter(pk=catalogue.pk).update(entry_count=catalogue.entry_count)


def _take_file(catalogue: RecommendedList, act: Act) -> None:
    fill(catalogue, reading_of(catalogue, act).rows)
    act.data["file"].seek(0)
    store(act.data["file"], actor=act.actor, kind="catalogue_list", subject=catalogue)


def replace_entries(catalogue: RecommendedList, act: Act) -> dict:
    before = catalogue.entry_count
    _take_file(catalogue, act)
    return {"before": before, "entries": catalogue.entry_count}


def edit_entries(catalogue: RecommendedList, act: Act) -> dict:
    """The entries as the form gives them; who came and who went stands in the record."""
    before = set(catalogue.entries.values_list("name", flat=True))
    fill(catalogue, act.data["entries"])
    after = {row["name"] for row in act.data["entries"]}
    return {"entries": catalogue.entry_count, "added": sorted(after - before)[:50], "dropped": sorted(before - after)[:50]}


def publish(catalogue: RecommendedList, act: Act) -> dict:
    """Open the list to everybody from today; the one in use ends with it."""
    if before := current(catalogue):
        act.perform(before, "replace", by=catalogue)
        catalogue.previous = before
    catalogue.decision, catalogue.decided_on, catalogue.valid_from = act.data["decision"], act.data["decided_on"], clock.today()
    if act.data.get("paper"):
        paper = store(act.data["paper"], actor=act.actor, kind="list_approval", subject=catalogue)
        make_public(Document.objects.filter(pk=paper.pk))
    return {"decision": catalogue.decision, "entries": catalogue.entry_count, "replaces": before.pk if before else None}


def strike(catalogue: RecommendedList, act: Act) -> dict:
    """Take one organisation off a list in use; it stays to be read with the day and the reason."""
    entry = act.data["entry"]
    entry.struck_on, entry.struck_reason = clock.today(), act.reason[:300]
    entry.save(update_fields=["struck_on", "struck_reason"])
    return {"name": entry.name, "code": entry.code, "field": entry.field_code}


def withdraw(catalogue: RecommendedList, act: Act) -> dict:
    catalogue.ended_reason = act.reason[:300]
    return {}


def replace(catalogue: RecommendedList, act: Act) -> dict:
    catalogue.ended_reason = f"由“{act.data['by'].title}”替代"[:300]
    return {"by": act.data["by"].pk}


def lapse(catalogue: RecommendedList, act: Act) -> dict:
    catalogue.ended_reason = "有效期满"
    return {}
