"""Purchases side by side while processes are killed; run by `script/soak` inside `.venv`."""
from __future__ import annotations

import argparse
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from script import processes
from script.children import PYTHON, CannotStart, Child, free_port, stop_all
from script.services import postgresql

READY_WITHIN = 180  # seconds
LOOK_EVERY = 0.5  # seconds between two looks whether everything lives
PATIENCE = 180  # seconds for which the walk asks a dead portal again
SETTLE_WITHIN = 900  # seconds for which what waits may still be done after the walk; a letter is tried again at growing intervals


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/soak")
    parser.add_argument("--purchases", type=int)
    parser.add_argument("--hosts", type=int, default=1)
    parser.add_argument("--embedded", action="store_true")
    parser.add_argument("--every", default="15-45", metavar="A-B")
    parser.add_argument("--no-kills", action="store_true")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args(given)
    if options.embedded and options.hosts > 1:
        parser.error("the embedded database and broker serve one host")
    options.purchases = options.purchases or (1 if options.embedded else 3)
    return options


class Redis(Child):
    """A broker that survives its own death as a service would: it writes what it takes to a file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.port = free_port()
        super().__init__(
            "broker",
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes",
             "--appendfsync", "always", "--dir", str(folder)],
            log=folder / "log", cwd=folder,
        )  # fmt: skip


class Killer:
    """Kills one process after the other at random moments, and starts again whatever died, as a service manager would.

    It works in the thread of its caller: Linux tells a child that its parent died when the *thread* ends that started it.
    """

    def __init__(self, children: list[Child], every: tuple[float, float] | None, seed: int) -> None:
        self.children, self.every = children, every
        self.random = random.Random(seed)  # noqa: S311  to be run again with the same seed
        self.kills: Counter[str] = Counter()
        self.deaths: Counter[str] = Counter()  # of processes that nobody killed

    def watch(self, walk: Child) -> int:
        """Until the walk ends; its exit code."""
        next_kill = self.next_kill()
        while True:
            with suppress(subprocess.TimeoutExpired):
                return walk.process.wait(LOOK_EVERY)
            for child in self.children:
                if child.exit_code is not None:
                    self.deaths[f"{child.name} ({child.exit_code})"] += 1
                    child.start()
            if time.monotonic() > next_kill:
                self.strike(self.random.choice(self.children))
                next_kill = self.next_kill()

    def next_kill(self) -> float:
        return time.monotonic() + self.random.uniform(*self.every) if self.every else float("inf")

    def strike(self, child: Child) -> None:
        if child.name == "web" and self.random.random() < 0.5 and (inner := _children_of(child.process.pid)):
            with suppress(ProcessLookupError):
                os.kill(self.random.choice(inner), signal.SIGKILL)  # one of its workers: the server starts another
            self.kills["web worker"] += 1
            return
        kill(child)
        self.kills[child.name] += 1
        time.sleep(self.random.uniform(0, 3))
        child.start()

    def told(self) -> str:
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        deaths = ", ".join(f"{name} {count}" for name, count in sorted(self.deaths.items()))
        return f"{sum(self.kills.values())} kills: {kills or 'none'}; died unkilled and started again: {deaths or 'none'}"


def kill(child: Child) -> None:
    """As the kernel does when memory runs out: no signal that could be caught, nothing of the group is left."""
    os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()


def _children_of(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


class Host:
    """Web and worker with a folder of their own; beat runs on the first host alone."""

    def __init__(self, number: int, folder: Path) -> None:
        self.number, self.var, self.port = number, folder / f"var-{number}", free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        (self.var / "log").mkdir(parents=True)

    def environment(self, shared: dict[str, str]) -> dict[str, str]:
        return {**shared, "PORTAL_VAR": str(self.var)}

    def start(self, shared: dict[str, str]) -> list[Child]:
        commands = {"web": processes.web("127.0.0.1", self.port), "worker": processes.worker(f"worker{self.number}")}
        if self.number == 1:
            commands["beat"] = processes.beat(self.var)
        env = self.environment(shared)
        return [Child(name, command, log=self.var / "log" / f"{name}.log", env=env).start() for name, command in commands.items()]

    def readiness(self) -> str:
        """What is not ready yet, or nothing."""
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=10):
                return ""
        except urllib.error.HTTPError as error:
            return error.read().decode(errors="replace")
        except OSError as error:
            return str(error)


class Soak:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.folder = options.keep or Path(tempfile.mkdtemp(prefix="portal-soak-"))
        self.folder.mkdir(exist_ok=True)
        self.seed = options.seed if options.seed is not None else random.randrange(10_000)  # noqa: S311
        self.hosts = [Host(number + 1, self.folder) for number in range(options.hosts)]
        self.children: list[Child] = []

    def run(self) -> bool:
        with ExitStack() as stack:
            env = self.environment(stack)
            stack.callback(stop_all, self.children)
            first = self.hosts[0]
            self.call("preparing", [PYTHON, "-m", "script.prepare"], first.environment(env), log=first.var / "log" / "prepare.log")
            for host in self.hosts:
                self.children += host.start(env)
            self.await_readiness()
            began = time.monotonic()
            killer = self.killer()
            walked = self.walk(first.environment(env), killer)
            self.say(f"Walked {self.options.purchases} purchases in {time.monotonic() - began:.0f} s; {killer.told()}.")
            killer.every = None
            command = [PYTHON, "-m", "script.soak_counts", str(SETTLE_WITHIN), *(str(host.var / "mail") for host in self.hosts)]
            log = self.folder / "counts.log"
            counted = self.call("counting", command, first.environment(env), check=False, log=log, tail=80, until=killer.watch)
            sound = walked and counted == 0
            self.say(f"After the counting: {killer.told()}.")
            self.say("Nothing lost, nothing doubled." if sound else "NOT SOUND: see above.")
            return sound

    def say(self, text: str) -> None:
        """To the person, and to `summary.txt` beside the logs."""
        print(text, flush=True)
        with (self.folder / "summary.txt").open("a", encoding="utf-8") as summary:
            summary.write(f"{text}\n")

    def environment(self, stack: ExitStack) -> dict[str, str]:
        """What all hosts share: database, broker, files, key."""
        env = {
            **os.environ, "PORTAL_DEMO": "1", "PUBLIC_URL": self.hosts[0].address, "LOG_LEVEL": "INFO", "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "portal.settings", "API_RATE": "100000/min", "MEDIA_DIR": str(self.folder / "media"),
            "SEAL_DIR": str(self.folder / "seal"),
            "SECRET_KEY": secrets.token_urlsafe(64),
        }  # fmt: skip
        for name in ("DATABASE_URL", "REDIS_URL"):
            env.pop(name, None)
        if not self.options.embedded:
            env["DATABASE_URL"] = stack.enter_context(postgresql())
            broker = Redis(self.folder / "redis")
            self.children.append(broker.start())
            env["REDIS_URL"] = f"redis://127.0.0.1:{broker.port}/0"
        return env

    def killer(self) -> Killer:
        first, last = (float(each) for each in self.options.every.split("-"))
        if self.options.no_kills:
            return Killer(self.children, None, self.seed)
        names = ", ".join(child.name for child in self.children)
        self.say(f"Killing one of {names} every {first:.0f} to {last:.0f} s, seed {self.seed}")
        return Killer(self.children, (first, last), self.seed)

    def walk(self, env: dict[str, str], killer: Killer) -> bool:
        command = [PYTHON, "manage.py", "walkthrough", "--out", str(self.folder / "papers"), "--purchases",
                   str(self.options.purchases), "--patience", str(PATIENCE)]  # fmt: skip
        for host in self.hosts:
            command += ["--base-url", host.address]
        return self.call("walking", command, env, check=False, log=self.folder / "walk.log", tail=25, until=killer.watch) == 0

    def call(self, what: str, command: list[str], env: dict, *, check: bool = True, log: Path | None = None, tail: int = 0,
             until: Callable[[Child], int] = Child.wait) -> int:
        """Run one command to its end, or watch it by `until`; its exit code."""
        self.say(f"… {what}")
        child = Child(what, command, env=env, log=log).start()
        try:
            code = until(child)
        finally:
            child.stop(5)
        if tail or (code and check):
            self.say(child.tail(max(tail, 12)))
        if code and check:
            raise CannotStart(f"{what} ended with {code}")
        return code

    def await_readiness(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        for host in self.hosts:
            while (answer := host.readiness()) and time.monotonic() < deadline:
                time.sleep(0.5)
            if answer:
                raise CannotStart(f"{host.address} is not ready within {READY_WITHIN} s: {answer}")

    def close(self) -> None:
        stop_all(self.children)
        if not self.options.keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def main() -> int:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    soak = Soak(arguments(sys.argv[1:]))
    try:
        sound = soak.run()
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    finally:
        soak.close()
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
