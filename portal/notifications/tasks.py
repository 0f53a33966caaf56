"""Celery's way to the outbox, the daily mail and the reminders."""
from celery import shared_task

from . import daily, delivery, reminders


@shared_task
def deliver_outbox() -> None:
    delivery.deliver()


@shared_task
def gather_daily_mail() -> None:
    daily.gather()


@shared_task
def remind() -> None:
    reminders.remind()
