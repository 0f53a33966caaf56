"""What the portal must know to work: calendars, an administrator, a record that fits."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from portal import clock
from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.audit.models import Chain, Checkpoint
from portal.reports.models import Paper, ReportJob
from portal.workdays.models import Calendar, LegalClock
from procurement.budgets.ledger import unbalanced

from .findings import Finding, check, error, warning

NOTICE_MONTH = 11  # the State Council's notice of the next year comes in November
SEALED_WITHIN = timedelta(hours=2)


@check
def calendars() -> Iterator[Finding]:
    today = clock.today()
    known = {row.year: row for row in Calendar.objects.filter(year__in=[today.year, today.year + 1])}
    if today.year not in known:
        yield error("calendar_missing", _("没有 %(year)s 年的工作日历，工作日期限都算不出来。请载入国务院办公厅的放假通知。"),
                    year=today.year)  # fmt: skip
    following = known.get(today.year + 1)
    if following is None and today.month >= NOTICE_MONTH:
        yield warning("calendar_next", _("没有 %(year)s 年的工作日历，跨年的期限只是暂定。放假通知公布后请尽快载入。"), year=today.year + 1)
    elif following is not None and following.demonstration and not settings.DEMO:
        yield error("calendar_demonstration", _("%(year)s 年的工作日历是演示日历，不能作为依据。请载入正式通知。"), year=today.year + 1)
    waiting = LegalClock.objects.live().filter(provisional=True).count()
    if waiting:
        yield warning("calendar_provisional", _("有 %(count)s 个法定时限因为缺少日历只是暂定。"), count=waiting)


@check
def people() -> Iterator[Finding]:
    if not Membership.objects.live().filter(role=Role.ADMINISTRATOR).exists():
        yield error("administrator", _("还没有系统管理员。请运行 manage.py first_administrator。"))


@check
def jurisdiction() -> Iterator[Finding]:
    if not settings.JURISDICTION and not settings.DEMO:
        yield warning("jurisdiction", _("没有设 JURISDICTION，公开网站上没有地区名称。"))


@check
def sealing() -> Iterator[Finding]:
    """Checkpoints come every ten minutes; entries that no checkpoint holds could be rewritten."""
    grown = Chain.objects.told().filter(count__gt=F("sealed_count")).exists()
    last = Checkpoint.objects.order_by("-number").first()
    if grown and (last is None or timezone.now() - last.sealed_at > SEALED_WITHIN):
        yield warning("checkpoints", _("两小时以上没有封存办理记录。请检查 beat 和 worker。"))


@check
def jobs() -> Iterator[Finding]:
    edge = timezone.now() - timedelta(minutes=30)
    stuck = ReportJob.objects.filter(state=ReportJob.State.QUEUED, created_at__lt=edge, heartbeat_at__lt=edge).count()
    if stuck:
        yield warning("jobs_stuck", _("有 %(count)s 个报表任务排队半小时以上。请增加 worker。"), count=stuck)


@check
def papers() -> Iterator[Finding]:
    """A paper that is tried again and again has a fault that no further try mends."""
    failing = Paper.objects.failing().order_by("made_at", "pk")
    if count := failing.count():
        yield warning("papers_failing", _("有 %(count)s 份文书反复排版失败（%(error)s）。请在“失败的任务”页查看。"), count=count,
                      error=failing[0].error or "—")  # fmt: skip


@check
def ledger() -> Iterator[Finding]:
    """What a budget line says it holds is the sum of its entries; a difference means somebody wrote past the ledger (L3.2)."""
    lines = unbalanced()
    if count := lines.count():
        yield error("ledger", _("有 %(count)s 条预算指标的数与台账不符，如 %(line)s。请停止支付并核查。"), count=count,
                    line=lines[0].number)  # fmt: skip
