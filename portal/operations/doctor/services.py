"""What the web process leans on: database, broker, worker, beat, mail."""
from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from portal import health
from portal.notifications.delivery import ATTEMPTS
from portal.notifications.models import Message

from .findings import Finding, check, error, warning

TUNED = {"journal_mode": "wal", "foreign_keys": "1", "synchronous": "1"}
MAIL_TIMEOUT = 5  # seconds
OLD_SERVER = 130_000  # PostgreSQL 13
MAIL_LATE = timedelta(hours=1)
SLOWER_THAN = timedelta(seconds=2)


@check
def migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield error("migrations", _("数据库还差 %(count)s 步升级（首先是 %(name)s）。请运行 manage.py migrate。"),
                    count=len(waiting), name=f"{waiting[0][0].app_label}.{waiting[0][0].name}")  # fmt: skip


@check
def database_tuning() -> Iterator[Finding]:
    if connection.vendor == "sqlite":
        yield from _sqlite()
    else:
        yield from _postgresql()


def _sqlite() -> Iterator[Finding]:
    from .safety import is_reached_from_outside

    with connection.cursor() as cursor:
        for name, wanted in TUNED.items():
            cursor.execute(f"PRAGMA {name}")
            found = str(cursor.fetchone()[0])
            if found != wanted:
                yield warning("sqlite_" + name, _("SQLite 的 %(name)s 是 %(found)s，应为 %(wanted)s，并发时会变慢或出错。"),
                              name=name, found=found, wanted=wanted)  # fmt: skip
    if is_reached_from_outside():
        yield warning("sqlite", _("正式系统使用嵌入的 SQLite，只宜一台主机、少数用户。请设 DATABASE_URL 改用 PostgreSQL。"))


def _postgresql() -> Iterator[Finding]:
    asked = ("server_encoding", "max_connections", "fsync", "full_page_writes", "synchronous_commit", "server_version_num")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(asked)])
        found = dict(cursor.fetchall())
        cursor.execute("SELECT pg_catalog.clock_timestamp()")
        drift = abs(cursor.fetchone()[0] - timezone.now())
    for name in ("fsync", "full_page_writes"):
        if found[name] != "on":
            yield error("postgresql_" + name, _("PostgreSQL 的 %(name)s 已关闭，断电会丢失或损坏数据。请打开。"), name=name)
    if found["synchronous_commit"] == "off":
        yield warning("postgresql_commit", _("PostgreSQL 的 synchronous_commit 已关闭，断电会丢失最后几笔办理。请打开。"))
    if found["server_encoding"] != "UTF8":
        yield error("postgresql_encoding", _("数据库编码是 %(encoding)s，不是 UTF8，会丢失生僻字。"),
                    encoding=found["server_encoding"])  # fmt: skip
    if int(found["max_connections"]) < 50:
        yield warning(
            "postgresql_connections", _("PostgreSQL 只允许 %(count)s 个连接，多进程时不够。请设 max_connections 为 100 以上。"),
            count=found["max_connections"],
        )
    if int(found["server_version_num"]) < OLD_SERVER:
        yield warning("postgresql_version", _("PostgreSQL 版本过旧（%(version)s），请升级到 15 以上。"),
                      version=found["server_version_num"])  # fmt: skip
    if drift > SLOWER_THAN:
        yield error("clock_database", _("本机时钟与数据库服务器相差 %(seconds)s 秒，截止时间以数据库为准。请在两台主机上启用时间同步。"),
                    seconds=f"{drift.total_seconds():.1f}")  # fmt: skip


@check
def processes() -> Iterator[Finding]:
    """The parts that /readyz asks, in words."""
    sentences = {
        "broker": _("任务队列不可用：%(state)s。请检查 Redis 或 %(folder)s 的权限。"),
        "worker": _("后台工作进程没有动静：%(state)s。报表、邮件和到期事项都不会办理，请启动 worker。"),
        "beat": _("定时进程没有动静：%(state)s。到期事项不会自动办理，请启动 beat（只能有一个）。"),
    }
    for name, sentence in sentences.items():
        state = health.PARTS[name]()
        if state != health.OK:
            yield error(name, sentence, state=state, folder=settings.VAR_DIR / "broker")


@check
def broker_kind() -> Iterator[Finding]:
    if connection.vendor == "postgresql" and not settings.REDIS_URL:
        yield warning("broker_embedded", _("使用 PostgreSQL 而没有设 REDIS_URL：任务队列在本机文件夹里，不能用于多台主机。"))
    if settings.CELERY_TASK_ALWAYS_EAGER:
        yield warning("tasks_eager", _("TASKS_EAGER 已打开，长任务会占住网页请求。请设为 0。"))


@check
def mail() -> Iterator[Finding]:
    backend = settings.EMAIL_BACKEND
    if not backend.endswith("smtp.EmailBackend"):
        if not settings.DEMO:
            yield warning("mail_files", _("没有配置邮件服务器，通知只写在文件里，没有人收到邮件。请设 EMAIL_URL。"))
        return
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        yield error("mail_sender", _("DEFAULT_FROM_EMAIL 是 %(sender)s，邮件会被拒收。请设为真实地址。"),
                    sender=settings.DEFAULT_FROM_EMAIL)  # fmt: skip
    try:
        server = get_connection(fail_silently=False, timeout=MAIL_TIMEOUT)
        server.open()
        server.close()
    except (smtplib.SMTPException, socket.gaierror, OSError) as reason:
        yield error("mail_server", _("邮件服务器 %(host)s:%(port)s 连接或登录失败：%(reason)s。"),
                    host=settings.EMAIL_HOST, port=settings.EMAIL_PORT, reason=str(reason)[:200])  # fmt: skip


@check
def outbox() -> Iterator[Finding]:
    edge = timezone.now() - MAIL_LATE
    late = Message.objects.unsent().filter(try_at__lt=edge, attempts__lt=ATTEMPTS).count()
    if late:
        yield warning("outbox", _("有 %(count)s 封通知邮件一小时以上没有发出。请看 worker 的日志。"), count=late)
    failed = Message.objects.unsent().filter(attempts__gte=ATTEMPTS).count()
    if failed:
        yield warning("outbox_failed", _("有 %(count)s 封通知邮件五次都没有发出，不会再试。请检查收件地址。"), count=failed)
