"""What the acts on a catalogue version do: take in items, open and close validity, load the reference list."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.db import transaction

from catalogue.forms import Start
from catalogue.importing import Reading, read_catalogue
from catalogue.models import CatalogueItem, CatalogueVersion
from catalogue.rules import Difference, Line, compare, start_of
from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.roles import OrganisationKind
from portal.audit.canonical import canonical_json, digest
from portal.files.verbs import store
from portal.search.sources import source_of
from portal.workdays.reference import reference_loader
from portal.workflow import Act, perform

from .arranging import arrange

REFERENCE_FILE = Path(__file__).parents[1] / "reference" / "catalogue.csv"
#: The list has no date of its own that could be checked; from this day on it serves where no region has issued one.
REFERENCE_FROM = date(2020, 1, 1)


def reading_of(act: Act) -> Reading:
    """The CSV file of an act, read once for check and effect."""
    if "reading" not in act.data:
        upload = act.data["file"]
        upload.seek(0)
        act.data["reading"] = read_catalogue(upload.read())
    return act.data["reading"]


def lines_of(version: CatalogueVersion | None) -> list[Line]:
    """The items of a version as comparisons see them."""
    if version is None:
        return []
    items = version.items.select_related("parent").order_by("place", "code")
    return [
        Line(item.code, item.name, item.parent.code if item.parent else "", item.retired, item.deviation, item.is_leaf, details_of(item),
             item.level)
        for item in items
    ]


def details_of(item: CatalogueItem) -> tuple[str, ...]:
    """What a line says beside code and name, as text."""
    price = f"{item.guide_price} / {item.guide_unit}" if item.guide_price is not None else ""
    return (item.procurement_code, item.note, price, item.cost_factors, item.indicator_words)


def digest_of_items(version: CatalogueVersion) -> str:
    """One digest over everything a reader of the list sees; tells whether it changed since it was consulted on."""
    rows = version.items.order_by("code").values_list(
        "code", "name", "parent__code", "kind", "note", "deviation", "retired", "procurement_code", "guide_price", "guide_unit",
        "cost_factors", "indicators",
    )
    return digest(canonical_json([_told(row) for row in rows]))


def _told(row: tuple) -> list:
    """A line as it enters the digest: what came later is left out where it is empty, so that earlier digests stay true."""
    first, later = list(row[:7]), [str(value or "") for value in row[7:]]
    return first + later if any(row[7:]) else first


def version_above(version: CatalogueVersion) -> CatalogueVersion | None:
    """The list this one must stay within or give reasons: a department's within its region's, a region's within the nearest
    above, else the reference (R102-16)."""
    above = version.region if version.agency_id else version.region.parent if version.region_id else None
    return CatalogueVersion.objects.in_force(above, clock.today()).first()


def changes_of(version: CatalogueVersion) -> Difference:
    """What a version changes against the one it follows."""
    return compare(lines_of(version.previous), lines_of(version))


# --- effects -----------------------------------------------------------------------------------------------------
def draft(version: CatalogueVersion, act: Act) -> dict:
    """Begin a version for the drafter's region or department, copied from the one in force there or read from a file."""
    office = act.actor.organisation
    version.issuer, version.region = office, office.region
    version.agency = None if office.kind == OrganisationKind.FINANCE else office
    version.year, version.title = act.data["year"], act.data["title"]
    version.previous = CatalogueVersion.objects.in_force(office.region, clock.today(), agency=version.agency).first()
    version.save()
    if act.data["start"] == Start.FILE:
        _take_file(version, act)
    else:
        _fill(version, _rows_of(version.previous))
    return {"start": act.data["start"], "items": version.item_count}


def replace_items(version: CatalogueVersion, act: Act) -> dict:
    """Put the items of a file in the place of all items."""
    before = lines_of(version)
    version.items.all().delete()
    _take_file(version, act)
    return {"items": version.item_count, **compare(before, lines_of(version)).counts}


def consult(version: CatalogueVersion, act: Act) -> dict:
    """Lay the list before departments and public; from now on its items count as consulted on (R102-17, S-17)."""
    version.departments = act.data["departments"]
    version.expert_argument = bool(act.data.get("expert_argument"))
    version.consulted_digest = digest_of_items(version)
    return {
        "expert_argument": version.expert_argument, "departments": version.departments, "items": version.item_count,
        "digest": version.consulted_digest,
    }


def submit(version: CatalogueVersion, act: Act) -> dict:
    """Hand the list to those who decide, with what it changes against the version in force (S-07, S-17)."""
    version.consultation_summary = act.data["consultation_summary"]
    return {"items": version.item_count, **changes_of(version).counts}


