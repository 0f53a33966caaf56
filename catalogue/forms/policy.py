"""What is given with the acts on a policy of the library (S-13)."""
from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.checking import CODE
from catalogue.models import Policy
from portal.files.forms import DocumentField
from portal.rules.register import UnknownRule, rule
from portal.workflow.inputs import ActInputs

_DAY = forms.DateInput(attrs={"type": "date"})


class SupersededChoice(forms.ModelChoiceField):
    def label_from_instance(self, policy: Policy) -> str:
        return str(policy)


class ListOfWords(forms.CharField):
    """Words set apart by blanks, commas or lines; programs may send a list."""

    def to_python(self, value) -> list[str]:
        text = " ".join(map(str, value)) if isinstance(value, list) else super().to_python(value)
        return list(dict.fromkeys(filter(None, re.split(r"[\s,，、;；]+", text))))

    def prepare_value(self, value):
        return "、".join(value) if isinstance(value, list) else value


class PolicyForm(ActInputs):
    kind = forms.ChoiceField(label=_("类别"), choices=Policy.Kind.choices)
    title = forms.CharField(label=_("名称"), max_length=200)
    document_number = forms.CharField(label=_("文号"), max_length=80)
    issuer = forms.CharField(label=_("发布机关"), max_length=200)
    issued_on = forms.DateField(label=_("发布日期"), widget=_DAY)
    valid_from = forms.DateField(label=_("施行日期"), widget=_DAY)
    valid_to = forms.DateField(
        label=_("停止施行日期"), widget=_DAY, required=False, help_text=_("文件写明有效期的填写；这一天起不再有效。")
    )
    scope = forms.CharField(label=_("适用范围"), max_length=300, required=False)
    text = forms.CharField(label=_("正文"), max_length=60000, required=False, widget=forms.Textarea(attrs={"rows": 8}))
    paper = DocumentField(label=_("文件原件"), kind="policy_paper", required=False)
    rules = ListOfWords(
        label=_("所载规则"), max_length=2000, required=False, help_text=_("规则编号，以逗号或者空格分开，例如 R102-16、S-07")
    )
    codes = ListOfWords(
        label=_("所涉目录编码"), max_length=2000, required=False, help_text=_("填到哪一级，就对这一级和以下各级的条目显示。")
    )
    supersedes = SupersededChoice(
        label=_("替代的文件"), queryset=Policy.objects.none(), required=False, help_text=_("公布时，被替代的文件同时失效。")
    )

    def prepare(self) -> None:
        policy = self.subject if self.subject is not None and self.subject.pk else None
        found = Policy.objects.filter(state="PUBLISHED", region=self.actor.organisation.region_id)
        self.fields["supersedes"].queryset = found.exclude(pk=policy.pk if policy else None).order_by("-issued_on", "-pk")
        if policy:
            for name in self.fields.keys() - {"paper"}:
                value = getattr(policy, name)
                self.fields[name].initial = getattr(value, "pk", value)

    def clean_rules(self) -> list[str]:
        unknown = [each for each in self.cleaned_data["rules"] if not _known(each)]
        if unknown:
            raise forms.ValidationError(_("没有编号为%(rules)s的规则。"), params={"rules": "、".join(unknown[:5])})
        return self.cleaned_data["rules"]

    def clean_codes(self) -> list[str]:
        wrong = [each for each in self.cleaned_data["codes"] if not CODE.fullmatch(each) or len(each) > 20]
        if wrong:
            raise forms.ValidationError(_("编码“%(code)s”应为一个大写字母后接数字"), params={"code": wrong[0][:20]})
        return self.cleaned_data["codes"]

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("valid_to") and cleaned.get("valid_from") and cleaned["valid_to"] <= cleaned["valid_from"]:
            self.add_error("valid_to", _("停止施行日期须晚于施行日期。"))
        return cleaned


def _known(rule_id: str) -> bool:
    try:
        rule(rule_id)
    except UnknownRule:
        return False
    return True
