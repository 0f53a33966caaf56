"""Guessing is slow: failures are counted for a person at an address (django-axes), for a person, and for an address.

Known and unknown accounts are counted alike, so a lock says nothing about whether an account exists.
"""
from __future__ import annotations

import copy
from datetime import datetime, timedelta

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt, AccessFailureLog
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from portal.accounts.models import User

from .devices import client_address

WINDOW = timedelta(hours=1)  # over which failures of a person, and of an address, are counted


def locked_until(request: HttpRequest, username: str) -> datetime | None:
    """When this account may be tried again from here; None when it may now."""
    address = client_address(request)
    ends = [
        _pair_until(username, address),
        _many_until({"username": username}, settings.SIGN_IN_PERSON_LIMIT),
        _many_until({"ip_address": address}, settings.SIGN_IN_ADDRESS_LIMIT) if address else None,
    ]
    return max((end for end in ends if end is not None), default=None)


def _pair_until(username: str, address: str) -> datetime | None:
    """The lock of this account at this address: so many failures, the last of them less than the pause ago."""
    pause = timedelta(hours=settings.AXES_COOLOFF_TIME)
    attempts = AccessAttempt.objects.filter(username=username, ip_address=address or None, attempt_time__gt=timezone.now() - pause)
    rows = list(attempts.values_list("failures_since_start", "attempt_time"))
    if sum(failures for failures, _moment in rows) < settings.AXES_FAILURE_LIMIT:
        return None
    return max(moment for _failures, moment in rows) + pause


def _many_until(whose: dict, limit: int) -> datetime | None:
    """Too many failures within the window: again when the oldest that counts has left it."""
    moments = AccessFailureLog.objects.filter(**whose, attempt_time__gt=timezone.now() - WINDOW).order_by("-attempt_time")
    oldest = list(moments.values_list("attempt_time", flat=True)[limit - 1 : limit])
    return oldest[0] + WINDOW if oldest else None


def note_failure(request: HttpRequest, user: User) -> bool:
    """Count a wrong second factor or password of a person already named; whether he is locked now.

    The counter keeps what was posted; here that may hold passphrases of other fields, so it is handed none of it.
    """
    bare = copy.copy(request)
    bare.GET = bare.POST = QueryDict()
    user_login_failed.send("portal.authentication", credentials={"username": user.get_username()}, request=bare)
    request.axes_locked_out = bare.axes_locked_out
    return bool(bare.axes_locked_out)


def forget_failures(request: HttpRequest, user: User) -> None:
    """The right answer ends the counting for this person at this address."""
    AxesProxyHandler.update_request(request)
    reset(ip=request.axes_ip_address, username=user.get_username())
