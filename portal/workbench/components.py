"""The component page: every component with its name and call, drawn by the same tags that pages use. Development only."""
from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.access import PUBLIC, audience
from portal.workflow.rows import RowsField

ICONS = (
    "home catalogue plan budget tender contract evaluate stats supplier search inbox display screen person menu chevron right left "
    "check close lock unlock file upload download print calendar bell filter sort up link clock chain star return ask info rule shield"
).split()
COLOURS = "ink ink-2 ink-3 accent accent-deep signal ok warn bad series-1 series-2 series-3 series-4 rule sunken canvas".split()


class IndicatorForm(forms.Form):
    """One row of the table of inputs."""

    name = forms.CharField(label=_("三级指标"), max_length=60)
    target = forms.CharField(label=_("目标值"), max_length=20, required=False)
    weight = forms.DecimalField(label=_("权重"), max_digits=5, decimal_places=2, min_value=0, max_value=100)


class ExampleForm(forms.Form):
    """One field of every layout."""

    name = forms.CharField(label=_("项目名称"), max_length=100)
    amount = forms.DecimalField(label=_("金额"), widget=forms.NumberInput(attrs={"data-unit": _("元")}), help_text=_("按合同总价填"))
    method = forms.ChoiceField(label=_("采购方式"), choices=[("", _("请选择")), ("open", _("公开招标")), ("inquiry", _("询价"))])
    opens_at = forms.DateTimeField(label=_("开标时间"))
    note = forms.CharField(label=_("备注"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    result = forms.ChoiceField(
        label=_("验收结论"), widget=forms.RadioSelect, choices=[("met", _("合格")), ("missed", _("不合格，给一次整改机会"))]
    )
    reasons = forms.MultipleChoiceField(
        label=_("退回原因"), widget=forms.CheckboxSelectMultiple,
        choices=[("content", _("内容或数量写得不清")), ("goal", _("绩效目标缺少目标值或基线"))],
    )
    confirmed = forms.BooleanField(label=_("我已核对全部附件"))
    paper = forms.FileField(label=_("可行性报告"), help_text=_("PDF,盖章扫描件"))
    indicators = RowsField(IndicatorForm, label=_("绩效指标"), min_rows=1, help_text=_("权重合计 100，写入合同"))


class ExampleFilter(forms.Form):
    q = forms.CharField(label=_("查找"), required=False)
    year = forms.ChoiceField(label=_("年度"), required=False, choices=[("", _("全部")), ("2027", "2027"), ("2026", "2026")])


def _refusal(message, citation: str) -> SimpleNamespace:
    return SimpleNamespace(message=message, citation=citation, field="")


def _action(label, *refusals, primary=False, hint="", direct=False) -> SimpleNamespace:
    return SimpleNamespace(label=label, url="#", enabled=not refusals, refusals=list(refusals), primary=primary, hint=hint,
                           direct=direct, confirm="")


def examples() -> dict:
    """What the components are shown with: the kind of values pages hand over."""
    return _heads() | _tables() | _lists() | _figures() | {"icons": ICONS, "colours": COLOURS}


def _heads() -> dict:
    now = clock.now()
    late = _refusal(_("中期报告尚未确认。"), _("合同第八条第二款"))
    return {
        "now": now, "until": now + timedelta(days=16, hours=5),
        "crumbs": [(_("合同履约"), "#"), ("2020", "#"), ("HSQ-2020-0031", "")],
        "meta": ["HSQ-2020-0031", "红山区民政局", "赤峰弘益社会组织服务中心"],
        "amount": Decimal("468000"), "light": ("green", _("剩 7 工作日")),
        "steps": [
            {"name": _("计划"), "state": "done", "note": "2020-03-18"}, {"name": _("采购"), "state": "done", "note": "2020-05-22"},
            {"name": _("履约"), "state": "now", "note": _("第 26/52 周")}, {"name": _("验收"), "note": "2021-07"},
        ],
        "actions": [
            _action(_("确认中期报告"), primary=True, hint=_("确认后中期款 140,400.00 元可以申请。"), direct=True),
            _action(_("退回中期报告并说明")), _action(_("申请支付中期款"), late),
        ],
        "refusals": [_refusal(_("投标截止时间已过（2026-12-25 09:30:00），不能再提交投标文件。"), _("财政部令第87号第三十三条"))],
    }


def _tables() -> dict:
    return {
        "head": [_("项目"), {"label": _("单位"), "minor": True}, {"label": _("金额"), "num": True, "unit": _("万元")}],
        "rows": [
            {"cells": ["城市保洁绿化道路养护", "区综合行政执法局", "1,166.40"], "url": "#", "mark": "yours"},
            {"cells": ["公证服务", "区司法局", "18.60"], "url": "#", "mark": "late"}, ["老年助餐配送", "区民政局", "200.00"],
        ],
        "foot": [_("合计"), "", "1,385.00"], "page": Paginator(range(57), 20).page(2), "filter": ExampleFilter({}),
        "facts": [(_("预算"), "3,860,000.00"), (_("方式"), _("公开招标")), (_("投标截止"), "2026-12-25 09:30:00")],
    }


def _lists() -> dict:
    now = clock.now()
    return {
        "flow": [
            {"name": _("计划"), "amount": Decimal(480000), "note": "03-18"}, {"name": _("合同"), "amount": Decimal(468000)},
            {"name": _("已支付"), "amount": Decimal(187200), "note": "40.0 %"},
        ],
        "files": [
            {"name": "合同及附件一.pdf", "url": "#", "size": 880_640, "digest": "9f3c41d0" * 8},
            {"name": "成交通知书.pdf", "url": "#", "size": 120_832},
        ],
        "entries": [
            {"occurred_at": now - timedelta(days=1), "sentence": "赤峰弘益 孙敏 提交中期报告，佐证 37 件。",
             "note": _("等红山区民政局确认")},
            {"occurred_at": now - timedelta(days=90), "sentence": "红山区财政局支付首期款 187,200.00 元。"},
        ],
        "todos": [
            {"verb": _("备案"), "title": "公证服务采购合同", "url": "#", "meta": "18.60 万元", "light": ("red", _("超期 2 日")),
             "due": "11-27", "late": True},
            {"verb": _("审核"), "title": "海曙区民政局 2027 计划", "url": "#", "meta": "3 项 · 480.00 万元",
             "light": ("green", _("剩 4 工作日")), "due": "12-07"},
        ],
    }


def _figures() -> dict:
    return {
        "columns": [{"label": "2015", "value": 9699, "highlight": False}, {"label": "2018", "value": None},
                    {"label": "2021", "value": 34463}],
        "bars": [{"label": _("计划"), "value": 9}, {"label": _("履约"), "value": 31}],
        "shares": [{"label": _("企业"), "value": 39}, {"label": _("社会组织"), "value": 18}, {"label": _("事业单位"), "value": 6}],
    }


@audience(PUBLIC)
def components(request: HttpRequest) -> HttpResponse:
    """Every component; the form is shown refused when it was sent, so that its errors can be seen."""
    if not (settings.DEMO or settings.DEBUG):
        raise Http404
    sent = request.method == "POST"
    filled = {"indicators": [{"name": "虫口减退率", "target": "≥ 91 %", "weight": 25}]}
    form = ExampleForm(request.POST, request.FILES) if sent else ExampleForm(initial=filled)
    return render(request, "components/page.html", examples() | {"form": form})


component_urlpatterns = [path("components/", components, name="components")]
