"""The database is told how many rows there are, and the schedule says so."""
from __future__ import annotations

import pytest
from django.db import connection

from portal.accounts.models import Region
from portal.celery import app
from portal.operations.tasks import refresh_query_planner

pytestmark = pytest.mark.django_db
TOLD = {
    "sqlite": "SELECT CAST(stat AS integer) FROM sqlite_stat1 WHERE tbl = %s LIMIT 1",
    "postgresql": "SELECT reltuples::integer FROM pg_class WHERE relname = %s",
}


def told(table: str) -> int | None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
            if not cursor.fetchone()[0]:
                return None
        cursor.execute(TOLD[connection.vendor], [table])
        row = cursor.fetchone()
    return row and row[0]


def test_the_planner_learns_how_many_rows_there_are():
    made = [f"99{number:04d}" for number in range(300)]
    Region.objects.bulk_create([Region(code=code, name=code, level=Region.Level.PROVINCE, path=f"/{code}/") for code in made])
    assert told(Region._meta.db_table) != Region.objects.count()
    refresh_query_planner()
    assert told(Region._meta.db_table) == Region.objects.count()


def test_it_is_told_every_few_hours():
    scheduled = [entry for entry in app.conf.beat_schedule.values() if entry["task"] == refresh_query_planner.name]
    assert [entry["schedule"] <= 24 * 3600 for entry in scheduled] == [True]
