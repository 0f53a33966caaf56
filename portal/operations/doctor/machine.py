"""The machine itself: room, time, and what papers need."""
from __future__ import annotations

import ctypes.util
import importlib.util
import os
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from portal.operations.backups.taking import HEARTBEAT
from portal.workflow.models import Heartbeat

from .findings import Finding, check, error, warning

LEAST_FREE = 2 * 1024**3  # bytes
LEAST_SHARE = 0.10
BACKUP_WITHIN = timedelta(days=2)
LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
ZONE = Path("/usr/share/zoneinfo/Asia/Shanghai")


@check
def disk() -> Iterator[Finding]:
    room = shutil.disk_usage(settings.VAR_DIR)
    free = f"{room.free / 1024**3:.1f}"
    if room.free < LEAST_FREE:
        yield error("disk", _("%(path)s 所在磁盘只剩 %(free)s GB，上传和投标很快会失败。请清理或扩容。"),
                    path=settings.VAR_DIR, free=free)  # fmt: skip
    elif room.free < LEAST_SHARE * room.total:
        yield warning("disk", _("%(path)s 所在磁盘剩余不到一成（%(free)s GB）。请准备扩容。"), path=settings.VAR_DIR, free=free)
    if not os.access(settings.VAR_DIR, os.W_OK):
        yield error("var_not_writable", _("%(path)s 不能写入。请检查它的所有者。"), path=settings.VAR_DIR)


@check
def time_synchronised() -> Iterator[Finding]:
    """Where systemd tells; a container has the time of its host. Deadlines are decided by the second."""
    running, told = Path("/run/systemd/timesync"), Path("/run/systemd/timesync/synchronized")
    if running.exists() and not told.exists():
        yield warning("time_not_synchronised", _("本机时间没有与网络同步，截止时间可能不准。请启用 systemd-timesyncd 或 chrony。"))
    if not ZONE.exists():
        yield error("time_zone", _("系统没有时区资料（tzdata），时间会算错。请安装 tzdata。"))
    if time.time() < 1_767_225_600:  # 1 January 2026
        yield error("time_past", _("本机时钟早于 2026 年，显然不对。请校准。"))


@check
def paper() -> Iterator[Finding]:
    for name in LIBRARIES:
        if not ctypes.util.find_library(name):
            yield error(
                f"library_{name}",
                _("缺少系统库 %(name)s，不能生成 PDF 文书。请按 docs/operations.md 安装 script/packages.txt 所列的包。"), name=name,
            )
    found = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    fonts = [] if found is None else list(Path(found.origin).parent.rglob("*.otf"))
    if not fonts:
        yield error("fonts", _("缺少中文字体包 pylopdf-fonts-zh-cn，文书会没有字。请安装 requirements.txt。"))


@check
def translations() -> Iterator[Finding]:
    if not (Path(settings.LOCALE_PATHS[0]) / "en/LC_MESSAGES/django.mo").exists():
        yield warning("translations", _("英文译文没有编译，英文界面会显示中文。请运行 manage.py compilemessages。"))


@check
def backup() -> Iterator[Finding]:
    last = Heartbeat.objects.filter(pk=HEARTBEAT).first()
    if last is None:
        if not settings.DEMO:
            yield error("backup_never", _("从来没有备份过。请运行 manage.py backup，并安排每天执行。"))
    elif (age := timezone.now() - last.beaten_at) > BACKUP_WITHIN:
        yield error("backup_old", _("最近一次备份在 %(days)s 天以前（%(detail)s）。请检查每天的备份为什么停了。"),
                    days=age.days, detail=last.detail)  # fmt: skip
    if not settings.DEMO and not settings.BACKUP_RECIPIENTS:
        yield warning("backup_open", _("没有设 BACKUP_RECIPIENT，备份没有加密，拿到文件的人都能读。"))
    if connection.vendor == "postgresql" and not shutil.which("pg_dump"):
        yield error("pg_dump", _("找不到 pg_dump，不能备份。请安装 postgresql-client。"))
