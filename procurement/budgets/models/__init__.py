"""Money: lines, what projects hold on them, the entries that move it, and how levels of government share a cost."""
from .book import LineBook
from .money import BudgetLine, Encumbrance, Immutable, Posting
from .sharing import Receipt, Share, Sharing

__all__ = ["BudgetLine", "Encumbrance", "Immutable", "LineBook", "Posting", "Receipt", "Share", "Sharing"]
