"""What a department says of one field of an item, until it is answered and settled (L2.3 ask, S-172)."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.workflow.models import Staged
from procurement.plans import visibility

from .item import PlanItem
from .review import ReviewStep, StepKind


class ReviewCommentQuerySet(models.QuerySet):
    def visible_to(self, actor) -> ReviewCommentQuerySet:
        """What passes between department and agency is the government's own."""
        official = visibility.official(actor, "item__agency")
        return self.none() if official is None else self.filter(official)

    def unsettled(self) -> ReviewCommentQuerySet:
        return self.filter(state__in=["OPEN", "ANSWERED"])


class ReviewComment(Staged):
    """A question or remark at a field; it stops no clock, and the agency answers it where it stands."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("待答复")
        ANSWERED = "ANSWERED", pgettext_lazy("comment", "已答复")
        RESOLVED = "RESOLVED", pgettext_lazy("comment", "已了结")

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="comments", verbose_name=_("计划项目"))
    step = models.ForeignKey(ReviewStep, models.CASCADE, related_name="comments", verbose_name=_("审核环节"))
    kind = models.CharField(_("环节"), max_length=20, choices=StepKind.choices)  # of its step
    field = models.CharField(_("所指内容"), max_length=40, blank=True)  # name of a field of the five questions; "": the whole item
    text = models.TextField(_("意见"))
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    answer = models.TextField(_("答复"), blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    resolved_at = models.DateTimeField(null=True, editable=False)
    resolved_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    objects = ReviewCommentQuerySet.as_manager()

    class Meta:
        ordering = ["item", "id"]
        verbose_name = _("审核意见")
        indexes = [models.Index(fields=["item", "state"]), models.Index(fields=["state", "id"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ANSWERED") | ~Q(answer=""), name="plans_comment_answered_with_words",
                violation_error_message=_("答复须写明内容。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.field_label or _('整个项目')}：{self.text[:40]}"

    @property
    def field_label(self) -> str:
        """How the field is called on the form; empty for the whole item."""
        from procurement.plans.content import label_of

        return label_of(self.field)

    @property
    def project_key(self) -> int | None:
        return self.item.project_id

    def get_absolute_url(self) -> str:
        return f"{self.item.get_absolute_url()}#comment-{self.pk}"


class ReviewedContent(models.Model):
    """What an item said in a round that ended with its return: what the next round is compared with."""

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="reviewed")
    round = models.PositiveSmallIntegerField(_("轮次"))
    content = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ["item", "round"]
        verbose_name = _("送审内容")
        constraints = [models.UniqueConstraint(fields=["item", "round"], name="plans_content_once_a_round")]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.round}"
