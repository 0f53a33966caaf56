"""Running jobs: once a (job, attempt), with a sign of life, with the rights the requester has when it runs."""
from __future__ import annotations

import logging
import threading
from datetime import timedelta
from time import monotonic

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from portal.accounts.actor import Actor, actor_for, system_actor
from portal.workflow import Refused, perform

from .models import ReportJob
from .registry import ReportResult, known, report_kind
from .workflow import INTERRUPTIONS, send

logger = logging.getLogger(__name__)
BEAT_SECONDS = 10
LOST_AFTER = timedelta(minutes=2)
SEND_AGAIN_AFTER = timedelta(minutes=1)
WRITE_EVERY = 0.3  # seconds between two writes of the progress

RIGHT_LOST = _("您在本单位的权限已变化，不能再生成这份报表。")
NOT_FOUND = _("这份报表要用的内容不存在，或者不在您可以查看的范围内。")
INTERRUPTED = _("生成过程多次中断，已停止自动重试。可以点“重新生成”。")
BROKEN = _("生成时出错，管理员已收到通知。可以点“重新生成”。")


class NotInScope(Exception):
    """The report asks for something its requester may not see, or that is not there."""


class Stopped(Exception):
    """The job was cancelled, or another worker has taken it over: nothing more is to be done here."""


def run_job(job_id: int) -> None:
    """Run one queued job to its end. Called twice, or late, it does nothing the second time."""
    try:
        job = perform(ReportJob.objects.get(pk=job_id), "run", actor=system_actor())
    except (ReportJob.DoesNotExist, Refused):
        return
    try:
        with Pulse(job):
            result = _build(job)
    except Stopped:
        return
    except NotInScope as error:
        _end(job, "fail", error=str(error) or NOT_FOUND)
        return
    except Exception:
        logger.exception("report job %s, attempt %s", job.pk, job.attempt)
        _end(job, "fail", error=BROKEN)
        return
    _end(job, "complete", result=result)


def requeue_lost() -> int:
    """Queue again what lost its worker, up to three times, then fail it; send again what waits unsent; how many."""
    edge, moved = timezone.now() - LOST_AFTER, 0
    for job in ReportJob.objects.filter(state=ReportJob.State.RUNNING, heartbeat_at__lt=edge).order_by("pk")[:100]:
        if job.interruptions < INTERRUPTIONS:
            moved += _tried(job, "requeue", attempt=job.attempt, silent_since=edge)
        else:
            moved += _tried(job, "fail", attempt=job.attempt, silent_since=edge, error=INTERRUPTED)
    waiting = ReportJob.objects.filter(
        state=ReportJob.State.QUEUED, heartbeat_at__lt=timezone.now() - SEND_AGAIN_AFTER
    ).values_list("pk", flat=True)
    for job_id in list(waiting[:100]):
        ReportJob.objects.filter(pk=job_id).update(heartbeat_at=timezone.now())
        send(job_id)
        moved += 1
    return moved


def requester(job: ReportJob) -> Actor:
    """Who asked, with the rights he has now. Raises NotInScope when he lost those he asked with (L14.3, edge 3)."""
    if job.requested_by is None:
        return system_actor()
    actor = actor_for(job.requested_by, organisation_id=job.organisation_id)
    if actor.organisation_id != job.organisation_id or not actor.has(*job.roles) or not report_kind(job.kind).allowed(actor):
        raise NotInScope(RIGHT_LOST)
    return actor


def _build(job: ReportJob) -> ReportResult:
    if not known(job.kind):
        raise NotInScope(NOT_FOUND)
    job.actor = requester(job)
    with override("zh-hans"):
        return report_kind(job.kind).build(job, Reporter(job))


def _end(job: ReportJob, name: str, **data) -> None:
    _tried(job, name, attempt=job.attempt, **data)


def _tried(job: ReportJob, name: str, **data) -> bool:
    """Do a row unless the job has moved on meanwhile: cancelled, taken over, or ended by somebody quicker."""
    try:
        perform(job, name, actor=system_actor(), **data)
        return True
    except Refused as refused:
        logger.info("report job %s: %s not done: %s", job.pk, name, refused.rules)
        return False


class Reporter:
    """Writes how far the job is, not more often than the eye can follow, and notices when it was stopped."""

    def __init__(self, job: ReportJob) -> None:
        self.job, self.written_at, self.step = job, 0.0, ""

    def __call__(self, done: int, total: int, step: str = "", **values) -> None:
        if step == self.step and monotonic() - self.written_at < WRITE_EVERY:
            return
        self.written_at, self.step = monotonic(), step
        percent = min(99, 100 * done // total) if total else 0
        still = ReportJob.objects.filter(pk=self.job.pk, state=ReportJob.State.RUNNING, attempt=self.job.attempt).update(
            progress=percent, step=step, step_values=values, heartbeat_at=timezone.now()
        )
        if not still:
            raise Stopped


class Pulse:
    """A thread that says every ten seconds that this attempt is alive, however long one step takes."""

    def __init__(self, job: ReportJob) -> None:
        self.job, self.done = job, threading.Event()
        self.thread = threading.Thread(target=self._beat, name=f"pulse-{job.pk}", daemon=True)

    def __enter__(self) -> Pulse:
        self.thread.start()
        return self

    def __exit__(self, *error) -> None:
        self.done.set()
        self.thread.join(timeout=5)

    def _beat(self) -> None:
        try:
            while not self.done.wait(BEAT_SECONDS):
                alive = ReportJob.objects.filter(pk=self.job.pk, state=ReportJob.State.RUNNING, attempt=self.job.attempt)
                if not alive.update(heartbeat_at=timezone.now()):
                    return
        finally:
            connection.close()
