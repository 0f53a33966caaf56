"""Scheduled sealing of the record."""
from celery import shared_task

from .record import seal


@shared_task
def seal_checkpoint() -> None:
    seal()
