"""Celery's way in: issuers hear that their catalogue is to be renewed."""
from celery import shared_task

from . import reminding


@shared_task
def remind() -> None:
    reminding.remind()
