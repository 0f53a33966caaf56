"""Several people who act at the same moment, each in a thread and connection of his own."""
from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from django.db import connections

from portal import clock


def together(*works: Callable[[], object], moment: datetime) -> list[str]:
    """Run these at once, all at `moment` of the clock; what any of them met that he did not expect."""
    failures, barrier = [], threading.Barrier(len(works))

    def run(work) -> None:
        try:
            barrier.wait(60)
            with clock.at(moment):
                work()
        except Exception as error:  # noqa: BLE001 whatever it is, the test names it
            failures.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    assert not any(thread.is_alive() for thread in threads)
    return failures
