"""A portal started for a test on a free port and a folder of its own, exactly as a person would start it."""
from __future__ import annotations

import os
import re
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from script.children import PYTHON, CannotStart, Child

HEALTHY_WITHIN = 300  # seconds, with the loading of the worked cases on a slow machine


def start_portal(var: Path, *options: str) -> tuple[Child, str]:
    """Start a portal on `var` and wait until it is healthy; gives its process and its address."""
    var.mkdir(parents=True, exist_ok=True)
    elsewhere = {"DATABASE_URL", "REDIS_URL", "PORTAL_DEMO"}
    env = {name: value for name, value in os.environ.items() if name not in elsewhere} | {"PORTAL_VAR": str(var)}
    log = var / "server.out"
    log.unlink(missing_ok=True)
    server = Child("server", [PYTHON, "-m", "script.supervisor", "--port", "0", *options], log=log, env=env).start()
    deadline = time.monotonic() + HEALTHY_WITHIN
    while time.monotonic() < deadline:
        printed = log.read_text(errors="replace")
        if "Started in" in printed:
            return server, re.search(r"The portal runs at (\S+)", printed)[1]
        if server.exit_code is not None:
            raise CannotStart(f"The portal did not start: {server.tail()}")
        time.sleep(0.1)
    server.stop()
    raise CannotStart(f"The portal was not healthy within {HEALTHY_WITHIN} s: {server.tail()}")


@contextmanager
def running_portal(var: Path, *options: str) -> Iterator[str]:
    """The address of a portal that runs while the block does."""
    server, address = start_portal(var, *options)
    try:
        yield address
    finally:
        server.stop(patience=25)


def is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False
