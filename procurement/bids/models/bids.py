"""A bid, its sealed parts, the receipts its bidder holds, and what the qualification review found."""
from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.roles import OrganisationKind
from portal.money import COLUMN
from portal.workflow import Staged
from procurement.bids import visibility


def untold_number() -> int:
    """A primary key that says nothing about how many bids there are (R87-12); small enough for every program."""
    return secrets.randbelow(2**52) + 1


class BidQuerySet(models.QuerySet):
    def visible_to(self, actor) -> BidQuerySet:
        """Before the opening nothing but the owner's own row exists for anybody (R87-12).

        Afterwards: the agency, the auditors of its region, and whom higher floors name (the panel).
        """
        if actor.is_system:
            return self
        if not actor.organisation_id:
            return self.none()
        scope = Q(supplier=actor.organisation_id)
        opened = Q(state__in=Bid.OPEN_STATES)
        if actor.kind == OrganisationKind.AGENCY:
            scope |= opened & Q(tender__agency=actor.organisation_id)
        elif actor.kind == OrganisationKind.AUDIT:
            scope |= opened & Q(tender__agency__region__path__startswith=actor.region_path)
        for more in visibility.granted(actor):
            scope |= opened & more
        return self.filter(scope)

    def opened(self) -> BidQuerySet:
        return self.filter(state__in=Bid.OPEN_STATES)

    def sealed(self) -> BidQuerySet:
        return self.filter(state=Bid.State.SUBMITTED)

    def live(self) -> BidQuerySet:
        return self.exclude(state__in=Bid.DEAD_STATES)


