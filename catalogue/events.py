"""Messages of the catalogue that have words of their own."""
from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.notifications.events import TransitionEvent, event, people
from portal.notifications.models import Message
from portal.rules.register import cite
from portal.workflow import Who


@event("catalogue.version", "submit")
class CatalogueHandedIn(TransitionEvent):
    """The list of a department is for finance to decide, not for the joint meeting (R102-16)."""

    besides = frozenset({str(Role.FINANCE_HEAD)})

    def recipients(self, row, subject, act) -> QuerySet[User]:
        if subject.agency_id is None:
            return super().recipients(row, subject, act)
        return people([Who(Role.FINANCE_HEAD, region="region")], subject).exclude(pk=act.actor.user_id or 0)


@event("catalogue.version", "renew")
class CatalogueToBeRenewed(TransitionEvent):
    """The rule is cited in the reader's language (R-004)."""

    heading = _("%(year)s 年度指导性目录还没有更新")
    text = _(
        "现行目录“%(title)s”是 %(issued)s 年度的。指导性目录每年更新并公布%(citation)s，请编制 %(year)s 年度版本；没有调整的也请重新发布。"
    )

    def _words(self, message: Message) -> dict[str, Any]:
        return {**super()._words(message), "citation": cite("R-004")}
