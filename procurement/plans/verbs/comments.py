"""Effects on what a department says at a field: answered by the agency, settled or asked again by the department (L2.3)."""
from __future__ import annotations

from portal.workflow import Act
from procurement.plans.models import ReviewComment


def note(comment: ReviewComment, act: Act) -> dict:
    return {"field": comment.field, "step": comment.step_id}


def answer(comment: ReviewComment, act: Act) -> dict:
    comment.answer = act.data["answer"]
    return {"field": comment.field}


def ask_again(comment: ReviewComment, act: Act) -> dict:
    """What was answered does not do: the question stands with what was said to the answer; the record keeps both."""
    kept = comment.answer
    comment.text = act.reason
    comment.answer, comment.answered_by, comment.answered_at = "", None, None
    return {"field": comment.field, "answered": kept}


def resolve(comment: ReviewComment, act: Act) -> dict:
    return {"field": comment.field}
