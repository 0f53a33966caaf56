"""Pages of evaluation."""
from .engagement import engagement, engagements
from .next_year import next_year
from .next_year import rules as next_year_rules
from .public import result, results
from .results import assessment, assessments, use, uses

__all__ = ["assessment", "assessments", "engagement", "engagements", "next_year", "next_year_rules", "result", "results", "use", "uses"]
