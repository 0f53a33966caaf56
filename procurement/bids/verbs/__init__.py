"""Effects of the rows, and what bids do when a tender is published, closed, failed or terminated."""
from . import bids, consequences, keys, openings

__all__ = ["bids", "consequences", "keys", "openings"]
