"""The tables of contracts, delivery and acceptance, and what follows on other tables' rows."""
from . import acceptance, contract, delivery
from .acceptance import ACCEPTANCE
from .contract import CONTRACT, FILING
from .delivery import DELIVERABLE, INSPECTION, REPORT

__all__ = ["ACCEPTANCE", "CONTRACT", "DELIVERABLE", "FILING", "INSPECTION", "REPORT", "acceptance", "contract", "delivery"]
