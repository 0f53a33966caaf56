"""Money: lines, what projects hold on them, the entries that move it, and how levels of government share a cost."""
from .money import BudgetLine, Encumbrance, Immutable, Posting
from .sharing import Receipt, Share, Sharing

__all__ = ["BudgetLine", "Encumbrance", "Immutable", "Posting", "Receipt", "Share", "Sharing"]
