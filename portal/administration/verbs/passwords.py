"""A new password by a one-time link."""
from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import actor_for
from portal.accounts.models import User
from portal.administration.links import person_of_reset
from portal.audit.record import note
from portal.workflow.refusals import Refusal, refuse

from .guarding import unless


@transaction.atomic
def set_password(*, token: str, password: str) -> User:
    """Whoever holds the link sets the password; every session of the old one ends, and the link is dead. Raises Refused."""
    holder = person_of_reset(token)
    if holder is not None:
        User.objects.select_for_update().get(pk=holder.pk)  # two who hold the same link come one after the other
    person = person_of_reset(token)
    if person is None:
        unless([refuse("ADM-03", _("链接无效、已用过或已过期，请重新申请。"))])
    unless(_weak(person, password))
    person.set_password(password)
    person.save(update_fields=["password"])
    note(actor=actor_for(person), what="password_set", subject=f"user:{person.pk}", label=person.name)
    return person


def _weak(person: User, password: str) -> Iterator[Refusal]:
    try:
        validate_password(password, person)
    except ValidationError as error:
        for message in error.messages:
            yield refuse("ADM-03", "%(message)s", field="password", message=message)
