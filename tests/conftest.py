"""What every test stands on: a throw-away folder, the database named by DATABASE_URL (else SQLite), a real worker.

Settings are read when this file is imported, so what they depend on is set first.
"""
from __future__ import annotations

import atexit
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

#: what was performed and refused over the whole run; reading never writes; papers are set behind their acts; nothing is left
pytest_plugins = ("tests.plugins.rows", "tests.plugins.reading", "tests.plugins.papers", "tests.plugins.leftovers")

VAR = Path(tempfile.mkdtemp(prefix="portal-pytest-"))
atexit.register(shutil.rmtree, VAR, ignore_errors=True)
os.environ["PORTAL_VAR"] = str(VAR)
if os.environ.get("REDIS_URL"):
    # Each test process has a database of its own on the same server: its queue and its cache are its alone.
    server = re.sub(r"/\d*$", "", os.environ["REDIS_URL"])
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")
    os.environ["REDIS_URL"] = f"{server}/{int(number) + 1}"

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
from django.conf import settings  # noqa: E402

assert str(settings.VAR_DIR) == str(VAR.resolve()), "settings were read before the tests had a folder of their own"
# Test processes started by this one must come here first too, and not read the settings with this one's folder.
del os.environ["DJANGO_SETTINGS_MODULE"]
# A hash that costs little: no test is about the strength of a password but the one that reads portal.settings.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Every test client would else look through all static files beforehand.
settings.WHITENOISE_AUTOREFRESH = True
if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: other threads and the worker's process must see it, with the locks of the real thing.
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(VAR / "test.sqlite3")


#: What takes longest begins first, and on tables that no other test has filled and emptied before: PostgreSQL plans by their size.
FIRST = ("tests/test_query_bounds.py",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


@pytest.fixture(autouse=True)
def fresh_calendars() -> Iterator[None]:
    """Calendars are kept in the process for a while; what one test loaded and rolled back is not there in the next."""
    from portal.workdays import forget_calendars

    forget_calendars()
    yield
    forget_calendars()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> None:
    """Tests that commit empty the tables afterwards, which the record's own trigger refuses: it rests in the test database."""
    from django.db import connection

    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_not_emptied")


TINY_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def set_quickly(html: str, *, title: str, content: bytes) -> tuple[bytes, int]:
    """Stands for typesetting; like it, it has no place inside an act (docs/decisions/0007)."""
    from tests.plugins.papers import performing

    assert not performing(), f"“{title}” is set in type inside an act"
    return TINY_PDF + hashlib.sha256(content).hexdigest().encode(), 1


@pytest.fixture(autouse=True)
def quick_papers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers are rendered to HTML by their true templates and not typeset, but where a test is about the paper itself.

    Those are marked `paper`; the tests of reports, the browser flows and the walkthrough always typeset.
    """
    if request.node.get_closest_marker("paper") or "tests/portal/reports/" in request.node.nodeid:
        return
    monkeypatch.setattr("portal.reports.pdf.typeset", set_quickly)


@pytest.fixture(autouse=True, scope="session")
def cheap_passphrases() -> None:
    """The derivation of a key from a passphrase costs little here."""
    from procurement.bids import sealing

    assert sealing._PASSPHRASE_COST["memory_cost"] >= 64 * 1024  # KiB: what it costs in truth (RFC 9106)
    sealing._PASSPHRASE_COST.update({"iterations": 1, "lanes": 1, "memory_cost": 8})


@pytest.fixture(scope="session")
def celery_worker(django_db_setup: None) -> Iterator[None]:
    """A real Celery worker in a process of its own, on this test process's database and broker.

    For tests marked `django_db(transaction=True)`: the worker sees only what is committed.
    """
    from django.db import connection

    from script.children import PYTHON, Child

    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        url = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    log = VAR / "log" / "worker.log"
    command = [PYTHON, "-m", "celery", "-A", "portal.celery", "worker", "-P", "threads", "-c", "2",
               "--without-gossip", "--without-mingle", "--loglevel", "INFO"]  # fmt: skip
    env = {**os.environ, "DATABASE_URL": url, "PORTAL_DEMO": "1" if settings.DEMO else "0"}
    worker = Child("worker", command, log=log, env=env).start()
    try:
        _await_worker(worker)
        yield
    finally:
        worker.stop()


def _await_worker(worker) -> None:
    from time import monotonic, sleep

    deadline = monotonic() + 60
    while "ready." not in worker.tail(200):
        if worker.exit_code is not None or monotonic() > deadline:
            pytest.fail(f"the Celery worker did not start:\n{worker.tail(20)}")
        sleep(0.05)
