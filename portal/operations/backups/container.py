"""The file that a backup is: a tar of parts, their list as the last part, one digest over all of it, and age around it.

    tar:  database · files/… · secret_key · seal/… · manifest.json
    then: portal-backup-1 sha256 <digest of every byte before this line>

`tar` reads it, and `age --decrypt` opens it, without the portal. Every byte stands under a digest: of its part, which is
then named, or else of the whole. Encrypted to a recipient's public key, so that the server which makes the copies cannot
read them.
"""
from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyrage

FORMAT = "portal-backup-1"
MANIFEST = "manifest.json"
KEYS = ("secret_key", "seal/key.pem", "seal/certificate.pem")  # of the installation, where it made them itself
CHUNK = 1024 * 1024
_SEAL = f"{FORMAT} sha256 "
_SEAL_LENGTH = len(_SEAL) + 64 + 1
_AGE = b"age-encryption.org/"


class Damaged(Exception):
    """The backup is not what was written, or cannot be read with this key; the text names the place."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part as it was written or read."""

    path: str
    size: int
    sha256: str

    def as_row(self) -> dict:
        return {"path": self.path, "size": self.size, "sha256": self.sha256}


# --- writing ---------------------------------------------------------------------------------------------------------
class Writer:
    """Takes parts one after the other and writes their list last; use inside `written_to`."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = _Counted(out)
        self._tar = tarfile.open(fileobj=self._out, mode="w|", bufsize=CHUNK, format=tarfile.PAX_FORMAT)  # noqa: SIM115  closed by `finish`
        self.parts: list[Part] = []

    def add(self, path: str, stream: BinaryIO, size: int) -> Part:
        """Write one part of exactly `size` bytes."""
        info = tarfile.TarInfo(path)
        info.size, info.mode, info.mtime = size, 0o600, int(time.time())
        source = _Counted(stream)
        self._tar.addfile(info, source)
        part = Part(path, size, source.running.hexdigest())
        self.parts.append(part)
        return part

    def finish(self, manifest: dict) -> None:
        """Write the list of parts and the digest over everything."""
        content = json.dumps({**manifest, "format": FORMAT, "parts": [part.as_row() for part in self.parts]}, indent=1).encode()
        self.add(MANIFEST, io.BytesIO(content), len(content))
        self._tar.close()
        self._out.stream.write(f"{_SEAL}{self._out.running.hexdigest()}\n".encode())


class _Counted:
    """A stream whose bytes are digested on their way."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.running = stream, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.running.update(data)
        self.stream.write(data)
        return len(data)

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size)
        self.running.update(data)
        return data


@contextmanager
def written_to(path: Path, recipients: list[str]) -> Iterator[Writer]:
    """A writer whose file gets its name only when it is whole; readable by its owner alone."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            if recipients:
                keys = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
                with _through(lambda source, _sink: pyrage.encrypt_io(source, file, keys), writing=True) as pipe:
                    yield Writer(pipe)
            else:
                yield Writer(file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _through(work: Callable[[BinaryIO | None, BinaryIO | None], None], *, writing: bool) -> Iterator[BinaryIO]:
    """One end of a pipe, at whose other end a thread encrypts or decrypts; its failure is raised here as Damaged."""
    reading_end, writing_end = (os.fdopen(number, mode) for number, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    ours, theirs = (writing_end, reading_end) if writing else (reading_end, writing_end)
    failures: list[Exception] = []

    def run() -> None:
        try:
            with theirs:
                work(theirs if writing else None, None if writing else theirs)
        except (pyrage.EncryptError, pyrage.DecryptError, OSError) as error:
            failures.append(error)

    thread = threading.Thread(target=run, name="age", daemon=True)
    thread.start()
    try:
        yield ours
    except BrokenPipeError:
        thread.join()
        raise Damaged(f"it could not be encrypted: {failures}") from None
    finally:
        ours.close()
        thread.join()
    if failures:
        raise Damaged(str(failures[0]))


# --- reading ---------------------------------------------------------------------------------------------------------
class _Sealed:
    """What stands before the last line, digested; the line itself is held back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._held, self._running = stream, b"", hashlib.sha256()

    def read(self, size: int = CHUNK) -> bytes:
        while len(self._held) < size + _SEAL_LENGTH and (data := self._stream.read(CHUNK)):
            self._held += data
        given, self._held = self._held[:-_SEAL_LENGTH][:size], self._held[min(size, max(0, len(self._held) - _SEAL_LENGTH)) :]
        self._running.update(given)
        return given

    def is_whole(self) -> bool:
        while self.read():
            pass
        return self._held == f"{_SEAL}{self._running.hexdigest()}\n".encode()


