"""People with passwords, authenticator apps and a security key made of software; pages as such a person sees them."""
from __future__ import annotations

import json
import re
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlencode

import cbor2
import pyotp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.utils import timezone
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from portal.accounts.actor import Actor, actor_for
from portal.accounts.models import Membership, User
from portal.authentication import factors
from portal.authentication.models import AuthenticatorApp
from tests.factories.people import actor

PASSWORD = "correct horse battery staple"


class Browser(Client):
    """Sends forms without files as browsers do; Django's client sends every form as if it had files."""

    def post(self, path, data=None, content_type=MULTIPART_CONTENT, **more):
        if content_type == MULTIPART_CONTENT and not any(hasattr(value, "read") for value in (data or {}).values()):
            data, content_type = urlencode(data or {}, doseq=True), "application/x-www-form-urlencoded"
        return super().post(path, data, content_type, **more)


def person(like: str = "head", username: str = "chen") -> User:
    """Somebody with a password who has the roles of a demonstration person and is none himself."""
    model = actor(like)
    user = User.objects.create_user(username, PASSWORD, name="陈一")
    for role in model.roles:
        Membership.objects.create(user=user, organisation=model.organisation, role=role)
    return user


def stepped_up(user: User, *, minutes_ago: float = 0, by: str = "app") -> Actor:
    """The actor of a person who showed himself so many minutes ago."""
    return actor_for(user, stepped_up_at=timezone.now() - timedelta(minutes=minutes_ago), stepped_up_by=by)


def enrol_app(user: User) -> str:
    """An authenticator app of the person; its secret."""
    secret = factors.new_secret()
    factors.add_app(user, name="手机", secret=secret, step=0)
    return secret


def code_of(secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return pyotp.TOTP(secret).at(timezone.now(), counter_offset=steps)


def fresh_codes(user: User) -> None:
    """As if half a minute had passed: the code that was just used may be shown again."""
    AuthenticatorApp.objects.filter(user=user).update(last_step=0)


def sign_in(client: Client, user: User, password: str = PASSWORD, **more):
    return client.post("/sign-in/", {"username": user.username, "password": password, **more})


def options_in(page) -> dict:
    """The options that a page hands to the browser for a security key."""
    found = re.search(r'data-options="([^"]+)"', page.content.decode())
    return json.loads(found[1].replace("&quot;", '"'))


class SoftKey:
    """A security key of software: makes a P-256 key for a host and signs challenges with it (WebAuthn, ES256)."""

    def __init__(self, host: str = "testserver") -> None:
        self.host, self.count = host, 0
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = sha256(str(id(self)).encode()).digest()

    def create(self, options: dict, *, origin: str = "http://testserver") -> str:
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(cose)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(0x45) + attested})
        return self._answer({
            "clientDataJSON": self._client_data("webauthn.create", options["challenge"], origin),
            "attestationObject": bytes_to_base64url(attestation), "transports": ["usb", "unheard-of"],
        })

    def get(self, options: dict, *, origin: str = "http://testserver") -> str:
        client_data = self._client_data("webauthn.get", options["challenge"], origin)
        data = self._data(0x05)
        signature = self.key.sign(data + sha256(base64url_to_bytes(client_data)).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({
            "clientDataJSON": client_data, "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signature),
        })

    def _data(self, flags: int) -> bytes:
        self.count += 1
        return sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str, origin: str) -> str:
        return bytes_to_base64url(json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode())

    def _answer(self, response: dict) -> str:
        name = bytes_to_base64url(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}})
