"""The tables of evaluation, and what follows on rows of other tables."""
from . import assessment, engagement, use
from .assessment import ASSESSMENT
from .engagement import ENGAGEMENT
from .use import USE

__all__ = ["ASSESSMENT", "ENGAGEMENT", "USE", "assessment", "engagement", "use"]
