"""A portal with a record and papers, committed as a running one has them; and an empty place beside it."""
from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def portal(transactional_db, django_db_blocker, settings, tmp_path) -> Iterator[None]:
    """Twenty entries in three chains, as many files, one seal."""
    from portal.audit.record import seal
    from tests.factories.installations import write_something

    settings.MEDIA_ROOT = tmp_path / "media"
    for number in range(20):
        write_something(number)
    seal()
    with django_db_blocker.unblock():  # a backup opens connections of its own beside the test's
        yield


@pytest.fixture
def empty_place(tmp_path) -> Iterator:
    """A folder, and on PostgreSQL a database of its own on the same server."""
    from django.db import connection, connections

    from portal.operations.backups.databases import alias
    from portal.operations.backups.restoring import Place

    if connection.vendor == "sqlite":
        yield Place.in_folder(tmp_path / "elsewhere", None)
        return
    name = f"{connection.settings_dict['NAME']}_restored"

    def on_the_server(sql: str) -> None:
        with alias("maintenance", {**connection.settings_dict, "NAME": "postgres"}) as using, connections[using].cursor() as cursor:
            cursor.execute(sql)

    on_the_server(f'DROP DATABASE IF EXISTS "{name}"')
    on_the_server(f'CREATE DATABASE "{name}"')
    try:
        yield Place.in_folder(tmp_path / "elsewhere", {**connection.settings_dict, "NAME": name})
    finally:
        on_the_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
