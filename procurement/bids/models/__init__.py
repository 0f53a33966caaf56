"""Keys, bids and openings."""
from .bids import Bid, QualificationFinding, Receipt, SealedPart
from .keys import Layer, Opener, OpeningKey
from .openings import Doubt, HalfOpened, OpeningSession

__all__ = [
    "Bid", "Doubt", "HalfOpened", "Layer", "Opener", "OpeningKey", "OpeningSession", "QualificationFinding", "Receipt",
    "SealedPart",
]
