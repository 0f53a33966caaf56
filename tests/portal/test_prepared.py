"""Statements asked on every page are planned once a connection on PostgreSQL, and answer the same everywhere."""
from __future__ import annotations

import pytest
from django.db import connection, transaction

from portal.accounts.models import Region
from portal.prepared import rows_of

pytestmark = pytest.mark.django_db
STATEMENT = "SELECT code, name FROM accounts_region WHERE name LIKE %s AND code IN (%s, %s) AND name NOT LIKE '%%无%%' ORDER BY code"


@pytest.fixture(autouse=True)
def regions():
    Region.objects.bulk_create(Region(code=code, name=name, path=f"{code}/") for code, name in (("880001", "甲县"), ("880002", "乙县")))


def prepared() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_prepared_statements WHERE name LIKE 'portal\\_%%'")
        return cursor.fetchone()[0]


def test_the_rows_are_those_of_the_statement():
    assert rows_of(STATEMENT, ["%县", "880001", "880002"]) == [("880001", "甲县"), ("880002", "乙县")]
    assert rows_of(STATEMENT, ["乙%", "880001", "880002"]) == [("880002", "乙县")]
    assert rows_of("SELECT 5", []) == [(5,)]


def test_it_is_prepared_once_a_connection_and_outlives_what_is_rolled_back():
    if connection.vendor != "postgresql":
        assert not hasattr(connection, "prepared")
        return
    rows_of("SELECT 1", [])
    before = prepared()
    with transaction.atomic():
        rows_of(STATEMENT + " ", ["%", "880001", "880002"])
        transaction.set_rollback(True)
    for _turn in range(8):  # beyond the fifth PostgreSQL may take a plan that is for any value
        assert rows_of(STATEMENT + " ", ["甲%", "880001", "880002"]) == [("880001", "甲县")]
    assert prepared() == before + 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s", ["%NOT LIKE%ORDER BY code "]
        )
        assert cursor.fetchall() == [(9, 0)]


def test_a_pool_that_hands_connections_on_is_asked_plainly(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "PREPARED_STATEMENTS", False)
    assert rows_of(STATEMENT, ["甲%", "880001", "880002"]) == [("880001", "甲县")]
    if connection.vendor == "postgresql":
        assert rows_of("SELECT COUNT(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%never prepared%"]) == [(0,)]
