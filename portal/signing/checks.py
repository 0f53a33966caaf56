"""What is wrong with the settings of seals and signatures is said at every start."""
from __future__ import annotations

from django.conf import settings
from django.core.checks import Error, Warning
from django.utils import timezone

from .certificates import NoSeal, is_valid_at, material
from .digests import ALGORITHMS, is_available


def digests_are_available(app_configs, **more) -> list:
    return [
        Error(f"{name}: choose one of {', '.join(ALGORITHMS)} that this machine's OpenSSL has.", id=f"signing.E00{number}")
        for number, name in enumerate(("AUDIT_DIGEST", "SIGNATURE_DIGEST"), 1)
        if not is_available(getattr(settings, name))
    ]


def seal_can_be_read(app_configs, **more) -> list:
    """Only where the organisation's own is configured: the one made here comes to be with the first paper."""
    if not settings.SEAL_PAPERS or not settings.SEAL_CERTIFICATE:
        return []
    try:
        certificate = material().certificate
    except NoSeal as error:
        return [Error(f"The seal cannot be used: {error}", id="signing.E003")]
    if not is_valid_at(certificate, timezone.now()):
        return [Warning("The certificate of the seal is not valid now.", id="signing.W001")]
    return []
