"""What the acts on suppliers and their papers do, and what floors above ask of and report to them."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import Organisation
from portal.files.verbs import store
from portal.identifiers import normalise_credit_code
from portal.rules.jurisdiction import setting
from portal.workflow import Act, Refusal, consequence, refuse

from .conditions import Condition
from .forms import REGISTRATION_FIELDS, YEARLY_FIELDS
from .models import Evidence, RelatedPerson, Supplier, SupplierOutcome
from .rules import confirmed_until, end_of

State = Supplier.State
#: States in which papers are taken and judged.
OPEN = (State.REGISTERED, State.CONFIRMED, State.OUTDATED)


# --- registration ------------------------------------------------------------------------------------------------
def draft(supplier: Supplier, act: Act) -> dict:
    """Begin the registration of the actor's own organisation."""
    supplier.organisation = act.actor.organisation
    return _keep_registration(supplier, act)


def revise(supplier: Supplier, act: Act) -> dict:
    """Change a registration before it is handed in."""
    return _keep_registration(supplier, act)


def _keep_registration(supplier: Supplier, act: Act) -> dict:
    for name in REGISTRATION_FIELDS:
        setattr(supplier, name, act.data.get(name, Supplier._meta.get_field(name).get_default()))
    supplier.code = normalise_credit_code(supplier.code)
    supplier.save()
    supplier.related_persons.all().delete()
    RelatedPerson.objects.bulk_create(
        RelatedPerson(supplier=supplier, name=person["name"], relation=person["relation"], share_percent=person.get("share_percent"))
        for person in act.data.get("related_persons") or []
    )
    return {"code": supplier.code, "type": supplier.type}


def register(supplier: Supplier, act: Act) -> dict:
    return {"code": supplier.code, "type": supplier.type, "authority": supplier.authority}


def confirm(supplier: Supplier, act: Act) -> dict:
    """All seven conditions are proved: confirmed for this year."""
    return _confirm_for(supplier, act.now.year)


def confirm_year(supplier: Supplier, act: Act) -> dict:
    """The supplier vouches for another year; what changed is written down (R46-11)."""
    changed = []
    for name in YEARLY_FIELDS:
        value = act.data.get(name, getattr(supplier, name))
        if getattr(supplier, name) != value:
            setattr(supplier, name, value)
            changed.append(name)
    return {**_confirm_for(supplier, act.now.year), "changed": changed}


def _confirm_for(supplier: Supplier, year: int) -> dict:
    closes = setting("confirmation_until", region=supplier.organisation.region)
    supplier.confirmed_year, supplier.lapses_at = year, confirmed_until(year, closes)
    return {"year": year}


def lapse(supplier: Supplier, act: Act) -> dict:
    """Say why the confirmation no longer counts: the year went by, or a paper ran out."""
    year_over = supplier.lapses_at is not None and supplier.lapses_at <= act.now
    supplier.lapses_at = None
    return {"cause": "YEAR" if year_over else "EVIDENCE"}


def leave_confirmed(supplier: Supplier, act: Act) -> dict:
    """Frozen or closed: no date of confirmation runs on."""
    supplier.lapses_at = None
    return {}


# --- papers ------------------------------------------------------------------------------------------------------
def submit_evidence(evidence: Evidence, act: Act) -> dict:
    """Take in a paper of the actor's own organisation."""
    evidence.supplier = Supplier.objects.of(act.actor.organisation)
    for name in ("condition", "title", "number", "valid_from", "valid_to"):
        setattr(evidence, name, act.data.get(name, ""))
    evidence.expires_at = end_of(evidence.valid_to)
    evidence.document = store(act.data["document"], actor=act.actor, kind="supplier_evidence", subject=evidence)
    return {
        "condition": evidence.condition, "title": evidence.title, "valid_to": evidence.valid_to,
        "digest": evidence.document.digest,
    }


def judged(evidence: Evidence, act: Act) -> dict:
    return {"condition": evidence.condition, "title": evidence.title}


