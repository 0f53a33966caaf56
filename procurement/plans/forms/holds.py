"""Inputs of a purchaser's hold."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.workflow.inputs import ActInputs
from portal.workflow.table import Hold as Scope
from procurement.plans.models import Project


class HoldForm(ActInputs):
    project = forms.ModelChoiceField(label=_("项目"), queryset=Project.objects.none())
    scope = forms.ChoiceField(label=_("暂停范围"), choices=Scope.choices)
    cause = forms.CharField(label=_("事由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    ends_at = forms.DateTimeField(label=_("暂停至"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))

    def prepare(self) -> None:
        self.fields["project"].queryset = Project.objects.visible_to(self.actor)
