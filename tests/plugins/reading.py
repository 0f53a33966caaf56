"""Reading never writes: a GET or HEAD of the test client that inserts, updates or deletes fails its test.

Excepted is what the visitor's own session needs, the lock-out's counting and savepoints. Holds for every test. One address is
excepted by name: the way back from the unified identity, which the protocol makes a GET, signs in and notes that in the record.
"""
from __future__ import annotations

import re
from contextlib import ExitStack

import pytest
from django.db import connections
from django.test.client import ClientHandler

WRITING = re.compile(r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO|TRUNCATE|MERGE)\s+\"?(\w+)", re.I)
ALLOWED = re.compile(r"django_session$|authentication_session$|axes_")
SIGNS_IN = {"/sign-in/identity/callback/": re.compile(r"audit_(entry|chain)$|accounts_user$")}  # entry, last sign-in


class ReadingWrote(AssertionError):
    """A page or an API list changed the database although it was only read."""


@pytest.fixture(autouse=True)
def _reading_never_writes(monkeypatch):
    answer = ClientHandler.__call__

    def watched(self, environ):
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return answer(self, environ)
        written: list[str] = []

        def listen(execute, sql, params, many, context):
            found = WRITING.match(sql)
            here = SIGNS_IN.get(environ["PATH_INFO"])
            if found and not ALLOWED.match(found[1]) and not (here and here.match(found[1])):
                written.append(sql[:160])
            return execute(sql, params, many, context)

        with ExitStack() as stack:
            for connection in connections.all(initialized_only=True):
                stack.enter_context(connection.execute_wrapper(listen))
            response = answer(self, environ)
        if written:
            raise ReadingWrote(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} wrote: {'; '.join(written)}")
        return response

    monkeypatch.setattr(ClientHandler, "__call__", watched)
