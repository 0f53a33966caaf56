"""Who sees a project, its plan and its money: agencies their own, departments their region, the public what is approved."""
from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q

from portal.accounts.models import Region
from portal.accounts.roles import REGIONAL_KINDS, OrganisationKind, Role

_grants: list[Callable] = []


def register(grant: Callable) -> Callable:
    """Register `grant(actor) -> Q | None` over projects: a higher floor lets its own people see a project.

    For instance the supplier who bids, the expert who was drawn, the evaluator who is engaged.
    """
    _grants.append(grant)
    return grant


def granted(actor) -> Q:
    """What higher floors let this actor see; an empty Q(pk__in=[]) when nothing."""
    condition = Q(pk__in=[])
    for grant in _grants:
        found = grant(actor)
        if found is not None:
            condition |= found
    return condition


def official(actor, agency: str = "agency") -> Q | None:
    """The government's own view: an agency sees its own, its superior its subordinates', departments their region.

    `agency` is the path to the agency. None for everybody outside government.
    """
    if actor.is_system:
        return Q()
    if not actor.organisation:
        return None
    if actor.kind in REGIONAL_KINDS:
        return Q(**{f"{agency}__region__path__startswith": actor.region_path})
    if actor.kind == OrganisationKind.AGENCY:
        condition = Q(**{agency: actor.organisation_id})
        if actor.has(Role.DEPARTMENT):
            condition |= Q(**{f"{agency}__superior": actor.organisation_id})
        return condition
    return None


def regions_of(actor) -> list[int]:
    """Keys of the region of a department and of all below it; one query for a request.

    Told by their keys, so that the database sees how much of a table they are: along the agencies of a county, or along the
    newest rows for a whole province.
    """
    if "regions" not in actor.kept:
        actor.kept["regions"] = list(Region.objects.filter(path__startswith=actor.region_path).order_by("pk").values_list("pk", flat=True))
    return actor.kept["regions"]
