"""Statements that are asked on every page: planned once a connection where the database can keep the plan."""
from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def rows_of(statement: str, values: Sequence[Any], using: str = DEFAULT_DB_ALIAS) -> list[tuple]:
    """The rows that a statement finds; `%s` stands for each value, `%%` for a per cent sign.

    PostgreSQL plans a long statement for longer than it runs it. There it is prepared under a name of its own the first time
    that a connection asks it, with one plan for any values (the connection is told so in the settings). A prepared statement
    lives as long as its connection, rolled back or not; where a pool hands connections on after every transaction, the
    setting `PREPARED_STATEMENTS` is turned off.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and connection.settings_dict.get("PREPARED_STATEMENTS", True):
            places = f"({', '.join(['%s'] * len(values))})" if values else ""
            cursor.execute(f"EXECUTE {_name_of(connection, statement)} {places}", values)
        else:
            cursor.execute(statement, values)
        return cursor.fetchall()


def _name_of(connection, statement: str) -> str:
    """The name under which this very connection knows the statement."""
    name = f"portal_{sha256(statement.encode()).hexdigest()[:32]}"
    session, known = getattr(connection, "prepared", (None, None))
    if session is not connection.connection:  # a new connection knows nothing
        session, known = connection.prepared = connection.connection, set()
    if name not in known:
        with connection.connection.cursor() as plain:
            plain.execute(f"PREPARE {name} AS {_with_numbers(statement)}")
        known.add(name)
    return name


def _with_numbers(statement: str) -> str:
    """The statement as PREPARE wants it: `$1`, `$2`, … for its values."""
    pieces = statement.replace("%%", "\0").split("%s")
    numbered = pieces[0] + "".join(f"${number}{piece}" for number, piece in enumerate(pieces[1:], 1))
    return numbered.replace("\0", "%")
