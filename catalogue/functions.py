"""What a line of a function list must be, by form and by file alike; which function a purchase may fulfil (S-14, R102-10)."""
from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from portal.workflow import Refusal, refuse

from .checking import Found
from .models import FunctionList, GovernmentFunction
from .sheets import Sheet, SheetReading

SHEET = Sheet(
    rule="S-14", most=5000, required=("number", "name", "status"),
    headings={"number": "职能编号", "name": "职能事项", "status": "处置方式", "basis": "职责依据", "note": "承接方或者说明"},
    widths={"name": 48, "basis": 40, "note": 30},
)  # fmt: skip
#: How files write what becomes of a function, whatever the reader's language.
STATUS_NAMES = {"保留": "KEEP", "转移": "TRANSFER", "购买": "BUY"}
LONGEST = {"number": 20, "name": 200, "basis": 300, "note": 300}


def read_functions(content: bytes) -> SheetReading:
    """A workbook or CSV file in the columns of `SHEET`. Faults cite S-14."""
    return SHEET.read(content, _read_line, key=lambda row: row["number"], once="number")


def _read_line(cell: dict[str, str]) -> tuple[dict, Found]:
    row = {name: " ".join(cell[name].split()) for name in SHEET.headings}
    row["status"] = STATUS_NAMES.get(row["status"], row["status"])
    return row, list(_faults_of(row))


def _faults_of(row: dict) -> Found:
    for name in ("number", "name"):
        if not row[name]:
            yield name, "S-14", _("没有填"), {}
    for name, most in LONGEST.items():
        if len(row[name]) > most:
            yield name, "S-14", _("最多 %(most)s 个字"), {"most": most}
    if row["status"] not in GovernmentFunction.Status.values:
        yield "status", "S-14", _("处置方式“%(status)s”应为保留、转移或者购买"), {"status": row["status"][:20]}


def rows_of(catalogue: FunctionList) -> Iterable[dict]:
    """The functions by the columns of the file."""
    words = {code: name for name, code in STATUS_NAMES.items()}
    for each in catalogue.functions.order_by("position", "pk"):
        yield {"number": each.number, "name": each.name, "status": words[each.status], "basis": each.basis, "note": each.note}


def counts_of(functions) -> list[tuple[str, str, int]]:
    """How many functions are kept, transferred, bought: status, its word, number; one query."""
    found: dict[str, int] = dict.fromkeys(GovernmentFunction.Status.values, 0)
    for status in functions.order_by().values_list("status", flat=True):
        found[status] += 1
    return [(status, str(label), found[status]) for status, label in GovernmentFunction.Status.choices]


def may_be_bought(function: GovernmentFunction) -> Iterator[Refusal]:
    """What government keeps it performs itself and does not buy (R102-10); what was said once is said by the list in use."""
    if function.catalogue.state != FunctionList.State.PUBLISHED:
        yield refuse("S-14", _("“%(function)s”所在的职能清单已被替代，请按现行清单重新选择。"), field="function", function=str(function))
    elif function.status == GovernmentFunction.Status.KEEP:
        yield refuse(
            "R102-10", _("“%(function)s”在政府职能清单中列为保留，应当由政府直接履职，不得购买。"), field="function", function=str(function)
        )
