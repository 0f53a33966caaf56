"""Answers to the negative list as form fields: yes, no, or not yet, each with its reason (R102-09…14)."""
from __future__ import annotations

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.scope import QUESTIONS

YES_NO = [("", _("未答")), ("true", _("是")), ("false", _("否"))]


class YesNo(forms.TypedChoiceField):
    """Yes, no, or not answered yet; JSON sends true and false, a page sends words."""

    def __init__(self, **kwargs):
        super().__init__(
            choices=YES_NO, required=False, empty_value=None, coerce=lambda value: value == "true", **kwargs
        )

    def prepare_value(self, value):
        return "" if value in (None, "") else str(value).lower()

    def to_python(self, value):
        return super().to_python("" if value is None else str(value).lower())

    def valid_value(self, value) -> bool:
        return super().valid_value(str(value).lower())


def _reason_label(question: str) -> str:
    """The name of a reason says which answer it belongs to, for those who hear the page."""
    return gettext("理由：%(question)s") % {"question": question}


reason_label = lazy(_reason_label, str)


def answer_fields() -> dict[str, forms.Field]:
    """The six questions, each followed by its reason."""
    found: dict[str, forms.Field] = {}
    for question in QUESTIONS:
        found[question.name] = YesNo(label=question.label)
        found[question.reason] = forms.CharField(
            label=reason_label(question.label), max_length=300, required=False, widget=forms.TextInput(attrs={"placeholder": _("理由")})
        )
    return found
