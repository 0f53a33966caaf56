"""The draw of a panel and its members (L7.1)."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.workflow import Staged
from procurement.awards import secrecy

SITTING = ("DRAWN", "CONFIRMED", "SEATED", "RELEASED")


class DrawQuerySet(models.QuerySet):
    def visible_to(self, actor) -> DrawQuerySet:
        """Who organises the evaluation, the auditors of the region, and members once they have accepted (R87-28)."""
        if actor.is_system:
            return self
        if actor.user_id is None:
            return self.none()
        mine = PanelMember.objects.filter(user=actor.user_id, state__in=["CONFIRMED", "SEATED"]).values("draw")
        return self.filter(secrecy.organised_by(actor, "tender") | Q(pk__in=mine))


class Draw(Staged):
    """How the panel of one tender came about, so that anybody can draw it again (R87-29)."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("条件设定")
        SEALED = "SEALED", _("种子已封存")
        DRAWN = "DRAWN", _("已抽取")
        CLOSED = "CLOSED", _("已组成")

    tender = models.OneToOneField("tenders.Tender", models.PROTECT, related_name="panel_draw", verbose_name=_("采购活动"))
    size = models.PositiveSmallIntegerField(_("评审委员会人数"))
    complex_project = models.BooleanField(_("技术复杂或者社会影响较大"), default=False)
    subject = models.CharField(_("评审专业"), max_length=60, blank=True)
    review_at = models.DateTimeField(_("评审时间"))
    place = models.CharField(_("评审地点"), max_length=200)
    witness = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("监督见证人"))
    representatives = models.ManyToManyField("accounts.User", related_name="+", verbose_name=_("采购人代表"), blank=True)
    seed = models.CharField(max_length=64, blank=True, editable=False)
    seed_hash = models.CharField(_("种子摘要"), max_length=64, blank=True, editable=False)
    pool_digest = models.CharField(_("候选名单摘要"), max_length=128, blank=True, editable=False)
    witness_words = models.CharField(_("见证数"), max_length=60, blank=True, editable=False)
    witnessed_at = models.DateTimeField(_("见证时间"), null=True, editable=False)
    opening_digest = models.CharField(_("开标摘要总值"), max_length=128, blank=True, editable=False)
    mixed = models.CharField(_("混合值"), max_length=64, blank=True, editable=False)
    leader = models.ForeignKey("awards.PanelMember", models.PROTECT, null=True, related_name="+", editable=False)
    sealed_at = models.DateTimeField(null=True, editable=False)
    sealed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", editable=False)
    drawn_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    objects = DrawQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("专家抽取")
        indexes = [models.Index(fields=["state", "-id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="DRAFTED") | (~Q(seed="") & ~Q(seed_hash="") & Q(sealed_at__isnull=False)),
                name="awards_draw_sealed", violation_error_message=_("抽取前须先封存种子。"),
            ),
            models.CheckConstraint(
                condition=Q(drawn_at=None) | (Q(drawn_at__gte=models.F("sealed_at")) & ~Q(mixed="")),
                name="awards_draw_after_seal", violation_error_message=_("抽取须在种子封存之后。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="CLOSED") | Q(closed_at__isnull=False), name="awards_draw_closed",
                violation_error_message=_("评审委员会组成须有时间。"),
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(tender)s 评审委员会")) % {"tender": self.tender}

    def get_absolute_url(self) -> str:
        return reverse("awards:draw", args=[self.pk])

    @property
    def project(self):
        return self.tender.project

    @property
    def experts_wanted(self) -> int:
        """Seats of experts; the rest are the purchaser's representatives."""
        return self.size - self.representatives.count()

    def sitting(self):
        """Members holding a seat or invited to one."""
        return self.members.filter(state__in=SITTING)

    @property
    def summary(self) -> str:
        return f"{clock.written(self.review_at)} {self.place}"


class PoolEntry(models.Model):
    """One expert of the frozen pool: left out with the reason, or in, and where the draw put him."""

    draw = models.ForeignKey(Draw, models.CASCADE, related_name="pool")
    expert = models.ForeignKey("awards.Expert", models.PROTECT, related_name="+")
    number = models.CharField(_("专家编号"), max_length=20)
    excluded = models.CharField(_("排除依据"), max_length=20, blank=True)
    reason = models.CharField(_("排除原因"), max_length=200, blank=True)
    excluded_at_draw = models.BooleanField(default=False)
    place = models.PositiveSmallIntegerField(_("抽取次序"), null=True)

    class Meta:
        ordering = ["draw", "place", "number"]
        verbose_name = _("候选专家")
        constraints = [models.UniqueConstraint(fields=["draw", "expert"], name="awards_pool_once")]


class PanelMemberQuerySet(models.QuerySet):
    def visible_to(self, actor) -> PanelMemberQuerySet:
        """One's own invitations; members see each other once all know who bids; who organises sees all (R87-28)."""
        if actor.is_system:
            return self
        if actor.user_id is None:
            return self.none()
        mine = PanelMember.objects.filter(user=actor.user_id, state="SEATED").values("draw")
        return self.filter(
            secrecy.organised_by(actor, "draw__tender") | Q(user=actor.user_id) | Q(draw__in=mine, state__in=SITTING)
        )

    def seated(self) -> PanelMemberQuerySet:
        return self.filter(state="SEATED")


class PanelMember(Staged):
    """One seat of a panel and who was drawn for it. What members do is recorded in the panel's own chain (R87-28)."""

    class State(models.TextChoices):
        DRAWN = "DRAWN", _("抽中待应邀")
        CONFIRMED = "CONFIRMED", _("已应邀")
        DECLINED = "DECLINED", pgettext_lazy("state", "谢绝")
        RECUSED = "RECUSED", pgettext_lazy("state", "回避")
        SEATED = "SEATED", _("已就位")
        REPLACED = "REPLACED", _("已更换")
        RELEASED = "RELEASED", _("已解散")

    class Capacity(models.TextChoices):
        EXPERT = "EXPERT", _("评审专家")
        REPRESENTATIVE = "REPRESENTATIVE", _("采购人代表")

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="members", verbose_name=_("评审委员会"))
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("姓名"))
    expert = models.ForeignKey("awards.Expert", models.PROTECT, null=True, related_name="seats")
    capacity = models.CharField(_("身份"), max_length=16, choices=Capacity.choices)
    seat = models.PositiveSmallIntegerField(_("席位"))
    invited_at = models.DateTimeField(_("邀请时间"), null=True, editable=False)
    answer_until = models.DateTimeField(_("应邀截止"), null=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    statement = models.TextField(_("回避声明"), blank=True, editable=False)
    statement_digest = models.CharField(max_length=128, blank=True, editable=False)
    seated_at = models.DateTimeField(null=True, editable=False)
    end_code = models.CharField(max_length=40, blank=True, editable=False)
    end_reason = models.TextField(_("原因"), blank=True, editable=False)
    recused_at = models.DateTimeField(null=True, editable=False)
    replaced_at = models.DateTimeField(null=True, editable=False)
    released_at = models.DateTimeField(null=True, editable=False)
    objects = PanelMemberQuerySet.as_manager()

    class Meta:
        ordering = ["draw", "seat", "id"]
        verbose_name = _("评审委员会成员")
        indexes = [models.Index(fields=["user", "state"]), models.Index(fields=["state", "answer_until"])]
        constraints = [
            models.UniqueConstraint(fields=["draw", "user"], name="awards_member_once"),
            models.UniqueConstraint(
                fields=["draw", "seat"], condition=Q(state__in=list(SITTING)), name="awards_seat_once",
                violation_error_message=_("这个席位已有人。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="SEATED") | ~Q(statement=""), name="awards_seated_declared",
                violation_error_message=_("就位前须签署回避声明。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["RECUSED", "REPLACED"]) | ~Q(end_reason=""), name="awards_left_with_reason",
                violation_error_message=_("回避和更换须写明原因。"),
            ),
        ]

    def __str__(self) -> str:
        """Until he has accepted, the member himself learns when and where, not for whom."""
        if self.state == self.State.DRAWN:
            return gettext("评审邀请 %(moment)s") % {"moment": clock.written(self.draw.review_at)}
        return gettext("%(tender)s 评审席位 %(seat)s") % {"tender": self.draw.tender, "seat": self.seat}

    def get_absolute_url(self) -> str:
        return reverse("awards:member", args=[self.pk])

    @property
    def project(self):
        return self.draw.tender.project

    @property
    def chain_key(self) -> str:
        return secrecy.panel_chain(self.draw_id)

    @property
    def is_leader(self) -> bool:
        return self.draw.leader_id == self.pk


class Nomination(models.Model):
    """Whom a seated member wants as leader; the last word of each counts (R87-25)."""

    draw = models.ForeignKey(Draw, models.CASCADE, related_name="nominations")
    member = models.OneToOneField(PanelMember, models.CASCADE, related_name="nomination")
    candidate = models.ForeignKey(PanelMember, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["draw", "at"]
        verbose_name = _("组长推选")
