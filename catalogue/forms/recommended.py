"""What is given with the acts on a recommended list (S-15)."""
from __future__ import annotations

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from catalogue.models import RecommendedEntry
from catalogue.recommending import Surroundings, faults_of, row_of, surroundings_of
from portal import clock
from portal.files.forms import DocumentField
from portal.identifiers import normalise_credit_code
from portal.workflow.inputs import ActInputs
from portal.workflow.rows import RowsField

_DAY = forms.DateInput(attrs={"type": "date"})
#: Longer lists are edited as a file.
MOST_ROWS = 100
FILE_HELP = _(
    "首行为列名，与导出的文件相同：社会组织名称、统一社会信用代码、领域编码必填。有一行有误，全部不导入，所有错误一次列出。"
)


class ListStart(TextChoices):
    """What a list begins with."""

    EMPTY = "EMPTY", _("空白目录，逐家填写")
    COPY = "COPY", _("复制现行目录，已移出的不复制")
    FILE = "FILE", _("导入文件")


class ListFields(forms.Form):
    title = forms.CharField(
        label=_("名称"), max_length=200, help_text=_("例如：赣江市承接政府职能转移和购买服务社会组织推荐性目录（第一批）")
    )
    source = forms.CharField(
        label=_("推荐办法和来源"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("按什么办法评出、从哪里取得名单，例如：自愿申报，按等级评估 3A 以上、近两年年检合格审核"),
    )
    valid_to = forms.DateField(label=_("有效期至"), widget=_DAY, help_text=_("公布之日起使用，到这一天二十四时为止。"))

    def clean_valid_to(self):
        if self.cleaned_data["valid_to"] < clock.today():
            raise forms.ValidationError(_("有效期不能早于今天。"))
        return self.cleaned_data["valid_to"]


class DraftRecommendedForm(ListFields, ActInputs):
    start = forms.ChoiceField(label=_("从哪里开始"), choices=ListStart.choices, widget=forms.RadioSelect, initial=ListStart.EMPTY)
    file = DocumentField(label=_("工作簿或 CSV 文件"), kind="catalogue_list", required=False, help_text=FILE_HELP)

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("start") == ListStart.FILE and not cleaned.get("file") and "file" not in self.errors:
            self.add_error("file", _("请选择要导入的文件。"))
        return cleaned


class EditRecommendedForm(ListFields, ActInputs):
    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            for name in self.fields:
                self.fields[name].initial = getattr(self.subject, name)


class ReplaceRecommendedForm(ActInputs):
    file = DocumentField(label=_("工作簿或 CSV 文件"), kind="catalogue_list", help_text=FILE_HELP)


class RecommendedRow(forms.Form):
    """One organisation for one field."""

    name = forms.CharField(label=_("社会组织名称"), max_length=200)
    code = forms.CharField(label=_("统一社会信用代码"), max_length=40)
    field = forms.ChoiceField(label=_("领域"), choices=[("", "—")])
    valid_to = forms.DateField(label=_("推荐有效期至"), required=False, widget=_DAY)
    grounds = forms.CharField(label=_("推荐理由"), max_length=300, required=False)

    def __init__(self, *args, around: Surroundings | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.around = around or Surroundings()
        self.fields["field"].choices = [("", "—"), *((code, f"{code} {name}") for code, name in self.around.fields.items())]

    def clean_code(self) -> str:
        return normalise_credit_code(self.cleaned_data["code"])

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            cleaned["name"], cleaned["grounds"] = (" ".join(cleaned[name].split()) for name in ("name", "grounds"))
            for column, _rule, text, params in list(faults_of(cleaned, self.around)):
                self.add_error(column, text % params if params else text)
        return cleaned


class EntriesForm(ActInputs):
    entries = RowsField(RecommendedRow, max_rows=MOST_ROWS, label=_("推荐的社会组织"), add_label=_("加一家"),
                        help_text=_("推荐有效期不填的，与目录相同。"))  # fmt: skip

    def prepare(self) -> None:
        found = self.subject
        if found is None or not found.pk:
            return
        self.fields["entries"].row_kwargs = {"around": surroundings_of(found.region, found.valid_to)}
        self.fields["entries"].initial = [row_of(entry) for entry in found.entries.order_by("position", "pk")[:MOST_ROWS]]

    def clean_entries(self) -> list[dict]:
        rows = self.cleaned_data["entries"]
        keys = [(row["code"], row["field"]) for row in rows]
        twice = sorted({row["name"] for row, key in zip(rows, keys, strict=True) if keys.count(key) > 1})
        if twice:
            raise forms.ValidationError(_("同一领域重复列入：%(names)s"), params={"names": "、".join(twice)})
        return rows


class PublishRecommendedForm(ActInputs):
    decision = forms.CharField(label=_("批准文件"), max_length=200, help_text=_("批准这份目录的文件名称、文号"))
    decided_on = forms.DateField(label=_("批准日期"), widget=_DAY)
    paper = DocumentField(label=_("批准文件原件"), kind="list_approval", required=False)

    def prepare(self) -> None:
        self.fields["decided_on"].initial = clock.today()


class EntryChoice(forms.ModelChoiceField):
    def label_from_instance(self, entry: RecommendedEntry) -> str:
        return f"{entry.name}（{entry.field_name}）"


class StrikeForm(ActInputs):
    entry = EntryChoice(label=_("社会组织"), queryset=RecommendedEntry.objects.none())

    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            self.fields["entry"].queryset = self.subject.entries.filter(struck_on=None).order_by("position", "pk")
