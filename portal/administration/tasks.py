"""Celery's way to letters."""
from celery import shared_task

from . import letters


@shared_task
def deliver_letters() -> None:
    letters.deliver()


@shared_task
def answer_forgotten(word: str) -> None:
    letters.answer_forgotten(word)
