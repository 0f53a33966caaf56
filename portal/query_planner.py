"""What the database knows of its own tables, from which it chooses an index."""
from __future__ import annotations

from django.db import connections

STATEMENTS = {
    # Not `PRAGMA optimize`: that looks only at what this very connection has asked before, and a task's has asked nothing.
    # At most so many rows of each index are read, so that writers hardly wait: tenths of a second where there are millions. Far
    # fewer would make a state that all rows share look like one of a few, and its index be taken instead of an order.
    "sqlite": ("PRAGMA analysis_limit = 20000", "ANALYZE"),
    # PostgreSQL does so by itself after many changes, but not after a restore, nor where autovacuum is off.
    "postgresql": ("ANALYZE",),
}


def refresh(using: str = "default") -> None:
    """Look anew at how many rows there are: without it a list of many rows is answered by the wrong index."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in STATEMENTS[connection.vendor]:
            cursor.execute(statement)
