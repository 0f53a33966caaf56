"""The seal on papers: made with the installation's own certificate or the organisation's, and broken by any change."""
from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from portal.signing import certificates, checks
from portal.signing.certificates import NoSeal, material
from portal.signing.digests import digest_of, is_available
from portal.signing.seal import examine, seal
from script.children import ROOT


@pytest.fixture
def blank() -> bytes:
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.docinfo["/Title"] = "合同"
        document.save(out)
    return out.getvalue()


@pytest.fixture
def place(settings, tmp_path) -> Path:
    """An installation of its own, without a certificate so far."""
    settings.VAR_DIR, settings.SEAL_DIR = tmp_path, tmp_path / "seal"
    settings.SEAL_PAPERS, settings.SEAL_CERTIFICATE, settings.SEAL_ROOTS = True, "", ""
    return tmp_path


def test_a_sealed_paper_is_whole_and_says_who_sealed_it(blank, place):
    sealed = seal(blank)
    assert sealed.startswith(blank)  # nothing in it changes
    found = examine(sealed)
    assert (found.state, found.trusted, found.self_made, found.light) == ("intact", True, True, "green")
    assert "自制证书" in found.signer
    assert timezone.now() - found.at < timedelta(minutes=1)


def test_the_certificate_is_made_once_and_its_key_is_readable_to_nobody_else(blank, place):
    first = seal(blank)
    certificate = (place / "seal" / "certificate.pem").read_bytes()
    certificates.make(place / "seal")  # another process was as quick
    assert (place / "seal" / "certificate.pem").read_bytes() == certificate
    assert [path.name for path in place.iterdir()] == ["seal"]
    assert (place / "seal" / "key.pem").stat().st_mode & 0o077 == 0
    assert examine(first).state == "intact"


@pytest.mark.parametrize("where", ["in the paper", "in the seal", "behind it"])
def test_any_change_breaks_it(blank, place, where):
    sealed = seal(blank)
    if where == "behind it":
        changed = sealed + b"\n% one more line\n"
    elif where == "in the paper":
        changed = sealed.replace(b"612", b"613", 1)  # the width of the page
    else:
        begin = sealed.index(b"/Contents <") + len(b"/Contents <")
        used = sealed[begin : sealed.index(b">", begin)].rstrip(b"0")
        at = begin + len(used) - 40  # within the signature's value, which comes last
        changed = sealed[:at] + (b"1" if sealed[at : at + 1] != b"1" else b"2") + sealed[at + 1 :]
    assert changed != sealed
    assert examine(changed).state == "broken"


def test_pages_added_after_the_seal_break_it(blank, place):
    out = BytesIO()
    with pikepdf.open(BytesIO(seal(blank))) as document:
        document.add_blank_page()
        document.save(out)
    assert examine(out.getvalue()).state == "broken"


def test_what_has_no_seal_and_what_is_no_pdf(blank, place):
    assert examine(blank).state == "none"
    assert examine(b"no pdf at all").state == "broken"


def test_a_seal_of_somebody_else_is_whole_but_not_trusted(blank, place, settings, tmp_path):
    foreign = seal(blank)
    settings.SEAL_DIR = tmp_path / "another"
    found = examine(foreign)
    assert (found.state, found.trusted, found.light) == ("intact", False, "yellow")


SECOND_HOST = """
import sys
from pathlib import Path

import django

django.setup()
from portal.signing.seal import examine, seal

blank, sealed = map(Path, sys.argv[1:])
if not sealed.exists():
    sealed.write_bytes(seal(blank.read_bytes()))
print(examine(sealed.read_bytes()).trusted)
"""


def test_hosts_that_share_the_folder_of_the_seal_trust_what_the_others_seal(blank, tmp_path):
    (tmp_path / "blank.pdf").write_bytes(blank)
    told = []
    for host, folder in (("one", "shared"), ("two", "shared"), ("three", "its own")):
        (tmp_path / host).mkdir()
        done = subprocess.run(
            [sys.executable, "-c", SECOND_HOST, str(tmp_path / "blank.pdf"), str(tmp_path / "sealed.pdf")], cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings", "PORTAL_VAR": str(tmp_path / host),
                 "SEAL_DIR": str(tmp_path / folder)}, capture_output=True, text=True,
        )  # fmt: skip
        told.append(done.stdout.strip() or done.stderr)
    assert told == ["True", "True", "False"]


