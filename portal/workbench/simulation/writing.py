"""Writes rows in bulk past every check: COPY on PostgreSQL, many at once on SQLite. For throw-away portals only."""
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connection, models, transaction

BATCH = 5_000
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Writer:
    """Collects rows by model and writes them when there are enough. Keys are given here, before anything is written."""

    def __init__(self) -> None:
        self.postgresql = connection.vendor == "postgresql"
        self.waiting: dict[type[models.Model], list[list]] = defaultdict(list)
        self.next_keys: dict[type[models.Model], int] = {}
        self.written = 0

    def first_key(self, model: type[models.Model], count: int) -> int:
        """The first of `count` keys that nobody else gets."""
        if model not in self.next_keys:
            self.next_keys[model] = (model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1
        first = self.next_keys[model]
        self.next_keys[model] += count
        return first

    def prepared(self, field: models.Field, value: Any) -> Any:
        """A value as it is written: the text of COPY, or what SQLite takes."""
        if value is None:
            return None
        if isinstance(field, models.JSONField):
            return json.dumps(value, ensure_ascii=False)
        if isinstance(value, datetime):
            moment = value.astimezone(UTC)
            return moment.isoformat() if self.postgresql else str(moment.replace(tzinfo=None))
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return format(value, "f")
        if isinstance(value, UUID):
            return str(value) if self.postgresql else value.hex
        if isinstance(value, bool):
            return ("f", "t")[value] if self.postgresql else int(value)
        if isinstance(value, bytes | memoryview):
            return "\\x" + bytes(value).hex() if self.postgresql else bytes(value)
        return value

    def add(self, model: type[models.Model], row: list) -> None:
        """`row`: prepared values in the order of the model's columns; a key that is None is given."""
        if row[0] is None and isinstance(model._meta.concrete_fields[0], models.AutoField):
            row[0] = self.first_key(model, 1)
        waiting = self.waiting[model]
        waiting.append(row)
        if len(waiting) >= BATCH:
            self._write(model)

    def flush(self) -> None:
        for model in list(self.waiting):
            self._write(model)

    def _write(self, model: type[models.Model]) -> None:
        rows = self.waiting.pop(model, [])
        if not rows:
            return
        columns = ", ".join(connection.ops.quote_name(each.column) for each in model._meta.concrete_fields)
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            if self.postgresql:
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", StringIO("".join(map(_line, rows))))
            else:
                marks = ", ".join(["?"] * len(rows[0]))
                cursor.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608
        self.written += len(rows)

    @contextmanager
    def unchecked(self) -> Iterator[None]:
        """No key is checked while copies point at copies that come later; sequences stand right afterwards."""
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica" if self.postgresql else "PRAGMA foreign_keys = OFF")
        try:
            with transaction.atomic():
                yield
                self.flush()
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = origin" if self.postgresql else "PRAGMA foreign_keys = ON")
                for statement in connection.ops.sequence_reset_sql(no_style(), list(self.next_keys)):
                    cursor.execute(statement)


def _line(row: list) -> str:
    return "\t".join(["\\N" if value is None else str(value).translate(_ESCAPED) for value in row]) + "\n"
