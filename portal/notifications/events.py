"""What people are told: one class an event; a transition that names whom it tells needs none of its own."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import shown_name
from portal.accounts.mandates import doer, stand_ins
from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.workflow.engine import register_notifier
from portal.workflow.table import Transition, Who, follow, has_lifecycle, lifecycle, lifecycle_of

from .models import Mail, Message


class TransitionEvent:
    """The usual event: somebody did a row of a table to a thing. Subclass to change words, readers or link."""

    heading: Any = _("%(act)s：%(thing)s")
    text: Any = _("%(who)s于%(time)s办理“%(act)s”：%(thing)s。")
    reason: Any = _("理由：%(reason)s")
    besides: frozenset[str] = frozenset()  # roles it tells beside those of the column `tells`

    def recipients(self, row: Transition, subject, act) -> QuerySet[User]:
        """Whom the row tells (column `tells`), without the one who did it."""
        return people(row.tells, subject).exclude(pk=act.actor.user_id or 0)

    def values(self, row: Transition, subject, entry, act) -> dict[str, Any]:
        """What the words need, as facts; never a label, never a secret."""
        return {
            "thing": entry.subject_label, "who": " ".join(filter(None, (entry.organisation_name, entry.actor_name))),
            "at": entry.occurred_at.isoformat(timespec="seconds"), "reason": entry.reason,
            "behalf": entry.behalf,
        }

    def link(self, subject) -> str:
        return subject.get_absolute_url()

    def title(self, message: Message) -> str:
        return str(self.heading) % self._words(message)

    def body(self, message: Message) -> str:
        words = self._words(message)
        parts = [str(self.text) % words]
        if words.get("reason"):
            parts.append(str(self.reason) % words)
        return "\n".join(parts)

    def _words(self, message: Message) -> dict[str, Any]:
        code, _slash, name = message.event.partition("/")
        cycle = lifecycle(code)
        at = message.values.get("at", "")
        return {
            **message.values, "who": doer(shown_name(message.values.get("who", "")), message.values.get("behalf")),
            "act": cycle[name].label if name in cycle else name, "time": at[:16].replace("T", " "),
        }


_DEFAULT = TransitionEvent()
_events: dict[str, TransitionEvent] = {}


def event(lifecycle_code: str, *names: str) -> Callable[[type[TransitionEvent]], type[TransitionEvent]]:
    """Register a class for rows that need words or recipients of their own: `@event("tenders.tender", "publish")`."""

    def keep(event_class: type[TransitionEvent]) -> type[TransitionEvent]:
        for name in names:
            _events[f"{lifecycle_code}/{name}"] = event_class()
        return event_class

    return keep


def known_codes() -> set[str]:
    """The lifecycles that have words of their own for what they tell."""
    return {code.partition("/")[0] for code in _events}


def told_roles(code: str, row: Transition) -> frozenset[str]:
    """Roles whose holders a row of a lifecycle can tell."""
    return frozenset(str(who.role) for who in row.tells) | event_of(f"{code}/{row.name}").besides


def event_of(code: str) -> TransitionEvent:
    return _events.get(code, _DEFAULT)


def people(tells: tuple[Who, ...] | list[Who], subject) -> QuerySet[User]:
    """The people a list of `Who` means for an object: by role in the organisation or region it names, or the very person.

    A `Who` without a place means everybody who holds the role. A place that the object has not (yet) means nobody.
    """
    wanted = Q(pk__in=[])
    for who in tells:
        if who.role not in Role:
            continue
        condition = Q(role=who.role)
        for path, column in ((who.at, "organisation_id"), (who.region, "organisation__region_id"), (who.person, "user_id")):
            if path:
                condition &= Q(**{column: getattr(follow(subject, path), "pk", None) or 0})
        wanted |= condition
    return told_as(Membership.objects.live().filter(wanted), lifecycle_of(subject).code if has_lifecycle(subject) else "")


def told_as(memberships: QuerySet[Membership], code: str) -> QuerySet[User]:
    """Who hears what is meant for the holders of some roles: they, and who stands in for them in matters of that kind."""
    return User.objects.filter(Q(pk__in=memberships.values("user_id")) | Q(pk__in=stand_ins(memberships, code)))


class Outbox:
    """The engine's notifier: writes the rows in the act's own transaction; mail goes out when it is committed."""

    def tell(self, row: Transition, subject, entry, act) -> None:
        code = f"{act.lifecycle.code}/{row.name}"
        if not row.tells and code not in _events:
            return
        told = event_of(code)
        readers = told.recipients(row, subject, act)
        write(code, readers, lambda: told.values(row, subject, entry, act), link=told.link(subject), project_id=subject.project_key,
              moment=act.now)


def write(code: str, readers: QuerySet[User], values: Callable[[], dict], *, link: str, project_id: int | None, moment) -> int:
    """One message a reader, with the mail that he wishes of its kind; returns how many were written."""
    from .preferences import wishes

    wished = wishes(code, readers)
    if not wished:
        return 0
    given, real = values(), timezone.now()
    Message.objects.bulk_create(
        [
            Message(user_id=user_id, event=code, values=given, link=link, project_id=project_id, created_at=moment, try_at=real, mail=mail)
            for user_id, (_email, mail) in wished.items()
        ],
        batch_size=500,
    )
    if any(email and mail == Mail.AT_ONCE for email, mail in wished.values()):
        transaction.on_commit(_deliver, robust=True)
    return len(wished)


def _deliver() -> None:
    from .tasks import deliver_outbox

    deliver_outbox.delay()


def mail_subject(message: Message) -> str:
    return f"[{settings.JURISDICTION}] {message.title}".replace("\n", " ")


register_notifier(Outbox())
