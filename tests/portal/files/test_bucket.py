"""Files in a store that speaks S3: a server of that protocol on this machine, and the portal's own verbs on it."""
from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from portal.files.stores import paths_in, stored_files
from portal.files.verbs import discard, store, store_made, sweep_orphans
from procurement.bids.envelopes import digests_in_store
from procurement.bids.models import Bid
from script.children import ROOT
from tests.factories.bids import make_opened_tender
from tests.factories.buckets import REGION, SECRET, USER, make_bucket
from tests.factories.papers import PDF, upload
from tests.factories.people import actor


def in_bucket() -> set[str]:
    return {*paths_in(default_storage, "documents"), *paths_in(default_storage, "sealed")}


def test_the_settings_of_an_installation_lead_to_its_bucket(endpoint, tmp_path):
    make_bucket(endpoint, "of-an-installation")
    program = (
        "import django; django.setup()\n"
        "from django.core.files.base import ContentFile\n"
        "from django.core.files.storage import default_storage\n"
        "first, second = (default_storage.save('documents/a', ContentFile(text)) for text in (b'one', b'two'))\n"
        "print(type(default_storage._wrapped).__name__, first != second, default_storage.open(first).read())\n"
    )
    env = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings", "PORTAL_VAR": str(tmp_path), "S3_BUCKET": "of-an-installation",
        "S3_ENDPOINT": endpoint, "S3_REGION": REGION, "S3_ACCESS_KEY": USER, "S3_SECRET_KEY": SECRET,
    }
    done = subprocess.run([sys.executable, "-c", program], env=env, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "S3Storage True b'one'", done.stderr
    assert not any(path.is_file() for path in (tmp_path / "media").rglob("*"))


@pytest.mark.django_db
def test_an_upload_lies_in_the_bucket_and_is_given_out_within_scope(bucket, client):
    document = store(upload("方案.pdf"), actor=actor("buyer"), kind="invoice")
    assert in_bucket() == {document.path}
    assert document.is_intact()
    client.force_login(actor("buyer").user)
    answer = client.get(document.get_absolute_url())
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, PDF)
    assert answer["X-Content-Digest"] == hashlib.sha256(PDF).hexdigest()
    assert "attachment" in answer["Content-Disposition"]
    client.force_login(actor("buyer_2").user)
    assert client.get(document.get_absolute_url()).status_code == 404


@pytest.mark.django_db
def test_what_was_changed_or_taken_away_in_the_bucket_is_noticed(bucket, client):
    document = store(upload("方案.pdf"), actor=actor("buyer"), kind="invoice")
    bucket.bucket.put_object(Key=document.path, Body=PDF + b" ")
    assert not document.is_intact()
    bucket.delete(document.path)
    assert not document.is_intact()
    client.force_login(actor("buyer").user)
    assert client.get(document.get_absolute_url()).status_code == 404


@pytest.mark.django_db
def test_sealed_bids_are_kept_tested_and_opened_in_the_bucket(bucket):
    tender = make_opened_tender(3)
    bids = list(Bid.objects.filter(tender=tender))
    assert {bid.state for bid in bids} == {"OPENED"}
    part = bids[0].parts.first()
    receipt = bids[0].receipts.last()
    assert digests_in_store(receipt)[part.pk] == part.digest
    bucket.delete(part.path)
    assert digests_in_store(receipt)[part.pk] == ""
    assert {stored.path for stored in stored_files()} - in_bucket() == {part.path}


@pytest.mark.django_db
def test_what_no_row_names_is_swept_and_what_is_let_go_of_is_deleted(bucket, django_capture_on_commit_callbacks):
    bucket.save("documents/aa/bb/orphan", ContentFile(b"left by an act that was rolled back"))
    report = store_made(b"made again any day", name="a.pdf", content_type="application/pdf", actor=actor("buyer"), kind="report")
    assert sweep_orphans() == 0  # younger than a day
    assert sweep_orphans(older_than_hours=-1) == 1
    assert in_bucket() == {report.path}
    with django_capture_on_commit_callbacks(execute=True):
        discard(report)
    assert in_bucket() == set()
