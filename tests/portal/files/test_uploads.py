"""FILE-01 on the wire: an upload over the limit is read past and said at its field, never a broken page."""
from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from portal import clock
from portal.files.uploads import OversizedUpload
from tests.factories.papers import PDF

KILO = 1024
pytestmark = pytest.mark.django_db


class Endless(BytesIO):
    """So many bytes that are never all in memory."""

    def __init__(self, name: str, size: int) -> None:
        super().__init__()
        self.name, self.left = name, size

    def read(self, count: int = -1) -> bytes:
        count = self.left if count < 0 else min(count, self.left)
        self.left -= count
        return b"x" * count


@pytest.fixture(autouse=True)
def small_limit(settings):
    settings.FILE_SIZE_LIMIT = 100 * KILO


def sent(**data):
    return RequestFactory().post("/", {"title": "已填", **data})


def test_within_the_limit_everything_arrives():
    request = sent(file=SimpleUploadedFile("a.pdf", PDF))
    assert request.FILES["file"].read() == PDF
    assert request.POST["title"] == "已填"
    assert abs(request.received_at - clock.now()) < timedelta(seconds=5)


@pytest.mark.parametrize("size", [101 * KILO, 700 * KILO])
def test_over_the_limit_the_fields_stay_and_the_bytes_go(size):
    request = sent(file=Endless("大.pdf", size))
    received = request.FILES["file"]
    assert isinstance(received, OversizedUpload)
    assert received.size == size
    assert received.read() == b""
    assert request.POST["title"] == "已填"


def test_many_files_together_have_a_limit_too():
    request = sent(**{f"file{n}": Endless(f"{n}.pdf", 90 * KILO) for n in range(6)})
    kept = [name for name, file in request.FILES.items() if not isinstance(file, OversizedUpload)]
    assert len(kept) == 4


def test_a_request_far_over_everything_is_not_read():
    request = sent(file=Endless("大.pdf", 2100 * KILO))
    with pytest.raises(RequestDataTooBig):
        _ = request.FILES
