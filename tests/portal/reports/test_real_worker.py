"""The whole way: a press on the page, the broker, a real worker, the paper."""
from __future__ import annotations

import time

import pytest
from django.urls import reverse

from portal.reports.models import ReportJob
from portal.reports.proof import examine
from tests.factories.people import actor


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_makes_the_paper(client, celery_worker):
    client.force_login(actor("buyer").user)
    client.post(reverse("reports:new", args=["record"]), {"since": "", "until": "", "project": ""})
    job = ReportJob.objects.get()
    deadline = time.monotonic() + 60
    while job.is_moving and time.monotonic() < deadline:
        time.sleep(0.1)
        job.refresh_from_db()
    assert job.state == ReportJob.State.COMPLETED, job.error
    with job.document.open() as stream:
        assert examine(stream.read()).is_sound
