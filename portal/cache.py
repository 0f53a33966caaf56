"""A cache that may be away: what it would have known is asked of the database, and nobody sees an error for it.

In the cache lies nothing that decides: rates of the API and what was computed and can be computed again. So the death of
Redis must not become the death of every page.
"""
from __future__ import annotations

import logging
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """Django's cache on Redis; while Redis does not answer it knows nothing and keeps nothing."""

    def _forgive(self, otherwise: Any, name: str, *args, **kwargs) -> Any:
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except RedisError as error:
            logger.warning("the cache does not answer (%s)", type(error).__name__)
            return otherwise

    def get(self, key, default=None, version=None):
        return self._forgive(default, "get", key, default=default, version=version)

    def get_many(self, keys, version=None):
        return self._forgive({}, "get_many", keys, version=version)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return self._forgive(None, "set", key, value, timeout=timeout, version=version)

    def set_many(self, data, timeout=DEFAULT_TIMEOUT, version=None):
        return self._forgive([], "set_many", data, timeout=timeout, version=version)

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return self._forgive(True, "add", key, value, timeout=timeout, version=version)

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        return self._forgive(False, "touch", key, timeout=timeout, version=version)

    def delete(self, key, version=None):
        return self._forgive(False, "delete", key, version=version)

    def has_key(self, key, version=None):
        return self._forgive(False, "has_key", key, version=version)
