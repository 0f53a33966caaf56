"""Each request leaves one line in the log and its time in the metrics: by view, never by who asked or for what."""
from __future__ import annotations

import logging
from time import perf_counter

from django.http import HttpRequest, HttpResponse

from portal.logs import numbered

from .metrics import REQUESTS

logger = logging.getLogger("portal.access")
#: Parts of an address that tell a thing and not a secret; a code or a digest in an address may be one.
KEYS = frozenset({"pk", "lifecycle", "row", "number", "kind", "year", "document_id"})
#: Machines ask these every few seconds.
UNTOLD = frozenset({"healthz", "readyz", "operations:metrics"})


class ObservingMiddleware:
    """Stands behind the one that numbers requests and before everything that can refuse one."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        with numbered(request.request_id):
            response = self.get_response(request)
            self.note(request, response, perf_counter() - began)
        return response

    def note(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        match = request.resolver_match
        view = (match.view_name or match.route) if match else "unknown"
        method = request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "OTHER"
        REQUESTS.labels(view=view, method=method, status=str(response.status_code)).observe(seconds)
        if view in UNTOLD:
            return
        level = logging.ERROR if response.status_code >= 500 else logging.INFO
        logger.log(level, "request", extra={
            "method": method, "route": match.route if match else "unknown", "status": response.status_code,
            "keys": {name: value for name, value in (match.kwargs if match else {}).items() if name in KEYS},
            "milliseconds": round(seconds * 1000, 1),
        })
