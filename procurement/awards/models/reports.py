"""The panel's signed finding, and the questions about prices that look too low (L7.4)."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import OrganisationKind
from portal.workdays.subjects import ClockTerms
from portal.workflow import Staged
from procurement.awards import secrecy

MADE = ("SIGNED", "DELIVERED", "SUPERSEDED")


def on_the_panel(actor, draw: str = "tender__panel_draw") -> Q:
    """Whether the actor sits on the panel now."""
    from .draws import PanelMember

    return Q(**{f"{draw}__in": PanelMember.objects.filter(user=actor.user_id, state="SEATED").values("draw")})


class EvaluationReportQuerySet(models.QuerySet):
    def visible_to(self, actor) -> EvaluationReportQuerySet:
        """The panel while it sits; who organises the evaluation once it is signed."""
        if actor.is_system:
            return self
        if actor.user_id is None:
            return self.none()
        return self.filter(on_the_panel(actor) | secrecy.organised_by(actor, "tender") & Q(state__in=MADE))


class EvaluationReport(Staged):
    """What the panel found, signed by every member (R87-70). `content`: the exact inputs and what follows from them."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("形成中")
        SIGNED = "SIGNED", _("已签署")
        DELIVERED = "DELIVERED", _("已送达采购人")
        SUPERSEDED = "SUPERSEDED", _("作废")

    tender = models.ForeignKey("tenders.Tender", models.PROTECT, related_name="evaluation_reports", verbose_name=_("采购活动"))
    content = models.JSONField(default=dict, editable=False)
    digest = models.CharField(_("内容摘要"), max_length=128, blank=True, editable=False)
    document = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+", editable=False)
    signed_at = models.DateTimeField(_("签署时间"), null=True, editable=False)
    delivered_at = models.DateTimeField(_("送达时间"), null=True, editable=False)
    delivered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", editable=False)
    superseded_at = models.DateTimeField(null=True, editable=False)
    superseded_code = models.CharField(max_length=40, blank=True, editable=False)
    objects = EvaluationReportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("评审报告")
        constraints = [
            models.UniqueConstraint(
                fields=["tender"], condition=~Q(state="SUPERSEDED"), name="awards_one_live_report",
                violation_error_message=_("一次采购活动只有一份有效的评审报告。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["SIGNED", "DELIVERED"]) | (~Q(digest="") & Q(document__isnull=False)),
                name="awards_signed_report_is_kept", violation_error_message=_("已签署的评审报告须存档。"),
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(tender)s 评审报告")) % {"tender": self.tender}

    def get_absolute_url(self) -> str:
        return reverse("awards:report", args=[self.pk])

    @property
    def project(self):
        return self.tender.project

    @property
    def chain_key(self) -> str:
        """Members sign here: their names stay out of the project's record until the result (R87-28)."""
        if self.state in ("", self.State.DRAFTED):
            return secrecy.panel_chain(self.tender.panel_draw.pk)
        return super().chain_key

    def clock_terms(self, name: str) -> ClockTerms | None:
        """The purchaser's own report must reach whoever decides (R87-71)."""
        return ClockTerms(bearer=self.tender.agency) if name == "REPORT_DELIVERY" else None


class Signature(models.Model):
    """One member's name under what the report said at that moment; a later change needs it again."""

    report = models.ForeignKey(EvaluationReport, models.CASCADE, related_name="signatures")
    member = models.ForeignKey("awards.PanelMember", models.PROTECT, related_name="signatures")
    dissent = models.BooleanField(_("有不同意见"), default=False)
    reason = models.TextField(_("不同意见和理由"), blank=True)
    digest = models.CharField(_("所签内容的摘要"), max_length=128)
    at = models.DateTimeField(_("签署时间"))
    void_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["report", "at"]
        verbose_name = _("签名")
        constraints = [
            models.UniqueConstraint(fields=["report", "member"], condition=Q(void_at=None), name="awards_signature_once"),
            models.CheckConstraint(
                condition=Q(dissent=False) | ~Q(reason=""), name="awards_dissent_with_reason",
                violation_error_message=_("不同意见须写明理由。"),
            ),
        ]


class PriceQuestionQuerySet(models.QuerySet):
    def visible_to(self, actor) -> PriceQuestionQuerySet:
        """The panel, the bidder who is asked, and who organises the evaluation."""
        if actor.is_system:
            return self
        if actor.user_id is None:
            return self.none()
        scope = on_the_panel(actor, "report__tender__panel_draw") | secrecy.organised_by(actor, "report__tender")
        if actor.kind == OrganisationKind.SUPPLIER:
            scope |= Q(bid__supplier=actor.organisation_id)
        return self.filter(scope)

    def open(self) -> PriceQuestionQuerySet:
        return self.filter(state__in=["ASKED", "ANSWERED"])


class PriceQuestion(Staged):
    """A price below a trigger: what triggered, what the bidder said and what the panel found are kept apart (RAL-07)."""

    class State(models.TextChoices):
        ASKED = "ASKED", _("已要求说明")
        ANSWERED = "ANSWERED", _("已说明")
        JUSTIFIED = "JUSTIFIED", _("合理")
        UNJUSTIFIED = "UNJUSTIFIED", _("不能证明合理")

    report = models.ForeignKey(EvaluationReport, models.PROTECT, related_name="questions")
    bid = models.ForeignKey("bids.Bid", models.PROTECT, related_name="price_questions", verbose_name=_("投标"))
    triggers = models.JSONField(_("启动情形"), default=list, editable=False)
    question = models.TextField(_("要求说明的内容"), blank=True)
    asked_at = models.DateTimeField(null=True, editable=False)
    answer_from = models.DateTimeField(_("说明时间至少到"), null=True, editable=False)
    answer = models.TextField(_("说明"), blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", editable=False)
    justified_at = models.DateTimeField(null=True, editable=False)
    unjustified_at = models.DateTimeField(null=True, editable=False)
    objects = PriceQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["report", "id"]
        verbose_name = _("异常低价审查")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "bid"], condition=Q(state__in=["ASKED", "ANSWERED"]), name="awards_one_open_question",
                violation_error_message=_("已要求该投标人说明报价。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="ANSWERED") | ~Q(answer=""), name="awards_answer_is_written",
                violation_error_message=_("报价说明须为书面。"),
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(supplier)s 报价说明")) % {"supplier": self.bid.supplier}

    def get_absolute_url(self) -> str:
        return reverse("awards:question", args=[self.pk])

    @property
    def project(self):
        return self.report.tender.project

    @property
    def chain_key(self) -> str:
        return secrecy.panel_chain(self.report.tender.panel_draw.pk)

    def clock_terms(self, name: str) -> ClockTerms | None:
        return ClockTerms(bearer=self.bid.supplier) if name == "LOW_PRICE_EXPLANATION" else None


class PriceJudgement(models.Model):
    """What one member thinks of an explanation, with his sources; the majority decides (RAL-07, RAL-08)."""

    question = models.ForeignKey(PriceQuestion, models.CASCADE, related_name="judgements")
    member = models.ForeignKey("awards.PanelMember", models.PROTECT, related_name="+")
    justified = models.BooleanField(_("合理"))
    reason = models.TextField(_("理由和依据"))
    at = models.DateTimeField()

    class Meta:
        ordering = ["question", "at"]
        verbose_name = _("低价审查意见")
        constraints = [models.UniqueConstraint(fields=["question", "member"], name="awards_judgement_once")]
