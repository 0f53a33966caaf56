"""A program that uses the portal: one person, one token, JSON in and out. Standard library alone."""
from __future__ import annotations

import http.client
import json
import mimetypes
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TIMEOUT = 600  # seconds: moving the clock over a quarter lets everything happen that is due in it
NO_ANSWER = 599


@dataclass(slots=True)
class Answer:
    """What the server said."""

    status: int
    body: Any
    headers: dict

    @property
    def ok(self) -> bool:
        return self.status < 400

    @property
    def rules(self) -> list[str]:
        return [r["rule"] for r in self.body.get("refusals", [])] if isinstance(self.body, dict) else []

    @property
    def messages(self) -> list[str]:
        return [r["message"] for r in self.body.get("refusals", [])] if isinstance(self.body, dict) else []


@dataclass(slots=True)
class File:
    """A file to be sent with an act."""

    name: str
    content: bytes
    content_type: str = ""


@dataclass(slots=True)
class Person:
    """One demonstration person at the API."""

    base_url: str
    username: str
    name: str = ""
    organisation: str = ""
    user_id: int = 0
    token: str = field(default="", repr=False)
    patience: float = 0  # seconds for which a call is sent again that got no answer, or one that something broke
    sent_again: int = 0
    broken: list[str] = field(default_factory=list)  # answers 5xx on the way

    def sign_in(self) -> Person:
        answer = self._send("POST", "/api/v1/demo/token/", {"username": self.username})
        if not answer.ok:
            raise RuntimeError(f"{self.username} cannot sign in: {answer.status} {answer.body}")
        self.token, self.name, self.organisation = (answer.body[key] for key in ("token", "name", "organisation"))
        self.user_id = answer.body["user_id"]
        return self

    def get(self, path: str) -> Answer:
        return self._send("GET", f"/api/v1/{path}")

    def post(self, path: str, data: dict | None = None, *, key: str = "") -> Answer:
        """With patience every act has a key, so that one whose answer was lost is not done twice."""
        key = key or (uuid.uuid4().hex if self.patience else "")
        again = self.sent_again
        answer = self._send("POST", f"/api/v1/{path}", data or {}, key=key)
        if answer.status == 409 and self.sent_again > again and isinstance(answer.body, dict) and "done" in answer.body:
            done = self.get(f"{path.split('/')[0]}/{answer.body['done']['id']}/")
            # What was done may have taken the thing out of its doer's sight: then only its id is known.
            return Answer(200, answer.body["done"], {}) if done.status == 404 else done
        return answer

    def download(self, path: str) -> Answer:
        return self._send("GET", path, raw=True)

    def _send(self, method: str, path: str, data: dict | None = None, *, raw: bool = False, key: str = "") -> Answer:
        headers = {"Accept": "application/json", "Accept-Language": "zh-hans"}
        body = None
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        if data is not None:
            body, headers["Content-Type"] = encode(data)
        address = self.base_url.rstrip("/") + urllib.parse.quote(path, safe="/?&=%")
        request = urllib.request.Request(address, data=body, method=method, headers=headers)
        until = time.monotonic() + self.patience
        while True:
            answer = _ask(request, raw)
            if answer.status < 500:
                return answer
            if answer.status != NO_ANSWER:
                self.broken.append(f"{method} {path}: {answer.status} {answer.body}")
            if time.monotonic() > until:
                return answer
            self.sent_again += 1
            time.sleep(0.5)


def _ask(request: urllib.request.Request, raw: bool) -> Answer:
    """One attempt; NO_ANSWER when none came, or none that was whole."""
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            return Answer(response.status, _read(response.read(), raw), dict(response.headers))
    except urllib.error.HTTPError as error:
        return Answer(error.code, _read(error.read(), raw=False), dict(error.headers))
    except (OSError, http.client.HTTPException) as error:
        return Answer(NO_ANSWER, {"detail": str(error)}, {})


def _read(content: bytes, raw: bool) -> Any:
    if raw:
        return content
    try:
        return json.loads(content or b"{}")
    except ValueError:
        return {"text": content[:500].decode(errors="replace")}


def encode(data: dict) -> tuple[bytes, str]:
    """JSON, or multipart where a file is among the values."""
    files = {name: value for name, value in data.items() if isinstance(value, File | Path)}
    if not files:
        return json.dumps(data, default=str).encode(), "application/json"
    boundary = uuid.uuid4().hex
    parts = []
    for name, value in ((name, value) for name, value in data.items() if value is not None):
        if isinstance(value, Path):
            value = File(value.name, value.read_bytes())
        if isinstance(value, File):
            kind = value.content_type or mimetypes.guess_type(value.name)[0] or "application/octet-stream"
            head = f'Content-Disposition: form-data; name="{name}"; filename="{value.name}"\r\nContent-Type: {kind}'
            content = value.content
        else:
            head = f'Content-Disposition: form-data; name="{name}"'
            content = (json.dumps(value, default=str) if isinstance(value, list | dict) else str(value)).encode()
        parts.append(b"--" + boundary.encode() + b"\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
