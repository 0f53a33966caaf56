"""Receiving uploads: what is over the limit is read past, never kept, and said at its field beside what was typed."""
from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from portal import clock

FILES_A_REQUEST = 4  # times the limit of one file: what all files of one request may weigh together
HARD_CEILING = 20  # times the limit of one file: a request announced above this is not read at all


class OversizedUpload(UploadedFile):
    """Stands in the form for a file whose bytes were not kept; its size is what was sent."""

    def __init__(self, name: str, content_type: str, size: int) -> None:
        super().__init__(file=ContentFile(b""), name=name, content_type=content_type, size=size)


class QuotaUploadHandler(FileUploadHandler):
    """First in line: counts, lets the other handlers keep what is within the limit, and drops the rest.

    Leaves on the request `received_at`, the moment when its last byte was read (the one that counts for bids).
    """

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):  # noqa: N803 (Django's name)
        if content_length and content_length > HARD_CEILING * settings.FILE_SIZE_LIMIT:
            raise RequestDataTooBig("the request is larger than anything the portal takes")
        self.total = 0

    def new_file(self, *args, **kwargs) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    @property
    def over(self) -> bool:
        limit = settings.FILE_SIZE_LIMIT
        return self.received > limit or self.total > FILES_A_REQUEST * limit

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        self.total += len(raw_data)
        return None if self.over else raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return OversizedUpload(self.file_name, self.content_type, self.received) if self.over else None

    def upload_complete(self) -> None:
        if self.request is not None:
            self.request.received_at = clock.now()
