"""Between sealing and store: putting a part into a bid's envelope, and opening it when its time has come."""
from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from django.core.files.base import File
from django.core.files.storage import default_storage

from portal.audit.canonical import canonical_json
from portal.workflow import Refused, refuse

from . import messages, reception, rules, sealing
from .models import Bid, Receipt, SealedPart

FORM_BLOCK = 16 * 1024  # bytes: forms are padded to a multiple of it
JSON = "application/json"


def seal_form(bid: Bid, kind: str, name: str, content: dict, moment: datetime) -> SealedPart:
    """Close what was typed into a form; it is sealed in memory and nothing of it is written in clear."""
    sealed = BytesIO()
    sealer = sealing.Sealer(sealed)
    sealer.write(sealing.padded(canonical_json(content), FORM_BLOCK))
    sealer.close()
    return _keep(bid, kind, name, JSON, sealer, sealed, moment)


def seal_file(bid: Bid, kind: str, name: str, content_type: str, upload, moment: datetime) -> SealedPart:
    """Close a file: what came over the network is sealed already; a file of the machine is sealed while it is read."""
    if isinstance(upload, reception.SealedUpload):
        return _keep(bid, kind, name, content_type, upload.sealer, upload.sealed, moment)
    with tempfile.SpooledTemporaryFile(max_size=reception.SPOOL) as sealed:
        sealer = sealing.Sealer(sealed)
        upload.seek(0)
        while chunk := upload.read(sealing.CHUNK):
            sealer.write(chunk)
        sealer.close()
        return _keep(bid, kind, name, content_type, sealer, sealed, moment)


def _keep(bid, kind, name, content_type, sealer: sealing.Sealer, sealed: BinaryIO, moment: datetime) -> SealedPart:
    """Store the ciphertext, prove that it opens, seal its key to the tender's public key, forget the key (SEAL-05)."""
    part = SealedPart(
        bid=bid, uuid=uuid.uuid4(), kind=kind, name=name, size=sealer.size, content_type=content_type, digest=sealer.digest,
        received_at=reception.received_at(), tested_at=moment,
    )
    sealed.seek(0)
    part.path = default_storage.save(f"sealed/{part.uuid.hex[:2]}/{part.uuid.hex}", File(sealed))
    try:
        with default_storage.open(part.path) as stored:
            sealer.test(stored)
    except sealing.Unopenable:
        default_storage.delete(part.path)
        raise Refused([refuse("SEAL-05", messages.TEST_FAILED, name=name)]) from None
    part.wrapped_key = sealing.wrap(sealer.key, bytes(bid.tender.opening_key.public_key), part.context)
    part.save()
    return part


# --- receipts ----------------------------------------------------------------------------------------------------
def facts_of(receipt: Receipt, digests: dict[int, str] | None = None) -> dict:
    """What a receipt's digest is taken over; `digests` puts what lies in the store in place of what was recorded."""
    parts = sorted(receipt.parts.all(), key=lambda part: part.uuid)
    return {
        "tender": receipt.bid.tender.number, "bidder": receipt.bid.supplier.code, "version": receipt.version,
        "received_at": receipt.received_at,
        "parts": [
            {
                "uuid": part.uuid, "kind": part.kind, "name": part.name, "size": part.size, "received_at": part.received_at,
                "digest": (digests or {}).get(part.pk, part.digest),
            }
            for part in parts
        ],
    }


def digest_of_receipt(receipt: Receipt, digests: dict[int, str] | None = None) -> str:
    return rules.receipt_digest(facts_of(receipt, digests))


def digests_in_store(receipt: Receipt) -> dict[int, str]:
    """Digest of every part of an envelope as it lies in the store now; "" for one that is gone."""
    found = {}
    for part in receipt.parts.all():
        try:
            with default_storage.open(part.path) as stored:
                found[part.pk] = sealing.digest_of(stored)
        except FileNotFoundError:
            found[part.pk] = ""
    return found


# --- opening -----------------------------------------------------------------------------------------------------
@contextmanager
def opened(part: SealedPart, private_key: bytes) -> Iterator[BinaryIO]:
    """The clear text of a part. Raises Unopenable, also while it is read."""
    key = sealing.unwrap(bytes(part.wrapped_key), private_key, part.context)
    with default_storage.open(part.path) as stored, sealing.open_sealed(stored, key) as clear:
        yield clear


def read_form(part: SealedPart, private_key: bytes) -> dict:
    """What was typed into a sealed form. Raises Unopenable."""
    with opened(part, private_key) as clear:
        return json.loads(clear.read())