def is_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_AGE)) == _AGE


def read(path: Path, identity: str, keep: Callable[[str, BinaryIO], None]) -> dict:
    """Read a backup from its first byte to its last, give each part to `keep`, and return its list of parts.

    `keep(name, stream)` may leave bytes unread. Raises Damaged, which names the part, when any byte is not what was
    written; what `keep` has stored by then must not be used.
    """
    with path.open("rb") as file:
        if not is_encrypted(path):
            return _Reading(file, keep).run()
        if not identity:
            raise Damaged("it is encrypted: its identity (the secret key) is needed")
        reading = None
        try:
            key = pyrage.x25519.Identity.from_str(identity)
            with _through(lambda _source, sink: pyrage.decrypt_io(file, sink, [key]), writing=False) as pipe:
                reading = _Reading(pipe, keep)
                return reading.run()
        except pyrage.IdentityError:
            raise Damaged("the identity is not an age secret key") from None
        except Damaged as damage:
            place = f" ({reading.place})" if reading and reading.place not in str(damage) else ""
            raise Damaged(f"{damage}{place}") from None


class _Reading:
    """One pass over the parts of a backup."""

    def __init__(self, stream: BinaryIO, keep: Callable[[str, BinaryIO], None]) -> None:
        self._sealed, self._keep = _Sealed(stream), keep
        self.place = "at its beginning"

    def run(self) -> dict:
        found, content = self._parts()
        whole = self._sealed.is_whole()
        manifest = _manifest(content, self.place)
        _compare(manifest["parts"], found)
        if not whole:
            raise Damaged("the digest over the whole file does not fit, though that of every part does: bytes between the parts")
        return manifest

    def _parts(self) -> tuple[dict[str, Part], bytes]:
        found: dict[str, Part] = {}
        content = b""
        try:
            with tarfile.open(fileobj=self._sealed, mode="r|", bufsize=CHUNK) as tar:
                for info in tar:
                    self.place = f"in {info.name}"
                    stream = _Counted(tar.extractfile(info) or io.BytesIO())
                    if info.name == MANIFEST:
                        content = stream.read()
                    else:
                        self._keep(info.name, stream)
                        while stream.read(CHUNK):
                            pass
                        found[info.name] = Part(info.name, info.size, stream.running.hexdigest())
                    self.place = f"after {info.name}"
        except (tarfile.TarError, EOFError, ValueError) as error:
            raise Damaged(f"it breaks off {self.place}: {error}") from None
        return found, content


def _manifest(content: bytes, place: str) -> dict:
    if not content:
        raise Damaged(f"it breaks off {place}; its list of parts is missing")
    try:
        manifest = json.loads(content)
        if manifest["format"] != FORMAT:
            raise Damaged(f"its format is {manifest['format']}, not {FORMAT}")
        return {**manifest, "parts": {row["path"]: Part(**row) for row in manifest["parts"]}}
    except (ValueError, KeyError, TypeError):
        raise Damaged(f"{MANIFEST} was changed") from None


def _compare(listed: dict[str, Part], found: dict[str, Part]) -> None:
    changed = [path for path in listed if path in found and listed[path] != found[path]]
    missing, foreign = sorted(listed.keys() - found.keys()), sorted(found.keys() - listed.keys())
    said = [
        f"{what}: {', '.join(paths[:5])}" + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
        for what, paths in (("changed", changed), ("missing", missing), ("not in its list", foreign)) if paths
    ]
    if said:
        raise Damaged("; ".join(said))
