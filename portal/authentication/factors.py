"""Second factors of a person: which he has, and whether what he brings now is one of them."""
from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

import pyotp
import segno
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.accounts.models import User

from . import vault
from .models import AuthenticatorApp, RecoveryCode, SecurityKey

CODES = 10
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that looks like something else
_STEP = 30  # seconds, RFC 6238
_DRIFT = 1  # steps a phone's clock may be off, either way


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a person has enrolled."""

    apps: int = 0
    keys: int = 0
    codes: int = 0  # recovery codes that are left

    def __bool__(self) -> bool:
        return bool(self.apps or self.keys)


def enrolled(user: User) -> Enrolled:
    """What of second factors the person has; false when none. Recovery codes alone are none."""
    return Enrolled(
        apps=AuthenticatorApp.objects.filter(user=user).count(), keys=SecurityKey.objects.filter(user=user).count(),
        codes=RecoveryCode.objects.filter(user=user, used_at=None).count(),
    )


def has_factor(user: User) -> bool:
    return AuthenticatorApp.objects.filter(user=user).exists() or SecurityKey.objects.filter(user=user).exists()


# --- authenticator apps ----------------------------------------------------------------------------------------------
def new_secret() -> str:
    return pyotp.random_base32()


def provisioning(secret: str, user: User) -> str:
    """The address that the QR code carries into the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=settings.JURISDICTION or "portal")


def qr_code(address: str) -> str:
    """The image for `src`; never kept, because the secret is in it."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=2, dark="#000", light="#fff")


def step_of(secret: str, code: str) -> int | None:
    """The thirty seconds a code belongs to, when it is right and near enough to now."""
    code, totp = code.replace(" ", ""), pyotp.TOTP(secret)
    now = int(timezone.now().timestamp()) // _STEP
    if len(code) != 6 or not code.isascii() or not code.isdigit():
        return None
    return next(
        (step for step in range(now - _DRIFT, now + _DRIFT + 1) if secrets.compare_digest(totp.at(step * _STEP), code)), None
    )


def add_app(user: User, *, name: str, secret: str, step: int) -> AuthenticatorApp:
    """Enrol an app that has shown its first code (of `step`)."""
    return AuthenticatorApp.objects.create(
        user=user, name=name, sealed_secret=vault.seal(secret.encode(), purpose=_purpose(user)), last_step=step,
    )


@transaction.atomic
def takes_code(user: User, code: str) -> bool:
    """Whether the six digits are those of one of the person's apps, and have not been used before."""
    for app in AuthenticatorApp.objects.select_for_update().filter(user=user):
        try:
            secret = vault.unseal(app.sealed_secret, purpose=_purpose(user)).decode()
        except vault.SealBroken:
            continue
        step = step_of(secret, code)
        if step is not None and step > app.last_step:
            app.last_step, app.used_at = step, timezone.now()
            app.save(update_fields=["last_step", "used_at"])
            return True
    return False


def _purpose(user: User) -> str:
    return f"app:{user.pk}"


# --- recovery codes --------------------------------------------------------------------------------------------------
@transaction.atomic
def new_codes(user: User) -> list[str]:
    """Ten fresh codes, shown once; earlier ones are void."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(_ALPHABET) for _each in range(16)) for _code in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes]


def takes_recovery_code(user: User, code: str) -> bool:
    """Whether it is one of the person's codes; it is good once."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return bool(RecoveryCode.objects.filter(user=user, digest=_digest(user, plain), used_at=None).update(used_at=timezone.now()))


def _digest(user: User, code: str) -> str:
    """Eighty random bits need no slow hash; the person is in it, so that digests of two people never meet."""
    return hashlib.sha256(f"{user.pk}:{code}".encode()).hexdigest()


# --- taking away -----------------------------------------------------------------------------------------------------
@transaction.atomic
def remove(user: User, kind: str, pk: int) -> AuthenticatorApp | SecurityKey | None:
    """Take away one factor of the person's; with the last one its recovery codes go. None when it is not his."""
    model = {"app": AuthenticatorApp, "key": SecurityKey}.get(kind)
    found = model.objects.filter(user=user, pk=pk).first() if model else None
    if found is not None:
        found.delete()
        if not has_factor(user):
            RecoveryCode.objects.filter(user=user).delete()
    return found
