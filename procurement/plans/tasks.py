"""Celery's way in: workbooks are read behind the page."""
from celery import shared_task

from .workbooks import reading


@shared_task
def read_workbook(book_id: int) -> None:
    reading.read_workbook(book_id)


@shared_task
def requeue_lost_workbooks() -> None:
    reading.requeue_lost()