# --- the organisation's own ------------------------------------------------------------------------------------------


def issued(folder: Path, *, valid_days: int = 30) -> tuple[Path, Path, Path]:
    """A root, and a certificate it issued: key (under a passphrase), chain, roots."""
    now, made = timezone.now(), {}
    for who, issuer in (("root", "root"), ("organisation", "root")):
        key = ec.generate_private_key(ec.SECP256R1())
        made[who] = key
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"某市{who}")])
        by = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"某市{issuer}")])
        usage = x509.KeyUsage(who != "root", who != "root", False, False, False, who == "root", who == "root", False, False)
        builder = (
            x509.CertificateBuilder().subject_name(name).issuer_name(by).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=valid_days)).add_extension(usage, critical=True)
            .add_extension(x509.BasicConstraints(ca=who == "root", path_length=None), critical=True)
        )  # fmt: skip
        pem = builder.sign(made[issuer], hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        (folder / f"{who}.pem").write_bytes(pem)
    locked = made["organisation"].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"open sesame")
    )
    (folder / "key.pem").write_bytes(locked)
    return folder / "key.pem", folder / "organisation.pem", folder / "root.pem"


@pytest.fixture
def organisation(settings, place, tmp_path):
    key, chain, roots = issued(tmp_path)
    settings.SEAL_KEY, settings.SEAL_CERTIFICATE, settings.SEAL_ROOTS = str(key), str(chain), str(roots)
    settings.SEAL_PASSPHRASE = "open sesame"
    return settings


def test_the_organisations_certificate_seals_and_is_trusted_by_its_root(blank, organisation):
    sealed = seal(blank)
    found = examine(sealed)
    assert (found.state, found.trusted, found.self_made, found.signer) == ("intact", True, False, "某市organisation")
    organisation.SEAL_ROOTS = ""
    assert not examine(sealed).trusted
    assert not (organisation.VAR_DIR / "seal").exists()
    assert checks.seal_can_be_read(None) == []


def test_what_is_wrong_with_it_is_said_at_the_start(organisation, tmp_path):
    organisation.SEAL_PASSPHRASE = "wrong"
    with pytest.raises(NoSeal):
        material()
    assert [error.id for error in checks.seal_can_be_read(None)] == ["signing.E003"]
    organisation.SEAL_PASSPHRASE = "open sesame"
    organisation.SEAL_CERTIFICATE = organisation.SEAL_ROOTS  # not the certificate of this key
    with pytest.raises(NoSeal):
        material()
    other = tmp_path / "old"
    other.mkdir()
    key, chain, _roots = issued(other, valid_days=-1)
    organisation.SEAL_KEY, organisation.SEAL_CERTIFICATE = str(key), str(chain)
    assert [warning.id for warning in checks.seal_can_be_read(None)] == ["signing.W001"]


def test_where_papers_are_not_sealed_they_stay_as_they_are(blank, place, settings):
    settings.SEAL_PAPERS = False
    assert seal(blank) == blank
    assert not (place / "seal").exists()


# --- digests ---------------------------------------------------------------------------------------------------------


def test_digests_by_both_algorithms(settings):
    assert digest_of(BytesIO(b"abc"), "sm3") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905, A.1
    assert digest_of(BytesIO(b"abc"), "sha256") == hashlib.sha256(b"abc").hexdigest()
    settings.SIGNATURE_DIGEST = "sm3"
    assert digest_of(BytesIO(b"abc")).startswith("66c7f0f4")
    assert not is_available("md5")
    assert not is_available("sm99")


def test_an_algorithm_that_is_not_there_is_said_at_the_start(settings):
    assert checks.digests_are_available(None) == []
    settings.SIGNATURE_DIGEST, settings.AUDIT_DIGEST = "md5", "sm4"
    assert [error.id for error in checks.digests_are_available(None)] == ["signing.E001", "signing.E002"]
