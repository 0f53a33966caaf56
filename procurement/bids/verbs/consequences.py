"""What bids and openings do when their tender moves, and what a tender does when its bids are opened."""
from __future__ import annotations

from portal.audit.record import release
from portal.workflow import Act, consequence
from procurement.bids import rules
from procurement.bids.models import Bid, OpeningSession
from procurement.bids.visibility import sealed_chain
from procurement.tenders.models import Tender
from procurement.tenders.verbs import publish_closing_digest


def release_record(tender: Tender) -> None:
    """From now on it is no secret who bid: the chains of the bids join checkpoints and exports."""
    release([sealed_chain(pk) for pk in Bid.objects.filter(tender=tender).values_list("pk", flat=True)])


def live_session(tender: Tender) -> OpeningSession | None:
    return tender.openings.exclude(state=OpeningSession.State.VOIDED).first()


@consequence("tenders.tender", "publish")
def schedule_opening(tender: Tender, act: Act) -> None:
    act.perform(OpeningSession(), "schedule", tender=tender)


@consequence("tenders.tender", "extend", "clarify", "postpone")
def move_opening(tender: Tender, act: Act) -> None:
    session = live_session(tender)
    current = Tender.objects.get(pk=tender.pk)
    if session and session.scheduled_at != current.closes_at:
        act.perform(session, "move", scheduled_at=current.closes_at)


@consequence("tenders.tender", "close")
def close_bids(tender: Tender, act: Act) -> None:
    """Drafts lapse; the digest of all receipts is published; fewer than three are not opened (R87-21)."""
    for bid in Bid.objects.filter(tender=tender, state=Bid.State.DRAFTED).order_by("pk"):
        act.perform(bid, "lapse")
    session = act.perform(live_session(tender), "publish_digest")
    publish_closing_digest(tender, session.digest)
    if session.bids().count() < rules.MINIMUM_BIDDERS:
        act.perform(session, "void", reason_code="TOO_FEW")


@consequence("tenders.tender", "fail", "terminate")
def end_with_tender(tender: Tender, act: Act) -> None:
    """Sealed bids go back unopened and the key is destroyed; opened ones end without success."""
    for bid in Bid.objects.filter(tender=tender).order_by("pk"):
        if bid.state == Bid.State.SUBMITTED:
            act.perform(bid, "return_unopened", reason_code=act.reason_code or "ENDED")
        elif bid.state == Bid.State.DRAFTED:
            act.perform(bid, "lapse")
        elif bid.state not in (*Bid.DEAD_STATES, Bid.State.UNSUCCESSFUL, Bid.State.INVALIDATED):
            act.perform(bid, "not_select")
    session = live_session(tender)
    if session and session.state in (
        OpeningSession.State.SCHEDULED, OpeningSession.State.STARTED, OpeningSession.State.ADJOURNED
    ):
        act.perform(session, "void", reason_code="TENDER_ENDED")
    key = getattr(tender, "opening_key", None)
    if key and key.state != key.State.DESTROYED:
        act.perform(key, "destroy")
    release_record(tender)


@consequence("tenders.tender", "cancel")
def end_with_draft(tender: Tender, act: Act) -> None:
    key = getattr(tender, "opening_key", None)
    if key and key.state != key.State.DESTROYED:
        act.perform(key, "destroy")


@consequence("bids.opening", "open_bids")
def open_tender(session: OpeningSession, act: Act) -> None:
    act.perform(session.tender, "open_bids")
    release_record(session.tender)


@consequence("bids.opening", "close_record")
def destroy_key(session: OpeningSession, act: Act) -> None:
    """Replaced and withdrawn bids can never be opened."""
    act.perform(session.key, "destroy")
