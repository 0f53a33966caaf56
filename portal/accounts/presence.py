"""Whether the person himself is at the keyboard now: what opening, signing, paying and administering asks for (step-up).

Presence is shown by a second factor, or by the password where none is enrolled and the installation allows it, and lasts
`settings.STEP_UP_MINUTES` of real time. The session keeps when and how; the actor carries it into `perform`.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

#: names in the session
STEPPED_UP_AT, STEPPED_UP_BY, HAS_FACTOR = "stepped_up_at", "stepped_up_by", "has_factor"


class Way(TextChoices):
    """How somebody showed that it is he."""

    PASSWORD = "password", _("密码")
    APP = "app", _("动态口令")
    KEY = "key", _("安全密钥")
    RECOVERY = "recovery", _("备用码")
    IDENTITY = "identity", _("统一身份认证")
    TOKEN = "token", _("接口令牌")
    DEMONSTRATION = "demonstration", _("演示人员免验")


class StepUpNeeded(PermissionDenied):
    """Everything else is in order: the person only has to show once more that it is he. Nothing was done."""

    def __init__(self) -> None:
        super().__init__(gettext("这一步要先确认是您本人。"))


def is_present(actor, *, password_will_do: bool | None = None) -> bool:
    """Whether this actor may do what asks for presence: lately shown, a one-click person of the demonstration, the system."""
    if actor.is_system or actor.stepped_up_by == Way.DEMONSTRATION:
        return True
    if actor.stepped_up_at is None or timezone.now() - actor.stepped_up_at >= timedelta(minutes=settings.STEP_UP_MINUTES):
        return False
    content = settings.STEP_UP_BY_PASSWORD if password_will_do is None else password_will_do
    return content or actor.stepped_up_by not in (Way.PASSWORD, Way.IDENTITY)


def ask_presence(actor, *, password_will_do: bool | None = None) -> None:
    """Raise StepUpNeeded unless the person has lately shown that it is he."""
    if not is_present(actor, password_will_do=password_will_do):
        raise StepUpNeeded


def presence_asked(view: Callable | None = None, *, password_will_do: bool | None = None) -> Callable:
    """Declare a view whose every POST asks for presence (administration, second factors). Goes below `audience`."""

    def declare(view: Callable) -> Callable:
        @wraps(view)
        def asked(request, *args, **kwargs):
            if request.method not in ("GET", "HEAD", "OPTIONS"):
                ask_presence(request.actor, password_will_do=password_will_do)
            return view(request, *args, **kwargs)

        asked.presence_asked = True
        return asked

    return declare(view) if view else declare


def remember(session, way: str, *, moment: datetime | None = None) -> None:
    """Note in the session that the person showed that it is he."""
    session[STEPPED_UP_AT] = (moment or timezone.now()).isoformat()
    session[STEPPED_UP_BY] = str(way)


def remembered(session) -> dict:
    """What the session knows of it, as arguments of `actor_for`; a one-click person who enrolled a factor is not exempt."""
    found: dict = {}
    if session.get(HAS_FACTOR):
        found["exempt"] = False
    moment = session.get(STEPPED_UP_AT)
    if moment:
        found |= {"stepped_up_at": datetime.fromisoformat(moment), "stepped_up_by": session.get(STEPPED_UP_BY, "")}
    return found
