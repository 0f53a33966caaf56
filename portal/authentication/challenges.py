"""Asking a person to show that it is he, and looking at what he answers: one place for signing in and for step-up."""
from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest

from portal.accounts.models import User
from portal.accounts.presence import Way

from . import factors, keys, limits

#: names of what is posted; whatever else a page posts beside them belongs to the act
CODE, PASSWORD, KEY = "step_up_code", "step_up_password", "step_up_key"


@dataclass(frozen=True, slots=True)
class Offer:
    """By what the person may show himself here."""

    app: bool
    code: bool  # a recovery code
    key_options: str  # JSON for the browser; "" = none of his keys works on this address
    other_host: bool  # he has keys, but made for another address
    password: bool

    def __bool__(self) -> bool:
        return bool(self.app or self.code or self.key_options or self.password)


def offer(request: HttpRequest, user: User, *, password_will_do: bool | None = None) -> Offer:
    """What to ask: second factors where there are any, else the password if the installation lets it do."""
    has = factors.enrolled(user)
    if password_will_do is None:
        password_will_do = settings.STEP_UP_BY_PASSWORD
    options = keys.authentication_options(request, user) if has.keys else ""
    return Offer(
        app=bool(has.apps), code=bool(has) and bool(has.codes), key_options=options, other_host=bool(has.keys) and not options,
        password=password_will_do and not has and user.has_usable_password(),
    )


def answered(request: HttpRequest, user: User, *, password_will_do: bool | None = None) -> Way | None:
    """How the person showed that it is he, or None, which is counted; a locked person is not even looked at."""
    if limits.locked_until(request, user.get_username()):
        request.axes_locked_out = True
        request.axes_credentials = {"username": user.get_username()}
        return None
    way = _way(request, user, password_will_do)
    if way is None:
        limits.note_failure(request, user)
        request.axes_credentials = {"username": user.get_username()}
    return way


def _way(request: HttpRequest, user: User, password_will_do: bool | None) -> Way | None:
    posted = request.POST
    if answer := posted.get(KEY):
        return Way.KEY if keys.takes_answer(request, user, answer) else None
    if code := posted.get(CODE, "").strip():
        if factors.takes_code(user, code):
            return Way.APP
        return Way.RECOVERY if factors.has_factor(user) and factors.takes_recovery_code(user, code) else None
    if password := posted.get(PASSWORD):
        will_do = settings.STEP_UP_BY_PASSWORD if password_will_do is None else password_will_do
        allowed = will_do and not factors.has_factor(user)
        return Way.PASSWORD if check_password(password, user.password) and allowed else None
    return None
