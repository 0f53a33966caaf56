"""Runs every check one after the other and prints one summary. Run by `script/test` inside `.venv`."""
from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from script.children import PYTHON, ROOT, CannotStart, Child
from script.running import running_portal
from script.services import postgresql, redis

FLOWS = "tests/flows"
# What a developer has set for a portal of his own must not reach the tests.
NOT_FOR_TESTS = ("DATABASE_URL", "REDIS_URL", "PORTAL_VAR", "PORTAL_DEMO", "DEBUG", "HTTPS_ONLY", "EMAIL_URL")


@dataclass
class Result:
    """What one check came to; a check that is no test run counts as one."""

    name: str
    passed: int
    failed: int
    seconds: float
    note: str = ""


class Interrupted(Exception):
    """The person, or the system, asked to stop."""


class Suite:
    """The checks, in the order in which a mistake shows soonest."""

    def __init__(self, given: list[str]):
        self.fast = "--fast" in given
        self.pytest_arguments = [argument for argument in given if argument != "--fast"]
        self.results: list[Result] = []
        self.scratch = Path(tempfile.mkdtemp(prefix="portal-test-"))
        self.env = {name: value for name, value in os.environ.items() if name not in NOT_FOR_TESTS}
        self.env["PORTAL_VAR"] = str(self.scratch / "var")
        if not self.fast and not self.pytest_arguments:
            self.env["ROWS_SEEN"] = str(self.scratch / "rows")  # see tests/plugins/rows.py
        self.env["TMPDIR"] = str(self.scratch)  # whatever a check leaves behind goes with it
        self.running: list[Child] = []

    def run(self) -> None:
        self.command("style (ruff)", "-m", "ruff", "check", ".")
        if self.fast:
            self.tests("tests on SQLite", {})
            return
        if not self.pytest_arguments:
            self.command("templates (djlint)", "-m", "djlint", "templates", "--lint", "--quiet")
            self.command("import contract", "-c", "from importlinter.cli import lint_imports_command as c; c()")
            self.command("missing migrations", "manage.py", "makemigrations", "--check", "--dry-run")
            self.command("missing translations", "manage.py", "messages", "check")
            self.command("stale generated docs", "manage.py", "write_docs", "--check")
        self.tests("tests on SQLite", {})
        self.tests_on_services()
        if not self.pytest_arguments:
            self.command("every row performed, every refusal spoken", "-m", "tests.plugins.rows", str(self.scratch / "rows"))
            self.flows()
            self.walkthrough()
            self.command("known weaknesses of packages", "-m", "script.auditing")

    # --- one check each ---------------------------------------------------------------------------------------

    def command(self, name: str, *arguments: str) -> None:
        with self.check(name) as outcome:
            outcome(0 if self.call([PYTHON, *arguments]) == 0 else 1)

    def tests(self, name: str, env: dict[str, str], *, where: str = "", how: Sequence[str] = ("-n", "2")) -> None:
        """A pytest run. A skipped test is a failed one: what cannot be tested must be said, not passed over."""
        report = self.scratch / f"{len(self.results)}.xml"
        chosen = [where] if where else self.pytest_arguments or ["tests", f"--ignore={FLOWS}"]
        began = time.monotonic()
        print(f"\n=== {name}", flush=True)
        command = [PYTHON, "-m", "pytest", "-q", *how, f"--junitxml={report}", *chosen]
        code = self.call(command, env)
        result = Result(name, 0, 0, time.monotonic() - began)
        if report.exists():
            suite = ElementTree.parse(report).getroot().find("testsuite")
            total, wrong, skipped = (int(suite.get(key)) for key in ("tests", "failures", "skipped"))
            wrong += int(suite.get("errors"))
            result.passed, result.failed = max(0, total - wrong - skipped), wrong + skipped
            result.note = f"{skipped} skipped, which counts as failed" if skipped else ""
        if code and not result.failed:
            result.failed, result.note = 1, f"pytest ended with {code}"
        self.results.append(result)

    def tests_on_services(self) -> None:
        name = "tests on PostgreSQL, Redis and a Celery worker"
        with ExitStack() as services:
            try:
                database, broker = services.enter_context(postgresql()), services.enter_context(redis())
            except CannotStart as reason:
                self.results.append(Result(name, 0, 1, 0, str(reason)))
                return
            self.tests(name, {"DATABASE_URL": database, "REDIS_URL": broker, "TEST_REAL_BROKER": "1"})

    def flows(self) -> None:
        """Each process has a portal of its own; the flows of a file stay together on it, the longest first."""
        self.tests("browser flows", {}, where=FLOWS, how=("-n", "2", "--dist=loadfile", "--no-loadscope-reorder"))

    def walkthrough(self) -> None:
        """The main job through a running portal, twice on the same instance, and the planning cycle of the next year alone."""
        with self.check("walkthrough, twice") as outcome, running_portal(self.scratch / "walkthrough") as address:
            for turn, alone in ((1, ()), (2, ()), (3, ("--case", "W-09-plan"))):
                out = self.scratch / f"papers-{turn}"
                if self.call([PYTHON, "manage.py", "walkthrough", "--base-url", address, "--out", str(out), *alone]):
                    outcome(1)

    # --- how a check is run -----------------------------------------------------------------------------------

    @contextmanager
    def check(self, name: str) -> Iterator[Callable[[int], None]]:
        """One check that either passes or fails; it fails when told so or when something cannot be started."""
        print(f"\n=== {name}", flush=True)
        result = Result(name, 1, 0, 0)
        began = time.monotonic()

        def outcome(failed: int) -> None:
            if failed:
                result.passed, result.failed = 0, 1

        try:
            yield outcome
        except CannotStart as reason:
            outcome(1)
            result.note = str(reason)
        result.seconds = time.monotonic() - began
        self.results.append(result)

    def call(self, command: list[str], env: dict[str, str] | None = None) -> int:
        child = Child("check", command, env={**self.env, **(env or {})}, stop_with=signal.SIGINT)
        self.running.append(child.start())
        try:
            return child.wait()
        finally:
            child.stop(5)
            self.running.remove(child)

    def summary(self) -> bool:
        """Print what came of it; the last line is the one that machines read."""
        print("\n" + "=" * 78)
        for result in self.results:
            state = "FAILED" if result.failed else "passed"
            count = f"{result.passed:>5} passed {result.failed:>4} failed"
            note = f"  {result.note}" if result.note else ""
            print(f"{state}  {count}  {result.seconds:7.1f} s  {result.name}{note}")
        if self.fast or self.pytest_arguments:
            print("This was a part of the checks; `script/test` runs them all.")
        failed = sum(result.failed for result in self.results)
        print(f"{sum(result.passed for result in self.results)} passed, {failed} failed", flush=True)
        return failed == 0

    def close(self) -> None:
        for child in self.running:
            child.stop(5)
        shutil.rmtree(self.scratch, ignore_errors=True)


def _interrupt(number: int, frame: object) -> None:
    raise Interrupted


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    os.chdir(ROOT)
    suite = Suite(sys.argv[1:])
    try:
        suite.run()
        return 0 if suite.summary() else 1
    except Interrupted:
        print("\nInterrupted.", file=sys.stderr)
        return 130
    finally:
        suite.close()


if __name__ == "__main__":
    sys.exit(main())
