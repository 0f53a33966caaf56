"""A program that uses the portal: one person, one token, JSON in and out. Standard library alone."""
from __future__ import annotations

import json
import mimetypes
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


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
        return self._send("POST", f"/api/v1/{path}", data or {}, key=key)

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
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return Answer(response.status, _read(response.read(), raw), dict(response.headers))
        except urllib.error.HTTPError as error:
            return Answer(error.code, _read(error.read(), raw=False), dict(error.headers))


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
