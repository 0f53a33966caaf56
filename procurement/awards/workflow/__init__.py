"""The tables of draw, panel member, score sheet, price question, evaluation report and award."""
from procurement.awards import access  # noqa: F401  lets the panel see bids and project

from .awards import AWARD
from .draws import DRAW
from .members import MEMBER
from .reports import PRICE_QUESTION, REPORT
from .sheets import SHEET

__all__ = ["AWARD", "DRAW", "MEMBER", "PRICE_QUESTION", "REPORT", "SHEET"]
