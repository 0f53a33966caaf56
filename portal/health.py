"""Whether the portal lives and can serve: two addresses for the machines that watch it.

`/healthz` says that the web process lives. `/readyz` says that database, broker, worker and beat answer: 200 when all
do, else 503 with the part that does not. Neither needs a sign-in; neither tells more than the state.
"""
from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis
from redis.exceptions import RedisError

from portal.accounts.access import PUBLIC, audience

# Beat sends its sign every 5 seconds (portal/celery.py) and a worker writes it; a worker with both threads on long
# reports is late without being dead.
ALIVE_WITHIN = timedelta(seconds=120)
OK = "ok"


def database() -> str:
    """The database answers a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return OK


def broker() -> str:
    """Redis answers, or the folders of the embedded broker can be written."""
    if settings.REDIS_URL:
        try:
            with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as server:
                server.ping()
        except RedisError:
            return "does not answer"
        return OK
    folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"]
    return OK if os.access(folder, os.R_OK | os.W_OK | os.X_OK) else "its folder cannot be written"


def worker() -> str:
    """A worker has lately run the task that beat sends for this purpose."""
    return sign_of_life("worker", timezone.now())


def beat() -> str:
    """Beat has lately sent a task."""
    return sign_of_life("beat", timezone.now())


def sign_of_life(name: str, now: datetime) -> str:
    """`ok` when the process of that name has shown itself within ALIVE_WITHIN of `now` (real time)."""
    try:
        row = apps.get_model("workflow", "Heartbeat").objects.filter(pk=name).first()
    except DatabaseError:
        return "unknown without the database"
    if row is None:
        return "no sign of life yet"
    silent = now - row.beaten_at
    return OK if silent <= ALIVE_WITHIN else f"silent for {int(silent.total_seconds())} s"


QUEUE = "celery"


def queue_length() -> float:
    """Tasks that no worker has taken yet; NaN when the broker does not answer."""
    if not settings.REDIS_URL:
        return float(sum(1 for path in Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"]).iterdir() if path.is_file()))
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as server:
            return float(server.llen(QUEUE))
    except RedisError:
        return float("nan")


PARTS: dict[str, Callable[[], str]] = {"database": database, "broker": broker, "worker": worker, "beat": beat}


@never_cache
@require_safe
@audience(PUBLIC)
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
@audience(PUBLIC)
def readyz(request: HttpRequest) -> JsonResponse:
    states = {name: check() for name, check in PARTS.items()}
    response = JsonResponse(states, status=200 if set(states.values()) == {OK} else 503)
    response._has_been_logged = True  # whoever asks every second reads the answer; the log is for faults of ours
    return response


health_urlpatterns = [path("healthz", healthz, name="healthz"), path("readyz", readyz, name="readyz")]
