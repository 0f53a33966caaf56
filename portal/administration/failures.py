"""Tasks that end in an error are written down, so that somebody can see them and start them again."""
from __future__ import annotations

import json
import logging

from celery.signals import task_failure
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from .models import FailedTask

logger = logging.getLogger(__name__)
#: What these are given is nobody's but the person's who typed it.
SECRET = frozenset({"portal.administration.tasks.answer_forgotten"})


@task_failure.connect
def write_down(sender=None, args=None, exception=None, **signal) -> None:
    """Keep name, arguments and error; the same failure again only counts. Without a database it stays in the log."""
    given = _plain(args) if sender.name not in SECRET else []
    error = f"{type(exception).__name__}: {exception}"[:300]
    try:
        with transaction.atomic():
            same = FailedTask.objects.filter(name=sender.name, arguments=given, settled_at=None)
            if not same.update(times=F("times") + 1, last_at=timezone.now(), error=error):
                FailedTask.objects.create(name=sender.name, arguments=given, error=error)
    except DatabaseError:
        logger.warning("the failure of %s could not be written down", sender.name)


def _plain(args) -> list:
    try:
        return json.loads(json.dumps(list(args or ())))
    except (TypeError, ValueError):
        return []
