"""What somebody with the database in his hands would do, behind the portal's back."""
from __future__ import annotations

from django.db import connection, transaction


def behind_the_back(sql: str, *parameters) -> None:
    """Run SQL on the record; on PostgreSQL its triggers are first switched off for the moment, which takes a superuser."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, parameters)
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
