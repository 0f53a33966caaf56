"""Keeping the store tidy."""
from celery import shared_task

from .verbs import sweep_orphans


@shared_task
def sweep() -> None:
    sweep_orphans()
