"""Sealing: what is handed in is closed as it arrives and can be opened by two named people together, not by one.

Three constructions, all of the `cryptography` package, put together here and nowhere else:

* a part of a bid is encrypted under a fresh data key with ChaCha20-Poly1305 in chunks (STREAM: the nonce is the number
  of the chunk and a mark on the last one, so chunks cannot be moved, dropped or added);
* the data key is sealed to the tender's public key by HPKE (RFC 9180: X25519, HKDF-SHA256, ChaCha20-Poly1305);
* the tender's private key is sealed by HPKE once for every ordered pair of openers, the second opener's layer inside the
  first one's; an opener's own private key lies under a key derived from his passphrase by Argon2id.

Pure: bytes in, bytes out, no clock, no database, no settings. `context` names the place a secret belongs to; the same
bytes in another place do not open. Every failure to open is `Unopenable` and says no more.
"""
from __future__ import annotations

import hashlib
import io
import os
import threading
from dataclasses import dataclass
from itertools import permutations
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

CHUNK = 64 * 1024  # bytes of plaintext in one chunk
TAG = 16
KEY = 32
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_PASSPHRASE_COST = {"length": KEY, "iterations": 3, "lanes": 4, "memory_cost": 64 * 1024}  # KiB; RFC 9106, second choice
_SALT = 16
# OpenSSL takes the lanes' threads from one budget of the process: a second derivation at the same moment finds none left
# and fails as if memory were short. Two openers who type at once wait for each other instead.
_DERIVING = threading.Lock()


class Unopenable(Exception):
    """Wrong key, wrong place, or bytes that are not those that were sealed."""


# --- a part of a bid ---------------------------------------------------------------------------------------------
def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Sealer:
    """Encrypts what is written to it on the way into `sink`; after `close()` digest and sizes are final.

    `digest` is the SHA-256 of the ciphertext. A digest of the plaintext is told to nobody: a price has few possible
    values, and its digest would tell it. (The one that `test` compares with lives and dies with this object.)
    """

    def __init__(self, sink: BinaryIO) -> None:
        self.key = ChaCha20Poly1305.generate_key()
        self.size = 0
        self._sink, self._cipher, self._digest = sink, ChaCha20Poly1305(self.key), hashlib.sha256()
        self._rest, self._number = bytearray(), 0
        self._plain = hashlib.sha256()  # of this request's memory only

    def write(self, data: bytes) -> None:
        self.size += len(data)
        self._plain.update(data)
        self._rest += data
        while len(self._rest) > CHUNK:  # the last chunk waits for `close`, which marks it
            self._put(bytes(self._rest[:CHUNK]), last=False)
            del self._rest[:CHUNK]

    def close(self) -> None:
        self._put(bytes(self._rest), last=True)
        self._rest.clear()

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    def test(self, stored: BinaryIO) -> None:
        """Test decryption: what lies in the store, opened with the key at hand, is what came in. Raises Unopenable."""
        running = hashlib.sha256()
        with open_sealed(stored, self.key) as clear:
            while chunk := clear.read(CHUNK):
                running.update(chunk)
        if running.digest() != self._plain.digest():
            raise Unopenable

    def _put(self, chunk: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last), chunk, None)
        self._number += 1
        self._digest.update(sealed)
        self._sink.write(sealed)


