"""What is shown of keys and openings, by stage: the same rows for pages, programs and the record."""
from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from portal import money

from . import rules
from .models import Bid, OpeningKey, OpeningSession

State = OpeningSession.State
_STARTED = (State.STARTED, State.OPENED, State.CONFIRMED)
_OPENED = (State.OPENED, State.CONFIRMED)


def openers_of(key: OpeningKey) -> list[dict]:
    """How far each opener is."""
    return [
        {
            "name": opener.user.name, "set_at": opener.set_at, "proved_at": opener.proved_at,
            "present_at": opener.present_at, "replaces": opener.replaces.user.name if opener.replaces else None,
        }
        for opener in key.sitting()
    ]


def wall(session: OpeningSession) -> list[dict]:
    """The rows on the wall: nothing before the start, closed rows until all are opened, then every price at once."""
    if session.state not in _STARTED:
        return []
    opened = session.state in _OPENED
    bids = session.bids().select_related("supplier", "tender").prefetch_related("receipts", "parts")
    return [_row(number, bid, opened) for number, bid in enumerate(bids, 1)]


def _row(number: int, bid: Bid, opened: bool) -> dict:
    receipt = max(bid.receipts.all(), key=lambda receipt: receipt.version)
    row = {
        "number": number, "supplier": bid.supplier.name, "received_at": bid.received_at, "digest": receipt.digest,
        "digest_groups": receipt.digest_groups, "confirmed_at": bid.record_confirmed_at,
        "deemed": bool(bid.record_confirmed_at and not bid.record_confirmed_by_id),
    }
    if opened:
        row |= {
            "price": bid.price, "price_words": bid.price_words, "price_by_words": bid.price_by_words,
            "share": share_of(bid.price, bid.tender.price_limit), "term": bid.response.get("service_term", ""),
            "tampered": bid.tampered,
            "unreadable": [f"{part.name}（{reason(part.unreadable)}）" for part in bid.parts.all() if part.unreadable],
        }
    return row


def share_of(price: Decimal | None, limit: Decimal) -> Decimal | None:
    """Price as a percentage of what no bid may exceed, one decimal."""
    return None if price is None else money.percentage(price, limit)


def reason(code: str) -> str:
    """Why a part could not be opened, in words."""
    return {
        "LOST": _("密文缺失"), "SWAPPED": _("密文与回执摘要不符"), "UNREADABLE": _("不能解密"),
    }.get(code, "")


def board(session: OpeningSession, now: datetime) -> dict:
    """The head of the live page: the steps on the time line, who is here, how many have confirmed, what is counted down."""
    started, opened = session.state in _STARTED, session.state in _OPENED
    bids = session.bids()
    total = bids.count() if started else None
    confirmed = bids.exclude(record_confirmed_at=None).count() if opened else 0
    first = next((o for o in session.key.sitting() if session.started_by_id == o.user_id), None)
    steps = [
        (session.tender.closes_at, _("投标截止，公布摘要总值"), bool(session.digest)),
        (session.started_at, _("第一名开标人解开密钥外层"), started),
        (session.opened_at, _("第二名开标人解密，报价同时公布"), opened),
        (session.confirm_until if session.state == State.OPENED else None, _("投标人确认开标记录"), session.state == State.CONFIRMED),
        (session.confirmed_at, _("开标记录存档，转资格审查"), session.state == State.CONFIRMED),
    ]
    waiting = next((number for number, step in enumerate(steps) if not step[2]), None)
    return {
        "steps": [
            {"at": at, "text": text, "state": "done" if done else "now" if number == waiting else ""}
            for number, (at, text, done) in enumerate(steps)
        ],
        "moving": session.state in (State.SCHEDULED, State.STARTED, State.OPENED),
        "started": started, "opened": opened, "total": total, "confirmed": confirmed,
        "until": _counted_to(session, now), "first": first,
        "present": [o.user.name for o in session.key.sitting() if o.present_at], "openers": session.key.sitting(),
        "voided": session.state == State.VOIDED, "adjourned": session.state == State.ADJOURNED,
        "matches": session.recomputed == session.digest, "minimum": rules.MINIMUM_BIDDERS,
    }


def _counted_to(session: OpeningSession, now: datetime) -> tuple | None:
    """What the big figure counts down to, and what it is called."""
    if session.state == State.SCHEDULED and now < session.scheduled_at:
        return session.scheduled_at, _("距开标"), _left(session.scheduled_at, now)
    if session.state == State.OPENED and session.confirm_until and now < session.confirm_until:
        return session.confirm_until, _("距确认截止"), _left(session.confirm_until, now)
    return None


def _left(until: datetime, now: datetime) -> str:
    """Time left as it hangs on a wall: 3 日 04:05:06, 04:05:06 or 25:48."""
    seconds = int((until - now).total_seconds())
    days, hours, minutes, seconds = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60
    if days:
        return _("%(days)s 日 %(clock)s") % {"days": days, "clock": f"{hours:02d}:{minutes:02d}:{seconds:02d}"}
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"
