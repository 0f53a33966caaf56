"""What people do with plans, items, reviews, meetings and projects; and what floors above call."""
from .outcomes import close_gate, open_gate, record_outcome, revoke_outcome, set_ceiling
from .projects import end_branch, impose_hold, lift_holds, report_branch, take_duty

__all__ = [
    "close_gate", "end_branch", "impose_hold", "lift_holds", "open_gate", "record_outcome", "report_branch",
    "revoke_outcome", "set_ceiling", "take_duty",
]  # fmt: skip
