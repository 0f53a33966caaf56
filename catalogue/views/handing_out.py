"""A table of the catalogue as a file to keep: CSV or a workbook, under the name it is given."""
from __future__ import annotations

from django.http import HttpResponse

from portal.reports.workbook import CONTENT_TYPE

KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": CONTENT_TYPE}


def handed_out(content: bytes | str, name: str) -> HttpResponse:
    """The answer that saves `content` as `name`; its ending says which of `KINDS` it is."""
    kind = KINDS[name.rpartition(".")[2]]
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
