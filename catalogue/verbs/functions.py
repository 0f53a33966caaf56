"""What the acts on a function list do (S-14)."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from catalogue.forms.functions import FunctionStart
from catalogue.functions import read_functions
from catalogue.models import FunctionList, GovernmentFunction
from catalogue.sheets import SheetReading
from portal import clock
from portal.files.verbs import store
from portal.workflow import Act

SAID = ("number", "name", "status", "basis", "note")


def place(catalogue: FunctionList, act: Act) -> None:
    """Department and region of a list that is about to be made."""
    if not catalogue.pk:
        catalogue.agency, catalogue.region = act.actor.organisation, act.actor.organisation.region


def current(catalogue: FunctionList) -> FunctionList | None:
    """The list of the department that is in use."""
    return FunctionList.objects.filter(agency=catalogue.agency_id, state="PUBLISHED").exclude(pk=catalogue.pk).first()


def reading_of(act: Act) -> SheetReading:
    """The file of an act, read once for check and effect."""
    if "reading" not in act.data:
        act.data["file"].seek(0)
        act.data["reading"] = read_functions(act.data["file"].read())
    return act.data["reading"]


def draft(catalogue: FunctionList, act: Act) -> dict:
    """Begin a list, empty, from the one in use or from a file."""
    place(catalogue, act)
    catalogue.title, catalogue.basis = act.data["title"], act.data["basis"]
    catalogue.save()
    if act.data["start"] == FunctionStart.FILE:
        _take_file(catalogue, act)
    elif act.data["start"] == FunctionStart.COPY:
        fill(catalogue, current(catalogue).functions.order_by("position", "pk").values(*SAID))
    return {"start": act.data["start"], "functions": catalogue.function_count}


def fill(catalogue: FunctionList, rows: Iterable[dict]) -> None:
    """Put these functions, in their order, in the place of all."""
    rows = list(rows)
    catalogue.functions.all().delete()
    GovernmentFunction.objects.bulk_create([
        GovernmentFunction(catalogue=catalogue, position=number, **{name: row[name] for name in SAID})
        for number, row in enumerate(rows, start=1)
    ], batch_size=500)  # fmt: skip
    catalogue.function_count = len(rows)
    FunctionList.objects.filter(pk=catalogue.pk).update(function_count=catalogue.function_count)


def _take_file(catalogue: FunctionList, act: Act) -> None:
    fill(catalogue, reading_of(act).rows)
    act.data["file"].seek(0)
    store(act.data["file"], actor=act.actor, kind="catalogue_list", subject=catalogue)


def replace_functions(catalogue: FunctionList, act: Act) -> dict:
    before = catalogue.function_count
    _take_file(catalogue, act)
    return {"before": before, "functions": catalogue.function_count}


def edit(catalogue: FunctionList, act: Act) -> dict:
    """Title, basis and functions as the form gives them; what changed stands in the record."""
    before = {row["number"]: row for row in catalogue.functions.values(*SAID)}
    catalogue.title, catalogue.basis = act.data["title"], act.data["basis"]
    catalogue.save(update_fields=["title", "basis"])
    fill(catalogue, act.data["functions"])
    after = {row["number"]: {name: row[name] for name in SAID} for row in act.data["functions"]}
    changed = sorted(number for number in before.keys() | after.keys() if before.get(number) != after.get(number))
    return {"functions": catalogue.function_count, "changed": changed[:100]}


def submit(catalogue: FunctionList, act: Act) -> dict:
    return {"functions": catalogue.function_count}


def approve(catalogue: FunctionList, act: Act) -> dict:
    """Open the list to everybody by the establishment office's paper; the one in use ends with it."""
    if before := current(catalogue):
        act.perform(before, "supersede", by=catalogue)
    catalogue.decision, catalogue.decided_on, catalogue.published_on = act.data["decision"], act.data["decided_on"], clock.today()
    counts = Counter(catalogue.functions.order_by().values_list("status", flat=True))
    return {"decision": catalogue.decision, "keep": counts["KEEP"], "transfer": counts["TRANSFER"], "buy": counts["BUY"]}


def supersede(catalogue: FunctionList, act: Act) -> dict:
    return {"by": act.data["by"].pk}
