"""Inputs of an out-of-catalogue request; a draft may leave anything but its name empty."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.models import CatalogueItem, CatalogueVersion, Kind, OutOfCatalogueRequest
from catalogue.models.outside import NEAREST
from catalogue.nearest import nearest
from catalogue.scope import QUESTIONS
from portal import clock
from portal.money import COLUMN
from portal.workflow.inputs import ActInputs, SeveralField
from portal.workflow.rows import RowsField

from .answers import answer_fields


def _text(label, rows: int = 3, help_text="", required: bool = False, most: int = 4000) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows})
    )


class LeafChoice(forms.ModelChoiceField):
    """A leaf of the version in force, by code and name."""

    def label_from_instance(self, leaf: CatalogueItem) -> str:
        return f"{leaf.code} {leaf.name}"


class NearestRow(forms.Form):
    leaf = LeafChoice(label=_("相近条目"), queryset=CatalogueItem.objects.none())
    reason = forms.CharField(label=_("不适用的理由"), max_length=300, required=False)

    def __init__(self, *args, leaves=None, **kwargs):
        super().__init__(*args, **kwargs)
        if leaves is not None:
            self.fields["leaf"].queryset = leaves


class RequestForm(ActInputs):
    """What is needed, why no leaf fits, whose duty it is, the six answers."""

    title = forms.CharField(label=_("事项名称"), max_length=120)
    year = forms.IntegerField(
        label=_("项目年度"), min_value=2004, max_value=2100, help_text=_("备案只对这一年的一个计划项目有效。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )
    kind = forms.ChoiceField(label=_("类别"), choices=Kind.choices)
    content = _text(_("服务内容"), 4)
    need = _text(_("确需购买的理由"))
    duty_basis = _text(_("职责依据"), 2, _("三定规定、法律法规或者政府文件的名称和条款"))
    amount = forms.DecimalField(
        label=_("预计金额"), min_value=0, required=False, widget=forms.NumberInput(attrs={"data-unit": _("元")}), **COLUMN
    )
    hard_to_price = forms.BooleanField(label=_("专业性强，价格难以核定"), required=False)
    pricing_note = _text(_("价格测算说明"), 2)
    nearest = RowsField(
        NearestRow, max_rows=6, blank_rows=NEAREST, required=False, label=_("相近的目录条目"), add_label=_("加一条"),
    )
    locals().update(answer_fields())

    def prepare(self) -> None:
        request = self.subject
        agency = request.agency if request is not None and request.agency_id else self.actor.organisation
        version = CatalogueVersion.objects.in_force(agency.region if agency else None, clock.today()).first()
        leaves = CatalogueItem.objects.leaves().filter(version=version).order_by("place", "code")
        self.fields["nearest"].row_kwargs = {"leaves": leaves}
        self.fields["year"].initial = clock.today().year + 1
        if request is not None and request.pk:
            self._show(request, leaves)

    def _show(self, request: OutOfCatalogueRequest, leaves) -> None:
        for name, field in self.fields.items():
            if name != "nearest":
                field.initial = getattr(request, name)
        rows = list(request.nearest.values("leaf", "reason"))
        if not rows:
            named = [(leaf.pk, leaf.name) for leaf in leaves]
            rows = [{"leaf": pk, "reason": ""} for pk in nearest(f"{request.title} {request.content}", named, NEAREST)]
        self.fields["nearest"].initial = rows

    def clean(self) -> dict:
        cleaned = super().clean()
        leaves = [row["leaf"] for row in cleaned.get("nearest") or ()]
        if len(leaves) != len(set(leaves)):
            self.add_error("nearest", _("同一条目只能填一行。"))
        return cleaned


class DutyForm(ActInputs):
    confirmed = forms.TypedChoiceField(
        label=_("是否属于本单位职责"), choices=[("true", _("是")), ("false", _("否"))], coerce=lambda value: str(value).lower() == "true",
        widget=forms.RadioSelect,
    )
    opinion = _text(_("意见"), 3, _("写明核对所依据的三定规定"), required=True, most=2000)


class ReviewForm(ActInputs):
    opinion = _text(_("审核意见"), 3, required=True, most=2000)
    hard_to_price = forms.BooleanField(label=_("价格难以核定"), required=False)

    def prepare(self) -> None:
        self.fields["hard_to_price"].initial = getattr(self.subject, "hard_to_price", False)


class RequestChoice(forms.ModelChoiceField):
    def label_from_instance(self, request: OutOfCatalogueRequest) -> str:
        return f"{request.agency.name}：{request.title}"


class LinkForm(ActInputs):
    other = RequestChoice(label=_("相同事项"), queryset=OutOfCatalogueRequest.objects.none())

    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            self.fields["other"].queryset = (
                OutOfCatalogueRequest.objects.visible_to(self.actor)
                .filter(state="SUBMITTED", agency__region=self.subject.agency.region_id, year=self.subject.year)
                .exclude(pk=self.subject.pk).select_related("agency").order_by("agency__name", "pk")
            )


class TogetherField(SeveralField):
    def label_from_instance(self, request: OutOfCatalogueRequest) -> str:
        return f"{request.agency.name}：{request.title}"


class DecideForm(ActInputs):
    """A decision may be taken for linked requests in the same act; each keeps its own row and number."""

    together = TogetherField(
        label=_("一并决定的相同事项"), queryset=OutOfCatalogueRequest.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        others = linked_to(self.subject) if self.subject is not None and self.subject.pk else OutOfCatalogueRequest.objects.none()
        self.fields["together"].queryset = others
        self.fields["together"].initial = [other.pk for other in others]
        if not others:
            del self.fields["together"]


def linked_to(request: OutOfCatalogueRequest):
    """Other requests for the same need that still wait for the decision."""
    first = request.linked_id or request.pk
    return (
        OutOfCatalogueRequest.objects.filter(state="SUBMITTED", linked=first) | OutOfCatalogueRequest.objects.filter(
            state="SUBMITTED", pk=first)
    ).exclude(pk=request.pk).select_related("agency").order_by("pk")


class TakeUpForm(ActInputs):
    version = forms.ModelChoiceField(label=_("拟纳入的版本"), queryset=CatalogueVersion.objects.none())
    code = forms.CharField(
        label=_("版本中的条目编码"), max_length=20,
        help_text=_("先在该版本中增加条目，再填它的编码；版本施行时，本事项即为已纳入目录。"),
    )

    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            self.fields["version"].queryset = CatalogueVersion.objects.filter(
                region=self.subject.agency.region_id, state__in=["DRAFTED", "CONSULTING", "SUBMITTED", "SENT_BACK", "APPROVED"]
            ).order_by("-pk")


#: What a page shows in pairs: the question and its reason.
PAIRS = [(question.name, question.reason) for question in QUESTIONS]
