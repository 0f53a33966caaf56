"""The death of Redis is not the death of the pages and the API."""
import pytest
from django.core.cache import caches

from portal.cache import ForgivingRedisCache
from script.children import free_port
from tests.factories.people import actor


@pytest.fixture
def away():
    return ForgivingRedisCache(f"redis://127.0.0.1:{free_port()}/0", {"OPTIONS": {"socket_connect_timeout": 1}})


def test_a_cache_that_is_away_knows_nothing_and_keeps_nothing(away, caplog):
    assert away.get("a", "otherwise") == "otherwise"
    away.set("a", 1)
    assert away.get_many(["a"]) == {}
    assert away.set_many({"a": 1}) == []
    assert away.add("a", 1) is True
    assert not away.has_key("a")
    assert not away.touch("a")
    assert not away.delete("a")
    assert "the cache does not answer (ConnectionError)" in caplog.text


@pytest.mark.django_db
def test_programs_are_answered_while_the_cache_is_away(client, away, monkeypatch):
    """Throttling counts in the cache; before, every call of the API broke with it."""
    monkeypatch.setattr("rest_framework.throttling.SimpleRateThrottle.cache", away)
    client.force_login(actor("planner").user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/v1/plans/").status_code == 200
    assert caches["default"] is not away
