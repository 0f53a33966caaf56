"""What a person says when he puts a role into another's hands."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.workflow.inputs import ActInputs
from portal.workflow.standing_in import delegable
from portal.workflow.table import all_lifecycles, lifecycle


class KnownChoice(forms.ChoiceField):
    """Offers some of the roles; one of the others is no slip of the form but refused by its rule."""

    def valid_value(self, value) -> bool:
        return value in Role.values


class KnownChoices(forms.MultipleChoiceField):
    """Offers some kinds of matters; the others are refused by their rules."""

    def valid_value(self, value) -> bool:
        return value in {cycle.code for cycle in all_lifecycles()}


class DelegationForm(ActInputs):
    """Role, kinds of matters, colleague, first and last day, reason."""

    role = KnownChoice(label=_("授权的角色"))
    codes = KnownChoices(
        label=_("事项范围"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("不选即为该角色可以授权的全部事项。"),
    )
    delegate = forms.ModelChoiceField(User.objects.none(), label=_("受托人"), help_text=_("本单位在任、未担任该角色的人员。"))
    starts_on = forms.DateField(label=_("起始日"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("截止日"), widget=forms.DateInput(attrs={"type": "date"}), help_text=_("当日 24 时终止。"))
    note = forms.CharField(
        label=_("事由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("如：出差、休假、参加培训。"),
    )

    def prepare(self) -> None:
        roles = [role for role in Role.values if role in self.actor.roles and delegable(role)]
        self.fields["role"].choices = [(role, Role(role).label) for role in roles]
        offered = {cycle.code for role in roles for cycle in delegable(role)}
        self.fields["codes"].choices = [(cycle.code, cycle.name) for cycle in all_lifecycles() if cycle.code in offered]
        members = Membership.objects.live().filter(organisation=self.actor.organisation_id or 0)
        self.fields["delegate"].queryset = User.objects.filter(pk__in=members.values("user_id")).exclude(pk=self.actor.user_id)
        if self.subject is not None and self.subject.pk and not self.is_bound:
            self.initial = {
                "role": self.subject.role, "codes": self.subject.codes, "delegate": self.subject.delegate_id,
                "starts_on": self.subject.starts_on, "ends_on": self.subject.ends_on, "note": self.subject.reason,
            }

    def clean_codes(self) -> list[str]:
        """In the order of the design, each once."""
        given = set(self.cleaned_data["codes"])
        return [cycle.code for cycle in all_lifecycles() if cycle.code in given]


def name_of(code: str) -> str:
    return str(lifecycle(code).name)
