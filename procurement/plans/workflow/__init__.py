"""The tables of planning, in the order of the design: L2.1 to L2.6, L0.2, and the guards that stand in every row."""
from . import standing
from .adjustment import ADJUSTMENT
from .comment import COMMENT
from .hold import HOLD
from .intention import INTENTION
from .item import ITEM
from .meeting import AGENDA, MEETING
from .office import LEADING_GROUP
from .plan import PLAN
from .project import PROJECT
from .review import STEP
from .workbook import WORKBOOK

__all__ = [
    "ADJUSTMENT", "AGENDA", "COMMENT", "HOLD", "INTENTION", "ITEM", "LEADING_GROUP", "MEETING", "PLAN", "PROJECT", "STEP", "WORKBOOK",
    "standing",
]  # fmt: skip
