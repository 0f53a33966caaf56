"""An installation as it runs: a record, papers, people; written by the usual verbs."""
from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.audit.record import note
from portal.files.verbs import store
from tests.conftest import TINY_PDF

from .people import actor


def write_something(number: int) -> None:
    """One entry of the record with the file it speaks of, as any act does."""
    buyer = actor("buyer")
    upload = SimpleUploadedFile(f"paper {number}.pdf", TINY_PDF + bytes([number % 256]) * 1000)
    document = store(upload, actor=buyer, kind="bid_part")
    note(actor=buyer, what="something", subject=str(document.pk), project_id=number % 3, facts={"number": number})
