"""Publishing: one call makes, checks, signs, publishes and registers a notice, as part of the act that needs it."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings

from portal import clock
from portal.identifiers import notice_number
from portal.workflow import Refusal, Refused
from portal.workflow.table import lifecycle_of

from .kinds import notice_kind
from .models import Notice, NoticeSerial
from .periods import period_of, start_period
from .text import write
from .workflow import payload_refusals


def publish_notice(
    *, act, kind: str, subject, title: str, payload: dict[str, Any], project=None, organisation=None,
) -> Notice:
    """Publish a notice of a kind N-01 … N-14 inside the effect of another act; returns it, public and numbered.

    `subject`: the staged thing it is about. `project`: the project or its key (default: the subject's). `organisation`:
    who publishes (default: the actor's). `payload`: exactly the keys of the kind; money as Decimal yuan, moments aware.
    The portal is itself the designated medium, so publication and receipt are one act, and the legal period of the kind
    starts (R00-06). Raises Refused with every missing or wrong field, citing N-xx.
    """
    rules = notice_kind(kind)
    missing = list(notice_refusals(kind, payload))
    if missing:
        raise Refused(missing)
    publisher = organisation or act.actor.organisation
    taken = {field.key: field.take(payload[field.key]) for field in rules.fields if not field.is_blank(payload.get(field.key))}
    notice = Notice(
        kind=kind, title=title, payload=taken, text=write(rules, taken), number=_next_number(publisher.region, act.now),
        subject_type=lifecycle_of(subject).code, subject_id=subject.pk, organisation=publisher, region=publisher.region,
        project_id=getattr(project, "pk", project) if project is not None else subject.project_key,
    )
    act.perform(notice, "draft")
    notice = act.perform(notice, "approve", signed_by_id=act.actor.user_id)
    notice = act.perform(notice, "publish")
    period = period_of(rules, taken, act.now)
    notice = act.perform(
        notice, "record_receipt", received_at=act.now, medium=f"{publisher.region.name}政府购买服务公开平台",
        address=f"{settings.PUBLIC_URL.rstrip('/')}{notice.get_absolute_url()}",
        notice_ends_at=period.ends_at if period else None,
    )
    start_period(rules, notice, act)
    return notice


def notice_refusals(kind: str, payload: dict[str, Any]) -> Iterable[Refusal]:
    """What a notice of this kind would be refused for; a stage yields it from its guard, so that the button says so."""
    return payload_refusals(notice_kind(kind), payload)


def blank_payload(kind: str) -> dict[str, Any]:
    """The keys of a kind, empty: for writing a stage's payload and for the documentation."""
    return {field.key: [] if field.kind == "rows" else None for field in notice_kind(kind).fields}


def _next_number(region, moment: datetime) -> str:
    year = moment.astimezone(clock.SHANGHAI).year
    NoticeSerial.objects.get_or_create(region=region, year=year)
    serial = NoticeSerial.objects.select_for_update().get(region=region, year=year)
    serial.last += 1
    serial.save(update_fields=["last"])
    return notice_number(region.code, year, serial.last)