def reject_evidence(evidence: Evidence, act: Act) -> dict:
    """Say on the paper itself what is wrong with it, all of it (S-172)."""
    evidence.defects = act.reason
    return judged(evidence, act)


# --- what follows from one another -------------------------------------------------------------------------------
@consequence("suppliers.evidence", "confirm_evidence")
def confirm_when_complete(evidence: Evidence, act: Act) -> None:
    """The seventh confirmed paper confirms the supplier (R-012)."""
    supplier = Supplier.objects.get(pk=evidence.supplier_id)
    if supplier.state in (State.REGISTERED, State.OUTDATED) and not supplier.conditions_open(act.now.date()):
        act.perform(supplier, "confirm")


@consequence("suppliers.evidence", "expire_evidence")
def lapse_when_incomplete(evidence: Evidence, act: Act) -> None:
    """A condition that no paper proves any more takes the confirmation away."""
    supplier = Supplier.objects.get(pk=evidence.supplier_id)
    if supplier.state == State.CONFIRMED and supplier.conditions_open(act.now.date()):
        act.perform(supplier, "lapse")


@consequence("suppliers.supplier", "lapse")
def expire_what_a_year_covers(supplier: Supplier, act: Act) -> None:
    """A year that was not confirmed leaves the yearly check unproved; the other papers run to their own day (R-014)."""
    if act.entry.facts.get("cause") == "YEAR":
        _expire(supplier, Condition.CLEAN_RECORD, act)


@consequence("suppliers.supplier", "unfreeze")
def ask_for_identity_again(supplier: Supplier, act: Act) -> None:
    """Who was stopped over his identity proves it anew (R-GP-11)."""
    _expire(supplier, Condition.CIVIL_LIABILITY, act)


def _expire(supplier: Supplier, condition: Condition, act: Act) -> None:
    for paper in supplier.evidence.filter(condition=condition, state=Evidence.State.CONFIRMED).order_by("pk"):
        act.perform(paper, "expire_evidence")


# --- for the floors above ----------------------------------------------------------------------------------------
def standing(organisation: Organisation, on: date | None = None) -> list[Refusal]:
    """Every reason why a supplier may not act in a tender, award or contract now (G6); empty = he may.

    Being unconfirmed or outdated is no reason: conditions are judged in the tender (R-GP-19, X-15).
    """
    return list(_standing(organisation, on or clock.today()))


def _standing(organisation: Organisation, on: date) -> Iterator[Refusal]:
    supplier = Supplier.objects.filter(organisation=organisation).order_by("-id").first()
    if supplier is None or supplier.state == State.DRAFTED:
        yield refuse("S-04", _("%(name)s还没有在本系统注册"), name=organisation.name)
    elif supplier.state == State.FROZEN:
        yield refuse("G6", _("%(name)s的注册已停用"), name=organisation.name)
    elif supplier.state == State.CLOSED:
        yield refuse("G6", _("%(name)s的注册已注销"), name=organisation.name)
    elif supplier.registered_on > on:
        yield refuse("S-04", _("%(name)s在这一天尚未成立"), name=organisation.name)


def record_outcome(
    act: Act, organisation: Organisation, *, project, contract_ref: str, grade: str, score: Decimal | None, cited: str
) -> SupplierOutcome:
    """Keep how a contract was assessed on the supplier's page (S-58, S-111); the same outcome is kept once.

    `project`: anything with `pk` and a name as text; `grade`: code of the grade; `cited`: the paper it rests on.
    Raises Supplier.DoesNotExist for an organisation that never registered.
    """
    supplier = Supplier.objects.filter(organisation=organisation).latest("id")
    outcome, _made = SupplierOutcome.objects.get_or_create(
        supplier=supplier, contract_ref=contract_ref, cited=cited,
        defaults={
            "project_id": project.pk, "project_name": str(project), "grade": grade, "score": score, "recorded_at": act.now,
        },
    )
    return outcome
