"""Mail of the outbox: taken in batches that no two workers share, tried a bounded number of times."""
from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from .events import mail_subject
from .models import Message
from .preferences import language_of

logger = logging.getLogger(__name__)
BATCH = 50
ATTEMPTS = 5
WAIT = timedelta(minutes=2)  # doubled after each try


def deliver() -> int:
    """Send what is due; returns how many went out. Each try is written down before it is made."""
    sent = 0
    while batch := _lease():
        try:
            with get_connection(fail_silently=False) as connection:
                sent += sum(_send(message, connection) for message in batch)
        except OSError:
            logger.warning("the mail server cannot be reached; %s messages wait for their next try", len(batch))
    return sent


def _lease() -> list[Message]:
    """Take a batch: the try is counted and the next one put off, so that a worker that dies leaves it to another."""
    with transaction.atomic():
        moment = timezone.now()
        batch = list(
            Message.objects.to_send(moment, ATTEMPTS)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("user")
            .order_by("try_at", "id")[:BATCH]
        )
        for message in batch:
            message.attempts += 1
            message.try_at = moment + WAIT * 2 ** (message.attempts - 1)
        Message.objects.bulk_update(batch, ["attempts", "try_at"])
        return batch


def _send(message: Message, connection) -> bool:
    with override(language_of(message.user)):
        address = f"{settings.PUBLIC_URL.rstrip('/')}{message.link}" if message.link else ""
        mail = EmailMessage(
            mail_subject(message), "\n\n".join(filter(None, (message.body, address))), to=[message.user.email],
            connection=connection,
        )
    try:
        mail.send()
    except OSError as error:  # refused, unreachable, time-out: the errors of smtplib are all of these
        logger.warning("message %s could not be sent, try %s", message.pk, message.attempts)
        Message.objects.filter(pk=message.pk).update(error=(str(error) or type(error).__name__)[:200])
        return False
    Message.objects.filter(pk=message.pk, sent_at=None).update(sent_at=timezone.now(), error="")
    return True
