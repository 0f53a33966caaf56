"""The joint meeting: called, listed, convened, decided, and applied at once when the minutes are signed (L2.4)."""
from __future__ import annotations

from django.utils.translation import gettext

from portal.identifiers import Series
from portal.reports.verbs import facts_of_paper
from portal.workflow import Act, Refused
from procurement.plans import meeting_papers, sitting
from procurement.plans.models import AgendaItem, Meeting, MeetingMember
from procurement.plans.numbers import next_number

Decision = AgendaItem.Decision


def call(meeting: Meeting, act: Act) -> dict:
    meeting.organisation = act.actor.organisation
    meeting.region = act.actor.organisation.region
    for name in ("title", "scheduled_at", "place"):
        setattr(meeting, name, act.data[name])
    meeting.number = next_number(Series.MEETING, meeting.organisation, meeting.scheduled_at.year)
    meeting.save()
    for order, row in enumerate(act.data["members"], start=1):
        MeetingMember.objects.create(
            meeting=meeting, order=order, organisation_name=row["organisation_name"], name=row["name"],
            organisation=meeting_papers.organisation_named(row["organisation_name"], meeting.region),
        )
    return {"number": meeting.number, "members": len(act.data["members"])}


def list_item(meeting: Meeting, act: Act) -> dict:
    """Put reviewed items, in the order of the three principles (S-09), and submitted catalogue versions on the agenda."""
    listed = []
    order = meeting.agenda.count()
    items = sorted(act.data.get("items") or (), key=sitting.rank_of)
    for field, things in (("item", items), ("version", act.data.get("versions") or ())):
        for thing in things:
            order += 1
            agenda = act.perform(AgendaItem(meeting=meeting, order=order, **{field: thing}), "list_item")
            listed.append(str(agenda))
    return {"listed": listed, **_renewed(meeting, act)}


def _renewed(meeting: Meeting, act: Act) -> dict:
    """What the record keeps of the papers that a change of the agenda made: which edition, and the digest of what it says."""
    papers = meeting_papers.renew(meeting, act)
    return {"papers": [facts_of_paper(paper.document) for paper in papers]} if papers else {}


def remove_item(meeting: Meeting, act: Act) -> dict:
    agenda = act.perform(act.data["agenda"], "remove_item", reason=act.reason)
    return {"removed": str(agenda), **_renewed(meeting, act)}


def removed_by_its_agency(agenda: AgendaItem, act: Act) -> None:
    """What an agency takes from the agenda itself changes the papers too."""
    if not act.actor.is_system:
        meeting_papers.renew(agenda.meeting, act)


def withdrawn(agenda: AgendaItem, act: Act) -> None:
    """Off the agenda with the item itself; the papers follow."""
    act.perform(agenda, "remove_item", reason=act.reason or gettext("项目已撤回"))
    meeting_papers.renew(agenda.meeting, act)


def convene(meeting: Meeting, act: Act) -> dict:
    present = {member.pk for member in act.data["present"]}
    for member in meeting.members.all():
        member.present = member.pk in present
        member.save(update_fields=["present"])
    return {
        "present": [str(member) for member in meeting.members.filter(present=True)],
        "absent": [str(member) for member in meeting.members.filter(present=False)],
    }


def record_decision(meeting: Meeting, act: Act) -> dict:
    agenda = act.perform(
        act.data["agenda"], "decide", decision=act.data["decision"], approved_amount=act.data.get("approved_amount"),
        why=act.data.get("why", ""),
    )
    return {"thing": str(agenda), "decision": agenda.decision, "amount": agenda.approved_amount}


def agree_to_rest(meeting: Meeting, act: Act) -> dict:
    """Everything on the agenda that has no decision yet is agreed to as it was asked."""
    rest = list(meeting.agenda.filter(state="LISTED").select_related("item", "version").order_by("order"))
    for agenda in rest:
        act.perform(agenda, "decide", decision=Decision.APPROVE)
    return {"count": len(rest), "things": [str(agenda) for agenda in rest]}


def remove(agenda: AgendaItem, act: Act) -> dict:
    agenda.reason = act.reason
    return {}


def decide(agenda: AgendaItem, act: Act) -> dict:
    agenda.decision = act.data["decision"]
    agenda.approved_amount = act.data.get("approved_amount")
    agenda.reason = act.data.get("why", "")
    return {"decision": agenda.decision, "amount": agenda.approved_amount}


def minute(meeting: Meeting, act: Act) -> dict:
    """Apply every decision in this transaction; what was withdrawn a moment before is skipped and named."""
    applied, skipped = [], []
    for agenda in meeting.agenda.filter(state="DECIDED").select_related("item", "version").order_by("order"):
        try:
            _apply(agenda, act)
            applied.append(str(agenda))
        except Refused as refused:
            agenda.not_applied = "；".join(refusal.message for refusal in refused.refusals)[:300]
            agenda.save(update_fields=["not_applied"])
            skipped.append(str(agenda))
    return {"applied": applied, "skipped": skipped}


def _apply(agenda: AgendaItem, act: Act) -> None:
    thing = agenda.subject
    if agenda.version_id:
        row, data = {
            Decision.APPROVE: ("approve", {"decision": agenda.meeting.number}), Decision.APPROVE_IN_PART: ("approve",
                {"decision": agenda.meeting.number}),
        }.get(agenda.decision, ("send_back", {"reason": agenda.reason}))
    else:
        row, data = {
            Decision.APPROVE: ("approve", {"approved_amount": agenda.item.amount}),
            Decision.APPROVE_IN_PART: ("approve", {"approved_amount": agenda.approved_amount, "cut_reason": agenda.reason}),
            Decision.SEND_BACK: ("send_back_reviewed", {"reason": agenda.reason}),
            Decision.DEFER: ("defer", {"reason": agenda.reason}),
            Decision.REJECT: ("reject", {"reason": agenda.reason}),
        }[agenda.decision]
    act.perform(thing, row, **data)


def supplement(meeting: Meeting, act: Act) -> dict:
    meeting.supplement = "\n".join(part for part in (meeting.supplement, act.reason) if part)
    return {}


def cancel(meeting: Meeting, act: Act) -> dict:
    meeting.cancel_reason = act.reason
    for agenda in meeting.agenda.filter(state="LISTED"):
        act.perform(agenda, "remove_item", reason=act.reason)
    return {}
