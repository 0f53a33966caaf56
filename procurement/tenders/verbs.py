"""What happens when a row of the tender fires: the effects, and what higher floors ask of a tender."""
from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from portal import clock
from portal.accounts.roles import Role
from portal.audit.canonical import canonical_json, digest
from portal.files.verbs import make_public
from portal.identifiers import Series
from portal.money import in_figures
from portal.reports.verbs import facts_of_paper
from portal.rules.constants import constant
from portal.workdays import clocks_of, move, start_clock
from portal.workdays.deadlines import Deadline
from portal.workdays.models import ClockMove, LegalClock
from portal.workdays.postponing import moved_by
from portal.workflow import Act, NotYours, Refused, refuse
from procurement.plans.models import Stage
from procurement.plans.numbers import next_number
from procurement.plans.verbs.projects import end_branch, report_branch

from . import announcements
from .clauses import clauses_for
from .content import content_of, digest_of, frozen_content, write
from .documents import set_document
from .models import Clarification, DocumentTaking, DocumentVersion, InternalReview, Tender
from .reasons import END_LABELS, NEED_GONE
from .rules import last_day_of


def branch_of(tender: Tender) -> str:
    """The project's branch that this procedure moves."""
    return f"tender:{tender.number}"


# --- making the document ---------------------------------------------------------------------------------------------
def draft(tender: Tender, act: Act) -> dict:
    """A document of the method's clauses, filled with what the plan item already says (S-162)."""
    project = act.data["project"]
    _begin(tender, project, act)
    item = project.item
    known = {
        "agency": tender.agency.name, "phone": tender.agency.phone, "address": tender.agency.address, "title": project.title,
        "content": item.content if item else project.title, "term": f"{item.term_months}个月" if item and item.term_months else "",
    }
    write(tender, {**clauses_for(tender.method, known), **_from_plan(project, item), **_contacts(tender, act)})
    tender.save()
    report_branch(act, project, branch_of(tender), Stage.PREPARING)
    return {"number": tender.number, "budget": tender.budget, "sum": in_figures(tender.budget)}


def draft_successor(tender: Tender, act: Act) -> dict:
    """A new procedure after a failed or terminated one, its document copied (R-GP-50)."""
    predecessor = act.data["predecessor"]
    tender.predecessor = predecessor
    _begin(tender, predecessor.project, act)
    write(tender, content_of(predecessor))
    tender.save()
    report_branch(act, tender.project, branch_of(tender), Stage.PREPARING)
    return {"number": tender.number, "budget": tender.budget, "predecessor": predecessor.number}


def _begin(tender: Tender, project, act: Act) -> None:
    tender.project, tender.agency = project, project.agency
    tender.number = next_number(Series.TENDER, project.agency, act.now.year)
    tender.title, tender.budget = project.title[:120], project.amount
    tender.save()


def _from_plan(project, item) -> dict:
    """What the plan answered: amount, content, term, quantity, policy; asked for nowhere again."""
    found = {
        "title": project.title[:120], "budget": project.amount,
        "lots": [{"name": project.title[:120], "amount": project.amount, "ceiling": None}],
    }
    if item is None:
        return found
    found |= {
        "need_goal": "\n".join(text for text in (item.objective, item.content) if text),
        "service_from": item.starts_on,
        "service_until": last_day_of(item.starts_on, item.term_months) if item.starts_on and item.term_months else None,
        "sme_policy": Tender.SmePolicy.RESERVED if item.sme_policy == item.SmePolicy.WHOLE else "",
        "survey_findings": item.survey, "need_acceptance": item.evaluation_standard,
    }
    if item.quantity:
        found["deliverables"] = [{"name": project.title[:120], "quota": item.quantity, "unit": item.unit[:20], "period": "TERM"}]
    return found


def _contacts(tender: Tender, act: Act) -> dict:
    agency = tender.agency
    return {
        "contact_name": act.actor.user.name if act.actor.user else agency.contact,
        "contact_phone": (act.actor.user.phone if act.actor.user else "") or agency.phone,
        "challenge_department": agency.name, "challenge_phone": agency.phone, "challenge_address": agency.address,
    }


