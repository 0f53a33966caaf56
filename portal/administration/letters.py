"""Letters with one-time links: written down, sent by the worker, tried a bounded number of times."""
from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.accounts.models import User
from portal.clock import written
from portal.notifications.delivery import ATTEMPTS, WAIT

from .links import invitation_link, reset_link
from .models import Invitation, Letter

logger = logging.getLogger(__name__)
BATCH = 50
AGAIN_AFTER = timedelta(minutes=5)  # between two letters about one forgotten password


def write_invitation(invitation: Invitation) -> None:
    """Put the letter of an invitation in the outbox, if the person has an address."""
    if invitation.email:
        Letter.objects.create(kind=Letter.Kind.INVITATION, invitation=invitation)
        transaction.on_commit(_soon, robust=True)


def write_reset(person: User) -> Letter:
    """Put the letter with the way to a new password in the outbox."""
    letter = Letter.objects.create(kind=Letter.Kind.PASSWORD, person=person)
    transaction.on_commit(_soon, robust=True)
    return letter


def answer_forgotten(word: str) -> None:
    """Somebody says he forgot his password: whoever the account or address belongs to gets a letter, at most every 5 minutes.

    Runs in the worker, so that the page answers the same and as fast whether or not there is such an account.
    """
    word = word.strip()
    if not word:
        return
    people = User.objects.filter(is_active=True).exclude(email="")
    found = people.filter(username=word).first() or (people.filter(email__iexact=word).first() if "@" in word else None)
    if found is None:
        return
    recently = Letter.objects.filter(kind=Letter.Kind.PASSWORD, person=found, created_at__gt=timezone.now() - AGAIN_AFTER)
    if not recently.exists():
        write_reset(found)


def deliver() -> int:
    """Send what is due; returns how many went out. A worker that dies leaves the letter to the next try."""
    sent = 0
    while batch := _lease():
        sent += sum(_send(letter) for letter in batch)
    return sent


def _lease() -> list[Letter]:
    with transaction.atomic():
        moment = timezone.now()
        batch = list(
            Letter.objects.to_send(moment, ATTEMPTS).select_for_update(skip_locked=True, of=("self",)).order_by("try_at", "id")[:BATCH]
        )
        for letter in batch:
            letter.attempts += 1
            letter.try_at = moment + WAIT * 2 ** (letter.attempts - 1)
        Letter.objects.bulk_update(batch, ["attempts", "try_at"])
        return batch


def _send(letter: Letter) -> bool:
    with override(settings.LANGUAGE_CODE):
        subject, body = _words(letter)
        mail = EmailMessage(f"[{settings.JURISDICTION}] {subject}", body, to=[letter.address], connection=get_connection())
    try:
        mail.send()
    except OSError as error:  # refused, unreachable, time-out: the errors of smtplib are all of these
        logger.warning("letter %s could not be sent, try %s", letter.pk, letter.attempts)
        Letter.objects.filter(pk=letter.pk).update(error=(str(error) or type(error).__name__)[:200])
        return False
    Letter.objects.filter(pk=letter.pk, sent_at=None).update(sent_at=timezone.now(), error="")
    return True


def _words(letter: Letter) -> tuple[str, str]:
    if letter.kind == Letter.Kind.INVITATION:
        invitation = letter.invitation
        values = {
            "name": invitation.name, "organisation": invitation.organisation.name, "roles": "、".join(invitation.role_labels),
            "until": written(invitation.expires_at), "link": invitation_link(invitation),
        }
        return _("开通账号"), _(
            "%(name)s：\n\n%(organisation)s 请您担任：%(roles)s。\n\n请在 %(until)s 前打开下面的链接，设定账号和密码。"
            "链接只能用一次，不要转发。\n\n%(link)s"
        ) % values
    return _("重设密码"), _(
        "%(name)s：\n\n有人（可能是您）要求重设账号“%(account)s”的密码。请打开下面的链接设定新密码；链接只能用一次，3 天内有效。"
        "如果不是您，不必理会，原密码不变。\n\n%(link)s"
    ) % {"name": letter.person.name, "account": letter.person.username, "link": reset_link(letter.person)}


def _soon() -> None:
    from .tasks import deliver_letters

    deliver_letters.delay()
