"""Conditions of a draw, the witness's words, answers and statements of members."""
from __future__ import annotations

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.workflow.inputs import ActInputs, SeveralField
from procurement.awards import rules
from procurement.awards.models import PanelMember
from procurement.tenders.models import Tender

#: Roles whose holders organise, decide or watch and so cannot sit for the purchaser (R87-21, G2).
BARRED = (Role.OFFICER, Role.HEAD, Role.OPENER, Role.WITNESS, Role.REVIEWER_SUPERVISION)


def people_of(organisation, *roles: str):
    """The people who hold one of the roles in an organisation."""
    held = Membership.objects.live().filter(organisation=organisation, role__in=roles)
    return User.objects.filter(pk__in=held.values("user")).order_by("name", "pk")


def possible_representatives(organisation):
    """Staff of the purchaser who neither organise, nor open, nor watch, nor decide (R87-21, R87-25)."""
    held = Membership.objects.live().filter(organisation=organisation)
    barred = held.filter(role__in=BARRED).values("user")
    return User.objects.filter(Q(pk__in=held.values("user")) & ~Q(pk__in=barred)).order_by("name", "pk")


class ConditionsForm(ActInputs):
    """Size and make-up of the panel, when and where it sits."""

    size = forms.IntegerField(
        label=_("评审委员会人数"), min_value=1, max_value=25, initial=rules.PANEL_SIZE, widget=forms.NumberInput(attrs={"data-unit": "人"}),
        help_text=_("五人以上单数；预算一千万元以上、技术复杂或者社会影响较大的，七人以上单数。"),
    )
    complex_project = forms.BooleanField(label=_("技术复杂或者社会影响较大"), required=False)
    subject = forms.CharField(label=_("评审专业"), max_length=60, required=False, help_text=_("只抽取登记了这个专业的专家；留空为不限。"))
    review_at = forms.DateTimeField(
        label=_("评审时间"), widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        help_text=_("抽取最早在评审前两个工作日开始。"),
    )
    place = forms.CharField(label=_("评审地点"), max_length=200)
    witness = forms.ModelChoiceField(User.objects.none(), label=_("监督见证人"))
    representatives = SeveralField(
        User.objects.none(), label=_("采购人代表"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("可以不派；不得担任评审组长，也不得参加开标。"),
    )

    def prepare(self) -> None:
        agency = self.actor.organisation
        self.fields["witness"].queryset = people_of(agency, Role.WITNESS)
        self.fields["representatives"].queryset = possible_representatives(agency)
        if self.subject.pk:
            for name in ("size", "complex_project", "subject", "review_at", "place", "witness"):
                self.initial.setdefault(name, getattr(self.subject, name))
            self.initial.setdefault("representatives", list(self.subject.representatives.values_list("pk", flat=True)))


class DrawForm(ConditionsForm):
    """A new draw: for which tender, on which conditions."""

    tender = forms.ModelChoiceField(Tender.objects.none(), label=_("采购活动"))
    field_order = ["tender", "size", "complex_project", "subject", "review_at", "place", "witness", "representatives"]

    def prepare(self) -> None:
        super().prepare()
        self.fields["tender"].queryset = Tender.objects.filter(
            agency=self.actor.organisation_id, panel_draw=None,
            state__in=[Tender.State.PUBLISHED, Tender.State.CLOSED, Tender.State.OPENED],
        ).order_by("-id")


class WordsForm(ActInputs):
    words = forms.CharField(
        label=_("见证数"), min_length=4, max_length=60,
        help_text=_("由您当场任意写下的数字或者文字，与封存的种子、开标摘要总值一起决定抽取结果。"),
    )


class DeclareForm(ActInputs):
    """The statement of R-GP-20, signed after seeing who bids."""

    no_ties = forms.BooleanField(
        label=_("我与上列投标人及采购人没有应当回避的关系：近三年内不是其员工、董事、监事、控股股东或者实际控制人，与其负责人没有亲属关系，也没有其他可能影响公正的关系。")
    )
    discipline = forms.BooleanField(
        label=_("我将独立评审，对评审情况保密，不私下接触投标人，不与他人协商评分，不中途离开。")
    )


class NominateForm(ActInputs):
    candidate = forms.ModelChoiceField(PanelMember.objects.none(), label=_("推选为组长"))

    def prepare(self) -> None:
        self.fields["candidate"].queryset = self.subject.draw.members.seated().select_related("user", "draw__tender")
        self.fields["candidate"].label_from_instance = lambda member: f"{member.user.name} · {member.get_capacity_display()}"
