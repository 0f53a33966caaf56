"""Celery's way in: fire what is due; show that worker and beat live."""
from celery import shared_task
from django.utils import timezone

from . import due
from .models import Heartbeat


@shared_task
def fire_due() -> None:
    due.run()


@shared_task
def beat_heartbeat() -> None:
    """Sent by beat, run by a worker: one row proves both."""
    Heartbeat.objects.update_or_create(pk="worker", defaults={"beaten_at": timezone.now()})
