"""Inputs of the joint meeting."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.models import CatalogueVersion
from portal.money import COLUMN, in_figures
from portal.workflow.inputs import ActInputs, SeveralField
from portal.workflow.rows import RowsField
from procurement.plans.models import AgendaItem, MeetingMember, PlanItem


class MemberRow(forms.Form):
    organisation_name = forms.CharField(
        label=_("单位"), max_length=200, help_text=_("按登记的单位名称或简称填写，该单位即可下载会议材料。"),
    )
    name = forms.CharField(label=_("姓名"), max_length=60)


class CallForm(ActInputs):
    title = forms.CharField(label=_("会议名称"), max_length=200)
    scheduled_at = forms.DateTimeField(label=_("会议时间"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    place = forms.CharField(label=_("地点"), max_length=200)
    members = RowsField(MemberRow, min_rows=1, max_rows=60, label=_("会议成员"), add_label=_("加一名成员"))


class ReviewedField(SeveralField):
    """Projects that wait for a meeting: whose, and how much, stands behind the name."""

    def label_from_instance(self, item: PlanItem) -> str:
        return f"{item.title}（{item.agency.name}，{in_figures(item.amount)} {_('元')}）"


class ListForm(ActInputs):
    items = ReviewedField(
        label=_("通过部门审核的项目"), queryset=PlanItem.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    versions = SeveralField(
        label=_("报送审定的目录版本"), queryset=CatalogueVersion.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def prepare(self) -> None:
        listed = AgendaItem.objects.filter(meeting__state__in=["CALLED", "CONVENED"], state__in=["LISTED", "DECIDED"])
        self.fields["items"].queryset = (
            PlanItem.objects.visible_to(self.actor).filter(state="REVIEWED").exclude(pk__in=listed.filter(item__isnull=False).values("item"))
            .select_related("agency", "listed").order_by("agency", "id")
        )
        self.fields["versions"].queryset = CatalogueVersion.objects.visible_to(self.actor).filter(state="SUBMITTED", agency=None)


class _OfAgenda(ActInputs):
    agenda = forms.ModelChoiceField(label=_("议题"), queryset=AgendaItem.objects.none())

    def prepare(self) -> None:
        self.fields["agenda"].queryset = (
            AgendaItem.objects.filter(meeting=self.subject).exclude(state="REMOVED").select_related("item", "version").order_by("order")
        )
        self.fields["agenda"].initial = self.fields["agenda"].queryset.filter(state="LISTED").first()


class RemoveForm(_OfAgenda):
    pass


class ConveneForm(ActInputs):
    present = SeveralField(
        label=_("到会成员"), queryset=MeetingMember.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        self.fields["present"].queryset = MeetingMember.objects.filter(meeting=self.subject).order_by("order")


class DecisionForm(_OfAgenda):
    decision = forms.ChoiceField(label=_("议决"), choices=AgendaItem.Decision.choices, widget=forms.RadioSelect)
    approved_amount = forms.DecimalField(
        label=_("同意金额（部分同意时）"), required=False, min_value=0, widget=forms.NumberInput(attrs={"data-unit": _("元")}), **COLUMN
    )
    why = forms.CharField(label=_("理由"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
