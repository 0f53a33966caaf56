"""Inputs of a plan item: the five questions on one page. A draft may leave anything but the title empty."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.forms.answers import YesNo, answer_fields
from catalogue.models import (
    CatalogueItem,
    CatalogueVersion,
    GovernmentFunction,
    ImplementationEntry,
    OutOfCatalogueRequest,
)
from portal import clock
from portal.files.forms import DocumentField
from portal.money import COLUMN
from portal.workflow.inputs import ActInputs
from portal.workflow.rows import RowsField
from procurement.plans.completeness import FEASIBILITY
from procurement.plans.listed import entries_to_choose
from procurement.plans.models import CostFactor, Indicator, Level, Method, Plan, PlanItem, Project, SourceKind
from procurement.plans.outside import usable_requests

#: Ways on which an item is asked for; what is carried over was asked for years ago.
ASKED = [(value, label) for value, label in PlanItem.Route.choices if value != PlanItem.Route.CARRIED]


def _text(label, rows: int = 3, help_text="") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=8000, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows})
    )


def _yuan(label, **kwargs) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, widget=forms.NumberInput(attrs={"data-unit": _("元")}), **{**COLUMN, **kwargs}
    )


class FactorRow(forms.Form):
    factor = forms.ChoiceField(label=_("因素"), choices=CostFactor.Factor.choices)
    unit_amount = forms.DecimalField(label=_("每单位金额（元）"), min_value=0, **COLUMN)
    basis = forms.CharField(label=_("依据"), max_length=300, required=False, widget=forms.TextInput(attrs={"data-wanted": "1"}))

    def has_changed(self) -> bool:
        """All four factors stand ready; one without figure and basis is not filled in yet."""
        return bool({"unit_amount", "basis"} & set(self.changed_data))


class SourceRow(forms.Form):
    kind = forms.ChoiceField(label=_("来源"), choices=SourceKind.choices, initial=SourceKind.GENERAL)
    level = forms.ChoiceField(label=_("级次"), choices=Level.choices, initial=Level.CITY)
    name = forms.CharField(label=_("名称或文号"), max_length=200, required=False)
    amount = forms.DecimalField(label=_("金额（元）"), min_value=0, **COLUMN)


class YearRow(forms.Form):
    year = forms.IntegerField(label=_("年度"), min_value=2004, max_value=2100)
    amount = forms.DecimalField(label=_("金额（元）"), min_value=0, **COLUMN)


class IndicatorRow(forms.Form):
    category = forms.ChoiceField(label=_("一级指标"), choices=Indicator.Category.choices, initial=Indicator.Category.OUTPUT)
    group = forms.CharField(label=_("二级指标"), max_length=60, required=False)
    name = forms.CharField(label=_("三级指标"), max_length=120)
    direction = forms.ChoiceField(label=_("方向"), choices=Indicator.Direction.choices, initial=Indicator.Direction.AT_LEAST)
    target = forms.DecimalField(label=_("目标值"), max_digits=14, decimal_places=2)
    unit = forms.CharField(label=_("单位"), max_length=30, required=False)
    weight = forms.DecimalField(label=_("权重"), min_value=0, max_value=100, max_digits=5, decimal_places=2)
    source = forms.CharField(label=_("数据来源"), max_length=200, required=False)


class LeafField(forms.ModelChoiceField):
    """A leaf of the catalogue in force; its branch stands before its name."""

    def label_from_instance(self, leaf: CatalogueItem) -> str:
        return f"{leaf.code} {leaf.name}"


class FiledField(forms.ModelChoiceField):
    """A filed request outside the catalogue; its number stands before its name."""

    def label_from_instance(self, request: OutOfCatalogueRequest) -> str:
        return f"{request.number} {request.title}"


class ListedField(forms.ModelChoiceField):
    """An entry of the year's implementation catalogue; year and method stand behind its name."""

    def label_from_instance(self, entry: ImplementationEntry) -> str:
        return f"{entry.title}（{entry.catalogue.year} · {entry.get_method_display()}）"


class FunctionField(forms.ModelChoiceField):
    """A function of the department's list in use; what becomes of it stands behind its name."""

    def label_from_instance(self, function: GovernmentFunction) -> str:
        return f"{function}（{function.get_status_display()}）"


