"""What public, departments and experts say of a draft, and what became of it: one by one (S-17, R102-17)."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.workflow import Staged

from .version import CATALOGUE_BODIES, PUBLIC_STATES, CatalogueItem, CatalogueVersion


class CommentQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> CommentQuerySet:
        """The region's catalogue bodies and the department whose list it is see all; everybody else what has been answered, of
        versions that are public."""
        if actor.is_system:
            return self
        answered = Q(state="ANSWERED", version__state__in=PUBLIC_STATES)
        if actor.organisation_id:
            answered |= Q(version__agency=actor.organisation_id)
        if actor.kind in CATALOGUE_BODIES:
            answered |= Q(version__region=actor.organisation.region_id)
        return self.filter(answered)


class CatalogueComment(Staged):
    """One opinion on a draft. Who wrote it may stay unnamed; how to reach him is never shown to others."""

    class State(models.TextChoices):
        RECEIVED = "RECEIVED", _("待处理")
        ANSWERED = "ANSWERED", _("已答复")
        REFUSED = "REFUSED", _("不予采用")

    class Source(models.TextChoices):
        PUBLIC = "PUBLIC", _("社会公众")
        DEPARTMENT = "DEPARTMENT", _("部门")
        EXPERT = "EXPERT", _("专家")

    class Outcome(models.TextChoices):
        ACCEPTED = "ACCEPTED", _("采纳")
        PARTLY = "PARTLY", _("部分采纳")
        DECLINED = "DECLINED", _("未采纳")
        EXPLAINED = "EXPLAINED", _("解释说明")

    version = models.ForeignKey(CatalogueVersion, models.PROTECT, related_name="comments", verbose_name=_("目录版本"))
    item = models.ForeignKey(CatalogueItem, models.SET_NULL, null=True, related_name="+", verbose_name=_("所指条目"))
    item_words = models.CharField(_("所指条目"), max_length=150, blank=True)
    source = models.CharField(_("来源"), max_length=12, choices=Source.choices, default=Source.PUBLIC)
    author = models.CharField(_("姓名或单位"), max_length=60, blank=True)
    contact = models.CharField(_("联系方式"), max_length=100, blank=True)
    text = models.TextField(_("意见"), max_length=2000)
    sender = models.CharField(max_length=64, blank=True, editable=False)  # keyed digest of the address it came from
    outcome = models.CharField(_("处理结果"), max_length=10, choices=Outcome.choices, blank=True)
    reply = models.TextField(_("答复"), blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, editable=False)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["version", "-id"]
        verbose_name = _("目录意见")
        indexes = [models.Index(fields=["version", "state", "-id"]), models.Index(fields=["sender", "created_at"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ANSWERED") | (~Q(reply="") & ~Q(outcome="")), name="catalogue_answer_says_something",
                violation_error_message=_("答复须写明处理结果和理由。"),
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(source)s意见第 %(number)s 号")) % {"source": self.get_source_display(), "number": self.pk}

    def get_absolute_url(self) -> str:
        return f"{self.version.get_absolute_url()}#comment-{self.pk}"

    @property
    def shown_author(self) -> str:
        """The name under which others read it."""
        return self.author or str(_("未署名"))

    @property
    def summary(self) -> str:
        return self.text[:60]
