"""Who may open a page: each view declares its audience, and what declares nothing is closed."""
from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied

from .presence import ask_presence
from .roles import Role

PUBLIC = "public"
SIGNED_IN = "signed-in"
READING = ("GET", "HEAD", "OPTIONS")
ADMINISTRATORS = {Role.ADMINISTRATOR}


class RoleSleeps(PermissionDenied):
    """The role is held, but may be used only within a period that has to be opened first."""


def audience(*who: str) -> Callable:
    """Declare who may open a view: `PUBLIC`, `SIGNED_IN`, or roles. A visitor is sent to sign in, others get 403.

    What is declared for administrators alone asks for the person before it changes anything.
    """

    def declare(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if PUBLIC in who:
                return view(request, *args, **kwargs)
            if request.actor.is_public:
                return redirect_to_login(request.get_full_path())
            if SIGNED_IN not in who and request.actor.reach.isdisjoint(who):
                raise RoleSleeps if request.actor.dormant.intersection(who) else PermissionDenied
            if set(who) == ADMINISTRATORS and request.method not in READING:
                ask_presence(request.actor)  # what administrators alone may do, they do in person (AUTH-01)
            return view(request, *args, **kwargs)

        guarded.audience = frozenset(who)
        return guarded

    return declare
