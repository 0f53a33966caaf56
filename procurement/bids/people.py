"""Who, where a role alone does not say it: an opener named for this tender, a bidder of this opening, a step's judge."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from portal.accounts.actor import Actor
from portal.accounts.roles import Role
from portal.workflow import Who
from portal.workflow.table import follow


@dataclass(frozen=True, slots=True)
class NamedOpener(Who):
    """One of the openers sitting for this key; `key`: path to the key, "" for the key itself.

    `until`: the moment of his own that ends his duty, so that what he has done waits for him no longer.
    """

    role: str = Role.OPENER
    key: str = ""
    until: str = ""

    def fits(self, actor: Actor, obj: Any) -> bool:
        key = follow(obj, self.key) if self.key else obj
        return self.role in actor.roles and key is not None and key.opener_of(actor) is not None

    def of(self, actor: Actor) -> Q | None:
        if self.role not in actor.roles:
            return None
        openers = f"{self.key}__openers" if self.key else "openers"
        sitting = {f"{openers}__user": actor.user_id, f"{openers}__replaced_at": None}
        return Q(**sitting, **({f"{openers}__{self.until}": None} if self.until else {}))


@dataclass(frozen=True, slots=True)
class OpenedBidder(Who):
    """A bidder whose bid takes part in this opening; from its start on others see that he does."""

    def fits(self, actor: Actor, obj: Any) -> bool:
        return self.role in actor.roles and obj.bids().filter(supplier=actor.organisation_id).exists()

    def of(self, actor: Actor) -> Q | None:
        from .models import Bid

        if self.role not in actor.roles:
            return None
        mine = Bid.objects.opened().filter(supplier=actor.organisation_id)
        return Q(tender__in=mine.values("tender"))


@dataclass(frozen=True, slots=True)
class AtStep(Who):
    """Somebody who judges only while the bid stands at one of these states."""

    states: tuple[str, ...] = ()

    def fits(self, actor: Actor, obj: Any) -> bool:
        return obj.state in self.states and Who.fits(self, actor, obj)

    def of(self, actor: Actor) -> Q | None:
        condition = Who.of(self, actor)
        return None if condition is None else condition & Q(state__in=self.states)
