"""Tables of the money: budget lines, what projects hold on them, and what follows (L3.1, L3.2)."""
from . import following
from .encumbrance import ENCUMBRANCE
from .line import LINE

__all__ = ["ENCUMBRANCE", "LINE", "following"]
