"""Who may know what of a panel, and where its record stands: members are secret until the result (R87-28)."""
from __future__ import annotations

from django.db.models import Q

from portal.accounts.roles import OrganisationKind, Role

#: Those of the agency who organise or watch an evaluation; nobody else of the house knows the panel before the result.
ORGANISERS = (Role.OFFICER, Role.HEAD, Role.WITNESS, Role.REVIEWER_SUPERVISION)


def panel_chain(draw_pk: int) -> str:
    """Name of the chain that records what members of a panel do.

    Readers of a project's record would learn the members' names before the result; the announcement binds length and
    head of this chain into the project's own.
    """
    return f"panel:{draw_pk}"


def organised_by(actor, tender: str) -> Q:
    """Evaluations this actor organises or watches for government; `tender` is the path to the tender ("" = itself).

    Before the result the organisers of the purchaser and the auditors of the region; with it every official.
    """
    agency = f"{tender}__agency" if tender else "agency"
    awarded = Q(**{f"{tender}__awarded_at__isnull" if tender else "awarded_at__isnull": False})
    if actor.kind == OrganisationKind.AGENCY:
        own = Q(**{agency: actor.organisation_id})
        return own if actor.holds(*ORGANISERS) else own & awarded
    if actor.kind == OrganisationKind.AUDIT:
        return Q(**{f"{agency}__region__path__startswith": actor.region_path})
    if actor.kind == OrganisationKind.FINANCE:
        return Q(**{f"{agency}__region__path__startswith": actor.region_path}) & awarded
    return Q(pk__in=[])
