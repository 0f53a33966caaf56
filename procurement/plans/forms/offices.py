"""Inputs of the leading group and its office."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.workflow.inputs import ActInputs
from portal.workflow.rows import RowsField
from procurement.plans.models import LeadingGroup, LeadingGroupMember

FIELDS = ("title", "founded_by", "section", "director", "contact", "phone", "address")


class MemberRow(forms.Form):
    place = forms.ChoiceField(label=_("组内职务"), choices=LeadingGroupMember.Place.choices, initial="MEMBER")
    name = forms.CharField(label=_("姓名"), max_length=60)
    post = forms.CharField(label=_("单位及职务"), max_length=200)


class LeadingGroupForm(ActInputs):
    """Everything that is told of it; revised, it begins with what is told now."""

    title = forms.CharField(label=_("领导小组名称"), max_length=200)
    founded_by = forms.CharField(label=_("成立文件"), max_length=200, required=False)
    members = RowsField(MemberRow, min_rows=1, max_rows=60, label=_("成员"), add_label=_("加一名成员"))
    section = forms.CharField(label=_("责任科室"), max_length=100, help_text=_("办公室设在本单位，写明日常工作由哪个科室承担。"))
    director = forms.CharField(label=_("办公室主任"), max_length=60, required=False)
    contact = forms.CharField(label=_("联系人"), max_length=60)
    phone = forms.CharField(label=_("联系电话"), max_length=40)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)

    def prepare(self) -> None:
        group = self.subject
        if isinstance(group, LeadingGroup) and group.pk:
            self.initial = {
                **{name: getattr(group, name) for name in FIELDS},
                "members": [{"place": each.place, "name": each.name, "post": each.post} for each in group.members.order_by("order")],
                **self.initial,
            }
