"""What is given with the acts on a function list (S-14)."""
from __future__ import annotations

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from catalogue.models import GovernmentFunction
from portal import clock
from portal.files.forms import DocumentField
from portal.workflow.inputs import ActInputs
from portal.workflow.rows import RowsField

#: Longer lists are edited as a file.
MOST_ROWS = 100
FILE_HELP = _(
    "首行为列名，与导出的文件相同：职能编号、职能事项、处置方式（保留、转移、购买）必填。有一行有误，全部不导入，所有错误一次列出。"
)


class FunctionStart(TextChoices):
    """What a list begins with."""

    EMPTY = "EMPTY", _("空白清单，逐项填写")
    COPY = "COPY", _("复制现行清单")
    FILE = "FILE", _("导入文件")


class FunctionListFields(forms.Form):
    title = forms.CharField(label=_("名称"), max_length=200, help_text=_("例如：市城市管理局职能清单（2027 年）"))
    basis = forms.CharField(label=_("编制依据"), max_length=300, help_text=_("三定规定、权责清单或者改革方案的名称、文号"))


class DraftFunctionsForm(FunctionListFields, ActInputs):
    start = forms.ChoiceField(label=_("从哪里开始"), choices=FunctionStart.choices, widget=forms.RadioSelect, initial=FunctionStart.EMPTY)
    file = DocumentField(label=_("工作簿或 CSV 文件"), kind="catalogue_list", required=False, help_text=FILE_HELP)

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("start") == FunctionStart.FILE and not cleaned.get("file") and "file" not in self.errors:
            self.add_error("file", _("请选择要导入的文件。"))
        return cleaned


class ReplaceFunctionsForm(ActInputs):
    file = DocumentField(label=_("工作簿或 CSV 文件"), kind="catalogue_list", help_text=FILE_HELP)


class FunctionRow(forms.Form):
    number = forms.CharField(label=_("职能编号"), max_length=20)
    name = forms.CharField(label=_("职能事项"), max_length=200)
    status = forms.ChoiceField(label=_("处置方式"), choices=[("", "—"), *GovernmentFunction.Status.choices])
    basis = forms.CharField(label=_("职责依据"), max_length=300, required=False)
    note = forms.CharField(label=_("承接方或者说明"), max_length=300, required=False)


class EditFunctionsForm(FunctionListFields, ActInputs):
    functions = RowsField(FunctionRow, max_rows=MOST_ROWS, label=_("职能"), add_label=_("加一项职能"))

    def prepare(self) -> None:
        found = self.subject
        if found is not None and found.pk:
            for name in ("title", "basis"):
                self.fields[name].initial = getattr(found, name)
            rows = found.functions.order_by("position", "pk").values("number", "name", "status", "basis", "note")
            self.fields["functions"].initial = list(rows[:MOST_ROWS])

    def clean_functions(self) -> list[dict]:
        rows = self.cleaned_data["functions"]
        numbers = [row["number"] for row in rows]
        twice = sorted({number for number in numbers if numbers.count(number) > 1})
        if twice:
            raise forms.ValidationError(_("编号重复：%(codes)s。"), params={"codes": "、".join(twice)})
        return rows


class ApproveFunctionsForm(ActInputs):
    decision = forms.CharField(label=_("编办批准文件"), max_length=200, help_text=_("批准文件的名称、文号"))
    decided_on = forms.DateField(label=_("批准日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def prepare(self) -> None:
        self.fields["decided_on"].initial = clock.today()