def edit(tender: Tender, act: Act) -> dict:
    write(tender, act.data)
    tender.save()
    return {"digest": digest_of(frozen_content(tender))}


def propose(tender: Tender, act: Act) -> dict:
    tender.review_round += 1
    return {"round": tender.review_round, "digest": digest_of(frozen_content(tender))}


def unit_of(tender: Tender, actor) -> str | None:
    """The internal unit this actor still has to speak for in the present round."""
    spoken = set(tender.reviews.filter(round=tender.review_round).values_list("unit", flat=True))
    return next((unit for unit in InternalReview.Unit.values if unit in actor.roles and unit not in spoken), None)


def review(tender: Tender, act: Act) -> dict:
    unit = unit_of(tender, act.actor)
    InternalReview.objects.create(
        tender=tender, round=tender.review_round, unit=unit, reviewer=act.actor.user, at=act.now,
        general_opinion=act.data["general_opinion"], key_opinion=act.data.get("key_opinion", ""),
    )
    return {"round": tender.review_round, "unit": unit}


def send_back(tender: Tender, act: Act) -> dict:
    return {"round": tender.review_round}


# --- out to the public -----------------------------------------------------------------------------------------------
def publish(tender: Tender, act: Act) -> dict:
    """Freeze the document, publish N-03, start the periods, bring the project to tendering."""
    tender.rules_as_of = act.now.date()
    tender.offer_from, tender.offer_until = act.now.date(), act.data["offer_until"]
    tender.offer_ends_at = end_of_day(tender.offer_until)
    tender.closes_at = act.data["closes_at"]
    tender.save()
    version = freeze(tender, act)
    notice = announcements.publish("N-03", tender, announcements.tender_notice(tender), act)
    report_branch(act, tender.project, branch_of(tender), Stage.TENDERING)
    return {
        "notice": notice.number, "closes_at": tender.closes_at, "closing": clock.written(tender.closes_at),
        "offer_until": tender.offer_until, "version": version.number, **facts_of_paper(version.document), "digest": version.digest,
    }


def freeze(tender: Tender, act: Act) -> DocumentVersion:
    """A new version of the document that is never changed: content and digest, with its PDF to follow."""
    content = frozen_content(tender)
    content["clarifications"] = [
        {"number": row.number, "published_at": clock.written(row.published_at), "items": announcements.clarified(row.items)}
        for row in tender.clarifications.exclude(published_at=None)
    ]
    number = tender.versions.count() + 1
    return DocumentVersion.objects.create(
        tender=tender, number=number, content=content, digest=digest_of(content), made_at=act.now,
        document=set_document(tender, content, number, act),
    )


def end_of_day(day) -> datetime:
    """24:00 of a day (R00-08)."""
    return datetime.combine(day + timedelta(days=1), time.min, clock.SHANGHAI)


def prepare_clarification(tender: Tender, act: Act) -> dict:
    """The officer's text, put before the head; a draft that was not published is replaced."""
    tender.clarifications.filter(published_at=None).delete()
    row = Clarification.objects.create(
        tender=tender, number=tender.clarifications.count() + 1, items=act.data["items"],
        affects_bids=act.data["affects_bids"], drafted_by=act.actor.user, drafted_at=act.now,
    )
    return {"clarification": row.number, "affects_bids": row.affects_bids}


def clarify(tender: Tender, act: Act) -> dict:
    """Out to all at once, with N-07 and a new version of the document; the closing moves in the same act (R87-11)."""
    row = tender.clarifications.get(published_at=None)
    closes_at = act.data.get("closes_at")
    changes = announcements.clarified(row.items) + announcements.moved(tender, closes_at=closes_at)
    row.published_at = act.now
    row.save(update_fields=["published_at"])
    if closes_at:
        tender.closes_at = closes_at
        tender.save()
        move_bid_period(tender, act)
    version = freeze(tender, act)
    notice = _correct(tender, changes, act)
    return {
        "clarification": row.number, "notice": notice.number, "version": version.number,
        **facts_of_paper(version.document), "closes_at": tender.closes_at,
    }


