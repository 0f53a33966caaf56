"""What somebody with the database in his hands would do, behind the portal's back."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models.signals import pre_delete


def behind_the_back(sql: str, *parameters) -> None:
    """Run SQL on the record; on PostgreSQL its triggers are first switched off for the moment, which takes a superuser."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, parameters)
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Rows with a lifecycle can be deleted inside: for a test that begins anew with what another half of it made."""
    from portal.operations import keeping

    for model in keeping.kept_models():
        pre_delete.disconnect(sender=model, dispatch_uid=f"kept {model._meta.label}")
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                connection.cursor().execute("SET LOCAL session_replication_role = replica")
            yield
            if connection.vendor == "postgresql":
                connection.cursor().execute("SET LOCAL session_replication_role = origin")
    finally:
        keeping.keep()
