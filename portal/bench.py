"""The floors that pages are measured against, served by the same server from the same database. Only `script/bench` loads it.

Bare floor: a view with no middleware, one indexed query, 25 rows, a plain template. JSON floor: the same without
middleware, the API's rows as JSON. Session floor: the bare one behind the usual middlewares, for a signed-in person.
"""
from __future__ import annotations

import os

import django
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()
settings.ROOT_URLCONF = "portal.bench_floors"


class WithoutMiddleware(WSGIHandler):
    """The request goes straight to the view."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware = self._template_response_middleware = self._exception_middleware = []
        self._middleware_chain = convert_exception_to_response(self._get_response)


_portal, _bare = WSGIHandler(), WithoutMiddleware()


def application(environ, start_response):
    """WSGI entry point of the measured server."""
    handler = _bare if environ["PATH_INFO"].startswith("/floor/bare/") else _portal
    return handler(environ, start_response)
