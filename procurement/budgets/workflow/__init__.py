"""Tables of the money: budget lines, what projects hold on them, how a cost is shared, and what follows (L3.1, L3.2)."""
from . import following
from .book import BOOK
from .encumbrance import ENCUMBRANCE
from .line import LINE
from .sharing import SHARING

__all__ = ["BOOK", "ENCUMBRANCE", "LINE", "SHARING", "following"]
