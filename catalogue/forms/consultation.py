"""Inputs of a consultation: what anybody may say, what finance takes down from experts, and the answers."""
from __future__ import annotations

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from catalogue.models import CatalogueComment, CatalogueItem
from portal.files.forms import DocumentField
from portal.workflow.inputs import ActInputs

#: A form that comes back sooner than a person can write is not from one; later than a day it is stale.
SOONEST, LATEST = 3, 24 * 3600
SALT = "catalogue.comment"


class ItemChoice(forms.ModelChoiceField):
    def __init__(self, **kwargs):
        super().__init__(queryset=CatalogueItem.objects.none(), to_field_name="code", required=False, **kwargs)

    def label_from_instance(self, item: CatalogueItem) -> str:
        return f"{item.code} {item.name}"


def _text(label, rows: int = 4, most: int = 2000, help_text="") -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows}))


class PublicCommentForm(forms.Form):
    """What a visitor writes; `website` is seen by programs alone, `begun` says when the form was made."""

    item = ItemChoice(label=_("针对的条目"), empty_label=_("整个目录"))
    text = _text(_("您的意见"), 5)
    author = forms.CharField(label=_("姓名或单位"), max_length=60, required=False, help_text=_("可以不填；填了会随答复公开"))
    contact = forms.CharField(
        label=_("联系方式"), max_length=100, required=False, help_text=_("电话或电子邮箱，只供目录编制机关联系您，不公开")
    )
    website = forms.CharField(label=_("请勿填写"), required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))
    begun = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, version, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = version.items.filter(retired=False).order_by("place", "code")
        if not self.is_bound:
            self.fields["begun"].initial = signing.TimestampSigner(salt=SALT).sign(str(version.pk))

    @property
    def is_by_a_program(self) -> bool:
        """Whether the form was filled in as no person fills it in."""
        if self.cleaned_data.get("website"):
            return True
        signer, begun = signing.TimestampSigner(salt=SALT), self.cleaned_data.get("begun", "")
        try:
            signer.unsign(begun, max_age=LATEST)  # neither forged nor stale
        except signing.BadSignature:
            return True
        try:
            signer.unsign(begun, max_age=SOONEST)
        except signing.SignatureExpired:
            return False
        return True  # it came back within the first seconds


class TakeDownForm(ActInputs):
    """An opinion that came by letter, meeting or expert argument."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    source = forms.ChoiceField(label=_("来源"), choices=CatalogueComment.Source.choices, initial=CatalogueComment.Source.EXPERT)
    author = forms.CharField(label=_("姓名或单位"), max_length=60)
    text = _text(_("意见"))
    paper = DocumentField(label=_("书面意见"), kind="catalogue_opinion", required=False)


class AnswerForm(ActInputs):
    outcome = forms.ChoiceField(label=_("处理结果"), choices=CatalogueComment.Outcome.choices, widget=forms.RadioSelect)
    reply = _text(_("答复"), 4, help_text=_("采纳的写明改了哪一条；没有采纳的写明理由；随意见一起公开"))
