"""Tasks carry the number of the request that queued them, and leave a line and their time as requests do."""
from __future__ import annotations

import logging
from contextlib import ExitStack
from time import perf_counter

from celery.signals import before_task_publish, task_postrun, task_prerun

from portal.logs import numbered, request_number

from .metrics import TASKS

logger = logging.getLogger("portal.tasks")
HEADER = "request_number"
_running: dict[str, tuple[ExitStack, float]] = {}


@before_task_publish.connect
def carry_number(headers: dict | None = None, **message) -> None:
    if headers is not None and request_number():
        headers[HEADER] = request_number()


@task_prerun.connect
def take_number(task_id: str = "", task=None, **message) -> None:
    """A task that nobody asked for (beat's) gets a number of its own."""
    stack = ExitStack()
    stack.enter_context(numbered(getattr(task.request, HEADER, None) or request_number()))
    _running[task_id] = (stack, perf_counter())


@task_postrun.connect
def note(task_id: str = "", task=None, state: str = "", **message) -> None:
    stack, began = _running.pop(task_id, (ExitStack(), perf_counter()))
    seconds, outcome = perf_counter() - began, (state or "unknown").lower()
    with stack:
        TASKS.labels(task=task.name, outcome=outcome).observe(seconds)
        level = logging.ERROR if outcome == "failure" else logging.DEBUG if seconds < 1 else logging.INFO
        logger.log(level, "task", extra={"task": task.name, "outcome": outcome, "milliseconds": round(seconds * 1000, 1)})
