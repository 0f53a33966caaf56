"""Secrets that must be read again (of authenticator apps) lie encrypted under a key drawn from the installation's own.

Who reads the database alone reads none of them. With another SECRET_KEY they cannot be opened: people then use their
recovery codes or keys, and enrol anew.
"""
from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12


class SealBroken(Exception):
    """The bytes were not sealed for this purpose with this installation's key."""


def seal(content: bytes, *, purpose: str) -> bytes:
    """Encrypt for one purpose (it names whose and what): bytes moved elsewhere do not open there."""
    nonce = os.urandom(_NONCE)
    return nonce + ChaCha20Poly1305(_key()).encrypt(nonce, content, purpose.encode())


def unseal(sealed: bytes, *, purpose: str) -> bytes:
    """The content. Raises SealBroken."""
    sealed = bytes(sealed)
    try:
        return ChaCha20Poly1305(_key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
    except InvalidTag as error:
        raise SealBroken from error


def _key() -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"portal second factors").derive(settings.SECRET_KEY.encode())
