"""What was worked out for a reader stands until something is recorded: nothing that is counted changes without an entry."""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock
from typing import Any

from portal.audit.models import Entry

MOST = 1_000  # answers kept in one process
#: So many digests from the end are compared: an entry that was written at the same time as a later one may appear after it.
TAIL = 32

_answers: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
_lock = Lock()


def end_of_record() -> tuple[str, ...]:
    """What tells one state of the record from every other: the digests of its last entries."""
    return tuple(Entry.objects.order_by("-pk").values_list("digest", flat=True)[:TAIL])


def remembered(key: Hashable, moment: datetime, work: Callable[[], Any]) -> Any:
    """The answer of `work` for this key; worked out anew when the record has grown, and each minute for what time changes."""
    state = (end_of_record(), moment.replace(second=0, microsecond=0))
    with _lock:
        found = _answers.get(key)
    if found and found[0] == state:
        return found[1]
    answer = work()
    with _lock:
        _answers[key] = (state, answer)
        _answers.move_to_end(key)
        if len(_answers) > MOST:
            _answers.popitem(last=False)
    return answer
