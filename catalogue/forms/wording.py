"""Inputs of the wording check: why the words are harmless, and which of them finance lets pass."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.workflow.inputs import ActInputs


class AskWordingForm(ActInputs):
    question = forms.CharField(
        label=_("说明"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明这些用语在本项中指什么，为什么仍是服务"),
    )


class OverruleWordingForm(ActInputs):
    """Which of the words found may stand; what is not ticked goes on stopping."""

    words = forms.MultipleChoiceField(label=_("放行的用语"), widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        found = self.subject.wording if self.subject is not None and self.subject.pk else []
        self.fields["words"].choices = [(word, f"“{word}”") for word in dict.fromkeys(one.word for one in found)]
