"""Receiving: when the last byte was read, and how a closing tender waits for what came in time (R87-14, SEAL-07).

The moment is taken when the request has been read and before any lock of the database is waited for. From then until the
answer is sent the request holds a shared arrival lock on its tender; closing needs the lock alone and is refused, and tried
again seconds later, while somebody holds it. Locks end with the process that holds them: advisory locks of PostgreSQL, or
a lock on a file where the embedded database serves one machine.
"""
from __future__ import annotations

import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.db import connection

from portal import clock
from portal.files.uploads import QuotaUploadHandler

from . import sealing

_ADDRESS = re.compile(r"^/(?:act/bids\.bid|bids|api/v1/bids)/(\d+)/")
_LOCK_SPACE = 0x42494453  # "BIDS": first key of the advisory locks
SPOOL = 2 * 1024 * 1024  # bytes of ciphertext kept in memory before they go to a temporary file

_received_at: ContextVar[datetime | None] = ContextVar("received_at", default=None)


def received_at() -> datetime:
    """When the last byte of the request under way was read; outside a request this moment."""
    return _received_at.get() or clock.now()


@contextmanager
def stamped(moment: datetime) -> Iterator[None]:
    """Take `moment` as the one at which the last byte was read."""
    token = _received_at.set(moment)
    try:
        yield
    finally:
        _received_at.reset(token)


# --- the arrival lock --------------------------------------------------------------------------------------------
class Arrival:
    """One request on its way in: `complete()` when its last byte is read, `over()` when it has been answered."""

    def __init__(self, tender_pk: int) -> None:
        self.tender_pk = tender_pk
        self.moment: datetime | None = None
        self._file: int | None = None
        self._advisory = False

    def complete(self) -> datetime:
        """Hold the lock, then take the moment: whoever is stamped in time is seen by the closing. Never waits."""
        if self.moment is None:
            self._hold()
            self.moment = clock.now()
            _received_at.set(self.moment)
        return self.moment

    def over(self) -> None:
        _received_at.set(None)
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._advisory:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock_shared(%s, %s)", [_LOCK_SPACE, self.tender_pk])
            self._advisory = False

    def _hold(self) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock_shared(%s, %s)", [_LOCK_SPACE, self.tender_pk])
                self._advisory = cursor.fetchone()[0]
        else:
            self._file = _open_lock(self.tender_pk)
            with suppress(BlockingIOError):  # closing is under way: this one is late anyhow
                fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)


def still_arriving(tender_pk: int) -> bool:
    """Whether something stamped for this tender is still being taken in. Asked inside the closing's transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, tender_pk])
            return not cursor.fetchone()[0]
    lock = _open_lock(tender_pk)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _open_lock(tender_pk: int) -> int:
    folder = settings.VAR_DIR / "arriving"
    folder.mkdir(exist_ok=True)
    return os.open(folder / str(tender_pk), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)


# --- uploads, sealed while they stream in ------------------------------------------------------------------------
class SealedUpload(UploadedFile):
    """A file that was encrypted on its way in: `file` reads its clear text from the ciphertext with the key at hand."""

    def __init__(self, name: str, content_type: str, sealer: sealing.Sealer, sealed) -> None:
        self.sealer, self.sealed = sealer, sealed
        super().__init__(file=sealing.open_sealed(sealed, sealer.key), name=name, content_type=content_type, size=sealer.size)



class SealingUploadHandler(FileUploadHandler):
    """Takes every file of a bid's request; no other handler stands beside it that could put clear text on disk."""

    def __init__(self, request, arrival: Arrival) -> None:
        super().__init__(request)
        self.arrival, self.spools = arrival, []
        self.body = request._stream = _Counted(request._stream)

    def handle_raw_input(self, input_data, meta, content_length, boundary, encoding=None) -> None:
        self.announced = content_length

    def new_file(self, *args, **kwargs) -> None:
        super().new_file(*args, **kwargs)
        # Only ciphertext is ever spooled.
        self.sealed = tempfile.SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115  (closed with the request)
        self.spools.append(self.sealed)
        self.sealer = sealing.Sealer(self.sealed)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.sealer.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.sealer.close()
        return SealedUpload(self.file_name, self.content_type, self.sealer, self.sealed)

    def upload_complete(self) -> None:
        """A body that broke off is no upload: Django's parser would take what came for the whole (R87-14)."""
        if self.announced and self.body.count < self.announced:
            raise BadRequest("the upload broke off")
        self.arrival.complete()

    def close(self) -> None:
        for spool in self.spools:
            spool.close()


class _Counted:
    """A stream that knows how many bytes were read from it."""

    def __init__(self, stream) -> None:
        self.stream, self.count = stream, 0

    def read(self, *args) -> bytes:
        data = self.stream.read(*args)
        self.count += len(data)
        return data

    def readline(self, *args) -> bytes:
        data = self.stream.readline(*args)
        self.count += len(data)
        return data


class SealedReceptionMiddleware:
    """Stands before everything that reads a body: what goes to a bid is stamped, and its files are sealed."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        found = _ADDRESS.match(request.path_info) if request.method == "POST" else None
        tender_pk = _tender_of(int(found[1])) if found else None
        if tender_pk is None:
            return self.get_response(request)
        arrival, sealing_handler = Arrival(tender_pk), None
        try:
            if request.content_type == "multipart/form-data":
                counting = [handler for handler in request.upload_handlers if isinstance(handler, QuotaUploadHandler)]
                sealing_handler = SealingUploadHandler(request, arrival)
                request.upload_handlers = [*counting, sealing_handler]
            else:
                request.body  # noqa: B018  (read to its last byte)
                arrival.complete()
            return self.get_response(request)
        finally:
            arrival.over()
            if sealing_handler:
                sealing_handler.close()


def _tender_of(bid_pk: int) -> int | None:
    from .models import Bid

    return Bid.objects.filter(pk=bid_pk).values_list("tender_id", flat=True).first()
