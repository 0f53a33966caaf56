"""Messages of the catalogue that have words of their own."""
from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.notifications.events import TransitionEvent, event
from portal.notifications.models import Message
from portal.rules.register import cite


@event("catalogue.version", "renew")
class CatalogueToBeRenewed(TransitionEvent):
    """The rule is cited in the reader's language (R-004)."""

    heading = _("%(year)s 年度指导性目录还没有更新")
    text = _(
        "现行目录“%(title)s”是 %(issued)s 年度的。指导性目录每年更新并公布%(citation)s，请编制 %(year)s 年度版本；没有调整的也请重新发布。"
    )

    def _words(self, message: Message) -> dict[str, Any]:
        return {**super()._words(message), "citation": cite("R-004")}
