"""What a person gives with an act: one form for page and API, with the reason the row asks for."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .table import Transition, follow

LARGEST_KEY = 2**63 - 1  # what a database takes for a key


class SeveralField(forms.ModelMultipleChoiceField):
    """Several things of a list; a number that is no key of any database is a choice that is not there."""

    def _check_values(self, value):
        too_large = [key for key in value if str(key).lstrip("-").isdecimal() and abs(int(str(key)[:40])) > LARGEST_KEY]
        if too_large:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": too_large[0]})
        return super()._check_values(value)


class ActInputs(forms.Form):
    """Base of every row's `inputs`: knows the object and who acts, so that choices can be limited to what he may see."""

    def __init__(self, *args, subject=None, actor=None, **kwargs):
        self.subject = subject
        self.actor = actor
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Overridden to limit choices and set initial values from `self.subject` and `self.actor`."""


def inputs_form(row: Transition, *, subject, actor, data=None, files=None, initial=None) -> ActInputs:
    """The row's form with the reason box (and codes) it needs, and the digest of the file it signs.

    Bound when data is given, else begun with `initial`.
    """
    base = row.inputs or ActInputs
    fields: dict = {}
    if row.reason_codes:
        fields["reason_code"] = forms.ChoiceField(
            label=_("理由类别"), choices=[("", _("请选择")), *row.reason_codes], required=True
        )
    if row.needs_reason:
        fields["reason"] = forms.CharField(
            label=_("理由"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000, required=True,
            help_text=_("写明事实和依据；所有问题一次说全。"),
        )
    if row.signs:
        document = follow(subject, row.signs)
        fields["shown"] = forms.CharField(
            label=_("所看文件的摘要"), widget=forms.HiddenInput, initial=getattr(document, "digest", ""), required=document is not None
        )
    form_class = type("ActForm", (base,), fields) if fields else base
    return form_class(data, files, subject=subject, actor=actor, initial=initial)
