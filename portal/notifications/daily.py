"""The daily mail: everything of a day that is not yet read, and the deadlines ahead, in one letter."""
from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal import clock
from portal.accounts.actor import actor_for
from portal.accounts.models import User
from portal.clock import SHANGHAI

from .deadlines import deadlines_of
from .models import Correspondence, Message
from .preferences import language_of

logger = logging.getLogger(__name__)
HOUR = 8  # o'clock in Shanghai; real time, as for all mail
MOST = 100  # messages in one letter; the rest is in the inbox
AHEAD = timedelta(days=10)  # deadlines that the letter names


def gather() -> int:
    """Write to everybody for whom something waits and who has had no letter today; returns how many letters went out."""
    moment = timezone.now().astimezone(SHANGHAI)
    if moment.hour < HOUR:
        return 0
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    waiting = Message.objects.to_gather().exclude(user__correspondence__gathered_at__gte=day)
    return sum(_write_to(user) for user in User.objects.filter(pk__in=waiting.values("user")).order_by("pk"))


def _write_to(user: User) -> bool:
    """Mark first, then send: a worker that dies between loses a letter, never sends it twice; the inbox has it all."""
    with transaction.atomic():
        waiting = list(Message.objects.to_gather().filter(user=user).select_for_update(skip_locked=True, of=("self",))[: MOST + 1])
        if not waiting:
            return False
        moment = timezone.now()
        Message.objects.to_gather().filter(user=user, pk__lte=max(message.pk for message in waiting)).update(sent_at=moment)
        Correspondence.objects.update_or_create(user=user, defaults={"gathered_at": moment})
    with override(language_of(user)):
        subject = _("[%(place)s] %(count)s 条消息和近期时限") % {"place": settings.JURISDICTION, "count": len(waiting)}
        mail = EmailMessage(subject, _text(user, waiting), to=[user.email])
    try:
        mail.send()
    except OSError:
        logger.warning("the daily mail to person %s could not be sent", user.pk)
        Message.objects.filter(user=user, sent_at=moment).update(sent_at=None)
        Correspondence.objects.filter(user=user).update(gathered_at=None)
        return False
    return True


def _text(user: User, waiting: list[Message]) -> str:
    ahead = deadlines_of(actor_for(user)).filter(ends_at__lte=clock.now() + AHEAD)[:20]
    return render_to_string("notifications/daily.txt", {
        "person": user, "messages": waiting[:MOST], "more": len(waiting) > MOST, "deadlines": ahead,
        "address": settings.PUBLIC_URL.rstrip("/"),
    })  # fmt: skip