class ItemForm(ActInputs):
    """All five questions. What is missing is listed after saving; only what cannot be read is refused here."""

    title = forms.CharField(label=_("项目名称"), max_length=200)
    leaf = LeafField(label=_("目录项"), queryset=CatalogueItem.objects.none(), required=False)
    filed_request = FiledField(
        label=_("目录外备案"), queryset=OutOfCatalogueRequest.objects.none(), required=False,
        help_text=_("目录不能涵盖、已经财政审核备案的，不选目录项，在这里选备案。"),
    )
    listed = ListedField(
        label=_("实施目录项目"), queryset=ImplementationEntry.objects.none(), required=False,
        help_text=_("本项据以申报的实施目录项目；目录项和购买方式须与它一致。"),
    )
    function = FunctionField(
        label=_("所履行的职能"), queryset=GovernmentFunction.objects.none(), required=False,
        help_text=_("本单位职能清单中的一项；列为保留的由政府直接履职，不得购买。"),
    )
    kind = forms.ChoiceField(label=_("种类"), choices=PlanItem.Kind.choices, initial=PlanItem.Kind.PROJECT, required=False)
    posts = forms.IntegerField(label=_("岗位数"), min_value=0, required=False)
    content = _text(_("购买内容"), 4)
    objective = _text(_("目标"))
    quantity = forms.DecimalField(label=_("数量"), min_value=0, max_digits=14, decimal_places=2, required=False)
    unit = forms.CharField(label=_("计量单位"), max_length=30, required=False)
    unit_price = _yuan(_("单价"))
    periods = forms.DecimalField(
        label=_("计价期数"), min_value=0, max_digits=6, decimal_places=2, required=False, help_text=_("按年计价填年数，一次性填 1。")
    )
    guide_price = _yuan(_("指导价"))
    price_reason = _text(_("高于指导价的理由"), 2)
    basic_public_service = YesNo(label=_("属于基本公共服务"))
    national_standard = forms.CharField(label=_("国家基本公共服务标准"), max_length=200, required=False)
    locals().update(answer_fields())
    secret = YesNo(label=_("涉及国家秘密"))
    security = YesNo(label=_("涉及国家安全"))
    route = forms.ChoiceField(label=_("申报路径"), choices=ASKED, initial=PlanItem.Route.ANNUAL, required=False)
    plan = forms.ModelChoiceField(label=_("年度计划"), queryset=Plan.objects.none(), required=False)
    year = forms.IntegerField(label=_("年度"), min_value=2004, max_value=2100, required=False, help_text=_("一事一议、年中调整项目填写。"))
    scheme = _text(_("实施方案"))
    assessment = _text(_("事前绩效评估"))
    urgency = _text(_("突发临时情形"), 2)
    existing_line = forms.CharField(label=_("现有资金指标编号"), max_length=60, required=False)
    no_extra_expenditure = forms.BooleanField(label=_("不增加财政支出"), required=False)
    adjustment_document = forms.CharField(label=_("预算调整文号"), max_length=120, required=False)
    supplier_conditions = _text(_("承接主体条件"), help_text=_("不写规模、业绩所在地、注册地。"))
    sme_policy = forms.ChoiceField(label=_("中小企业政策"), choices=[("", _("未选")), *PlanItem.SmePolicy.choices], required=False)
    sme_statement = _text(_("中小企业政策说明"), 2)
    method = forms.ChoiceField(label=_("拟采购方式"), choices=[("", _("未选")), *Method.choices], required=False)
    term_months = forms.IntegerField(
        label=_("期限"), min_value=1, max_value=120, required=False, widget=forms.NumberInput(attrs={"data-unit": _("个月")})
    )
    starts_on = forms.DateField(label=_("拟开始日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    budget_guaranteed = forms.BooleanField(label=_("预算有保障"), required=False)
    content_fixed = forms.BooleanField(label=_("内容相对固定"), required=False)
    continuous = forms.BooleanField(label=_("连续性强"), required=False)
    funding_stable = forms.BooleanField(label=_("经费来源稳定"), required=False)
    price_stable = forms.BooleanField(label=_("价格变化幅度小"), required=False)
    factors = RowsField(FactorRow, max_rows=4, required=False, label=_("价格构成"), add_label=_("加一项因素"))
    sources = RowsField(SourceRow, max_rows=20, required=False, label=_("资金来源"), add_label=_("加一项来源"))
    years = RowsField(YearRow, max_rows=5, required=False, label=_("分年资金"), add_label=_("加一年"))
    survey = _text(_("需求调查"), 2)
    risk_list = _text(_("风险清单"), 2)
    public_opinion = _text(_("征求公众意见情况"), 2)
    evaluation_standard = _text(_("评价标准"))
    indicators = RowsField(IndicatorRow, max_rows=60, required=False, label=_("绩效指标"), add_label=_("加一项指标"))
    feasibility = DocumentField(kind=FEASIBILITY, label=_("可行性报告"), required=False)
    predecessor = forms.ModelChoiceField(
        label=_("延续的上期项目"), queryset=Project.objects.none(), required=False, help_text=_("新增项目不选。")
    )
    result_response = _text(_("上期评价结果的运用"))

    def prepare(self) -> None:
        item, actor = self.subject, self.actor
        agency = item.agency if item is not None and item.agency_id else actor.organisation
        version = CatalogueVersion.objects.in_force_for(agency, clock.today()).first()
        leaves = CatalogueItem.objects.leaves().filter(version=version)
        if item is not None and item.leaf_id:
            leaves = leaves | CatalogueItem.objects.filter(pk=item.leaf_id)
        self.fields["leaf"].queryset = leaves.order_by("path")
        self.fields["filed_request"].queryset = usable_requests(item, agency)
        self.fields["listed"].queryset = entries_to_choose(item, agency)
        functions = GovernmentFunction.objects.in_force().filter(catalogue__agency=agency)
        if item is not None and item.function_id:
            functions = functions | GovernmentFunction.objects.filter(pk=item.function_id)
        self.fields["function"].queryset = functions.order_by("catalogue", "position", "pk")
        self.fields["plan"].queryset = Plan.objects.filter(agency=agency, state__in=["DRAFTED", "SENT_BACK"]).select_related("agency")
        self.fields["predecessor"].queryset = Project.objects.filter(agency=agency).exclude(state__in=["PROPOSED", "ABORTED"])
        if item is not None and item.pk:
            self._show(item)
            for name in ("plan", "route", "year"):
                del self.fields[name]

    def _show(self, item: PlanItem) -> None:
        for name, field in self.fields.items():
            if isinstance(field, RowsField):
                columns = list(field.row_form.base_fields)
                field.initial = list(getattr(item, name).values(*columns))
                if name == "factors":  # all four stay in sight until they are filled in
                    there = {row["factor"] for row in field.initial}
                    field.initial += [{"factor": value} for value in CostFactor.Factor.values if value not in there]
            elif hasattr(item, name):
                value = getattr(item, name)
                field.initial = getattr(value, "pk", value)

    def clean(self) -> dict:
        cleaned = super().clean()
        for name in ("posts",):
            cleaned[name] = cleaned.get(name) or 0
        cleaned["periods"] = cleaned.get("periods") or 1
        cleaned["kind"] = cleaned.get("kind") or PlanItem.Kind.PROJECT
        for name, key in (("factors", "factor"), ("years", "year")):
            keys = [row[key] for row in cleaned.get(name) or ()]
            if len(keys) != len(set(keys)):
                self.add_error(name, _("同一项只能填一行。"))
        for name in ("sources", "years"):
            if any(row["amount"] <= 0 for row in cleaned.get(name) or ()):
                self.add_error(name, _("金额须大于零。"))
        return cleaned


class AttachForm(ActInputs):
    feasibility = DocumentField(kind=FEASIBILITY, label=_("可行性报告"))


class ApproveItemForm(ActInputs):
    approved_amount = _yuan(_("批准金额"))
    cut_reason = _text(_("核减理由"), 2)

    def prepare(self) -> None:
        if self.subject is not None:
            self.fields["approved_amount"].initial = self.subject.amount


class CopyItemForm(ActInputs):
    route = forms.ChoiceField(
        label=_("申报路径"),
        choices=[(value, label) for value, label in ASKED if value != PlanItem.Route.ANNUAL],
    )
