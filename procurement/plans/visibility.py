"""Who sees a project, its plan and its money: agencies their own, departments their region, the public what is approved."""
from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q

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
