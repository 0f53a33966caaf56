"""Results of report jobs."""
from __future__ import annotations

from portal.reports.registry import ReportResult


def text_result(content: bytes = b"three rows") -> ReportResult:
    return ReportResult(filename="样表.txt", content=content, content_type="text/plain", rows=3)
