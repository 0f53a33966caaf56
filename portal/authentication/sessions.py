"""Sessions kept in the database with the person they belong to: he sees them, ends them, and they end by themselves."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

SIGNED_IN_AT, USED_AT, DEVICE, ADDRESS = "signed_in_at", "used_at", "device", "address"
TOUCH_EVERY = timedelta(seconds=60)


class SessionStore(DatabaseStore):
    """Django's store on our table; what the person gets to see of his session stands in columns."""

    @classmethod
    def get_model_class(cls):
        from .models import Session

        return Session

    def create_model_instance(self, data):
        obj = super().create_model_instance(data)
        user_id = str(data.get("_auth_user_id", ""))
        obj.user_id = int(user_id) if user_id.isdigit() else None
        obj.device, obj.address = data.get(DEVICE, ""), data.get(ADDRESS, "")
        obj.signed_in_at, obj.used_at = _moment(data.get(SIGNED_IN_AT)), _moment(data.get(USED_AT))
        return obj


def begin(session, *, device: str, address: str) -> None:
    """Note at sign-in when and from where; from then on the two time limits run."""
    moment = timezone.now()
    session[SIGNED_IN_AT] = session[USED_AT] = moment.timestamp()
    session[DEVICE], session[ADDRESS] = device[:80], address[:45]


def is_over(session, moment: datetime) -> bool:
    """Whether a signed-in session has been idle too long, or has lasted too long altogether."""
    began, used = _moment(session.get(SIGNED_IN_AT)), _moment(session.get(USED_AT))
    if began is None or used is None:
        return True  # nobody signed in here under today's rules
    return moment - used > timedelta(minutes=settings.SESSION_IDLE_MINUTES) or moment - began > timedelta(
        seconds=settings.SESSION_COOKIE_AGE
    )


def touch(session, moment: datetime) -> None:
    """Note that the session is in use, not more often than once a minute."""
    used = _moment(session.get(USED_AT))
    if used is None or moment - used >= TOUCH_EVERY:
        session[USED_AT] = moment.timestamp()


def end_sessions(user, *, but: str | None = None) -> int:
    """End every session of a person, or every one but the named; how many."""
    from .models import Session

    found = Session.objects.filter(user=user)
    if but:
        found = found.exclude(session_key=but)
    ended, _each = found.delete()
    return ended


def _moment(stamp) -> datetime | None:
    return datetime.fromtimestamp(stamp, tz=UTC) if stamp else None