def extend(tender: Tender, act: Act) -> dict:
    """A later closing or a longer offer, told in N-07; the same for all."""
    closes_at, offer_until = act.data.get("closes_at"), act.data.get("offer_until")
    changes = announcements.moved(tender, closes_at=closes_at, offer_until=offer_until)
    if offer_until:
        tender.offer_until, tender.offer_ends_at = offer_until, end_of_day(offer_until)
        tender.offer_ended_at, tender.few_takers = None, None
    if closes_at:
        tender.closes_at = closes_at
    tender.save()
    if closes_at:
        move_bid_period(tender, act)
    if offer_until:
        move_offer(tender, act)
    notice = _correct(tender, changes, act)
    return {"notice": notice.number, "closes_at": tender.closes_at, "offer_until": tender.offer_until}


def postpone(tender: Tender, act: Act) -> dict:
    """An outage moves the closing or the end of the offer; everybody is told in N-07 (L0.3)."""
    closes_at, offer_until = act.data.get("closes_at"), act.data.get("offer_until")
    changes = announcements.moved(tender, closes_at=closes_at, offer_until=offer_until)
    if offer_until:
        tender.offer_until, tender.offer_ends_at = offer_until, end_of_day(offer_until)
    if closes_at:
        tender.closes_at = closes_at
    tender.save()
    for name, ends_at in (("BID_PERIOD", closes_at), ("DOCUMENT_OFFER", tender.offer_ends_at if offer_until else None)):
        for clock_ in clocks_of(tender).live().filter(name=name) if ends_at else ():
            move(clock_, act, ends_at, cause=ClockMove.Cause.OUTAGE)
    notice = _correct(tender, changes, act)
    return {"notice": notice.number, "closes_at": tender.closes_at, "offer_until": tender.offer_until}


@moved_by("BID_PERIOD")
def move_closing(clock_: LegalClock, ends_at: datetime, act: Act) -> None:
    act.perform(clock_.subject, "postpone", closes_at=ends_at)


@moved_by("DOCUMENT_OFFER")
def move_end_of_offer(clock_: LegalClock, ends_at: datetime, act: Act) -> None:
    act.perform(clock_.subject, "postpone", offer_until=Deadline(ends_at).last_day)


def move_bid_period(tender: Tender, act: Act) -> None:
    """The clock follows the closing; its earlier end is kept (L0.1)."""
    for clock_ in clocks_of(tender).live().filter(name="BID_PERIOD"):
        move(clock_, act, tender.closes_at)


def move_offer(tender: Tender, act: Act) -> None:
    """A longer offer moves its clock, or starts another when the first is over."""
    running = clocks_of(tender).live().filter(name="DOCUMENT_OFFER").first()
    if running is None:
        start_clock("DOCUMENT_OFFER", tender, act)
    else:
        move(running, act, tender.offer_ends_at)


def _correct(tender: Tender, changes: list[dict], act: Act):
    from portal.notices.models import Notice

    original = Notice.objects.of_subject(tender).filter(kind="N-03").order_by("id").first()
    payload = announcements.correction_notice(tender, original=original, changes=changes, day=act.now.date())
    return announcements.publish("N-07", tender, payload, act)


def end_offer(tender: Tender, act: Act) -> dict:
    """One bit for those who may extend the offer, kept out of the record: fewer than three took the documents (X-16)."""
    tender.offer_ended_at = act.now
    tender.few_takers = tender.takings.count() < constant("MINIMUM_BIDDERS", tender.rules_as_of)
    return {}


