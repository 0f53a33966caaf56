"""Evaluation: the evaluator's work, the result of a contract, what the result is used for."""
from .assessment import Assessment, Computation, Score
from .engagement import Declaration, Engagement, EngagementScore, EvidencePiece
from .use import ResultUse

__all__ = [
    "Assessment", "Computation", "Declaration", "Engagement", "EngagementScore", "EvidencePiece", "ResultUse", "Score",
]  # fmt: skip
