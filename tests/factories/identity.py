"""A small provider of identities (OpenID Connect) on this machine, with discovery, PKCE and keys. It can be made to lie."""
from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "portal", "between us"


class Provider:
    """Knows one person, `subject`; `lies` replace claims of the token, `key` signs it."""

    def __init__(self, issuer: str) -> None:
        self.issuer, self.subject, self.name = issuer, "subject-4711", "陈一（统一身份）"
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.published = self.key
        self.algorithm = "RS256"
        self.lies: dict = {}
        self.withheld: set[str] = set()
        self.codes: dict[str, dict] = {}
        self.seen: list[str] = []

    def discovery(self) -> dict:
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize", "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks", "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"], "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, address: str) -> str:
        """What the person's browser gets after he has signed in over there: the way back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{urlsplit(asked['redirect_uri']).path}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, headers, posted: dict) -> tuple[int, dict]:
        asked = self.codes.pop(posted.get("code", ""), None)  # a code is good once
        verifier = base64.urlsafe_b64encode(sha256(posted.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or asked["code_challenge"] != verifier or headers.get("Authorization") != expected:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "name": self.name, **self.lies,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        answer = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": self.signed(claims)}
        return 200, {name: value for name, value in answer.items() if name not in self.withheld}

    def signed(self, claims: dict) -> str:
        if self.algorithm == "HS256":  # the public key taken as a shared secret
            return jwt.encode({"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(json.dumps(self.key.as_dict(private=False))))
        if self.algorithm == "none":
            parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"alg": "none"}, claims)]
            return ".".join([*parts, ""])
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)


@contextmanager
def running_provider() -> Iterator[Provider]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.provider = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        provider = self.server.provider
        keys = {"keys": [provider.published.as_dict(private=False)]}
        pages = {"/.well-known/openid-configuration": provider.discovery(), "/jwks": keys}
        page = pages.get(self.path)
        self._answer(200 if page else 404, page or {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        posted = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(*self.server.provider.token(self.headers, posted))

    def _answer(self, status: int, content: dict) -> None:
        self.server.provider.seen.append(self.path)
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *parts) -> None:
        """Quiet."""
