"""The portal's seal: a digital signature over the whole PDF (PAdES, by pyHanko), and what it says of a PDF that comes back."""
from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import BinaryIO

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils.translation import gettext

from .certificates import Material, material

FIELD = "Seal"
BROKEN, NONE, INTACT = "broken", "none", "intact"


@dataclass(frozen=True, slots=True)
class SealState:
    """What the seal of a PDF says. `trusted`: the certificate leads to a root that this installation trusts."""

    state: str
    signer: str = ""
    at: datetime | None = None
    trusted: bool = False
    self_made: bool = False

    @property
    def light(self) -> str:
        """Colour of the light beside the words."""
        return {INTACT: "green" if self.trusted else "yellow", BROKEN: "red"}.get(self.state, "none")

    @property
    def words(self) -> str:
        if self.state == NONE:
            return gettext("文件没有电子印章")
        if self.state == BROKEN:
            return gettext("电子印章无效：文件在盖章之后被改动，或者印章是伪造的")
        if not self.trusted:
            return gettext("电子印章完好，但签发证书的机构不在本平台信任之列")
        if self.self_made:
            return gettext("电子印章完好，由本平台自制证书签发")
        return gettext("电子印章完好，证书可信")


def seal(pdf: bytes) -> bytes:
    """The PDF with the portal's seal, added behind its bytes so that nothing in it changes. Raises NoSeal."""
    if not settings.SEAL_PAPERS:
        return pdf
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigSeedSubFilter

    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason="政府购买服务平台签发",
        location=settings.JURISDICTION or None,
    )
    out = signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), meta, signer=_signer(material()))
    return out.getvalue()


@lru_cache(maxsize=2)
def _signer(made_with: Material):
    from asn1crypto import keys, x509
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    store = SimpleCertificateStore()
    chain = [x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in made_with.chain]
    store.register_multiple(chain)
    return signers.SimpleSigner(
        signing_cert=chain[0], signing_key=keys.PrivateKeyInfo.load(made_with.key), cert_registry=store
    )


def examine(pdf: bytes | BinaryIO) -> SealState:
    """Check the last seal of a PDF: is it whole, does it cover every byte, do we trust who made it."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError

    logging.getLogger("pyhanko_certvalidator").setLevel(logging.ERROR)
    logging.getLogger("pyhanko.sign").setLevel(logging.CRITICAL)  # a broken seal is an answer here, not a fault
    stream = BytesIO(pdf) if isinstance(pdf, bytes) else pdf
    try:
        found = PdfFileReader(stream, strict=False).embedded_signatures
        if not found:
            return SealState(NONE)
        made_with = material()
        status = validate_pdf_signature(found[-1], _context(made_with.roots, found[-1].self_reported_timestamp))
        whole = status.intact and status.valid and status.coverage.name == "ENTIRE_FILE"
    except (PdfError, SigningError, SignatureValidationError, ValueError, KeyError, TypeError, IndexError):
        return SealState(BROKEN)
    name = status.signing_cert.subject.native
    return SealState(
        INTACT if whole else BROKEN, str(name.get("common_name") or name.get("organization_name") or ""),
        status.signer_reported_dt, trusted=whole and status.trusted,
        self_made=made_with.self_made and status.signing_cert.dump() == made_with.certificate.public_bytes(Encoding.DER),
    )


def _context(roots, moment: datetime | None):
    """Trust what the installation trusts, at the moment of sealing; nothing is fetched from anywhere."""
    from asn1crypto import x509
    from pyhanko_certvalidator import ValidationContext

    trusted = [x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in roots]
    return ValidationContext(trust_roots=trusted, allow_fetching=False, moment=moment)
