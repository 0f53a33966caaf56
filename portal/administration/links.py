"""One-time links: signed with the installation's key, never stored, worth nothing once they were used (ADM-03).

What makes a link work once is not in the link: an invitation leaves the state SENT, a new password changes what the
reset link was signed over, and the first administrator's link is dead as soon as there is an administrator.
"""
from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.http import base36_to_int, int_to_base36

from portal.accounts.models import User

from .models import Invitation

SETUP_VALID = timedelta(hours=24)
_INVITATION, _SETUP = "administration.invitation", "administration.setup"


def absolute(path: str) -> str:
    """A path as it stands in a letter."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


# --- invitations ------------------------------------------------------------------------------------------------------
def invitation_link(invitation: Invitation) -> str:
    """The way in for the invited person; another round makes another link."""
    token = signing.dumps([invitation.pk, invitation.round], salt=_INVITATION)
    return absolute(reverse("administration:accept", args=[token]))


def invitation_of(token: str) -> Invitation | None:
    """The invitation a link belongs to, whatever became of it; None for a forged or an outdated link."""
    try:
        pk, round_ = signing.loads(token, salt=_INVITATION)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Invitation.objects.select_related("organisation__region").filter(pk=pk, round=round_).first()


# --- the first administrator ------------------------------------------------------------------------------------------
def setup_link() -> str:
    """The way in for the first administrator, good for a day (real time)."""
    return absolute(reverse("administration:setup", args=[signing.dumps("first", salt=_SETUP)]))


def is_setup_token(token: str) -> bool:
    try:
        return signing.loads(token, salt=_SETUP, max_age=SETUP_VALID) == "first"
    except signing.BadSignature:
        return False


# --- passwords --------------------------------------------------------------------------------------------------------
class _ResetTokens(PasswordResetTokenGenerator):
    """Signed over the password and the last sign-in: either of them changed, and the link is dead."""

    key_salt = "administration.reset"


_tokens = _ResetTokens()


def reset_link(person: User) -> str:
    """The way to a new password, good for PASSWORD_RESET_TIMEOUT seconds (real time)."""
    token = f"{int_to_base36(person.pk)}.{_tokens.make_token(person)}"
    return absolute(reverse("administration:new_password", args=[token]))


def person_of_reset(token: str) -> User | None:
    """Whose password a link may set; None for a forged, used or outdated link, and for who may not sign in."""
    key, _dot, rest = force_str(token).partition(".")
    try:
        pk = base36_to_int(key)
    except ValueError:
        return None
    person = User.objects.filter(pk=pk, is_active=True).first()
    return person if person is not None and _tokens.check_token(person, rest) else None
