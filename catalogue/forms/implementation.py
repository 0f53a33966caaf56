"""What is given with the acts of an implementation catalogue (L1.3)."""
from __future__ import annotations

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from catalogue.methods import Method
from catalogue.models import (
    CatalogueItem,
    CatalogueVersion,
    ImplementationEntry,
    ImplementationList,
    OutOfCatalogueRequest,
)
from portal import clock
from portal.accounts.models import Organisation
from portal.accounts.roles import OrganisationKind
from portal.files.forms import DocumentField
from portal.money import COLUMN
from portal.workflow.inputs import ActInputs
from portal.workflow.rows import RowsField


class Begin(TextChoices):
    """What a list begins with."""

    EMPTY = "EMPTY", _("空白目录，逐项填写")
    COPY = "COPY", _("复制最近一年的实施目录")
    FILE = "FILE", _("导入文件")


FILE_HELP = _(
    "首行为列名，与导出的文件相同：项目名称、购买主体、购买方式必填，目录编码和目录外备案编号填一个。有一行有误，全部不导入，所有错误一次列出。"
)


class DraftListForm(ActInputs):
    year = forms.IntegerField(
        label=_("年度"), min_value=2000, max_value=2100, widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4})
    )
    title = forms.CharField(label=_("名称"), max_length=200, help_text=_("例如：赣江市 2027 年政府购买服务实施目录"))
    start = forms.ChoiceField(label=_("从哪里开始"), choices=Begin.choices, widget=forms.RadioSelect, initial=Begin.EMPTY)
    file = DocumentField(label=_("工作簿或 CSV 文件"), kind="catalogue_list", required=False, help_text=FILE_HELP)

    def prepare(self) -> None:
        self.fields["year"].initial = clock.today().year + 1

    def clean(self) -> dict:
        if self.cleaned_data.get("start") == Begin.FILE and not self.cleaned_data.get("file") and "file" not in self.errors:
            self.add_error("file", _("请选择要导入的文件。"))
        return self.cleaned_data


class ReplaceEntriesForm(ActInputs):
    file = DocumentField(label=_("工作簿或 CSV 文件"), kind="catalogue_list", help_text=FILE_HELP)


class LeafChoice(forms.ModelChoiceField):
    def label_from_instance(self, leaf: CatalogueItem) -> str:
        return f"{leaf.code} {leaf.name}"


class RequestChoice(forms.ModelChoiceField):
    def label_from_instance(self, request: OutOfCatalogueRequest) -> str:
        return f"{request.number} {request.title}"


class AgencyChoice(forms.ModelChoiceField):
    def label_from_instance(self, agency: Organisation) -> str:
        return agency.name


class EntryFields(forms.Form):
    """One entry: what, under which leaf or filing, by whom and how, and why it comes before others."""

    title = forms.CharField(label=_("项目名称"), max_length=120)
    leaf = LeafChoice(label=_("目录项"), queryset=CatalogueItem.objects.none(), required=False)
    filed_request = RequestChoice(label=_("目录外备案"), queryset=OutOfCatalogueRequest.objects.none(), required=False)
    agency = AgencyChoice(label=_("购买主体"), queryset=Organisation.objects.none())
    method = forms.ChoiceField(label=_("购买方式"), choices=Method.choices)
    amount = forms.DecimalField(
        label=_("预计金额"), min_value=0, required=False, widget=forms.NumberInput(attrs={"data-unit": _("元")}), **COLUMN
    )
    livelihood = forms.BooleanField(label=_("民生"), required=False)
    key_point = forms.BooleanField(label=_("重点"), required=False)
    easy = forms.BooleanField(label=_("先易"), required=False)
    grounds = forms.CharField(label=_("列入理由"), max_length=300, required=False)
    pilot = forms.ChoiceField(
        label=_("试点批次"), choices=[("", _("不是试点")), *ImplementationEntry.Pilot.choices], required=False
    )

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        if "leaf" in cleaned and "filed_request" in cleaned and bool(cleaned["leaf"]) == bool(cleaned["filed_request"]):
            self.add_error("leaf", _("目录项和目录外备案须选一个，且只能选一个。"))
        if "grounds" in cleaned:
            cleaned["grounds"] = " ".join(cleaned["grounds"].split())
        return cleaned


def choices_for(catalogue: ImplementationList) -> dict:
    """What entries of this list may rest on, and who may buy."""
    version = CatalogueVersion.objects.in_force(catalogue.region, clock.today()).first()
    return {
        "leaf": CatalogueItem.objects.leaves().filter(version=version).order_by("place", "code"),
        "filed_request": OutOfCatalogueRequest.objects.filter(
            agency__region=catalogue.region, year=catalogue.year, state="FILED"
        ).order_by("number"),
        "agency": Organisation.objects.filter(
            kind=OrganisationKind.AGENCY, region=catalogue.region, disabled_at=None
        ).order_by("name"),
    }


def offer(fields: dict, choices: dict, entry: ImplementationEntry | None = None) -> None:
    """Limit a form's choices; what an entry says already stays among them, barred methods too."""
    for name, queryset in choices.items():
        kept = getattr(entry, f"{name}_id", None)
        fields[name].queryset = queryset | queryset.model.objects.filter(pk=kept) if kept else queryset
    if entry is not None and entry.method not in Method.values:
        fields["method"].choices = [*Method.choices, (entry.method, entry.get_method_display())]


class EntryForm(EntryFields, ActInputs):
    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            offer(self.fields, choices_for(self.subject))


class ChosenEntry(ActInputs):
    entry = forms.ModelChoiceField(label=_("项目"), queryset=ImplementationEntry.objects.none())

    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            self.fields["entry"].queryset = self.subject.entries.order_by("position", "pk")


class ChangeEntryForm(EntryFields, ActInputs):
    entry = forms.ModelChoiceField(label=_("项目"), queryset=ImplementationEntry.objects.none())
    field_order = ("entry",)

    def prepare(self) -> None:
        if self.subject is None or not self.subject.pk:
            return
        self.fields["entry"].queryset = self.subject.entries.order_by("position", "pk")
        given = str(self.data.get("entry") or self.initial.get("entry") or "")
        entry = self.subject.entries.filter(pk=given).first() if given.isdecimal() and len(given) < 19 else None
        offer(self.fields, choices_for(self.subject), entry)


class EntryRow(EntryFields):
    """An entry among others that are added to a published list."""

    def __init__(self, *args, choices: dict | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        if choices:
            offer(self.fields, choices)


class AddEntriesForm(ActInputs):
    decision = forms.CharField(label=_("政府批准文件"), max_length=200, help_text=_("增列这些项目的批准文件名称、文号"))
    decided_on = forms.DateField(label=_("批准日期"), widget=forms.DateInput(attrs={"type": "date"}))
    entries = RowsField(EntryRow, min_rows=1, max_rows=50, label=_("增列的项目"), add_label=_("加一个项目"))

    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            self.fields["entries"].row_kwargs = {"choices": choices_for(self.subject)}


class DecideListForm(ActInputs):
    decision = forms.CharField(label=_("政府批准文件"), max_length=200, help_text=_("批准文件的名称、文号"))
    decided_on = forms.DateField(label=_("批准日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def prepare(self) -> None:
        self.fields["decided_on"].initial = clock.today()
