"""Files in a bucket instead of a folder."""
from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """Address of a store that speaks S3."""
    from tests.factories.buckets import store_of_buckets

    with store_of_buckets() as address:
        yield address


@pytest.fixture
def bucket(endpoint, settings):
    """The portal's store of files, which is an empty bucket."""
    from django.core.files.storage import default_storage

    from tests.factories.buckets import make_bucket

    options = make_bucket(endpoint, "portal")
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}}
    return default_storage
