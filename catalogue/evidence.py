"""How far a line of the reference list was checked against official texts; the list itself is a reconstruction (RCT-04)."""
from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Evidence(TextChoices):
    """Marks from strongest to weakest; a line may carry several ("N P")."""

    NAMED = "N", _("2022 年品目目录的官方说明点名为购买服务目录条目")
    REPORTED = "X", _("见于宁夏目录的报道")
    SAME_NAME = "P", _("与 2022 年品目目录同名")
    NEAR_NAME = "p", _("2022 年品目目录中有相近名称")
    QUESTIONED = "F", _("见于福建题库")
    INFERRED = "C", _("仅由 2022 年品目目录推断")
    REMEMBERED = "M", _("仅凭记忆，尚无出处")

    @property
    def weak(self) -> bool:
        """Lines to check first: nothing but inference or memory stands behind them."""
        return self in (Evidence.INFERRED, Evidence.REMEMBERED)

    @classmethod
    def strongest(cls, marks: str) -> Evidence | None:
        found = set(marks.split())
        return next((mark for mark in cls if mark.value in found), None)

    @classmethod
    def known(cls, marks: str) -> bool:
        return set(marks.split()) <= set(cls.values)
