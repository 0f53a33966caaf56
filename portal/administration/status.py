"""How the portal is: its parts with their versions, and what waits to be done."""
from __future__ import annotations

import platform
import sqlite3
from dataclasses import dataclass
from typing import Any

import celery
import django
from django.conf import settings
from django.db import connection
from django.db.models import F, Max
from django.utils.translation import gettext as _
from redis import Redis
from redis.exceptions import RedisError

from portal import clock
from portal.accounts.actor import Actor
from portal.audit.models import Chain, Checkpoint
from portal.clock import written
from portal.health import OK, PARTS, queue_length
from portal.reports.models import Paper, ReportJob
from portal.workdays.models import LegalClock
from portal.workflow.models import Heartbeat

from .models import FailedTask, Letter
from .verbs.running import given_up, undelivered

MANY = 100  # tasks that wait for a worker: more is a backlog


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the portal: whether it answers, what it is, when it last showed itself."""

    label: str
    well: bool
    state: str
    version: str
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Something that waits, how much of it, and whether that is too much."""

    label: str
    count: Any
    bad: bool
    url_name: str = ""


def parts() -> list[Part]:
    """Web, database, broker, worker and beat."""
    signs = dict(Heartbeat.objects.values_list("name", "beaten_at"))
    labels = {"database": _("数据库"), "broker": _("消息队列"), "worker": _("任务进程"), "beat": _("定时进程")}
    ours = f"Celery {celery.__version__}"
    versions = {"database": _database(), "broker": _broker(), "worker": ours, "beat": ours}
    found = [Part(_("网页服务"), True, _("正常"), f"Django {django.get_version()}, Python {platform.python_version()}")]
    for name, check in PARTS.items():
        if name in labels:
            state = check()
            sign = written(signs.get(name), seconds=True)
            found.append(Part(labels[name], state == OK, _("正常") if state == OK else state, versions[name], sign))
    return found


def backlog(actor: Actor) -> list[Backlog]:
    """What waits behind the pages; each leads to where it can be dealt with."""
    jobs = ReportJob.objects
    queued, failed = jobs.filter(state__in=["QUEUED", "RUNNING"]).count(), jobs.filter(state="FAILED").count()
    tasks, late = FailedTask.objects.filter(settled_at=None).count(), _late()
    papers = Paper.objects.failing().count()
    lost = given_up(actor).count() + Letter.objects.visible_to(actor).filter(sent_at=None, error__gt="").count()
    sealed = Checkpoint.objects.aggregate(at=Max("sealed_at"))["at"]
    open_chains = Chain.objects.told().filter(count__gt=F("sealed_count")).count()
    return [
        _queue(),
        Backlog(_("排队和生成中的报表"), queued, False, "administration:jobs"),
        Backlog(_("失败的报表"), failed, failed > 0, "administration:jobs"),
        Backlog(_("反复排版失败的文书"), papers, papers > 0, "administration:jobs"),
        Backlog(_("失败的任务"), tasks, tasks > 0, "administration:jobs"),
        Backlog(_("还在重试的通知"), undelivered(actor).count(), False, "administration:outbox"),
        Backlog(_("没有送到的通知和信件"), lost, lost > 0, "administration:outbox"),
        Backlog(_("已届满而未触发的期限"), late, late > 0),
        Backlog(_("待封存的记录链"), open_chains, False),
        Backlog(_("最近一次封存"), written(sealed, seconds=True, absent="—"), False),
    ]


def _queue() -> Backlog:
    """How many tasks wait for a worker; a few are not counted out, lest their number tell of bids that come in (R87-12)."""
    waiting = queue_length()
    if waiting != waiting:  # the broker does not answer
        return Backlog(_("等待任务进程的任务"), "—", False)
    many = waiting >= MANY
    return Backlog(_("等待任务进程的任务"), int(waiting) if many else _("不足 %(limit)s") % {"limit": MANY}, many)


def _late() -> int:
    """Periods over that nothing has fired for: beat or worker lag, or an outage that is not decided."""
    running = LegalClock.objects.filter(state=LegalClock.State.RUNNING, provisional=False, ends_at__lt=clock.now())
    return running.count()


def _database() -> str:
    if connection.vendor == "postgresql":
        number = connection.pg_version
        return f"PostgreSQL {number // 10000}.{number % 10000}"
    return f"SQLite {sqlite3.sqlite_version}"


def _broker() -> str:
    if not settings.REDIS_URL:
        return _("内置（文件夹）")
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as server:
            return f"Redis {server.info('server')['redis_version']}"
    except RedisError:
        return "Redis"

