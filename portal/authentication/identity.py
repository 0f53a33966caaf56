"""A government's unified identity (OpenID Connect): it says which person comes, and nothing about what he may do.

Code flow with PKCE, state and nonce, by Authlib. Nobody is made and no right is given here: a subject is bound to an existing
person by that person, after he has signed in (an accepted invitation is such a sign-in) and shown himself.
"""
from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import lru_cache

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from joserfc.errors import JoseError
from requests import RequestException

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.accounts.presence import ask_presence
from portal.audit.record import note

from .models import Identity

CLAIMED, WANTED = "claimed_identity", "identity_wanted"  # names in the session
CLAIM_LASTS = timedelta(minutes=15)
#: Signatures with the provider's private key alone; never "none", never with a secret we share with it.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"})
TIMEOUT = 10  # seconds to wait for the provider


class IdentityRefused(Exception):
    """The provider's answer is missing, forged, stale or not for us; or the provider cannot be reached."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who the provider says has come."""

    issuer: str
    subject: str
    label: str


def is_offered() -> bool:
    return bool(settings.IDENTITY_ISSUER)


class _Provider(DjangoOAuth2App):
    """Believes no algorithm but ours, whatever the provider's discovery document offers."""

    def load_server_metadata(self) -> dict:
        metadata = super().load_server_metadata()
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [each for each in offered if each in ALGORITHMS]
        return metadata


@lru_cache(maxsize=4)
def _client(issuer: str, client_id: str, secret: str):
    return OAuth().register(
        "identity", client_cls=_Provider, client_id=client_id, client_secret=secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "default_timeout": TIMEOUT},
    )


def _provider():
    return _client(settings.IDENTITY_ISSUER, settings.IDENTITY_CLIENT_ID, settings.IDENTITY_CLIENT_SECRET)


def send_there(request: HttpRequest, *, wanted: str) -> HttpResponse:
    """To the provider, with state, nonce and verifier kept in the session. Raises IdentityRefused when it is out of reach."""
    request.session[WANTED] = wanted
    try:
        return _provider().authorize_redirect(request, request.build_absolute_uri(reverse("authentication:identity_callback")))
    except (RequestException, AuthlibBaseError, RuntimeError, ValueError) as error:
        raise IdentityRefused from error


def claimed_in(request: HttpRequest) -> Claim:
    """Who comes back: exchanges the code and checks signature, issuer, audience, nonce and time. Raises IdentityRefused."""
    asked = {
        "iss": {"essential": True, "values": [settings.IDENTITY_ISSUER]}, "sub": {"essential": True},
        "aud": {"essential": True, "values": [settings.IDENTITY_CLIENT_ID]}, "nonce": {"essential": True},
        "exp": {"essential": True},
    }
    try:
        token = _provider().authorize_access_token(request, claims_options=asked)
        claims = token["userinfo"]
    except (AuthlibBaseError, JoseError, RequestException, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise IdentityRefused from error
    label = claims.get("name") or claims.get("preferred_username") or ""
    return Claim(claims["iss"], str(claims["sub"])[:255], str(label)[:120])


def person_of(claim: Claim) -> User | None:
    """The person this subject was bound to, if he is still one of ours."""
    found = Identity.objects.select_related("user").filter(issuer=claim.issuer, subject=claim.subject, user__is_active=True).first()
    return found.user if found else None


def keep(session, claim: Claim) -> None:
    """Remember who came, until somebody signs in and says that it is he."""
    session[CLAIMED] = {**asdict(claim), "at": timezone.now().timestamp()}


def kept(session) -> Claim | None:
    found = session.get(CLAIMED)
    if not found or timezone.now().timestamp() - found["at"] > CLAIM_LASTS.total_seconds():
        return None
    return Claim(found["issuer"], found["subject"], found["label"])


def bind(claim: Claim, *, actor: Actor) -> Identity | None:
    """This person says that the subject is he, and shows himself; None when it, or he, is bound already."""
    ask_presence(actor, password_will_do=True)
    try:
        with transaction.atomic():
            made = Identity.objects.create(user=actor.user, issuer=claim.issuer, subject=claim.subject, label=claim.label)
            note(actor=actor, what="identity_bound", subject=str(actor.user_id), label=claim.label or claim.subject,
                 facts={"issuer": claim.issuer, "subject": claim.subject})
    except IntegrityError:
        return None
    return made


@transaction.atomic
def unbind(pk: int, *, actor: Actor) -> Identity | None:
    """The person takes it back; None when it is not his."""
    ask_presence(actor, password_will_do=True)
    found = Identity.objects.filter(pk=pk, user=actor.user).first()
    if found is not None:
        note(actor=actor, what="identity_unbound", subject=str(actor.user_id), label=found.label or found.subject,
             facts={"issuer": found.issuer, "subject": found.subject})
        found.delete()
    return found
