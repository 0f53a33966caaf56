"""Report kinds of the tests' own, and jobs that run where the test wants them to."""
from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def own_kinds(monkeypatch):
    from portal.reports import registry

    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """Jobs that were handed to the workers."""
    jobs: list[int] = []
    monkeypatch.setattr("portal.reports.workflow.send", jobs.append)
    monkeypatch.setattr("portal.reports.runner.send", jobs.append)
    return jobs


@pytest.fixture
def plain_kind():
    """A report whose behaviour the test gives: `plain_kind(build)`; without one it makes a small text."""
    from portal.reports.registry import report
    from tests.factories.reports import text_result

    def make(build=None, **options):
        report("plain", title="样表", **options)(build or (lambda job, progress: text_result()))

    return make
