"""What somebody is typing into an item and has not saved yet: kept for him alone, one row a window, never in anybody's way."""
from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .item import PlanItem
from .plan import Plan


class ItemTyping(models.Model):
    """The last state of one window's form, as the page sent it. No record entry: nothing of it counts before it is saved."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    item = models.ForeignKey(PlanItem, models.CASCADE, null=True, related_name="+")  # none: an item that was never saved
    plan = models.ForeignKey(Plan, models.CASCADE, null=True, related_name="+")
    window = models.CharField(max_length=32)
    seen = models.BigIntegerField(default=0)  # the item's last record entry when the window was opened
    data = models.JSONField(default=dict)  # name → list of values
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["-saved_at", "-id"]
        verbose_name = _("未保存的填写")
        indexes = [models.Index(fields=["user", "item", "-saved_at"])]
        constraints = [models.UniqueConstraint(fields=["user", "window"], name="plans_typing_once_a_window")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.item_id} {self.window}"
