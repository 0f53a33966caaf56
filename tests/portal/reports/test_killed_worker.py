"""A worker killed in the middle of a report: the job is queued again and ends with one file (L14.3, edge 1)."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from portal.files.models import Document
from portal.reports.models import ReportJob
from portal.reports.runner import requeue_lost, run_job
from portal.reports.verbs import queue_report
from tests.factories.people import actor

WORKER = """
import sys, time, django
django.setup()
from portal.reports.registry import report
from portal.reports.runner import run_job

@report("plain", title="x")
def build(job, progress):
    progress(60, 100)
    print("at sixty", flush=True)
    time.sleep(60)

run_job(int(sys.argv[1]))
"""


def database_url() -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    return f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_killed_at_sixty_percent_the_job_ends_with_one_file(plain_kind, sent):
    plain_kind()
    job = queue_report("plain", actor=actor("buyer"))
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(job.pk)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "portal.settings"},
    )
    with worker:
        assert worker.stdout.readline().strip() == "at sixty"
        worker.send_signal(signal.SIGKILL)
    job.refresh_from_db()
    assert (job.state, job.progress, job.attempt) == (ReportJob.State.RUNNING, 60, 1)
    assert requeue_lost() == 0  # two minutes of silence first
    ReportJob.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=3))
    assert requeue_lost() == 1
    assert sent[-1] == job.pk
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (ReportJob.State.COMPLETED, 2)
    assert Document.objects.count() == 1
