"""Security keys and passkeys (WebAuthn level 2), by py_webauthn: challenges, and what comes back for them.

A key is bound to the host of the page; the browser refuses it on an address without a name (127.0.0.1).
"""
from __future__ import annotations

import json
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils import timezone
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.accounts.models import User

from .models import SecurityKey

CHALLENGE = "key_challenge"  # name in the session; a challenge is taken once


class KeyRefused(Exception):
    """What the key sent does not fit the challenge, the address or the person."""


def host_of(request: HttpRequest) -> str:
    """The name of the page's host, to which keys are bound."""
    return urlsplit(f"//{request.get_host()}").hostname or ""


def origin_of(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def registration_options(request: HttpRequest, user: User, *, site: str) -> str:
    """What the browser needs to make a key for this person, as JSON; keys he has are not made twice."""
    options = generate_registration_options(
        rp_id=host_of(request), rp_name=site, user_id=f"person-{user.pk}".encode(), user_name=user.username,
        user_display_name=user.name, exclude_credentials=_descriptors(SecurityKey.objects.filter(user=user)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    request.session[CHALLENGE] = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def register(request: HttpRequest, user: User, *, name: str, answer: str) -> SecurityKey:
    """Enrol the key that answered. Raises KeyRefused."""
    challenge = _taken_challenge(request)
    try:
        made = verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=host_of(request), expected_origin=origin_of(request),
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise KeyRefused from error
    if SecurityKey.objects.filter(credential_id=made.credential_id).exists():
        raise KeyRefused
    return SecurityKey.objects.create(
        user=user, name=name, credential_id=made.credential_id, public_key=made.credential_public_key,
        sign_count=made.sign_count, relying_party=host_of(request), transports=_transports(answer),
    )


def authentication_options(request: HttpRequest, user: User) -> str:
    """What the browser needs to ask one of the person's keys, as JSON; "" when none was made for this host."""
    keys = list(SecurityKey.objects.filter(user=user, relying_party=host_of(request)))
    if not keys:
        return ""
    options = generate_authentication_options(
        rp_id=host_of(request), allow_credentials=_descriptors(keys), user_verification=UserVerificationRequirement.PREFERRED
    )
    request.session[CHALLENGE] = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def takes_answer(request: HttpRequest, user: User, answer: str) -> bool:
    """Whether one of the person's keys signed the challenge that this session was given; the challenge is spent."""
    try:
        challenge = _taken_challenge(request)
        credential = parse_authentication_credential_json(answer)
        key = SecurityKey.objects.get(user=user, credential_id=credential.raw_id, relying_party=host_of(request))
        verified = verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=host_of(request),
            expected_origin=origin_of(request), credential_public_key=bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
        )
    except (SecurityKey.DoesNotExist, KeyRefused, WebAuthnException, ValueError, KeyError, TypeError):
        return False
    key.sign_count, key.used_at = verified.new_sign_count, timezone.now()
    key.save(update_fields=["sign_count", "used_at"])
    return True


def _taken_challenge(request: HttpRequest) -> bytes:
    challenge = request.session.pop(CHALLENGE, None)
    if not challenge:
        raise KeyRefused
    return base64url_to_bytes(challenge)


def _descriptors(keys) -> list[PublicKeyCredentialDescriptor]:
    known = {each.value: each for each in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(id=bytes(key.credential_id), transports=[known[t] for t in key.transports if t in known] or None)
        for key in keys
    ]


def _transports(answer: str) -> list[str]:
    """How the key is reached, as the browser says; a hint for next time, so only known words are kept."""
    said = json.loads(answer).get("response", {}).get("transports") or []
    known = {each.value for each in AuthenticatorTransport}
    return [word for word in said if word in known]
