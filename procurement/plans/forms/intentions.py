"""Inputs of intentions: the line as everybody reads it, those that go out together, an earlier start."""
from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.money import COLUMN
from portal.workflow.inputs import ActInputs, SeveralField
from procurement.plans.models import Intention, Project, Stage
from procurement.plans.models.intention import LIVE, TEXT
from procurement.plans.models.project import ORDER

#: Stages in which a project has not reached the market yet.
BEFORE_MARKET = ORDER[ORDER.index(Stage.APPROVED) : ORDER.index(Stage.TENDERING)]


class MonthField(forms.DateField):
    """A month, given as year and month; its first day."""

    def __init__(self, **options) -> None:
        widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
        super().__init__(input_formats=["%Y-%m", "%Y-%m-%d"], widget=widget, **options)

    def to_python(self, value) -> date | None:
        found = super().to_python(value)
        return found.replace(day=1) if found else None


class TextForm(ActInputs):
    """The five columns that a person fills in (RYX-01, N-01)."""

    title = forms.CharField(label=_("采购项目名称"), max_length=200)
    outline = forms.CharField(
        label=_("采购需求概况"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("采购标的名称、需实现的主要功能或者目标、数量，以及质量、服务、安全、时限等要求。"),
    )
    budget = forms.DecimalField(
        label=_("预算金额"), min_value=1, help_text=_("公开时换算为万元。"), widget=forms.NumberInput(attrs={"data-unit": _("元")}),
        **COLUMN,
    )
    expected = MonthField(label=_("预计采购时间"), help_text=_("填写到月。"))
    remark = forms.CharField(label=_("备注"), max_length=300, required=False)

    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            for name in TEXT:
                self.fields[name].initial = getattr(self.subject, name)


class DraftForm(TextForm):
    """An intention that the law does not ask for is offered all the same (L2.6)."""

    project = forms.ModelChoiceField(label=_("采购项目"), queryset=Project.objects.none())

    field_order = ("project", *TEXT)

    def prepare(self) -> None:
        mine = Project.objects.filter(agency=self.actor.organisation_id, state__in=BEFORE_MARKET)
        self.fields["project"].queryset = mine.exclude(intentions__state__in=LIVE).order_by("-id")


class PublishForm(ActInputs):
    """Several intentions of an agency go out in one notice, as its departments hand them in month by month."""

    together = SeveralField(
        label=_("同一公告一并公开"), queryset=Intention.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("勾选的采购意向列入同一份公告，每项各自计算 30 日。"),
    )

    def prepare(self) -> None:
        others = Intention.objects.none()
        if self.subject is not None and self.subject.pk:
            others = Intention.objects.filter(agency=self.subject.agency_id, state="DRAFTED").exclude(pk=self.subject.pk)
        self.fields["together"].queryset = others.order_by("expected", "id")
        if not others.exists():
            del self.fields["together"]


class ShortenForm(ActInputs):
    """From which day the purchase is to start."""

    starts_on = forms.DateField(
        label=_("提前至"), help_text=_("招标公告最早可以发布的日期。"), widget=forms.DateInput(attrs={"type": "date"})
    )
