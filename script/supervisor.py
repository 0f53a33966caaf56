"""Starts the portal and stays with it: prepares the data, starts web, worker and beat, restarts what dies, ends all.

Run by `script/server` inside `.venv`.
"""
from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict, deque
from pathlib import Path

from script import processes
from script.children import PYTHON, ROOT, CannotStart, Child, free_port, port_is_free, stop_all

READY_WITHIN = 90  # seconds
RESTARTS = 5  # of one process within RESTART_WINDOW seconds, then the portal stops: it will not mend itself
RESTART_WINDOW = 300
LOG_LIMIT = 5 * 1024 * 1024  # bytes after which a log is set aside at the next start; one older one is kept
# Everything that the portal keeps under var/, and so all that --fresh may remove.
KEPT = (
    "portal.sqlite3", "portal.sqlite3-wal", "portal.sqlite3-shm", "media", "mail", "log", "broker", "static", "arriving", "metrics",
    "secret_key", "seal", "mode", "walkthrough", "celerybeat-schedule", "celerybeat-schedule.bak", "celerybeat-schedule.dat",
    "celerybeat-schedule.dir", "celerybeat-schedule.db", "accounts.txt",
)  # fmt: skip


class Stopped(Exception):
    """The person, or the system, asked the portal to stop."""


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/server")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--empty", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    return parser.parse_args(given)


