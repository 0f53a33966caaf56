"""A portal that is measured: filled and served for it, and those who look at its pages. Used by `script.measuring`."""
from __future__ import annotations

import http.client
import json
import os
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from script.children import PYTHON, Child, free_port
from script.services import postgresql

WARM_UP = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One page, who looks at it ("" = a visitor), and the floor it is held against."""

    name: str
    path: str
    person: str
    floor: str


class Visitor:
    """A keep-alive connection with the cookies or the token of one person."""

    def __init__(self, port: int, person: str):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers: dict[str, str] = {"Host": "127.0.0.1", "Accept-Language": "zh-hans"}
        if person.startswith("token:"):
            body = json.dumps({"username": person.removeprefix("token:")})
            answer = json.loads(self.send("POST", "/api/v1/demo/token/", body, {"Content-Type": "application/json"}))
            self.headers["Authorization"] = f"Bearer {answer['token']}"
        elif person:
            self.sign_in(person)

    def sign_in(self, person: str) -> None:
        self.send("GET", "/sign-in/")
        token = self.cookies["csrftoken"]
        self.send("POST", "/sign-in/demo/", f"username={person}&csrfmiddlewaretoken={token}",
                  {"Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip

    def send(self, method: str, path: str, body: str | None = None, extra: dict | None = None) -> bytes:
        self.connection.request(method, path, body, {**self.headers, **(extra or {})})
        answer = self.connection.getresponse()
        self.status, content = answer.status, answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:300]!r}")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies = {**getattr(self, "cookies", {}), key: rest.split(";")[0]}
                self.headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        return content

    def time(self, path: str) -> float:
        start = time.perf_counter()
        self.send("GET", path)
        taken = (time.perf_counter() - start) * 1000
        if self.status != 200:
            raise SystemExit(f"{path} answered {self.status}: only a page is measured")
        return taken


def manage(env: dict[str, str], *arguments: str) -> str:
    result = subprocess.run([PYTHON, "manage.py", *arguments], env=env, capture_output=True, text=True, check=False)
    if result.returncode:
        raise SystemExit(f"manage.py {' '.join(arguments)}:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
    return result.stdout.strip()


def settings_of(var: Path) -> dict[str, str]:
    """The environment of a measured portal's processes."""
    return {**os.environ, "PORTAL_VAR": str(var), "PORTAL_DEMO": "1", "TASKS_EAGER": "1", "LOG_LEVEL": "ERROR",
            "API_RATE": "1000000/min"}  # fmt: skip


def stand(var: Path) -> dict[str, str]:
    """A portal that is there already, with the database that DATABASE_URL names."""
    return settings_of(var.resolve())


def fresh_portal(stack: ExitStack, var: Path, on_postgresql: bool) -> dict[str, str]:
    """An empty portal in demo mode; returns the environment of its processes."""
    var.mkdir(exist_ok=True)
    env = settings_of(var)
    env.pop("DATABASE_URL", None)
    if on_postgresql:
        env["DATABASE_URL"] = stack.enter_context(postgresql())
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "load_reference")
    return env


def served(stack: ExitStack, env: dict[str, str], log: Path) -> int:
    """A server over a portal, with the floors beside its pages; returns its port."""
    port = free_port()
    server = Child(
        "web", [str(Path(PYTHON).parent / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
                "--workers", "1", "--blocking-threads", "2", "--log-level", "warning", "portal.bench:application"],
        log=log, env=env,
    )  # fmt: skip
    server.start()
    stack.callback(server.stop)
    await_server(port, server)
    return port


def await_server(port: int, server: Child) -> None:
    for _attempt in range(100):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz", headers={"Host": "127.0.0.1"})
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"the server did not answer:\n{server.tail(30)}")
