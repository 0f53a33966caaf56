"""Celery's way in: fire what is due; show that worker and beat live."""
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from . import due
from .models import DoneOnce, Heartbeat

KEYS_KEPT = timedelta(days=7)


@shared_task
def fire_due() -> None:
    due.run()


@shared_task
def beat_heartbeat() -> None:
    """Sent by beat, run by a worker: one row proves both."""
    Heartbeat.objects.update_or_create(pk="worker", defaults={"beaten_at": timezone.now()})


@shared_task
def forget_keys() -> None:
    """Nobody sends a call again after a week."""
    DoneOnce.objects.filter(done_at__lt=timezone.now() - KEYS_KEPT).delete()
