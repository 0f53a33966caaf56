"""Pages of evaluation."""
from .engagement import engagement, engagements
from .public import result, results
from .results import assessment, assessments, use, uses

__all__ = ["assessment", "assessments", "engagement", "engagements", "result", "results", "use", "uses"]
