"""Celery's way in: monthly reports are made on their day."""
from celery import shared_task

from . import monthly


@shared_task
def make_monthly_reports() -> None:
    monthly.make_due()