# --- after closing ---------------------------------------------------------------------------------------------------
def publish_closing_digest(tender: Tender, total: str) -> None:
    """Keep the digest over all sealed bids of a closed tender, for everybody to compare at the opening (L6.2)."""
    Tender.objects.filter(pk=tender.pk).update(closing_digest=total)
    tender.closing_digest = total


def open_bids(tender: Tender, act: Act) -> dict:
    """From here on it is no secret who took the documents; the record gets their digest (R87-12)."""
    receipts = list(tender.takings.order_by("taken_at", "id").values_list("receipt", flat=True))
    return {"closing_digest": tender.closing_digest, "takings": len(receipts), "takings_digest": digest(canonical_json(receipts))}


def award(tender: Tender, act: Act) -> dict:
    """With the result the tender documents are everybody's (R87-74)."""
    make_public([version.document for version in tender.versions.select_related("document")])
    return {}


def fail(tender: Tender, act: Act) -> dict:
    return _end(tender, act)


def terminate(tender: Tender, act: Act) -> dict:
    return _end(tender, act)


def cancel(tender: Tender, act: Act) -> dict:
    tender.end_reason = act.reason
    _end_branch(tender, act, need_remains=True)
    return {}


def _end(tender: Tender, act: Act) -> dict:
    """The reason to everybody (N-09); the project falls back unless nothing is to be bought any more."""
    tender.end_code, tender.end_reason = act.reason_code, act.reason
    with override("zh-hans"):
        grounds = f"{END_LABELS[act.reason_code]}。{act.reason}"
    tender.save()
    notice = announcements.publish("N-09", tender, announcements.failure_notice(tender, grounds), act)
    _end_branch(tender, act, need_remains=act.reason_code not in NEED_GONE)
    return {"notice": notice.number}


def _end_branch(tender: Tender, act: Act, *, need_remains: bool) -> None:
    with override("zh-hans"):  # the record is kept in one language
        ended_as = str(tender.State(tender.state).label)
    end_branch(act, tender.project, branch_of(tender), ended_as=ended_as, need_remains=need_remains)


def restart(tender: Tender, act: Act) -> dict:
    successor = act.perform(Tender(), "draft_successor", predecessor=tender)
    return {"successor": successor.number}


# --- taking the documents --------------------------------------------------------------------------------------------
def takes_documents(actor) -> bool:
    """Whether this actor is one who takes tender documents for a supplier."""
    return actor.has(Role.SUPPLIER_OFFICER, Role.SUPPLIER_HEAD) and not actor.read_only


def take_documents(tender: Tender, *, actor) -> DocumentTaking:
    """A supplier takes the tender documents: recorded for ever, sealed from everybody but the taker until the opening.

    No entry is written to the project's record, where it would tell who is interested; the receipt binds the row, and
    the digest of all receipts enters the record at the opening (R87-12). Taking twice gives the same row. Raises
    NotYours, Refused.
    """
    if not takes_documents(actor):
        raise NotYours(_("招标文件由供应商的经办人或者负责人获取。"))
    with transaction.atomic():
        tender = Tender.objects.select_for_update(of=("self",)).get(pk=tender.pk)
        taken = tender.takings.filter(organisation=actor.organisation_id).first()
        if taken is not None:
            return taken
        moment = clock.now()
        if not tender.on_offer(moment):
            raise Refused([refuse(
                "R87-06", _("招标文件的提供期限至 %(day)s 止，现在不能获取。"), day=tender.offer_until or _("未公布")
            )])
        version = tender.versions.order_by("-number").first()
        receipt = digest(canonical_json({
            "tender": tender.number, "organisation": actor.organisation.code, "user": actor.user_id, "taken_at": moment,
            "document": version.digest,
        }))
        return DocumentTaking.objects.create(
            tender=tender, organisation=actor.organisation, user=actor.user, taken_at=moment,
            document_digest=version.digest, receipt=receipt,
        )


def has_taken(tender: Tender, organisation) -> bool:
    """Whether this organisation took the documents: what a bid rests on (R87-12). For its own eyes only."""
    return tender.takings.filter(organisation=organisation).exists()
