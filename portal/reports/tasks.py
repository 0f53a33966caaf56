"""Celery's way in to the jobs."""
from celery import shared_task

from . import runner


@shared_task
def run_job(job_id: int) -> None:
    runner.run_job(job_id)


@shared_task
def requeue_lost() -> None:
    runner.requeue_lost()
