"""What did not work behind the pages is started again; every such act is recorded."""
from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.administration.failures import SECRET
from portal.administration.models import FailedTask, Letter
from portal.administration.scope import people_of
from portal.audit.record import note
from portal.celery import app
from portal.notifications.delivery import ATTEMPTS
from portal.notifications.models import Mail, Message
from portal.reports.models import Paper
from portal.reports.typesetting import try_now
from portal.workflow.refusals import Refusal, refuse

from .guarding import administers, unless


def undelivered(actor: Actor):
    """Messages to people of the administrator's region that should have gone out by mail and did not."""
    waiting = Message.objects.filter(mail=Mail.AT_ONCE, sent_at=None, attempts__gt=0, user__in=people_of(actor))
    return waiting.exclude(user__email="").filter(user__is_active=True)


def given_up(actor: Actor):
    """Those of them that are not tried again by themselves."""
    return undelivered(actor).filter(attempts__gte=ATTEMPTS)


@transaction.atomic
def resend(*, actor: Actor, messages: list[int] | None = None, letters: list[int] | None = None) -> int:
    """Try these messages and letters again at once, with all their tries; without a choice, all that were given up."""
    administers(actor)
    moment = timezone.now()
    chosen = given_up(actor) if messages is None else undelivered(actor).filter(pk__in=messages)
    posts = Letter.objects.filter(pk__in=Letter.objects.visible_to(actor).filter(sent_at=None).values("pk"))
    posts = posts.filter(attempts__gte=ATTEMPTS) if letters is None else posts.filter(pk__in=letters)
    keys = list(chosen.values_list("pk", flat=True))
    count = Message.objects.filter(pk__in=keys).update(attempts=0, try_at=moment, error="")
    count += posts.update(attempts=0, try_at=moment, error="")
    unless(_nothing(count))
    note(actor=actor, what="messages_resent", subject="outbox", label=str(count), facts={"count": count})
    transaction.on_commit(_deliver, robust=True)
    return count


@transaction.atomic
def start_again(*, actor: Actor, failed: FailedTask) -> None:
    """Queue a failed task again with what it was given."""
    administers(actor)
    failed = FailedTask.objects.select_for_update().get(pk=failed.pk)
    unless([*_settled(failed), *_unknown(failed)])
    failed.settled_at = timezone.now()
    failed.save(update_fields=["settled_at"])
    note(actor=actor, what="task_started_again", subject=f"task:{failed.pk}", label=failed.name, facts={"times": failed.times})
    transaction.on_commit(lambda: app.send_task(failed.name, args=failed.arguments), robust=True)


@transaction.atomic
def settle(*, actor: Actor, failed: FailedTask, reason: str) -> None:
    """The failure needs nothing more: it ran again by itself, or what it was about is over."""
    administers(actor)
    failed = FailedTask.objects.select_for_update().get(pk=failed.pk)
    unless(_settled(failed))
    failed.settled_at = timezone.now()
    failed.save(update_fields=["settled_at"])
    note(actor=actor, what="task_settled", subject=f"task:{failed.pk}", label=failed.name, reason=reason)


@transaction.atomic
def set_again(*, actor: Actor, paper: Paper) -> None:
    """Try a paper that keeps failing at once."""
    administers(actor)
    unless(_set_by_now(try_now(paper)))
    note(actor=actor, what="paper_tried_again", subject=f"paper:{paper.pk}",
         label=str(paper.document.kind_name), facts={"tries": paper.tries})


def _set_by_now(waiting: bool) -> Iterator[Refusal]:
    if not waiting:
        yield refuse("G7", _("这份文书已经排好。"))


def _nothing(count: int) -> Iterator[Refusal]:
    if not count:
        yield refuse("G7", _("没有要重发的。"))


def _settled(failed: FailedTask) -> Iterator[Refusal]:
    if failed.settled_at:
        yield refuse("G7", _("这项任务已经处理。"))


def _unknown(failed: FailedTask) -> Iterator[Refusal]:
    app.loader.import_default_modules()
    if failed.name not in app.tasks or failed.name in SECRET:
        yield refuse("JOB-03", _("这项任务不能重新运行。"))


def _deliver() -> None:
    from portal.administration.tasks import deliver_letters
    from portal.notifications.tasks import deliver_outbox

    deliver_outbox.delay()
    deliver_letters.delay()
