"""Celery's way in: workbooks are read behind the page; plans that are wanting are brought to mind."""
from celery import shared_task

from . import reminding
from .workbooks import reading


@shared_task
def read_workbook(book_id: int) -> None:
    reading.read_workbook(book_id)


@shared_task
def requeue_lost_workbooks() -> None:
    reading.requeue_lost()


@shared_task
def remind() -> None:
    reminding.remind()
