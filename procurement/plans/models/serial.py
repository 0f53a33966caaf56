"""Serial numbers of papers: given once, never reused."""
from django.db import models
from django.utils.translation import gettext_lazy as _


class Serial(models.Model):
    """The last serial given in one series of one agency and year; the row that two writers queue at."""

    key = models.CharField(max_length=60, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("编号")

    def __str__(self) -> str:
        return f"{self.key}: {self.last}"
