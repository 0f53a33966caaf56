"""Celery's way to the outbox."""
from celery import shared_task

from .delivery import deliver


@shared_task
def deliver_outbox() -> None:
    deliver()
