"""How many queries every list costs: what may not grow with the number of rows."""
from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

#: Who looks at lists; "" is a visitor.
READERS = ("", "head", "finance_officer", "supplier_a_officer")
OUTSIDE = ("static/", "i18n/", "api/schema/", "api/docs/", "healthz", "readyz", "components/")


def addresses() -> list[str]:
    """Every page and API list that needs nothing in its address."""
    return sorted({f"/{path}" for path in _paths(get_resolver()) if not path.startswith(OUTSIDE)})


def _paths(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern).replace("^", "").removesuffix("$").removesuffix(r"\Z")
        if isinstance(pattern, URLResolver):
            yield from _paths(pattern, path)
        elif isinstance(pattern, URLPattern) and not set("<(?\\") & set(path):
            yield path


def counts(readers: dict[str, Client]) -> dict[str, int]:
    """"reader address" → number of queries, for whatever answers 200. A first call fills what is kept in the process."""
    found = {}
    for name, client in readers.items():
        for address in addresses():
            if client.get(address).status_code == 200:
                found[f"{name or 'visitor'} {address}"] = _count(client, address)
    return found


def _count(client: Client, address: str) -> int:
    asked = 0

    def count(execute, sql, params, many, context):
        nonlocal asked
        asked += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        client.get(address)
    return asked


def grown(few: dict[str, int], many: dict[str, int]) -> list[str]:
    """Lists that asked more, or something else, when there was more to show."""
    return [f"{name}: {few[name]} → {many[name]}" for name in few if name in many and many[name] != few[name]]
