"""Scheduled care of the database."""
from celery import shared_task

from portal import query_planner


@shared_task
def refresh_query_planner() -> None:
    query_planner.refresh()