class Portal:
    """One running portal: a folder of data, a lock on it, and the processes that serve it."""

    def __init__(self, options: argparse.Namespace):
        self.demo = not options.empty and os.environ.get("PORTAL_DEMO", "1").lower() in {"1", "true", "yes", "on"}
        self.fresh = options.fresh
        self.host = options.host
        self.port = options.port
        self.var = Path(os.environ.get("PORTAL_VAR") or ROOT / "var").resolve()
        self.children: list[Child] = []
        self.deaths: dict[str, deque[float]] = defaultdict(deque)

    @property
    def address(self) -> str:
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 asked for
        return f"http://{host}:{self.port}"

    # --- before anything runs ---------------------------------------------------------------------------------

    def claim(self) -> None:
        """Take the folder of data for this process; a second portal on the same folder is refused."""
        self.var.mkdir(parents=True, exist_ok=True)
        self.lock = (self.var / "server.lock").open("a+")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.lock.seek(0)
            who = self.lock.read().strip() or "another process"
            self.release()
            raise CannotStart(f"A portal already runs on {self.var}: {who}. Stop it, or set PORTAL_VAR.") from None
        if self.port == 0:
            self.port = free_port(self.host)
        elif not port_is_free(self.host, self.port):
            self.release()
            raise CannotStart(f"Port {self.port} is in use on {self.host}. Choose another: script/server --port N")
        self.lock.seek(0)
        self.lock.truncate()
        self.lock.write(f"{self.address} (process {os.getpid()})")
        self.lock.flush()

    def release(self) -> None:
        """Give the folder of data up for the next portal."""
        self.lock.close()

    def settle_mode(self) -> None:
        """Demonstration data and real data never share a folder: demo people sign in without a password."""
        if self.fresh:
            if os.environ.get("DATABASE_URL"):
                raise CannotStart("--fresh empties the embedded database only; DATABASE_URL names another one.")
            for name in KEPT:
                path = self.var / name
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        wanted = "demo" if self.demo else "empty"
        mode = self.var / "mode"
        before = "empty" if (self.var / "portal.sqlite3").exists() else wanted
        found = mode.read_text().strip() if mode.exists() else before
        if found != wanted:
            kind = "demonstration data" if found == "demo" else "an installation without demonstration data"
            again = "script/server" + ("" if self.demo else " --empty")
            raise CannotStart(f"{self.var} holds {kind}. Set PORTAL_VAR, or empty it: {again} --fresh")
        mode.write_text(wanted + "\n")

    def environment(self) -> dict[str, str]:
        env = dict(os.environ)
        env.update(
            PORTAL_VAR=str(self.var),
            PORTAL_DEMO="1" if self.demo else "0",
            DJANGO_SETTINGS_MODULE="portal.settings",
            PYTHONUNBUFFERED="1",
        )
        env.setdefault("PUBLIC_URL", self.address)
        return env

    # --- running ----------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Bring the database up to date and load what every installation needs; with demo data, the cases too."""
        (self.var / "log").mkdir(exist_ok=True)
        log = self.var / "log" / "prepare.log"
        log.unlink(missing_ok=True)
        child = Child("prepare", [PYTHON, "-m", "script.prepare"], log=log, env=self.environment())
        self.children = [child.start()]
        if child.wait():
            raise CannotStart(f"{child.tail(12)}\nThe database could not be prepared; see {log}")
        self.children = []

    def start(self) -> None:
        env = self.environment()
        log = self.var / "log"
        commands = {
            "web": processes.web(self.host, self.port), "worker": processes.worker(), "beat": processes.beat(self.var),
        }
        self.children = [Child(name, command, log=log / f"{name}.log", env=env) for name, command in commands.items()]
        for child in self.children:
            set_aside(child.log)
            child.start()

    def await_readiness(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        answer = "no answer"
        while time.monotonic() < deadline:
            self.tend()
            try:
                with urllib.request.urlopen(f"{self.address}/readyz", timeout=5):
                    return
            except urllib.error.HTTPError as error:
                answer = _summary(error)
            except OSError as error:
                answer = str(error)
            time.sleep(0.2)
        raise CannotStart(f"Not healthy after {READY_WITHIN} s ({answer}). The logs are in {self.var / 'log'}")

    def tend(self) -> None:
        """Start again what died; give up when it dies again and again."""
        for child in self.children:
            if child.exit_code is None:
                continue
            code, now = child.exit_code, time.monotonic()
            child.stop(0)
            deaths = self.deaths[child.name]
            deaths.append(now)
            while deaths and now - deaths[0] > RESTART_WINDOW:
                deaths.popleft()
            if len(deaths) > RESTARTS:
                raise CannotStart(f"{child.tail()}\nThe {child.name} process keeps ending ({code}); see {child.log}")
            print(f"The {child.name} process ended ({code}); starting it again. Its log: {child.log}", flush=True)
            time.sleep(min(len(deaths) - 1, 3))
            child.start()

    def announce(self) -> None:
        print(f"\nThe portal runs at {self.address}", flush=True)
        if self.demo:
            print((self.var / "accounts.txt").read_text().rstrip())
        else:
            self.show_the_way_in()
        print(f"Data and logs: {self.var}    Stop: Ctrl-C", flush=True)

    def show_the_way_in(self) -> None:
        """Where nobody administers the portal yet, a link for the first who will; whoever reads this terminal may."""
        command = [PYTHON, "manage.py", "first_administrator", "--if-none"]
        answer = subprocess.run(command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=False)
        if link := answer.stdout.strip():
            print("Nobody administers this portal yet. This link, good once and for 24 hours, makes the first administrator:")
            print(f"  {link}")
            where = "" if self.var == ROOT / "var" else f"PORTAL_VAR={self.var} "
            print(f"Another link: {where}PUBLIC_URL={self.environment()['PUBLIC_URL']} .venv/bin/python manage.py first_administrator")

    def run(self) -> None:
        self.claim()
        try:
            self.settle_mode()
            began = time.monotonic()
            print("Preparing the data …", flush=True)
            self.prepare()
            print("Starting web, worker and beat …", flush=True)
            self.start()
            self.await_readiness()
            self.announce()
            print(f"Started in {time.monotonic() - began:.1f} s.", flush=True)
            while True:
                self.tend()
                time.sleep(0.5)
        finally:
            _ignore_signals()
            stop_all(self.children)
            self.release()


def set_aside(log: Path) -> None:
    """Let a log begin anew when it has grown large; the one before is kept."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))


def _summary(error: urllib.error.HTTPError) -> str:
    try:
        parts = json.load(error)
    except ValueError:
        return f"HTTP {error.code}"
    return "; ".join(f"{name}: {state}" for name, state in parts.items())


def _stop(number: int, frame: object) -> None:
    raise Stopped


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def main() -> int:
    options = arguments(sys.argv[1:])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        Portal(options).run()
    except Stopped:
        print("Stopped.", flush=True)
        return 0
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