def approve(version: CatalogueVersion, act: Act) -> dict:
    version.decision = act.data["decision"]
    return {"decision": version.decision}


def issue(version: CatalogueVersion, act: Act) -> dict:
    """Put the version in force from its day on; the version before ends at 00:00 of that day."""
    version.document_number, version.valid_from = act.data["document_number"], act.data["valid_from"]
    predecessor = (
        CatalogueVersion.objects.select_for_update()
        .filter(region=version.region, agency=version.agency, state=CatalogueVersion.State.ISSUED, valid_to=None)
        .exclude(pk=version.pk)
        .first()
    )
    facts = {"document_number": version.document_number, "valid_from": version.valid_from, "items": version.item_count}
    if predecessor is None:
        return facts
    predecessor.valid_to, predecessor.ends_at = version.valid_from, start_of(version.valid_from)
    predecessor.save(update_fields=["valid_to", "ends_at"])
    if predecessor.valid_to <= clock.today():
        act.perform(predecessor, "supersede")
    return {**facts, "replaces": predecessor.pk}


def import_reference(version: CatalogueVersion, act: Act) -> dict:
    """Load the list the portal ships with; it says of itself what is not verified (RCT-04)."""
    reading = read_catalogue(REFERENCE_FILE.read_bytes())
    if reading.faults:
        raise ValueError(f"{REFERENCE_FILE.name}: {reading.faults}")
    version.is_reference, version.year, version.valid_from = True, REFERENCE_FROM.year, REFERENCE_FROM
    version.title = "政府购买服务指导性目录（参考）"
    version.source_note = (
        "本目录依公开资料重建，不是《中央本级政府购买服务指导性目录》原文：两个一级类目的名称和二级条目数已核对，"
        "其余条目的名称、编码、次序以及三级条目是否齐全均待核。各地财政部门发布本地区目录后，以本地区目录为准。"
    )
    version.save()
    _fill(version, reading.rows)
    return {"items": version.item_count}


def _take_file(version: CatalogueVersion, act: Act) -> None:
    _fill(version, reading_of(act).rows)
    act.data["file"].seek(0)
    store(act.data["file"], actor=act.actor, kind="catalogue_list", subject=version)


def _rows_of(version: CatalogueVersion) -> Iterable:
    """Items to copy, the codes of parents beside them: live leaves and what stands above them, nothing retired."""
    kept = {code for path in version.items.leaves().values_list("path", flat=True) for code in path.split("/")}
    for item in version.items.filter(code__in=kept).select_related("parent").order_by("level", "code"):
        item.parent_code = item.parent.code if item.parent else ""
        yield item


def _fill(version: CatalogueVersion, rows: Iterable) -> None:
    """Store rows as the items of a version, level by level, so that each finds its parent."""
    rows = list(rows)
    made: dict[str, CatalogueItem] = {}
    for level in range(1, 5):
        items = [_item_of(version, row, made.get(row.parent_code)) for row in rows if row.level == level]
        made |= {item.code: item for item in CatalogueItem.objects.bulk_create(items, batch_size=500)}
    arrange(version)
    source_of(CatalogueItem).fill()


def _item_of(version: CatalogueVersion, row, parent: CatalogueItem | None) -> CatalogueItem:
    """A line of the version as a row of a file, or a line of another version, says it."""
    return CatalogueItem(
        version=version, code=row.code, parent=parent, level=row.level, name=row.name, kind=row.kind, evidence=row.evidence,
        note=row.note, deviation=row.deviation, retired=row.retired, procurement_code=row.procurement_code,
        guide_price=row.guide_price, guide_unit=row.guide_unit, cost_factors=row.cost_factors,
        indicators=[each if isinstance(each, dict) else each.as_dict() for each in row.indicators], position=row.position,
        path=f"{parent.path}/{row.code}" if parent else row.code,
    )


# --- loading -----------------------------------------------------------------------------------------------------
@transaction.atomic
def load_reference_catalogue() -> CatalogueVersion:
    """The reference list as a version in force, made once; loading again changes nothing."""
    there = CatalogueVersion.objects.filter(is_reference=True).order_by("-valid_from").first()
    if there:
        return there
    with clock.history(start_of(REFERENCE_FROM)):
        return perform(CatalogueVersion(), "import_reference", actor=system_actor())


@reference_loader(20, "guiding catalogue")
def load_reference() -> str:
    """Load the list with the other reference data; says what stands there now."""
    return f"guiding catalogue (reference, not verified): {load_reference_catalogue().item_count} items"
