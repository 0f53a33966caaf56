"""What is given with the acts of suppliers: the registration, papers of evidence, the yearly confirmation."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.files.forms import DocumentField
from portal.workflow.inputs import ActInputs
from portal.workflow.rows import RowsField

from .conditions import PROOFS, Authority, Condition, Relation, Size, SupplierType

#: Fields of the form that stand in the supplier's own row.
REGISTRATION_FIELDS = (
    "code", "type", "authority", "authority_name", "registered_on", "legal_representative", "industry", "size", "staff",
    "revenue", "assets", "bank_name", "bank_account", "contact", "phone", "address",
)
YEARLY_FIELDS = ("legal_representative", "size", "staff", "revenue", "assets", "bank_name", "bank_account", "contact", "phone",
                 "address")


class RelatedPersonForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=60)
    relation = forms.ChoiceField(label=_("关系"), choices=[("", _("请选择")), *Relation.choices])
    share_percent = forms.DecimalField(
        label=_("持股（出资）比例（%）"), required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2
    )


class SizeFields(forms.Form):
    """What a declaration of size states (R46-11)."""

    size = forms.ChoiceField(label=_("企业规模"), choices=[("", _("不是企业")), *Size.choices], required=False)
    staff = forms.IntegerField(label=_("从业人员（人）"), required=False, min_value=0)
    revenue = forms.DecimalField(label=_("上年营业收入（元）"), required=False, min_value=0, max_digits=16, decimal_places=2)
    assets = forms.DecimalField(label=_("上年末资产总额（元）"), required=False, min_value=0, max_digits=16, decimal_places=2)


class ContactFields(forms.Form):
    bank_name = forms.CharField(label=_("开户银行"), max_length=120)
    bank_account = forms.RegexField(
        label=_("银行账号"), regex=r"^[0-9][0-9 \-]{6,38}$", error_messages={"invalid": _("银行账号只有数字")},
        help_text=_("合同款只付到这个账户"),
    )
    contact = forms.CharField(label=_("联系人"), max_length=60)
    phone = forms.CharField(label=_("联系电话"), max_length=40)
    address = forms.CharField(label=_("地址"), max_length=200)


class RegistrationForm(ActInputs, SizeFields, ContactFields):
    code = forms.CharField(label=_("统一社会信用代码"), max_length=40)
    type = forms.ChoiceField(label=_("承接主体类型"), choices=[("", _("请选择")), *SupplierType.choices])
    authority = forms.ChoiceField(label=_("登记管理机关类别"), choices=[("", _("请选择")), *Authority.choices])
    authority_name = forms.CharField(label=_("登记管理机关"), max_length=120)
    registered_on = forms.DateField(label=_("成立登记日期"))
    legal_representative = forms.CharField(label=_("法定代表人（负责人）"), max_length=60)
    industry = forms.CharField(label=_("所属行业"), max_length=60, required=False)
    related_persons = RowsField(
        RelatedPersonForm, label=_("关联人员"), max_rows=60, required=False,
        help_text=_("股东、举办者、董事（理事）、监事等；用于回避审查，只有财政和审计部门看得到。"),
    )
    field_order = [*REGISTRATION_FIELDS, "related_persons"]

    def prepare(self) -> None:
        """Begin with what is known: the draft, else what the account says of the organisation."""
        known = self.subject if self.subject is not None and self.subject.pk else None
        if known:
            self.initial = {name: getattr(known, name) for name in REGISTRATION_FIELDS} | self.initial
            self.initial.setdefault(
                "related_persons", list(known.related_persons.values("name", "relation", "share_percent"))
            )
        elif self.actor is not None and self.actor.organisation:
            for name in ("code", "contact", "phone", "address"):
                self.initial.setdefault(name, getattr(self.actor.organisation, name))


class EvidenceForm(ActInputs):
    condition = forms.ChoiceField(label=_("证明哪一项条件"), choices=[("", _("请选择")), *Condition.choices])
    title = forms.CharField(label=_("材料名称"), max_length=120)
    number = forms.CharField(label=_("证照编号"), max_length=80, required=False)
    valid_from = forms.DateField(label=_("有效期起"))
    valid_to = forms.DateField(label=_("有效期止"), help_text=_("当日 24 时到期；没有期限的，填下一次应当更新的日期"))
    document = DocumentField(label=_("文件"), kind="supplier_evidence")

    def prepare(self) -> None:
        """Coming from one of the seven conditions, it is already chosen and its usual proof named."""
        chosen = self.initial.get("condition")
        if chosen in PROOFS:
            self.fields["title"].help_text = _("通常为：%(proof)s") % {"proof": PROOFS[chosen]}

    def clean(self) -> dict:
        first, last = self.cleaned_data.get("valid_from"), self.cleaned_data.get("valid_to")
        if first and last and first >= last:
            self.add_error("valid_to", _("有效期止须晚于有效期起。"))
        return self.cleaned_data


class YearForm(ActInputs, SizeFields, ContactFields):
    legal_representative = forms.CharField(label=_("法定代表人（负责人）"), max_length=60)
    truthful = forms.BooleanField(label=_("以上内容属实；上年度数据按中小企业划型标准填报，内容不实的，承担提供虚假材料的责任"))
    field_order = [*YEARLY_FIELDS, "truthful"]

    def prepare(self) -> None:
        if self.subject is not None:
            self.initial = {name: getattr(self.subject, name) for name in YEARLY_FIELDS} | self.initial
