"""The form of what a person wishes of mail: one choice for each kind."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .kinds import kinds
from .models import Mail


class PreferencesForm(forms.Form):
    """Fields `language` and, for each kind that leaves a choice, `mail_<kind>`."""

    language = forms.ChoiceField(label=_("邮件语言"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, language: str, mails: Mapping[str, str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = language
        self.owed = [str(kind.name) for kind in kinds() if kind.owed]
        for kind in kinds():
            if not kind.owed:
                self.fields[f"mail_{kind.code}"] = forms.ChoiceField(
                    label=kind.name, choices=Mail.choices, initial=mails[kind.code], required=False
                )

    @property
    def owed_names(self) -> str:
        """The kinds that leave no choice, as a list in a sentence."""
        return str(_("、")).join(self.owed)

    def choices(self) -> list[forms.BoundField]:
        """The fields of the kinds."""
        return [self[name] for name in self.fields if name.startswith("mail_")]

    def mails(self) -> dict[str, str]:
        """The choices that were made, by kind; a kind left out stays as it was."""
        return {
            name.removeprefix("mail_"): value for name, value in self.cleaned_data.items() if name.startswith("mail_") and value
        }
