"""What happens in an opening session."""
from __future__ import annotations

from portal.reports.verbs import facts_of_paper
from portal.workflow import Act
from procurement.bids import envelopes, rules, sealing
from procurement.bids.documents import set_record
from procurement.bids.models import Bid, Doubt, HalfOpened, Opener, OpeningSession

from .keys import forget_failures


def schedule(session: OpeningSession, act: Act) -> dict:
    session.tender, session.scheduled_at = act.data["tender"], act.data["tender"].closes_at
    session.key = session.tender.opening_key
    return {"scheduled_at": session.scheduled_at}


def move(session: OpeningSession, act: Act) -> dict:
    _schedule_anew(session, act.data["scheduled_at"])
    return {"scheduled_at": session.scheduled_at}


def publish_digest(session: OpeningSession, act: Act) -> dict:
    """The digest of all receipts, published at the deadline: from now on nothing can be added, changed or taken away."""
    session.closed_at, session.digest = act.now, digest_of_all(session)
    return {"digest": session.digest}


def digest_of_all(session: OpeningSession, receipts: dict[int, str] | None = None) -> str:
    digests = receipts or {bid.pk: bid.last_receipt().digest for bid in session.bids()}
    return rules.digest_of_digests(session.tender.number, digests.values())


def attend(session: OpeningSession, act: Act) -> dict:
    key = session.key
    opener = key.opener_of(act.actor)
    if opener:
        opener.present_at = act.now
        opener.save(update_fields=["present_at"])
    else:
        key.witness_present_at = act.now
        key.save(update_fields=["witness_present_at"])
    return {"name": act.actor.name}


def start(session: OpeningSession, act: Act) -> dict:
    """The first opener takes his layer off; what is left is still sealed for the second one, and may be stored."""
    first, private = session.key.opener_of(act.actor), act.data["private_key"]
    session.recording = act.data["recording"]
    session.halves.all().delete()
    for layer in session.key.layers.filter(first=first):
        HalfOpened.objects.create(session=session, second_id=layer.second_id, inner=sealing.take_off_outer(
            bytes(layer.nested), private, session.key.context, first.pk, layer.second_id
        ))
    forget_failures(first)
    return {"opener": first.user.name, "recording": session.recording, "bids": session.bids().count()}


def open_bids(session: OpeningSession, act: Act) -> dict:
    """The second opener takes the last layer off, every digest is compared, everything is opened; the key is let go."""
    second = session.key.opener_of(act.actor)
    half = session.halves.get(second=second)
    private = sealing.take_off_inner(bytes(half.inner), act.data["private_key"], session.key.context, second.pk)
    found: dict[int, str] = {}
    opened: list[Bid] = []
    for bid in session.bids().select_related("tender", "supplier"):
        receipt = bid.last_receipt()
        digests = envelopes.digests_in_store(receipt)
        found[bid.pk] = envelopes.digest_of_receipt(receipt, digests)
        opened.append(act.perform(bid, "unseal", private_key=private, digests=digests))
    session.recomputed = digest_of_all(session, found)
    session.halves.all().delete()
    session.confirm_until = act.now + rules.CONFIRM_WITHIN
    forget_failures(second)
    for bid in opened:
        if bid.tampered:
            act.perform(bid, "report_tampering")
    return {
        "opener": second.user.name, "digest": session.digest, "recomputed": session.recomputed,
        "bids": len(opened), "tampered": sum(bid.tampered for bid in opened),
    }


def doubt(session: OpeningSession, act: Act) -> dict:
    bid = session.bids().get(supplier=act.actor.organisation)
    Doubt.objects.create(session=session, bid=bid, text=act.data["text"], raised_at=act.now, raised_by=act.actor.user)
    return {"bidder": bid.supplier.name, "text": act.data["text"]}


def answer_doubt(session: OpeningSession, act: Act) -> dict:
    found: Doubt = act.data["doubt"]
    found.answer, found.answered_at, found.answered_by = act.data["answer"], act.now, act.actor.user
    found.save(update_fields=["answer", "answered_at", "answered_by"])
    return {"bidder": found.bid.supplier.name, "answer": found.answer}


def confirm_record(session: OpeningSession, act: Act) -> dict:
    bid = session.bids().get(supplier=act.actor.organisation)
    bid.record_confirmed_at, bid.record_confirmed_by = act.now, act.actor.user
    bid.save(update_fields=["record_confirmed_at", "record_confirmed_by"])
    return {"bidder": bid.supplier.name}


def deem_confirmed(session: OpeningSession, act: Act) -> dict:
    """Who is absent or silent accepts (R87-22)."""
    silent = session.bids().filter(record_confirmed_at=None)
    names = [bid.supplier.name for bid in silent.select_related("supplier")]
    silent.update(record_confirmed_at=act.now)
    session.confirm_until = None
    return {"bidders": names}


def adjourn(session: OpeningSession, act: Act) -> dict:
    """The bids stay sealed; what the first opener had taken off is put away."""
    session.adjourn_reason = act.reason
    session.halves.all().delete()
    return {}


def resume(session: OpeningSession, act: Act) -> dict:
    _schedule_anew(session, act.data["scheduled_at"])
    return {"scheduled_at": session.scheduled_at}


def _schedule_anew(session: OpeningSession, moment) -> None:
    """Who was here signs in again at the new time (SEAL-06)."""
    session.scheduled_at = moment
    session.key.openers.update(present_at=None)
    session.key.witness_present_at = None
    session.key.save(update_fields=["witness_present_at"])


def replace_opener(session: OpeningSession, act: Act) -> dict:
    act.perform(session.key, "succeed", leaving=act.data["leaving"], newcomer=act.data["newcomer"])
    return {"leaving": act.data["leaving"].name, "newcomer": act.data["newcomer"].name}


def close_record(session: OpeningSession, act: Act) -> dict:
    """The record is set on paper and kept; it is public."""
    session.record = set_record(session, act)
    return facts_of_paper(session.record)


def sitting_present(session: OpeningSession) -> list[Opener]:
    return [opener for opener in session.key.sitting() if opener.present_at]
