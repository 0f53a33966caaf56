"""What an administrator types about regions, organisations and people."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership, Organisation, Region, User
from portal.accounts.roles import OrganisationKind, Role
from portal.administration.scope import organisations_of, regions_of
from portal.administration.verbs.people import today
from portal.administration.workflow import RolesField, roles_by_kind
from portal.workflow.inputs import ActInputs


class ReasonForm(ActInputs):
    """An act that needs nothing but its reason."""

    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class RegionForm(ActInputs):
    """A region below another one."""

    parent = forms.ModelChoiceField(label=_("上级"), queryset=Region.objects.none())
    code = forms.CharField(label=_("区划代码"), max_length=12, help_text=_("市 4 或 6 位、县 6 位、乡镇 9 位数字，以上级代码开头。"))
    name = forms.CharField(label=_("名称"), max_length=80)

    def prepare(self) -> None:
        self.fields["parent"].queryset = regions_of(self.actor).exclude(level=Region.Level.TOWN)


class RegionNameForm(ActInputs):
    name = forms.CharField(label=_("名称"), max_length=80)


class OrganisationForm(ActInputs):
    """A new organisation; kind, code and region are settled once."""

    region = forms.ModelChoiceField(label=_("所在地区"), queryset=Region.objects.none())
    kind = forms.ChoiceField(label=_("类别"), choices=OrganisationKind.choices, help_text=_("决定本单位人员可以担任的角色，设立后不改。"))
    code = forms.CharField(label=_("统一社会信用代码"), max_length=30, help_text=_("18 位，末位校验；空格和全角字符会自动整理。"))
    name = forms.CharField(label=_("名称"), max_length=200)
    short_name = forms.CharField(label=_("简称"), max_length=60, required=False)
    superior = forms.ModelChoiceField(label=_("主管预算单位"), queryset=Organisation.objects.none(), required=False)
    contact = forms.CharField(label=_("联系人"), max_length=60, required=False)
    phone = forms.CharField(label=_("电话"), max_length=40, required=False, help_text=_("公告上印的联系电话。"))
    address = forms.CharField(label=_("地址"), max_length=200, required=False)

    def prepare(self) -> None:
        self.fields["region"].queryset = regions_of(self.actor)
        self.fields["superior"].queryset = agencies_of(self.actor)


class OrganisationDetailsForm(ActInputs):
    """What may be corrected of an organisation."""

    name = forms.CharField(label=_("名称"), max_length=200)
    short_name = forms.CharField(label=_("简称"), max_length=60, required=False)
    superior = forms.ModelChoiceField(label=_("主管预算单位"), queryset=Organisation.objects.none(), required=False)
    contact = forms.CharField(label=_("联系人"), max_length=60, required=False)
    phone = forms.CharField(label=_("电话"), max_length=40, required=False)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)

    def prepare(self) -> None:
        self.fields["superior"].queryset = agencies_of(self.actor).exclude(pk=self.subject.pk)


def agencies_of(actor):
    return organisations_of(actor).filter(kind=OrganisationKind.AGENCY, disabled_at=None)


class PersonForm(ActInputs):
    """Name and how to reach him."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    email = forms.EmailField(label=_("电子邮箱"), required=False)
    phone = forms.CharField(label=_("电话"), max_length=40, required=False)


class GrantForm(ActInputs):
    """More roles for a person, in this or another organisation."""

    organisation = forms.ModelChoiceField(label=_("单位"), queryset=Organisation.objects.none())
    roles = RolesField(label=_("角色"), choices=Role.choices)
    since = forms.DateField(label=_("任职起"))
    until = forms.DateField(label=_("任职止"), required=False, help_text=_("不填为不定期。"))

    def prepare(self) -> None:
        self.fields["organisation"].queryset = organisations_of(self.actor).filter(disabled_at=None)
        self.fields["since"].initial = today()
        held = Membership.objects.live().filter(user=self.subject).values_list("organisation__kind", flat=True)
        kinds = [kind for kind in OrganisationKind if kind in set(held)]
        if len(kinds) == 1:
            self.fields["roles"].choices = roles_by_kind(kinds[0])[0][1]


class EndForm(ReasonForm):
    """A role ends at once, or with a day."""

    until = forms.DateField(label=_("最后一日"), required=False, help_text=_("不填为立即结束。"))
    field_order = ("until", "reason")


class HandoverForm(ReasonForm):
    """To whom, which roles, and whether the one who leaves keeps them."""

    successor = forms.ModelChoiceField(label=_("接替人"), queryset=User.objects.none())
    roles = RolesField(label=_("一并授予接替人的角色"), choices=(), required=False)
    ends_roles = forms.BooleanField(label=_("原任职人员不再担任这些角色"), required=False)
    field_order = ("successor", "roles", "ends_roles", "reason")

    def __init__(self, *args, organisation: Organisation, **kwargs):
        self.organisation = organisation
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        live = Membership.objects.live().filter(organisation=self.organisation)
        self.fields["successor"].queryset = User.objects.filter(pk__in=live.values("user_id")).exclude(pk=self.subject.pk)
        held = set(Membership.objects.filter(organisation=self.organisation, user=self.subject).values_list("role", flat=True))
        self.fields["roles"].choices = [(role.value, role.label) for role in Role if role in held]
