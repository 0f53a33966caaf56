"""How the portal's processes are started; one place for `script/server`, the soak and the test of several hosts."""
from __future__ import annotations

from pathlib import Path

from script.children import PYTHON

CELERY = [PYTHON, "-m", "celery", "-A", "portal.celery"]


def web(host: str, port: int) -> list[str]:
    return [PYTHON, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4",
            "--respawn-failed-workers", "--workers-kill-timeout", "5", "--no-ws",
            "--host", host, "--port", str(port), "portal.wsgi:application"]  # fmt: skip


def worker(name: str = "") -> list[str]:
    """Several on one machine need names."""
    named = ["-n", f"{name}@%h"] if name else []
    return [*CELERY, "worker", "-P", "threads", "-c", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING", *named]


def beat(var: Path) -> list[str]:
    """A process of its own: inside the worker nobody would notice its death. Exactly one may run."""
    return [*CELERY, "beat", "--pidfile=", "--loglevel", "WARNING", "-s", str(var / "celerybeat-schedule")]
