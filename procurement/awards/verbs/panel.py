"""How a panel comes about and changes (L7.1)."""
from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.audit.canonical import canonical_json, digest
from portal.clock import SHANGHAI
from portal.rules.jurisdiction import setting
from portal.workflow import Act
from procurement.awards import rules
from procurement.awards.models import Draw, Expert, Nomination, PanelMember, PoolEntry
from procurement.awards.models.draws import SITTING
from procurement.bids.models import Bid
from procurement.bids.verbs.consequences import live_session
from procurement.tenders.models import Tender

CONDITIONS = ("size", "complex_project", "subject", "review_at", "place", "witness")


def draft(draw: Draw, act: Act) -> dict:
    draw.tender = act.data["tender"]
    return edit(draw, act)


def edit(draw: Draw, act: Act) -> dict:
    for name in CONDITIONS:
        setattr(draw, name, act.data[name])
    draw.save()
    draw.representatives.set(act.data["representatives"])
    return {"size": draw.size, "representatives": len(act.data["representatives"]), "review_at": draw.review_at}


# --- the pool ----------------------------------------------------------------------------------------------------
def bidders_of(tender: Tender) -> list:
    """Organisations whose bids are open; none before the opening, when nobody may know them (R87-12)."""
    if tender.opened_at is None:
        return []
    return [bid.supplier for bid in Bid.objects.opened().filter(tender=tender).select_related("supplier").order_by("received_at", "pk")]


def exclusion(expert: Expert, agency, bidders: list, on) -> tuple[str, str] | None:
    """Rule and reason why this expert may not be drawn; None when he may (R87-28, R-GP-20, REX-03)."""
    if expert.employer_organisation_id == agency.pk:
        return "R87-28", _("采购人本单位人员，不得以专家身份参加")
    barred = {organisation.pk: organisation for organisation in (agency, *bidders)}
    for tie in expert.ties.all():
        if tie.organisation_id in barred and rules.tie_bars(tie.until, on):
            named = barred[tie.organisation_id].name
            return "R-GP-20", _("与%(organisation)s有利害关系：%(kind)s") % {"organisation": named, "kind": tie.get_kind_display()}
    if expert.employer_organisation_id in barred:
        return "REX-03", _("投标人%(organisation)s人员") % {"organisation": barred[expert.employer_organisation_id].name}
    return None


def candidates(draw: Draw, on) -> list[tuple[Expert, tuple[str, str] | None]]:
    """Every expert in question, with the reason against him."""
    tender = draw.tender
    found = Expert.objects.drawable(tender.agency.region, draw.subject).prefetch_related("ties").order_by("number")
    bidders = bidders_of(tender)
    with override("zh-hans"):
        return [(expert, exclusion(expert, tender.agency, bidders, on)) for expert in found]


def seal_seed(draw: Draw, act: Act) -> dict:
    """Freeze the pool with every exclusion, and fix the seed by its digest before anybody knows what it is mixed with."""
    draw.pool.all().delete()
    rows = [
        PoolEntry(draw=draw, expert=expert, number=expert.number, excluded=why[0] if why else "", reason=why[1] if why else "")
        for expert, why in candidates(draw, act.now.astimezone(SHANGHAI).date())
    ]
    PoolEntry.objects.bulk_create(rows)
    draw.seed = rules.new_seed()
    draw.seed_hash = rules.sha256(draw.seed)
    draw.pool_digest = digest(canonical_json([[row.number, row.excluded] for row in rows]))
    return {
        "size": draw.size, "experts": draw.experts_wanted, "pool": len(rows), "excluded": sum(bool(row.excluded) for row in rows),
        "pool_digest": draw.pool_digest, "seed_hash": draw.seed_hash, "witness": draw.witness.name,
    }


def attest(draw: Draw, act: Act) -> dict:
    draw.witness_words, draw.witnessed_at = act.data["words"], act.now
    return {"words": draw.witness_words, "seed_hash": draw.seed_hash}


def draw_experts(draw: Draw, act: Act) -> dict:
    """Order the pool by the mixed value and ask the first; who turns out to be tied to a bidder is left out, on record."""
    _exclude_late_ties(draw, act)
    draw.opening_digest = live_session(draw.tender).digest
    draw.mixed = rules.mixed_value(draw.seed, draw.opening_digest, draw.witness_words)
    entries = {entry.number: entry for entry in draw.pool.filter(excluded="")}
    order = rules.drawn_order(draw.mixed, entries)
    for place, number in enumerate(order, 1):
        entries[number].place = place
    PoolEntry.objects.bulk_update(entries.values(), ["place"])
    draw.save()
    for seat in range(1, draw.experts_wanted + 1):
        step_up(draw, seat, act)
    for seat, user in enumerate(draw.representatives.order_by("name", "pk"), draw.experts_wanted + 1):
        act.perform(PanelMember(), "send", draw=draw, seat=seat, user=user)
    return {
        "seed": draw.seed, "opening_digest": draw.opening_digest, "mixed": draw.mixed, "order_digest": digest(canonical_json(order)),
        "candidates": len(order),
    }


