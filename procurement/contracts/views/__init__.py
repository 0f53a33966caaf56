"""Pages of contracts, delivery and acceptance."""
from .acceptance import acceptance, checklist
from .contracts import contract, contracts, edit
from .delivery import deliverable, inspection, log, report, report_form, visit

__all__ = [
    "acceptance", "checklist", "contract", "contracts", "deliverable", "edit", "inspection", "log", "report", "report_form", "visit",
]  # fmt: skip
