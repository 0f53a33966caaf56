"""Papers of acts in tests: set when the act is wholly done, as if the worker were very quick.

Tests are rolled back and never commit, so nothing would ever be set in them. What a paper is in between, and what comes
of it when the worker is not so quick, is tested where a test takes the fixture `slow_papers`.
"""
from __future__ import annotations

from collections.abc import Iterator

import pytest

_workers: list[QuickWorker] = []


def performing() -> bool:
    """Whether an act is under way at this moment."""
    return any(worker.depth for worker in _workers)


class QuickWorker:
    """Holds what acts send until the outermost act is over, then sets it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        from portal.reports import typesetting, verbs
        from portal.workflow import engine

        self.depth, self.waiting, self.perform, self.set_paper = 0, [], engine._perform, typesetting.set_paper
        _workers.append(self)
        patch.setattr(engine, "_perform", self._perform)
        patch.setattr(verbs, "send_after_commit", self._send)

    def _send(self, paper) -> None:
        self.waiting.append(paper.pk)
        if not self.depth:
            self.set_all()

    def _perform(self, *given):
        self.depth += 1
        try:
            done = self.perform(*given)
        except BaseException:
            self.waiting.clear()
            raise
        finally:
            self.depth -= 1
        if self.waiting and not self.depth:
            self.set_all()
            done.refresh_from_db()
        return done

    def set_all(self) -> None:
        while self.waiting:
            self.set_paper(self.waiting.pop(0))


@pytest.fixture(autouse=True, scope="session")
def quick_worker() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        QuickWorker(patch)
        yield


@pytest.fixture
def slow_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers are sent after the commit, as in truth; a test that is rolled back sets them by itself."""
    from portal.reports import typesetting, verbs

    monkeypatch.setattr(verbs, "send_after_commit", typesetting.send_after_commit)
