"""Throw-away PostgreSQL and Redis from the machine's packages, on free ports of this machine alone."""
from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from script.children import CannotStart, Child, free_port

START_WITHIN = 30  # seconds


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL cluster that keeps nothing; gives its DATABASE_URL and removes it afterwards."""
    binaries = _postgresql_binaries()
    folder = Path(tempfile.mkdtemp(prefix="portal-postgresql-"))
    user = None
    if os.getuid() == 0:  # the server refuses to run as root: it then runs as the user that its package made
        user = "postgres"
        try:
            account = pwd.getpwnam(user)
        except KeyError:
            shutil.rmtree(folder)
            raise CannotStart("PostgreSQL refuses to run as root and there is no user postgres.") from None
        os.chown(folder, account.pw_uid, account.pw_gid)
    port = free_port()
    data = folder / "data"
    server = Child(
        "postgresql",
        [str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1",
         "-c", f"unix_socket_directories={folder}", "-c", "fsync=off", "-c", "synchronous_commit=off",
         "-c", "full_page_writes=off", "-c", "max_connections=200"],
        log=folder / "log",
        cwd=folder,
        user=user,
        stop_with=signal.SIGINT,  # end the sessions, do not wait for them
    )  # fmt: skip
    try:
        _make_cluster(binaries, data, user)
        server.start()
        answers = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        _await(server, answers)
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis() -> Iterator[str]:
    """A Redis server that keeps nothing; gives its address without the number of a database."""
    binary = shutil.which("redis-server")
    if not binary:
        raise CannotStart("Redis cannot be had: redis-server is not installed.")
    folder = Path(tempfile.mkdtemp(prefix="portal-redis-"))
    port = free_port()
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
               "--databases", "64", "--dir", str(folder)]  # fmt: skip
    server = Child("redis", command, log=folder / "log", cwd=folder)
    try:
        server.start()
        _await(server, ["redis-cli", "-p", str(port), "ping"])
        yield f"redis://127.0.0.1:{port}"
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _postgresql_binaries() -> Path:
    """The folder of the newest PostgreSQL server on this machine; Debian does not put it on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise CannotStart("PostgreSQL cannot be had: no server is installed (initdb is missing).")


def _make_cluster(binaries: Path, data: Path, user: str | None) -> None:
    command = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8",
               "--locale=C.UTF-8", "--no-sync"]  # fmt: skip
    done = subprocess.run(command, cwd=data.parent, user=user, group=user, extra_groups=[] if user else None,
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)  # fmt: skip
    if done.returncode:
        raise CannotStart(f"PostgreSQL cannot be had: initdb failed: {done.stderr.strip()}")


def _await(server: Child, question: list[str]) -> None:
    deadline = time.monotonic() + START_WITHIN
    while subprocess.run(question, capture_output=True, stdin=subprocess.DEVNULL).returncode:
        if server.exit_code is not None or time.monotonic() > deadline:
            raise CannotStart(f"{server.name} did not start: {server.tail(3)}")
        time.sleep(0.05)