def _exclude_late_ties(draw: Draw, act: Act) -> None:
    bidders, on = bidders_of(draw.tender), act.now.astimezone(SHANGHAI).date()
    with override("zh-hans"):
        for entry in draw.pool.filter(excluded="").select_related("expert").prefetch_related("expert__ties"):
            why = exclusion(entry.expert, draw.tender.agency, bidders, on)
            if why:
                entry.excluded, entry.reason, entry.excluded_at_draw = why[0], why[1], True
                entry.save(update_fields=["excluded", "reason", "excluded_at_draw"])


def reserve(draw: Draw):
    """Drawn experts not yet asked, in their order."""
    asked = draw.members.exclude(expert=None).values("expert")
    return draw.pool.filter(excluded="", place__isnull=False).exclude(expert__in=asked).order_by("place")


def step_up(draw: Draw, seat: int, act: Act) -> PanelMember | None:
    """The next of the drawn order is asked for a seat; None when nobody is left."""
    entry = reserve(draw).select_related("expert__user").first()
    if entry is None:
        return None
    return act.perform(PanelMember(), "invite", draw=draw, seat=seat, expert=entry.expert, place=entry.place)


def elect_leader(draw: Draw, act: Act) -> dict:
    draw.leader = act.data["member"]
    return {"votes": act.data["votes"]}


def close_draw(draw: Draw, act: Act) -> dict:
    return {"size": draw.size}


# --- members -----------------------------------------------------------------------------------------------------
def invite(member: PanelMember, act: Act) -> dict:
    data = act.data
    member.draw, member.seat, member.expert, member.user = data["draw"], data["seat"], data["expert"], data["expert"].user
    member.capacity = PanelMember.Capacity.EXPERT
    hours = setting("expert_answer_hours", region=member.draw.tender.agency.region)
    member.invited_at, member.answer_until = act.now, act.now + timedelta(hours=hours)
    return {"number": member.expert.number, "seat": member.seat, "place": data["place"], "answer_until": member.answer_until}


def send(member: PanelMember, act: Act) -> dict:
    """The purchaser's representative needs no invitation; he declares like everybody (R-GP-20)."""
    member.draw, member.seat, member.user = act.data["draw"], act.data["seat"], act.data["user"]
    member.capacity = PanelMember.Capacity.REPRESENTATIVE
    member.invited_at = member.answered_at = act.now
    return {"seat": member.seat, "name": member.user.name}


def answer(member: PanelMember, act: Act) -> dict:
    member.answered_at = act.now
    return {"seat": member.seat}


def leave(member: PanelMember, act: Act) -> dict:
    """Declined, recused or replaced: why, kept with the seat."""
    member.end_code, member.end_reason = act.reason_code or "SILENT", act.reason or _("逾期未应答")
    if member.draw.leader_id == member.pk:
        Draw.objects.filter(pk=member.draw_id).update(leader=None)
    Nomination.objects.filter(draw=member.draw_id, member=member).delete()
    Nomination.objects.filter(draw=member.draw_id, candidate=member).delete()
    return {"seat": member.seat}


def declare(member: PanelMember, act: Act) -> dict:
    """The statement names the bidders it was signed against; its digest stands in the record (R-GP-20)."""
    with override("zh-hans"):
        member.statement = statement_for(member)
    member.statement_digest = digest(member.statement.encode())
    return {"seat": member.seat, "statement": member.statement_digest}


def statement_for(member: PanelMember) -> str:
    tender = member.draw.tender
    names = "、".join(organisation.name for organisation in bidders_of(tender))
    return _(
        "本人%(name)s参加“%(title)s”（%(number)s）评审，已知悉采购人%(agency)s和投标人%(bidders)s。"
        "本人与上述单位没有应当回避的关系，将独立评审，对评审情况保密。"
    ) % {"name": member.user.name, "title": tender.title, "number": tender.number, "agency": tender.agency.name, "bidders": names}


def nominate(member: PanelMember, act: Act) -> dict:
    Nomination.objects.update_or_create(
        member=member, defaults={"draw": member.draw, "candidate": act.data["candidate"], "at": act.now}
    )
    return {"seat": member.seat, "candidate": act.data["candidate"].seat}


def is_complete(draw: Draw) -> bool:
    """Whether every seat is taken by somebody who has declared."""
    return draw.members.seated().count() == draw.size and not draw.sitting().exclude(state__in=("SEATED", "RELEASED")).exists()


def progress(draw: Draw) -> dict:
    """How far the seats are, for those who organise."""
    states = list(draw.members.filter(state__in=SITTING).values_list("state", flat=True))
    return {"asked": len(states), "seated": states.count("SEATED"), "size": draw.size, "reserve": reserve(draw).count()}
