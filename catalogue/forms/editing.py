"""Inputs for editing one line of a draft: the same checks, in the same words, as a line of a file."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.checking import COLUMNS, faults_of_line
from catalogue.indicators import read_templates
from catalogue.models import CatalogueItem
from portal.money import COLUMN
from portal.workflow.inputs import ActInputs


class LineChoice(forms.ModelChoiceField):
    """A line of the version, by its code: programs say "A10", pages the same."""

    def __init__(self, **kwargs):
        super().__init__(queryset=CatalogueItem.objects.none(), to_field_name="code", **kwargs)

    def label_from_instance(self, item: CatalogueItem) -> str:
        return f"{item.code} {item.name}"


class LineForm(ActInputs):
    """What a line says beside its place."""

    name_zh = forms.CharField(label=_("名称"), max_length=120)
    procurement_code = forms.CharField(
        label=_("品目编码"), max_length=12, required=False, help_text=_("政府采购品目分类目录中的服务编码，C 开头")
    )
    note = forms.CharField(label=_("说明"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    guide_price = forms.DecimalField(
        label=_("指导价"), required=False, widget=forms.NumberInput(attrs={"data-unit": _("元")}), **COLUMN
    )
    guide_unit = forms.CharField(label=_("计价单位"), max_length=30, required=False)
    cost_factors = forms.CharField(
        label=_("成本要素"), max_length=300, required=False, help_text=_("例如：人员工资、社会保险、耗材、管理费、税金")
    )
    indicators = forms.CharField(
        label=_("绩效指标模板"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每行一项，例如：产出：道路本色率≥92%"),
    )
    deviation = forms.CharField(
        label=_("与上级目录不一致的理由"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict:
        cleaned = super().clean()
        for name in ("name_zh", "note", "cost_factors", "deviation"):
            cleaned[name] = " ".join(cleaned.get(name, "").split())  # one line of a table
        if "indicators" in cleaned:
            cleaned["indicators"] = "\n".join(cleaned["indicators"].splitlines())
        price = cleaned.get("guide_price")
        cell = dict.fromkeys(COLUMNS, "") | {name: str(cleaned.get(name) or "").strip() for name in COLUMNS if name in cleaned}
        cell |= {"name_zh": cleaned.get("name_zh") or "x", "level": "1", "code": cleaned.get("code", "X"), "guide_price": str(price or "")}
        if price is not None and price <= 0:
            cell["guide_price"] = str(price)
        for fault in faults_of_line(0, cell):
            field = fault.column or "name_zh"
            if field in self.fields and field not in self.errors:
                self.add_error(field, fault.text % fault.params if fault.params else fault.text)
        if "indicators" in cleaned and "indicators" not in self.errors:
            cleaned["indicators"] = [template.as_dict() for template in read_templates(cleaned["indicators"])[0]]
        return cleaned


class AddLineForm(LineForm):
    parent = LineChoice(label=_("上级条目"), required=False, help_text=_("不选即为第一级"))
    code = forms.CharField(label=_("编码"), max_length=20, help_text=_("以上级编码开头"))
    kind = forms.ChoiceField(
        label=_("类别"), choices=[("", _("随上级")), *CatalogueItem._meta.get_field("kind").choices], required=False,
        help_text=_("只有第一级需要选"),
    )
    field_order = ("parent", "code", "name_zh", "kind")

    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            self.fields["parent"].queryset = self.subject.items.filter(level__lt=4).order_by("place", "code")


class ChosenLine(ActInputs):
    item = LineChoice(label=_("条目"))

    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            self.fields["item"].queryset = self.subject.items.order_by("place", "code")


class ChangeLineForm(LineForm):
    item = LineChoice(label=_("条目"))
    field_order = ("item",)

    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            self.fields["item"].queryset = self.subject.items.order_by("place", "code")


class MoveLineForm(ChosenLine):
    """Where a line goes: below which line, after which of its lines; another parent asks for another code."""

    parent = LineChoice(label=_("移到哪个条目之下"), required=False, help_text=_("不选即为第一级"))
    after = LineChoice(label=_("排在哪个条目之后"), required=False, help_text=_("不选即排在最前"))
    code = forms.CharField(
        label=_("新编码"), max_length=20, required=False, help_text=_("换了上级须换编码；下级条目的编码随着改")
    )

    def prepare(self) -> None:
        super().prepare()
        if self.subject is not None and self.subject.pk:
            for name in ("parent", "after"):
                self.fields[name].queryset = self.subject.items.order_by("place", "code")
