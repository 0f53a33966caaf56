"""Who sees a contract and what hangs on it: government its own, the contractor its own, the evaluator what he evaluates."""
from __future__ import annotations

from django.db.models import Q

from portal.accounts.roles import OrganisationKind
from procurement.plans import visibility
from procurement.plans.models import Project

#: States in which the contractor knows the contract: once it was offered, and what became of it.
NOBODY = Q(pk__in=[])


def parties(actor, path: str = "") -> Q:
    """The contracts an actor is concerned with, as a filter; `path` leads to the contract ("contract__")."""
    if actor.is_system:
        return Q()
    official = visibility.official(actor, f"{path}agency")
    if official is not None:
        return official
    if actor.kind == OrganisationKind.SUPPLIER:
        return Q(**{f"{path}supplier": actor.organisation_id, f"{path}offered_at__isnull": False})
    if actor.kind == OrganisationKind.EVALUATOR:
        engaged = Project.objects.filter(visibility.granted(actor)).values("pk")
        return Q(**{f"{path}project__in": engaged, f"{path}signed_at__isnull": False})
    return NOBODY
