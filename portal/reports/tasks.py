"""Celery's way in to the jobs."""
from celery import shared_task

from . import runner, typesetting


@shared_task
def run_job(job_id: int) -> None:
    runner.run_job(job_id)


@shared_task
def requeue_lost() -> None:
    runner.requeue_lost()


@shared_task
def set_paper(paper_id: int) -> None:
    typesetting.set_paper(paper_id)


@shared_task
def send_owed_papers() -> None:
    typesetting.send_owed()
