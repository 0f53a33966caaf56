"""What people give with the acts of an acceptance."""
from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.files.forms import DocumentField
from portal.workflow.inputs import ActInputs
from portal.workflow.rows import RowsField
from procurement.contracts.models import AcceptanceMember

from .contract import area

#: Roles of the agency from which members may come; who leads is an acceptor.
STAFF_ROLES = (
    Role.ACCEPTOR, Role.PROJECT_OFFICER, Role.OFFICER, Role.PLANNER, Role.REVIEWER_PROCUREMENT, Role.REVIEWER_FINANCE,
    Role.REVIEWER_BUSINESS, Role.REVIEWER_SUPERVISION, Role.PAYER,
)


class MemberForm(forms.Form):
    """A member: one of the agency's people or an expert by account, or a person without account by name and employer."""

    username = forms.CharField(label=_("账号"), required=False, max_length=60)
    name = forms.CharField(label=_("姓名"), required=False, max_length=60)
    employer = forms.CharField(label=_("单位"), required=False, max_length=120)
    capacity = forms.ChoiceField(label=_("身份"), choices=AcceptanceMember.Capacity.choices)

    def clean(self) -> dict:
        cleaned = super().clean()
        username = cleaned.get("username")
        if username:
            cleaned["user"] = User.objects.filter(username=username, is_active=True).first()
            if cleaned["user"] is None:
                self.add_error("username", _("没有这个账号。"))
        elif not (cleaned.get("name") and cleaned.get("employer")):
            self.add_error("name", _("没有账号的成员须写明姓名和单位。"))
        return cleaned


class ConveneForm(ActInputs):
    leader = forms.ModelChoiceField(label=_("验收组长"), queryset=User.objects.none(), to_field_name="username")
    place = forms.CharField(label=_("验收地点"), max_length=200)
    members = RowsField(
        MemberForm, label=_("其他成员"), min_rows=1, max_rows=15, blank_rows=2,
        help_text=_("购买主体人员和专家填账号；服务对象等没有账号的填姓名和单位。组长不必再填。"),
    )

    def prepare(self) -> None:
        agency = self.subject.contract.agency_id
        self.fields["leader"].queryset = User.objects.holding(Role.ACCEPTOR, agency)


class JudgementForm(forms.Form):
    order = forms.IntegerField(label=_("序号"), min_value=1)
    passed = forms.TypedChoiceField(
        label=_("结论"), choices=[("true", _("合格")), ("false", _("不合格"))],
        coerce=lambda value: str(value).lower() == "true",
    )
    evidence = forms.CharField(label=_("佐证"), required=False, max_length=1000)
    opinion = forms.CharField(label=_("意见"), required=False, max_length=1000)
    reduction = forms.DecimalField(label=_("减价"), required=False, min_value=Decimal(0), max_digits=14, decimal_places=2)

    def __init__(self, data=None, *args, **kwargs):
        # JSON sends true and false; the list of choices knows words.
        if isinstance(data, dict):
            data = {key: str(value).lower() if isinstance(value, bool) else value for key, value in data.items()}
        super().__init__(data, *args, **kwargs)


class JudgeForm(ActInputs):
    items = RowsField(JudgementForm, label=_("逐项验收"), min_rows=1, max_rows=200, blank_rows=0)

    def prepare(self) -> None:
        acceptance = self.subject
        self.initial.setdefault("items", [
            {"order": item.deliverable.order, "passed": "" if item.passed is None else str(item.passed).lower(),
             "evidence": item.evidence, "opinion": item.opinion, "reduction": item.reduction}
            for item in acceptance.items.select_related("deliverable")
        ])


class SignatureForm(ActInputs):
    """A member signs for himself; who differs says so, and it stays in the record."""

    dissent = forms.CharField(label=_("不同意见"), required=False, widget=area(3), max_length=2000)


class PaperSignatureForm(ActInputs):
    """The signature on paper of a member without account, with its scan."""

    member = forms.ModelChoiceField(label=_("成员"), queryset=AcceptanceMember.objects.none())
    paper = DocumentField(kind="signature_sheet", label=_("签字页"))
    dissent = forms.CharField(label=_("不同意见"), required=False, widget=area(3), max_length=2000)

    def prepare(self) -> None:
        self.fields["member"].queryset = self.subject.members.filter(user=None, signed_at=None)


class OpinionForm(ActInputs):
    opinion = forms.CharField(label=_("验收意见"), widget=area(4), max_length=4000)
