"""What the acts on an implementation catalogue do: take in entries, record the approval, publish (L1.3)."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from catalogue.entry_files import EntryReading, Known, read_entries
from catalogue.forms.implementation import Begin, choices_for
from catalogue.models import CatalogueItem, CatalogueVersion, ImplementationEntry, ImplementationList
from catalogue.rules import start_of
from portal import clock
from portal.files.verbs import store
from portal.search.sources import source_of
from portal.workflow import Act

#: What an entry says, as forms and files give it.
SAID = (
    "title", "leaf", "filed_request", "agency", "method", "amount", "livelihood", "key_point", "easy", "grounds", "pilot",
)
#: Kept from one year to the next; pilots are named anew, filings hold for their year alone.
COPIED = ("title", "agency", "method", "amount", "livelihood", "key_point", "easy", "grounds")


def known_to(catalogue: ImplementationList) -> Known:
    """What names in a file stand for in the list's region."""
    choices = choices_for(catalogue)
    agencies = {name: each for each in choices["agency"] for name in (each.short_name, each.code, each.name) if name}
    return Known(
        leaves={leaf.code: leaf for leaf in choices["leaf"]}, requests={each.number: each for each in choices["filed_request"]},
        agencies=agencies,
    )


def place(catalogue: ImplementationList, act: Act) -> None:
    """The region and year of a list that is about to be made."""
    if not catalogue.region_id:
        catalogue.issuer, catalogue.region = act.actor.organisation, act.actor.organisation.region
        catalogue.year = act.data["year"]


def reading_of(catalogue: ImplementationList, act: Act) -> EntryReading:
    """The file of an act, read once for check and effect."""
    if "reading" not in act.data:
        place(catalogue, act)
        act.data["file"].seek(0)
        act.data["reading"] = read_entries(act.data["file"].read(), known_to(catalogue))
    return act.data["reading"]


def latest_before(catalogue: ImplementationList) -> ImplementationList | None:
    """The published list of the region that comes nearest before the year."""
    return ImplementationList.objects.filter(
        region=catalogue.region, year__lt=catalogue.year, state__in=("ISSUED", "SUPERSEDED")
    ).order_by("-year").first()


def draft(catalogue: ImplementationList, act: Act) -> dict:
    """Begin the list of a year, empty, from the last one or from a file."""
    place(catalogue, act)
    catalogue.title = act.data["title"]
    catalogue.ends_at = start_of(date(catalogue.year + 1, 1, 1))
    catalogue.save()
    if act.data["start"] == Begin.FILE:
        _take_file(catalogue, act)
    elif act.data["start"] == Begin.COPY:
        fill(catalogue, copied(latest_before(catalogue)))
    return {"year": catalogue.year, "start": act.data["start"], "entries": catalogue.entry_count}


def copied(before: ImplementationList) -> Iterable[dict]:
    """Entries of an earlier year under the leaf that has their code today; what no leaf covers any more is left out."""
    version = CatalogueVersion.objects.in_force(before.region, clock.today()).first()
    today = {leaf.code: leaf for leaf in CatalogueItem.objects.leaves().filter(version=version)}
    for entry in before.entries.select_related("leaf", "agency").exclude(leaf=None).order_by("position", "pk"):
        if entry.leaf.code in today:
            yield {"leaf": today[entry.leaf.code], **{name: getattr(entry, name) for name in COPIED}}


def fill(catalogue: ImplementationList, rows: Iterable[dict], **facts) -> list[ImplementationEntry]:
    """Append entries in the order given."""
    last = catalogue.entries.order_by("-position").values_list("position", flat=True).first() or 0
    made = ImplementationEntry.objects.bulk_create(
        [ImplementationEntry(catalogue=catalogue, position=last + number, **row, **facts) for number, row in enumerate(rows, start=1)],
        batch_size=500,
    )
    if made:
        source_of(ImplementationEntry).fill()
    catalogue.entry_count = catalogue.entries.count()
    ImplementationList.objects.filter(pk=catalogue.pk).update(entry_count=catalogue.entry_count)
    return made


def _take_file(catalogue: ImplementationList, act: Act) -> None:
    fill(catalogue, reading_of(catalogue, act).rows)
    act.data["file"].seek(0)
    store(act.data["file"], actor=act.actor, kind="catalogue_list", subject=catalogue)


def replace_entries(catalogue: ImplementationList, act: Act) -> dict:
    """Put the entries of a file in the place of all entries."""
    before = catalogue.entries.count()
    catalogue.entries.all().delete()
    _take_file(catalogue, act)
    return {"before": before, "entries": catalogue.entry_count}


def add_entry(catalogue: ImplementationList, act: Act) -> dict:
    entry = fill(catalogue, [{name: act.data[name] for name in SAID}])[0]
    return {"entry": entry.pk, "title": entry.title}


def change_entry(catalogue: ImplementationList, act: Act) -> dict:
    """What an entry says; before and after stand in the record."""
    entry = act.data["entry"]
    before = {name: str(getattr(entry, name) or "") for name in SAID}
    for name in SAID:
        setattr(entry, name, act.data[name])
    entry.save(update_fields=list(SAID))
    after = {name: str(getattr(entry, name) or "") for name in SAID}
    changed = {name: [before[name], after[name]] for name in SAID if before[name] != after[name]}
    return {"entry": entry.pk, "title": entry.title, "changed": changed}


def drop_entry(catalogue: ImplementationList, act: Act) -> dict:
    entry = act.data["entry"]
    facts = {"entry": entry.pk, "title": entry.title}
    entry.delete()
    fill(catalogue, [])
    return facts


def submit(catalogue: ImplementationList, act: Act) -> dict:
    return {"entries": catalogue.entries.count(), "pilots": catalogue.entries.pilots().count()}


def approve(catalogue: ImplementationList, act: Act) -> dict:
    """The government's approval, by the name of its paper (R-005)."""
    catalogue.decision, catalogue.decided_on = act.data["decision"], act.data["decided_on"]
    return {"decision": catalogue.decision, "decided_on": catalogue.decided_on}


def issue(catalogue: ImplementationList, act: Act) -> dict:
    return {"year": catalogue.year, "entries": catalogue.entry_count}


def added_of(catalogue: ImplementationList, act: Act) -> list[ImplementationEntry]:
    """The entries that an act would add, not yet stored."""
    return [ImplementationEntry(catalogue=catalogue, **{name: row[name] for name in SAID}) for row in act.data["entries"]]


def add_entries(catalogue: ImplementationList, act: Act) -> dict:
    """Entries of a published list are only ever added to, by a decision of their own (L1.3, edge 4)."""
    decision = {"decision": act.data["decision"], "decided_on": act.data["decided_on"]}
    made = fill(catalogue, [{name: row[name] for name in SAID} for row in act.data["entries"]], **decision)
    return {**decision, "added": len(made), "titles": [entry.title for entry in made]}
