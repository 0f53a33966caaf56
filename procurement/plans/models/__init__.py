"""Plans, their items, reviews and meetings, and the project that everything later hangs on."""
from .adjustment import Adjustment
from .comment import ReviewComment, ReviewedContent
from .intention import Intention, IntentionVersion
from .item import (
    CostFactor,
    FundingSource,
    Indicator,
    Level,
    Method,
    PlanItem,
    PlanItemQuerySet,
    SourceKind,
    YearAmount,
)
from .meeting import AgendaItem, Meeting, MeetingMember, MeetingPaper
from .office import LeadingGroup, LeadingGroupMember
from .plan import Plan
from .project import AT_MARKET, ORDER, Branch, Hold, Outcome, Project, ProjectDuty, Stage
from .reminder import PlanReminder
from .review import ReviewChainStep, ReviewStep
from .serial import Serial
from .unsaved import ItemTyping
from .workbook import PlanWorkbook, WorkbookRow

__all__ = [
    "AT_MARKET",
    "ORDER",
    "Adjustment",
    "AgendaItem",
    "Branch",
    "CostFactor",
    "FundingSource",
    "Hold",
    "Indicator",
    "Intention",
    "IntentionVersion",
    "ItemTyping",
    "LeadingGroup",
    "LeadingGroupMember",
    "Level",
    "Meeting",
    "MeetingMember",
    "MeetingPaper",
    "Method",
    "Outcome",
    "Plan",
    "PlanItem",
    "PlanItemQuerySet",
    "PlanReminder",
    "PlanWorkbook",
    "Project",
    "ProjectDuty",
    "ReviewChainStep",
    "ReviewComment",
    "ReviewStep",
    "ReviewedContent",
    "Serial",
    "SourceKind",
    "Stage",
    "WorkbookRow",
    "YearAmount",
]  # fmt: skip
