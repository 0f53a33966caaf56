"""What people wish of mail, and the secret address of their calendar."""
from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.accounts.models import ApiToken, User
from portal.audit.record import note

from .kinds import kind_code, kinds, owed
from .models import Correspondence, Mail, Preference


def wishes(event: str, readers: QuerySet[User]) -> dict[int, tuple[str, str]]:
    """Address and wished mail of each reader of an event, by his key; two queries however many there are."""
    known = dict(readers.values_list("pk", "email"))
    kind = kind_code(event)
    chosen: dict[int, str] = {}
    if known and kind not in owed():
        chosen = dict(Preference.objects.filter(kind=kind, user__in=known).values_list("user_id", "mail"))
    return {user_id: (email, chosen.get(user_id, Mail.AT_ONCE)) for user_id, email in known.items()}


def preferences_of(user: User) -> dict[str, str]:
    """The wish for every kind, those that cannot be wished away included."""
    chosen = dict(Preference.objects.filter(user=user).values_list("kind", "mail"))
    return {kind.code: Mail.AT_ONCE if kind.owed else chosen.get(kind.code, Mail.AT_ONCE) for kind in kinds()}


@transaction.atomic
def prefer(*, actor, language: str, mails: Mapping[str, str]) -> None:
    """Keep what a person wishes: a language and, for kinds that leave a choice, how they are written about."""
    for kind in kinds():
        if not kind.owed and kind.code in mails:
            Preference.objects.update_or_create(user=actor.user, kind=kind.code, defaults={"mail": mails[kind.code]})
    Correspondence.objects.update_or_create(user=actor.user, defaults={"language": language})


def language_of(user: User) -> str:
    kept = Correspondence.objects.filter(user=user).first()
    return kept.language if kept else Correspondence._meta.get_field("language").default


# --- the calendar ------------------------------------------------------------------------------------------------


def open_calendar(*, actor) -> str:
    """A new secret address for the calendar of a person; the former one is dead. Only its digest is kept."""
    secret = secrets.token_urlsafe(24)
    Correspondence.objects.update_or_create(
        user=actor.user, defaults={"calendar_digest": ApiToken.digest_of(secret), "calendar_since": timezone.now()}
    )
    note(actor=actor, what="open_calendar", subject=str(actor.user_id), label=actor.user.name)
    return secret


def close_calendar(*, actor) -> None:
    """The address of the calendar leads nowhere any more."""
    closed = Correspondence.objects.filter(user=actor.user).exclude(calendar_digest=None)
    if closed.update(calendar_digest=None, calendar_since=None):
        note(actor=actor, what="close_calendar", subject=str(actor.user_id), label=actor.user.name)


def owner_of_calendar(secret: str) -> User | None:
    """Whose calendar it is, if he may still sign in."""
    kept = Correspondence.objects.filter(calendar_digest=ApiToken.digest_of(secret), user__is_active=True).select_related("user").first()
    return kept.user if kept else None
