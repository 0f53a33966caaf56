"""The key and certificate of the portal's seal: the organisation's own, or one made here at set-up, which vouches for nobody.

A certificate made here shows that a paper came from this installation and was not changed since; that the installation is
whose it says, only a certificate of a recognised authority shows (`SEAL_CERTIFICATE`, `SEAL_KEY`, `SEAL_ROOTS`).
"""
from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone

KEY, CERTIFICATE = "key.pem", "certificate.pem"
YEARS = 10


class NoSeal(Exception):
    """The configured key or certificate cannot be read, or they do not belong together."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a seal is made with: the key (DER, PKCS 8), the certificate and those above it, the roots that are trusted."""

    key: bytes
    chain: tuple[x509.Certificate, ...]
    roots: tuple[x509.Certificate, ...]
    self_made: bool

    @property
    def certificate(self) -> x509.Certificate:
        return self.chain[0]


def material() -> Material:
    """The organisation's, where it is configured; else that of this installation, made on first use. Raises NoSeal."""
    own = settings.SEAL_CERTIFICATE
    folder = settings.SEAL_DIR
    if not own and not folder.exists():
        make(folder)
    key_file, chain_file = (Path(settings.SEAL_KEY), Path(own)) if own else (folder / KEY, folder / CERTIFICATE)
    files = (key_file, chain_file, *([Path(settings.SEAL_ROOTS)] if settings.SEAL_ROOTS else []))
    try:
        return _read(files, settings.SEAL_PASSPHRASE if own else "", tuple(file.stat().st_mtime_ns for file in files), bool(own))
    except (OSError, ValueError, TypeError) as error:
        raise NoSeal(str(error)) from error


@lru_cache(maxsize=4)
def _read(files: tuple[Path, ...], passphrase: str, changed: tuple[int, ...], own: bool) -> Material:
    """Kept until one of the files is another: reading a key checks it, which takes a tenth of a second."""
    key_file, chain_file, *roots_file = files
    key = serialization.load_pem_private_key(key_file.read_bytes(), passphrase.encode() or None)
    chain = tuple(x509.load_pem_x509_certificates(chain_file.read_bytes()))
    roots = tuple(x509.load_pem_x509_certificates(roots_file[0].read_bytes())) if roots_file else ()
    if key.public_key() != chain[0].public_key():
        raise ValueError("the key is not that of the certificate")
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Material(der, chain, roots or (() if own else chain), self_made=not own)


def make(folder: Path) -> None:
    """Make a key and a certificate of this installation's own; of two processes that do it at once one wins."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, (settings.JURISDICTION or "portal")[:64]),
        x509.NameAttribute(NameOID.COMMON_NAME, "政府购买服务平台（自制证书）"),
    ])
    now = timezone.now()
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * YEARS)).add_extension(usage, critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix="seal-"))
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for file, content in ((KEY, private), (CERTIFICATE, certificate.public_bytes(serialization.Encoding.PEM))):
        with os.fdopen(os.open(made / file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
    try:
        made.rename(folder)
    except OSError:
        shutil.rmtree(made)


def is_valid_at(certificate: x509.Certificate, moment: datetime) -> bool:
    return certificate.not_valid_before_utc <= moment.astimezone(UTC) <= certificate.not_valid_after_utc
