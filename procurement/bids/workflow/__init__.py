"""The tables of the key ceremony, the bid and the opening session."""
from .bids import BID
from .keys import OPENING_KEY
from .openings import OPENING

__all__ = ["BID", "OPENING", "OPENING_KEY"]
