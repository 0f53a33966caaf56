"""W-09, beside its thread: the plan of another agency, with an item that is refused and an item that comes too late.

The thread itself (street cleaning of the city management bureau) is for the newcomer to walk. This plan stands on the
planner's desk of the agency beside it two days before the cut-off: one item touches national security and can never be
bought (R-009), so the plan cannot go out as it is. Who lets 30 November pass finds on 1 December that it has lapsed, and
that the other item can only be asked for by itself (S-26, R-036) or next year.
"""
from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from catalogue.models import CatalogueItem
from portal import clock
from portal.accounts.actor import actor_for
from portal.accounts.demo import organisation
from portal.accounts.models import User
from portal.workflow import perform
from procurement.plans.models import Plan, PlanItem

YEAR = 2026
REFUSED, LATE = "边界管控设施运行值守", "独居困难老人冬季探访"
NEGATIVE_LIST = (
    "outside_duty", "must_perform_itself", "goods_or_works", "financing", "labour_hire", "otherwise_barred", "secret", "security",
)  # fmt: skip
#: Why each of the first six is answered "no".
REASONS = {
    "outside_duty_reason": "属于三定规定列明的民政服务职责。", "must_perform_itself_reason": "事务性服务，不涉及行政权力的行使。",
    "goods_or_works_reason": "只购买服务，不含货物和工程。", "financing_reason": "资金列入部门预算，按月考核支付。",
    "labour_hire_reason": "按服务成果计价，人员由承接主体管理。", "otherwise_barred_reason": "没有禁止购买的规定。",
}
FEASIBILITY = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def load_w09() -> Plan | None:
    """Put the plan on the desk while its year can still be planned; None when that time is over. Made once."""
    agency = organisation("agency_2")
    found = Plan.objects.filter(agency=agency, year=YEAR).first()
    if found is not None or clock.today() > date(YEAR - 1, 11, 30):
        return found
    planner = actor_for(User.objects.get(username="planner_2"))
    plan = perform(Plan(), "draft", actor=planner, year=YEAR)
    perform(PlanItem(), "draft", actor=planner, plan=plan, **item(
        REFUSED, "边界管控设施的驻场值守、设备巡检和应急处置。", "设施运行不中断。", Decimal("480000.00"), security=True,
    ))
    perform(PlanItem(), "draft", actor=planner, plan=plan, **item(
        LATE, "寒潮期间对 1200 名独居困难老人每周上门探访，查看取暖、用药和饮食，及时报告。", "老人安全过冬。", Decimal("360000.00"),
    ))
    return plan


def item(title: str, content: str, objective: str, amount: Decimal, **changes) -> dict:
    """A complete item of one year: the five questions answered; amounts in yuan."""
    leaf = CatalogueItem.objects.leaves().filter(version__state="ISSUED", kind="A").order_by("-version_id", "path").first()
    price = amount / 12
    shares = {"PRICES": "0.20", "WAGES": "0.55", "INSURANCE": "0.15", "TAX": "0.10"}
    return {
        "title": title, "leaf": leaf, "kind": "PROJECT", "posts": 0, "content": content, "objective": objective,
        "quantity": Decimal(12), "unit": "月", "unit_price": price, "periods": Decimal(1), "basic_public_service": False,
        "national_standard": "", "scheme": "按月考核，一次招标。", "assessment": "必要性、可行性和经费测算均已评估。",
        "supplier_conditions": "具有独立承担民事责任的能力，有相应人员和设备。", "sme_policy": "NONE",
        "sme_statement": "服务不可拆分，评审时给予价格扣除。", "method": "OPEN_TENDER", "term_months": 12, "starts_on": date(YEAR, 1, 1),
        "budget_guaranteed": True, "content_fixed": True, "continuous": True, "funding_stable": True, "price_stable": True,
        "survey": "已向 3 家单位询价。", "risk_list": "人员不足、天气。", "public_opinion": "公示 10 日，没有意见。",
        "evaluation_standard": "按月考核得分、群众满意度。", "predecessor": None, "result_response": "", "guide_price": None,
        "price_reason": "", **dict.fromkeys(NEGATIVE_LIST, False), **REASONS,
        "factors": [{"factor": name, "unit_amount": price * Decimal(share), "basis": "测算"} for name, share in shares.items()],
        "sources": [{"kind": "GENERAL", "level": "CITY", "name": "部门预算", "amount": amount}],
        "years": [{"year": YEAR, "amount": amount}],
        "indicators": [
            {"category": "OUTPUT", "group": "质量", "name": "按月考核得分", "direction": "AT_LEAST", "target": Decimal(90), "unit": "分",
             "weight": Decimal(60), "source": "考核表"},
            {"category": "SATISFACTION", "group": "群众", "name": "群众满意度", "direction": "AT_LEAST", "target": Decimal(90),
             "unit": "%", "weight": Decimal(40), "source": "问卷"},
        ],
        "feasibility": SimpleUploadedFile("可行性报告.pdf", FEASIBILITY, "application/pdf"), **changes,
    }  # fmt: skip
