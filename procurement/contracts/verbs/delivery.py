"""Effects of delivery: the log, reports whose figures come from it, visits (L9.4, L9.5, L9.6)."""
from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from decimal import Decimal

from portal.clock import SHANGHAI
from portal.files.verbs import store
from portal.rules.jurisdiction import setting
from portal.workdays.deadlines import Unit, deadline
from portal.workflow import Act
from procurement.contracts.measure import standings
from procurement.contracts.models import Deliverable, DeliveryLog, Inspection, ReportRow, SupplierReport

LOGGED = ("on", "since", "quantity", "sub_quantity", "standing", "text", "place", "participants", "beneficiaries", "channel")


# --- deliverables ------------------------------------------------------------------------------------------------------
def log(deliverable: Deliverable, act: Act) -> dict:
    """Write an entry; what is wrong with an earlier one is set right by the purchaser's sending the report back."""
    entry = DeliveryLog.objects.create(
        deliverable=deliverable, logged_at=act.now, logged_by_id=act.actor.user_id,
        **{name: act.data[name] for name in LOGGED if act.data.get(name) is not None},
    )
    kept = [store(upload, actor=act.actor, kind="delivery_evidence", subject=deliverable) for upload in act.data.get("evidence") or ()]
    entry.documents.set(kept)
    return {
        "on": entry.on, "quantity": entry.quantity, "sub_quantity": entry.sub_quantity, "standing": entry.standing,
        "evidence": [document.digest for document in kept], "unit": deliverable.unit,
    }


def remove_log(deliverable: Deliverable, act: Act) -> dict:
    """Take back a wrong entry before the report of its period has left the house; what it said stays in the record."""
    entry = act.data["entry"]
    said = {"on": entry.on, "quantity": entry.quantity, "standing": entry.standing, "text": entry.text}
    entry.delete()
    return said


def report_done(deliverable: Deliverable, act: Act) -> dict:
    deliverable.shortfall = act.data.get("shortfall", "")
    return {"shortfall": deliverable.shortfall}


# --- reports -----------------------------------------------------------------------------------------------------------
def submit_report(report: SupplierReport, act: Act) -> dict:
    """The figures are taken from the log as it stands; only the words are the contractor's (L9.5, edge 2)."""
    for name in ("narrative", "income", "expenditure", "ledger_kept"):
        setattr(report, name, act.data[name])
    words = {row["order"]: row["text"] for row in act.data.get("rows") or ()}
    report.rows.all().delete()
    found = standings(report.contract, report.period_until)
    for each in found:
        inside = [entry for entry in each.entries if report.period_from <= entry.on]
        ReportRow.objects.create(
            report=report, deliverable=each.deliverable, quota=each.measure.quota, due=each.measure.due,
            actual=each.measure.actual, sub_actual=each.measure.sub_actual, progress=each.measure.state,
            in_period=None if each.deliverable.is_continuous else sum((entry.quantity or Decimal(0) for entry in inside), Decimal(0)),
            narrative=words.get(each.deliverable.order, ""),
        )
    for upload in act.data.get("attachments") or ():
        store(upload, actor=act.actor, kind="report_attachment", subject=report)
    report.send_back_reason = ""
    return {
        "number": report.number, "rows": len(found), "behind": sum(1 for each in found if each.behind),
        "period_until": report.period_until,
    }


def send_back_report(report: SupplierReport, act: Act) -> dict:
    report.send_back_reason = act.reason
    return {"number": report.number}


def confirm_report(report: SupplierReport, act: Act) -> dict:
    """What the report says is taken as true; the entries behind it are locked (L9.5)."""
    locked = (
        DeliveryLog.objects.of(report.contract).filter(on__lte=report.period_until, report=None).update(report=report)
    )
    return {"number": report.number, "entries": locked}


def waive_report(report: SupplierReport, act: Act) -> dict:
    report.waived_reason = act.reason
    return {"number": report.number}


# --- visits ------------------------------------------------------------------------------------------------------------
def plan_visit(inspection: Inspection, act: Act) -> dict:
    """Draw the day of an unannounced visit: SHA-256 of "seed:first:last" modulo the days; the seed is kept (S-120)."""
    inspection.contract = act.data["contract"]
    inspection.kind = Inspection.Kind.UNANNOUNCED
    first, last = act.data["first"], act.data["last"]
    inspection.seed = secrets.token_hex(16)
    number = int(hashlib.sha256(f"{inspection.seed}:{first}:{last}".encode()).hexdigest(), 16)
    day = first + timedelta(days=number % ((last - first).days + 1))
    inspection.set_period(day, day)
    return {"first": first, "last": last, "seed": inspection.seed, "day": day}


def record(inspection: Inspection, act: Act) -> dict:
    """Keep what was seen; the contractor may answer within three working days (a setting)."""
    for name in ("visited_at", "place", "findings", "problem_found", "problem", "no_photo_reason", "device_time"):
        value = act.data.get(name)
        if value is not None:
            setattr(inspection, name, value)
    days = setting("inspection_answer_wd", inspection.contract.agency.region)
    inspection.answers_until = deadline(act.now, days, Unit.WORKING_DAYS).ends_at
    inspection.save()
    photos = [store(upload, actor=act.actor, kind="inspection_photo", subject=inspection) for upload in act.data.get("photos") or ()]
    return {
        "kind": inspection.kind, "visited_at": inspection.visited_at, "place": inspection.place, "photos": [p.digest for p in photos],
        "problem_found": inspection.problem_found, "device_time": inspection.device_time, "week": inspection.week,
        "late": inspection.visited_at >= inspection.due_by,
    }


def visit(inspection: Inspection, act: Act) -> dict:
    """A visit beside the duty: recorded on the spot."""
    inspection.contract = act.data["contract"]
    inspection.kind = act.data["kind"]
    day = act.data["visited_at"].astimezone(SHANGHAI).date()
    inspection.set_period(day, day)
    return record(inspection, act)


def acknowledge(inspection: Inspection, act: Act) -> dict:
    inspection.deemed = act.actor.is_system
    return {"deemed": inspection.deemed}


def dispute(inspection: Inspection, act: Act) -> dict:
    inspection.dispute_reason = act.reason
    return {}


def settle(inspection: Inspection, act: Act) -> dict:
    inspection.settlement = act.reason
    return {}


def miss(inspection: Inspection, act: Act) -> dict:
    return {"week": inspection.week, "period_until": inspection.period_until}
