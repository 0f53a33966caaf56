"""Effects of the rows, and what evaluation and award do when a tender moves."""
from . import awards, consequences, evaluation, panel, papers

__all__ = ["awards", "consequences", "evaluation", "panel", "papers"]
