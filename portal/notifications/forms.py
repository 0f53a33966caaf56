"""The form of what a person wishes of mail: one choice for each kind."""
from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .kinds import GROUPS, Kind, kinds_for
from .models import Mail


class PreferencesForm(forms.Form):
    """Fields `language` and, for each kind that these roles are told of and that leaves a choice, `mail_<kind>`."""

    language = forms.ChoiceField(label=_("邮件语言"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, language: str, mails: Mapping[str, str], roles: Collection[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = language
        self.kinds = kinds_for(roles)
        self.owed = [str(kind.name) for kind in self.kinds if kind.owed]
        for kind in self.kinds:
            if not kind.owed:
                self.fields[f"mail_{kind.code}"] = forms.ChoiceField(
                    label=kind.name, choices=Mail.choices, initial=mails[kind.code], required=False, help_text=examples_of(kind),
                )

    @property
    def owed_names(self) -> str:
        """The kinds that leave no choice, as a list in a sentence."""
        return str(_("、")).join(self.owed)

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of the kinds, group by group, business before the platform."""
        found: dict[str, list[forms.BoundField]] = {}
        for kind in sorted(self.kinds, key=lambda kind: str(kind.group) == str(GROUPS["portal"])):
            if not kind.owed:
                found.setdefault(str(kind.group), []).append(self[f"mail_{kind.code}"])
        return list(found.items())

    def mails(self) -> dict[str, str]:
        """The choices that were made, by kind; a kind left out stays as it was."""
        return {
            name.removeprefix("mail_"): value for name, value in self.cleaned_data.items() if name.startswith("mail_") and value
        }


def examples_of(kind: Kind) -> str:
    """A few acts that such messages speak of."""
    return str(_("如：%(acts)s") % {"acts": str(_("、")).join(str(act) for act in kind.examples)}) if kind.examples else ""