class SealedReader(io.RawIOBase):
    """The plaintext of a sealed stream, chunk by chunk, never whole in memory; it can be read from any place.

    Raises Unopenable while reading when a chunk is not what was sealed at that place.
    """

    def __init__(self, sealed: BinaryIO, key: bytes) -> None:
        self._sealed, self._cipher = sealed, ChaCha20Poly1305(key)
        length = sealed.seek(0, io.SEEK_END)
        self._chunks = max(1, -(-length // (CHUNK + TAG)))
        self.size = length - self._chunks * TAG
        if self.size < 0:
            raise Unopenable
        self._place, self._held = 0, (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        self._place = max(0, base + offset)
        return self._place

    def readinto(self, buffer) -> int:
        number, start = divmod(self._place, CHUNK)
        if number >= self._chunks:
            return 0
        piece = self._chunk(number)[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def _chunk(self, number: int) -> bytes:
        if self._held[0] != number:
            self._sealed.seek(number * (CHUNK + TAG))
            try:
                plain = self._cipher.decrypt(
                    _nonce(number, number == self._chunks - 1), self._sealed.read(CHUNK + TAG), None
                )
            except InvalidTag:
                raise Unopenable from None
            self._held = (number, plain)
        return self._held[1]


def open_sealed(sealed: BinaryIO, key: bytes) -> io.BufferedReader:
    """The clear text of a sealed stream for reading. Raises Unopenable, also while it is read."""
    return io.BufferedReader(SealedReader(sealed, key), CHUNK)


def padded(text: bytes, block: int) -> bytes:
    """JSON text filled with blanks to a multiple of `block`, so that its length says nothing."""
    return text.ljust(-(-max(len(text), 1) // block) * block)


def digest_of(sealed: BinaryIO) -> str:
    """SHA-256 of a sealed stream as it lies in the store."""
    sealed.seek(0)
    return hashlib.file_digest(sealed, "sha256").hexdigest()


# --- wrapping a secret to a public key ---------------------------------------------------------------------------
def wrap(secret: bytes, public_key: bytes, context: str) -> bytes:
    return _SUITE.encrypt(secret, X25519PublicKey.from_public_bytes(public_key), info=context.encode())


def unwrap(wrapped: bytes, private_key: bytes, context: str) -> bytes:
    """Raises Unopenable."""
    try:
        return _SUITE.decrypt(bytes(wrapped), X25519PrivateKey.from_private_bytes(private_key), info=context.encode())
    except (InvalidTag, ValueError):
        raise Unopenable from None


@dataclass(frozen=True, slots=True)
class KeyPair:
    private: bytes
    public: bytes

    @classmethod
    def fresh(cls) -> KeyPair:
        key = X25519PrivateKey.generate()
        return cls(key.private_bytes_raw(), key.public_key().public_bytes_raw())


# --- an opener's key, under his passphrase -----------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Locked:
    """An opener's key at rest: nobody opens it without the passphrase, which is kept nowhere."""

    public: bytes
    salt: bytes
    private: bytes


def _under(passphrase: str, salt: bytes) -> ChaCha20Poly1305:
    with _DERIVING:
        return ChaCha20Poly1305(Argon2id(salt=bytes(salt), **_PASSPHRASE_COST).derive(passphrase.encode()))


def lock(passphrase: str, context: str) -> Locked:
    """A fresh key pair of an opener, its private half locked; proved by being unlocked again at once."""
    pair, salt = KeyPair.fresh(), os.urandom(_SALT)
    # The nonce may be constant: salt, and with it the key, is used for this one message.
    locked = Locked(pair.public, salt, _under(passphrase, salt).encrypt(bytes(12), pair.private, context.encode()))
    if unlock(locked, passphrase, context) != pair.private:
        raise Unopenable
    return locked


def unlock(locked: Locked, passphrase: str, context: str) -> bytes:
    """The opener's private key. Raises Unopenable for a wrong passphrase."""
    try:
        return _under(passphrase, locked.salt).decrypt(bytes(12), bytes(locked.private), context.encode())
    except InvalidTag:
        raise Unopenable from None


# --- the tender's key, for pairs of openers ----------------------------------------------------------------------
def nest(private_key: bytes, openers: dict[int, bytes], context: str) -> dict[tuple[int, int], bytes]:
    """The tender's private key for every ordered pair (first, second): `openers` maps an opener to his public key.

    The first opener's layer lies outside, the second's inside; what the first one takes off leaves a secret that is
    still sealed and may be stored.
    """
    return {
        (first, second): wrap(
            wrap(private_key, openers[second], _inner(context, second)), openers[first], _outer(context, first, second)
        )
        for first, second in permutations(openers, 2)
    }


def take_off_outer(nested: bytes, private_key: bytes, context: str, first: int, second: int) -> bytes:
    """What is left when the first opener has taken off his layer: sealed for the second. Raises Unopenable."""
    return unwrap(nested, private_key, _outer(context, first, second))


def put_on_outer(inner: bytes, public_key: bytes, context: str, first: int, second: int) -> bytes:
    """Close a half-open secret again for another first opener, without the tender's key being seen by anybody."""
    return wrap(inner, public_key, _outer(context, first, second))


def take_off_inner(inner: bytes, private_key: bytes, context: str, second: int) -> bytes:
    """The tender's private key, in the hands of the second opener. Raises Unopenable."""
    return unwrap(inner, private_key, _inner(context, second))


def _outer(context: str, first: int, second: int) -> str:
    return f"{context}/first:{first}/second:{second}"


def _inner(context: str, second: int) -> str:
    return f"{context}/second:{second}"
