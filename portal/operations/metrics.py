"""Numbers for the machines that watch the portal, in Prometheus' text form at `/metrics`.

What each process counts itself (requests, tasks) lies in small files under `var/metrics`, which all processes of the host
share; what the database knows is counted when somebody asks. Nothing names a person, an organisation or a project.
"""
from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import Count, F, Min, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from portal import clock
from portal.accounts.access import PUBLIC, audience
from portal.audit.models import Chain, Checkpoint
from portal.health import queue_length
from portal.notifications.delivery import ATTEMPTS
from portal.notifications.models import Message
from portal.reports.models import ReportJob
from portal.workdays.models import LegalClock
from portal.workflow.models import Heartbeat

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
QUEUE = "celery"
_OWN = CollectorRegistry()  # counted per process and summed by `_registry`
REQUESTS = Histogram(
    "portal_request_seconds", "Time to answer a request.", ["view", "method", "status"], buckets=BUCKETS, registry=_OWN
)
TASKS = Histogram("portal_task_seconds", "Time of a task.", ["task", "outcome"], buckets=(*BUCKETS, 60, 300), registry=_OWN)


class State:
    """What the database and the queue say at this moment."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield self.queue()
        yield self.jobs()
        yield from self.clocks()
        yield from self.outbox()
        yield from self.record()
        yield self.heartbeats()

    def queue(self) -> GaugeMetricFamily:
        """Tasks that wait for a worker."""
        return GaugeMetricFamily("portal_queue_length", "Tasks that wait for a worker.", value=queue_length())

    def jobs(self) -> GaugeMetricFamily:
        found = GaugeMetricFamily("portal_report_jobs", "Report jobs by state.", labels=["state"])
        counted = dict(ReportJob.objects.order_by().values_list("state").annotate(Count("pk")))
        for state in ReportJob.State.values:
            found.add_metric([state], counted.get(state, 0))
        return found

    def clocks(self) -> Iterator[GaugeMetricFamily]:
        counted = LegalClock.objects.live().aggregate(
            live=Count("pk"), overdue=Count("pk", filter=Q(state=LegalClock.State.OVERDUE)),
            late=Count("pk", filter=Q(state=LegalClock.State.RUNNING, ends_at__lt=clock.now(), provisional=False)),
            provisional=Count("pk", filter=Q(provisional=True)),
        )
        said = {
            "live": "Legal periods under way.", "overdue": "Legal periods exceeded and not yet done.",
            "late": "Legal periods over that nothing has fired for: beat or worker lag.", "provisional": "Periods without a calendar.",
        }
        for name, words in said.items():
            yield GaugeMetricFamily(f"portal_clocks_{name}", words, value=counted[name])

    def outbox(self) -> Iterator[GaugeMetricFamily]:
        trying = Q(attempts__lt=ATTEMPTS)
        counted = Message.objects.unsent().aggregate(
            waiting=Count("pk", filter=trying), failed=Count("pk", filter=~trying), oldest=Min("try_at", filter=trying),
        )
        late = (timezone.now() - counted["oldest"]).total_seconds() if counted["oldest"] else 0
        yield GaugeMetricFamily("portal_outbox_waiting", "Letters that wait to be sent.", value=counted["waiting"])
        yield GaugeMetricFamily("portal_outbox_failed", "Letters that were given up.", value=counted["failed"])
        yield GaugeMetricFamily("portal_outbox_late_seconds", "How late the letter is that waits longest.", value=max(0, late))

    def record(self) -> Iterator[GaugeMetricFamily]:
        """Chains that are still withheld are not counted: their number would tell how many bids there are."""
        told = Chain.objects.told()
        counted = told.aggregate(chains=Count("pk"), entries=Sum("count"), unsealed=Sum(F("count") - F("sealed_count")))
        last = Checkpoint.objects.order_by("-number").values_list("sealed_at", flat=True).first()
        age = (timezone.now() - last).total_seconds() if last else 0
        yield GaugeMetricFamily("portal_record_chains", "Chains of the record.", value=counted["chains"])
        yield GaugeMetricFamily("portal_record_entries", "Entries of the record.", value=counted["entries"] or 0)
        yield GaugeMetricFamily("portal_record_unsealed", "Entries that no checkpoint holds yet.", value=counted["unsealed"] or 0)
        yield GaugeMetricFamily("portal_checkpoint_age_seconds", "Since the last checkpoint.", value=age)

    def heartbeats(self) -> GaugeMetricFamily:
        """Since worker, beat and backup were last heard of."""
        found = GaugeMetricFamily("portal_silent_seconds", "Since a process was last heard of.", labels=["process"])
        for name, beaten_at in Heartbeat.objects.values_list("name", "beaten_at"):
            found.add_metric([name], (timezone.now() - beaten_at).total_seconds())
        return found


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(settings.METRICS_DIR))
    registry.register(State())
    return registry


def forget() -> None:
    """Throw away what processes of an earlier start counted. Only while none runs."""
    for path in Path(settings.METRICS_DIR).glob("*.db"):
        path.unlink(missing_ok=True)


def _may_read(request: HttpRequest) -> bool:
    """By token, or by address where nobody stands between: a proxy's address says nothing of who asks."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return True
    if not settings.METRICS_ADDRESSES or "X-Forwarded-For" in request.headers:
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network, strict=False) for network in settings.METRICS_ADDRESSES)


@never_cache
@require_safe
@audience(PUBLIC)
def metrics(request: HttpRequest) -> HttpResponse:
    """Open to whom METRICS_TOKEN or METRICS_ADDRESSES names; to everybody else it is not there."""
    if not _may_read(request):
        raise Http404
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)