class Bid(Staged):
    """One supplier's answer to one tender, sealed until the opening (R87-14, R87-20)."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("编制中")
        SUBMITTED = "SUBMITTED", _("已递交（密封）")
        WITHDRAWN = "WITHDRAWN", _("已撤回")
        LAPSED = "LAPSED", _("未递交")
        UNOPENED = "UNOPENED", _("未开启退回")
        OPENED = "OPENED", _("已开启")
        QUALIFIED = "QUALIFIED", _("资格合格")
        RESPONSIVE = "RESPONSIVE", _("符合性合格")
        RANKED = "RANKED", _("已排序")
        SELECTED = "SELECTED", pgettext_lazy("state", "中标")
        UNSUCCESSFUL = "UNSUCCESSFUL", _("未中标")
        INVALIDATED = "INVALIDATED", _("投标无效")

    OPEN_STATES = ("OPENED", "QUALIFIED", "RESPONSIVE", "RANKED", "SELECTED", "UNSUCCESSFUL", "INVALIDATED")
    SEALED_STATES = ("DRAFTED", "SUBMITTED", "WITHDRAWN", "LAPSED", "UNOPENED")
    DEAD_STATES = ("WITHDRAWN", "LAPSED", "UNOPENED")

    id = models.BigIntegerField(primary_key=True, default=untold_number, editable=False)
    tender = models.ForeignKey("tenders.Tender", models.PROTECT, related_name="bids", verbose_name=_("采购活动"))
    supplier = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="bids", verbose_name=_("投标人"))
    version = models.PositiveSmallIntegerField(_("递交次数"), default=0, editable=False)
    received_at = models.DateTimeField(_("收讫时间"), null=True, blank=True, editable=False)
    # from the opening on
    price = models.DecimalField(_("投标报价（元）"), null=True, blank=True, editable=False, **COLUMN)
    price_figures = models.CharField(_("报价（小写）"), max_length=40, blank=True, editable=False)
    price_words = models.CharField(_("报价（大写）"), max_length=80, blank=True, editable=False)
    price_by_words = models.BooleanField(_("大小写不一致，以大写为准"), default=False, editable=False)
    response = models.JSONField(_("响应"), default=dict, blank=True, editable=False)
    tampered = models.BooleanField(_("文件被动过"), default=False, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    qualified_at = models.DateTimeField(null=True, editable=False)
    qualified_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", editable=False)
    credit_query = models.TextField(_("信用查询"), blank=True, editable=False)
    conflict_check = models.TextField(_("利害关系核查"), blank=True, editable=False)
    price_confirmed_at = models.DateTimeField(_("确认修正后的报价"), null=True, editable=False)
    record_confirmed_at = models.DateTimeField(_("确认开标记录"), null=True, editable=False)
    record_confirmed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", editable=False)
    invalid_code = models.CharField(_("无效情形"), max_length=40, blank=True, editable=False)
    invalid_reason = models.TextField(_("无效理由"), blank=True, editable=False)
    objects = BidQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        verbose_name = _("投标文件")
        indexes = [
            models.Index(fields=["tender", "state"]),
            models.Index(fields=["supplier", "-created_at", "id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tender", "supplier"], condition=~Q(state__in=["WITHDRAWN", "LAPSED", "UNOPENED"]),
                name="bids_one_live_bid", violation_error_message=_("同一采购活动只能有一份有效投标。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["DRAFTED", "SUBMITTED", "WITHDRAWN", "LAPSED", "UNOPENED"])
                | Q(price=None, price_figures="", price_words=""),
                name="bids_price_sealed", violation_error_message=_("开标前不得有报价。"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["DRAFTED", "LAPSED"]) | Q(received_at__isnull=False, version__gte=1),
                name="bids_submitted_has_receipt", violation_error_message=_("已递交的投标必须有回执。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="INVALIDATED") | ~Q(invalid_code=""),
                name="bids_invalid_has_code", violation_error_message=_("投标无效必须写明情形。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tender} · {self.supplier}"

    def get_absolute_url(self) -> str:
        return reverse("bids:bid", args=[self.pk])

    @property
    def project(self):
        return self.tender.project

    @property
    def is_sealed(self) -> bool:
        return self.state not in self.OPEN_STATES

    @property
    def chain_key(self) -> str:
        """Until the opening the record of a bid stands in a chain of its own, which no page of the project reads (R87-12)."""
        return visibility.sealed_chain(self.pk) if self.is_sealed else super().chain_key

    def working_parts(self) -> list[SealedPart]:
        """What the bidder has put in and not taken out, submitted or not."""
        return [part for part in self.parts.all() if part.dropped_at is None]

    def last_receipt(self) -> Receipt | None:
        return self.receipts.order_by("-version").first()


class SealedPart(models.Model):
    """One thing handed in, closed as it arrived. Nobody can read it, nor its owner: to change it he puts in another."""

    class Kind(models.TextChoices):
        PRICE = "PRICE", _("报价一览表")
        RESPONSE = "RESPONSE", _("响应表")
        BID_DOCUMENT = "BID_DOCUMENT", _("投标文件正文")
        QUALIFICATION = "QUALIFICATION", _("资格证明文件")
        ATTACHMENT = "ATTACHMENT", _("其他附件")

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="parts")
    uuid = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("名称"), max_length=160)
    size = models.PositiveBigIntegerField(_("大小"))
    content_type = models.CharField(max_length=100)
    digest = models.CharField(_("密文摘要"), max_length=64)
    wrapped_key = models.BinaryField(editable=False)
    path = models.CharField(max_length=200, unique=True)
    received_at = models.DateTimeField(_("收讫时间"))
    tested_at = models.DateTimeField(_("试解密通过"))
    dropped_at = models.DateTimeField(null=True, editable=False)
    unreadable = models.CharField(_("不能开启的原因"), max_length=20, blank=True, editable=False)
    document = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        ordering = ["id"]
        verbose_name = _("密封部分")
        constraints = [
            models.UniqueConstraint(
                fields=["bid", "kind"], condition=Q(dropped_at=None, kind__in=["PRICE", "RESPONSE"]), name="bids_form_once",
                violation_error_message=_("报价一览表和响应表各只有一份。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def context(self) -> str:
        """The place this part belongs to: bytes or keys moved from another bid do not open here."""
        return f"portal/tender:{self.bid.tender_id}/bid:{self.bid_id}/{self.kind}:{self.uuid.hex}"

    @property
    def digest_groups(self) -> str:
        return f"{self.digest[:4]} {self.digest[4:8]} {self.digest[8:12]} … {self.digest[-4:]}"


class Receipt(models.Model):
    """What the portal owes the bidder for handing in: when, and a digest over everything that lay in the envelope."""

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="receipts")
    version = models.PositiveSmallIntegerField(_("第几次递交"))
    parts = models.ManyToManyField(SealedPart, related_name="receipts")
    digest = models.CharField(_("回执摘要"), max_length=128)
    received_at = models.DateTimeField(_("收讫时间"))
    issued_at = models.DateTimeField(_("出具时间"))
    issued_to = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    paper = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        ordering = ["bid", "version"]
        verbose_name = _("递交回执")
        constraints = [models.UniqueConstraint(fields=["bid", "version"], name="bids_receipt_once")]

    def __str__(self) -> str:
        return f"{self.bid} #{self.version}"

    @property
    def digest_groups(self) -> str:
        return f"{self.digest[:4]} {self.digest[4:8]} {self.digest[8:12]} … {self.digest[-4:]}"


class QualificationFinding(models.Model):
    """One condition of the tender held against one bid: met, and by what it was seen (R87-24)."""

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="findings")
    condition = models.ForeignKey("tenders.QualificationCondition", models.PROTECT, related_name="+")
    evidence = models.TextField(_("证据"))

    class Meta:
        ordering = ["condition_id"]
        verbose_name = _("资格审查结论")
        constraints = [models.UniqueConstraint(fields=["bid", "condition"], name="bids_finding_once")]
