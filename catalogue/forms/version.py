"""What is given with the acts of a catalogue version, and the search box of the catalogue."""
from __future__ import annotations

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from catalogue.models import CatalogueVersion
from portal import clock
from portal.accounts.roles import OrganisationKind
from portal.files.forms import DocumentField
from portal.workflow.inputs import ActInputs


class Start(TextChoices):
    """What a new version begins with."""

    COPY = "COPY", _("复制现行版本")
    FILE = "FILE", _("导入文件")


class DraftForm(ActInputs):
    year = forms.IntegerField(
        label=_("年度"), min_value=2000, max_value=2100, widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4})
    )
    title = forms.CharField(label=_("名称"), max_length=200, help_text=_("例如：赣江市政府购买服务指导性目录（2027 年版）"))
    start = forms.ChoiceField(label=_("从哪里开始"), choices=Start.choices, widget=forms.RadioSelect)
    file = DocumentField(
        label=_("工作簿或 CSV 文件"), kind="catalogue_list", required=False,
        help_text=_(
            "首行为列名，与导出的文件相同：编码、上级编码、级次、名称必填，其余可空。有一行有误，全部不导入，所有错误一次列出。"
        ),
    )

    def prepare(self) -> None:
        self.fields["year"].initial = clock.today().year + 1
        self.fields["start"].initial = Start.COPY
        office = self.actor.organisation
        if office is not None and office.kind != OrganisationKind.FINANCE:
            self.fields["title"].help_text = _("例如：市城市管理局政府购买服务指导性目录（2027 年版）")
            self.fields["start"].help_text = _("本部门还没有目录的，复制本地区现行目录；部门目录须在本地区目录范围内，由财政部门审定。")

    def clean(self) -> dict:
        if self.cleaned_data.get("start") == Start.FILE and not self.cleaned_data.get("file") and "file" not in self.errors:
            self.add_error("file", _("请选择要导入的文件。"))
        return self.cleaned_data


class ReplaceItemsForm(ActInputs):
    file = DocumentField(
        label=_("工作簿或 CSV 文件"), kind="catalogue_list",
        help_text=_("文件里的条目替换全部现有条目；可先导出、改好后再导入。有一行有误，全部不导入。"),
    )


class ConsultForm(ActInputs):
    departments = forms.CharField(
        label=_("征求意见的部门"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明向哪些部门征求意见；目录草案同时向社会公开"),
    )
    expert_argument = forms.BooleanField(
        label=_("须经专家论证"), required=False, help_text=_("勾选后，登记了专家意见才能报审"),
    )


class SubmitForm(ActInputs):
    consultation_summary = forms.CharField(
        label=_("意见采纳情况"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("部门、专家和公众提了哪些意见，采纳了哪些，没有采纳的说明理由；没有意见的，写明没有"),
    )


class ApproveForm(ActInputs):
    decision = forms.CharField(label=_("审定文件"), max_length=200, help_text=_("联席会议纪要或审定文件的名称、文号"))


class IssueForm(ActInputs):
    document_number = forms.CharField(label=_("文号"), max_length=80)
    valid_from = forms.DateField(label=_("施行日期"), help_text=_("不早于今天；当日零时起，前一版本停止施行"))


class VersionChoice(forms.ModelChoiceField):
    def label_from_instance(self, version: CatalogueVersion) -> str:
        return f"{version.title}（{version.get_state_display()}）"


class CompareForm(forms.Form):
    """Two versions that the reader may see, and whether lines that are the same are shown too."""

    before = VersionChoice(label=_("原版本"), queryset=CatalogueVersion.objects.none())
    after = VersionChoice(label=_("新版本"), queryset=CatalogueVersion.objects.none())
    everything = forms.BooleanField(label=_("也列出相同的条目"), required=False)

    def __init__(self, *args, actor, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("before", "after"):
            self.fields[name].queryset = CatalogueVersion.objects.visible_to(actor).order_by("-year", "-id")

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("before") and cleaned.get("before") == cleaned.get("after"):
            self.add_error("after", _("请选两个不同的版本。"))
        return cleaned


class SearchForm(forms.Form):
    """One box for code or words of the name; beside it the region, where more than one list is in force."""

    q = forms.CharField(label=_("编码或名称"), max_length=60, required=False)
    region = forms.ChoiceField(label=_("地区"), required=False)

    def __init__(self, *args, regions=(), **kwargs):
        super().__init__(*args, **kwargs)
        if regions:
            self.fields["region"].choices = [("", _("默认")), *((region.code, region.name) for region in regions)]
        else:
            del self.fields["region"]
