"""The library of experts, draws and panels, score sheets, evaluation reports and awards."""
from .awards import Award
from .draws import Draw, Nomination, PanelMember, PoolEntry
from .experts import Expert, ExpertTie
from .reports import EvaluationReport, PriceJudgement, PriceQuestion, Signature
from .sheets import ConformityVote, Score, ScoreSheet

__all__ = [
    "Award", "ConformityVote", "Draw", "EvaluationReport", "Expert", "ExpertTie", "Nomination", "PanelMember", "PoolEntry",
    "PriceJudgement", "PriceQuestion", "Score", "ScoreSheet", "Signature",
]
