"""S-190: the monthly report of progress, made by time and reported by the lead department."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow import Lifecycle, Transition, Who, starts, stops

from . import monthly
from .models import MonthlyReport

S = MonthlyReport.State
LEADS = [Who(Role.FINANCE_HEAD, at="lead"), Who(Role.FINANCE_OFFICER, at="lead")]

MONTHLY_REPORT = Lifecycle(
    code="workbench.monthly_report", reference="S-190", name=_("月度进展报告"), model=MonthlyReport,
    rows=[
        Transition("make", "", S.MADE, _("生成月度进展报告"), system=True, effect=monthly.make, clocks=[starts("MONTHLY_REPORT")],
                   tells=LEADS, rules=["S-190"]),
        Transition("report", S.MADE, S.REPORTED, _("登记已报送政府"), who=LEADS, task=True, clocks=[stops("MONTHLY_REPORT")],
                   rules=["S-190"], hint=_("核对数据、用印报送本级政府后登记。")),
    ],
    tones={S.MADE: "wait", S.REPORTED: "ok"},
)
