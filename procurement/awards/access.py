"""Whom evaluation lets see what stands on lower floors: the panel its tender's bids and project."""
from __future__ import annotations

from django.db.models import Q

from procurement.bids import visibility as bids
from procurement.plans import visibility as projects
from procurement.tenders.models import Tender

from .models import PanelMember
from .people import SENDING


@bids.register
def bids_of_the_panel(actor) -> Q | None:
    """Seated members read the opened bids while the evaluation runs, not after (architecture: only while it is open)."""
    if actor.kind not in SENDING or actor.user_id is None:
        return None
    seats = PanelMember.objects.seated().filter(user=actor.user_id, draw__tender__state=Tender.State.EVALUATING)
    return Q(tender__in=seats.values("draw__tender"))


@projects.register
def projects_of_the_panel(actor) -> Q | None:
    """Who has accepted learns the project (L7.1)."""
    if actor.kind not in SENDING or actor.user_id is None:
        return None
    seats = PanelMember.objects.filter(user=actor.user_id, state__in=["CONFIRMED", "SEATED"])
    return Q(pk__in=seats.values("draw__tender__project"))
