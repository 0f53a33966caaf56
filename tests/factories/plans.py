"""Plans, items and projects in the states that tests need, reached by running the verbs with the people of the demo."""
from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from catalogue.models import CatalogueItem
from catalogue.verbs import load_reference_catalogue
from portal import clock
from portal.workflow import perform
from procurement.plans.models import AgendaItem, Intention, Meeting, Plan, PlanItem, Project
from tests.factories.people import actor

#: The plan year of the worked story; its plan is compiled in November of the year before (W-09).
YEAR = 2026
COMPILED_AT = datetime(2025, 11, 28, 9, 30, tzinfo=clock.SHANGHAI)
MEETING_AT = datetime(2025, 12, 8, 9, 0, tzinfo=clock.SHANGHAI)
BEFORE_YEAR = [f"{name}" for name in ("outside_duty", "must_perform_itself", "goods_or_works", "financing", "labour_hire",
                                      "otherwise_barred", "secret", "security")]  # fmt: skip


def leaf(code: str | None = None) -> CatalogueItem:
    """A leaf of the reference catalogue; loads it when it is not there yet."""
    version = load_reference_catalogue()
    leaves = version.items.leaves().order_by("path")
    return leaves.get(code=code) if code else leaves.filter(kind="A").first()


def report_file(name: str = "feasibility.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n", "application/pdf")


def content(**changes) -> dict:
    """What a complete item says: two years of street cleaning, all five questions answered."""
    values = {
        "title": "城市保洁绿化道路养护", "leaf": leaf(), "kind": "PROJECT", "posts": 0,
        "content": "购买 86.40 万平方米道路的清扫保洁与绿化养护服务，含机械作业、人工保洁和苗木养护。", "objective": "道路整洁，绿地完好。",
        "quantity": Decimal("864000"), "unit": "平方米", "unit_price": Decimal("13.50"), "periods": Decimal(2),
        "basic_public_service": False, "national_standard": "", "scheme": "按路段分两个作业区，统一招标。",
        "assessment": "必要性、可行性和经费测算均已评估。", "supplier_conditions": "具有独立承担民事责任的能力，有相应作业人员和车辆。",
        "sme_policy": "NONE", "sme_statement": "服务不可拆分，评审时给予价格扣除。", "method": "OPEN_TENDER", "term_months": 24,
        "starts_on": datetime(YEAR, 3, 1).date(), "budget_guaranteed": True, "content_fixed": True, "continuous": True,
        "funding_stable": True, "price_stable": True, "survey": "已向 6 家企业询价。", "risk_list": "油价上涨、恶劣天气。",
        "public_opinion": "公示 10 日，收到意见 3 条，已采纳。", "evaluation_standard": "道路本色率、绿地完好率、群众满意度。",
        "predecessor": None, "result_response": "", "guide_price": None, "price_reason": "",
        **dict.fromkeys(BEFORE_YEAR, False), **{f"{name}_reason": "经核对不属于这一类。" for name in BEFORE_YEAR[:6]},
        "factors": [
            {"factor": "PRICES", "unit_amount": Decimal("5.32"), "basis": "2025 年物价指数"},
            {"factor": "WAGES", "unit_amount": Decimal("5.74"), "basis": "最低工资标准"},
            {"factor": "INSURANCE", "unit_amount": Decimal("1.50"), "basis": "现行费率"},
            {"factor": "TAX", "unit_amount": Decimal("0.94"), "basis": "增值税 6%"},
        ],
        "sources": [{"kind": "GENERAL", "level": "CITY", "name": "城市维护", "amount": Decimal("23328000.00")}],
        "years": [{"year": YEAR, "amount": Decimal("11664000.00")}, {"year": YEAR + 1, "amount": Decimal("11664000.00")}],
        "indicators": [
            {"category": "OUTPUT", "group": "质量", "name": "道路本色率", "direction": "AT_LEAST", "target": Decimal(92), "unit": "%",
             "weight": Decimal(60), "source": "日常检查"},
            {"category": "SATISFACTION", "group": "群众", "name": "群众满意度", "direction": "AT_LEAST", "target": Decimal(90),
             "unit": "%", "weight": Decimal(40), "source": "问卷"},
        ],
        "feasibility": report_file(),
    }  # fmt: skip
    values.update(changes)
    return values


def one_year(amount: str = "1000000.00", year: int = YEAR, **changes) -> dict:
    """A complete item of one year and one sum."""
    total = Decimal(amount)
    price = (total / 100).quantize(Decimal("0.01"))
    return content(**{
        "quantity": Decimal(100), "unit": "次", "unit_price": price, "periods": Decimal(1), "term_months": 12, "starts_on": None,
        "factors": [{"factor": name, "unit_amount": price if name == "PRICES" else Decimal(0), "basis": "测算"}
                    for name in ("PRICES", "WAGES", "INSURANCE", "TAX")],
        "sources": [{"kind": "GENERAL", "level": "CITY", "name": "", "amount": total}],
        "years": [{"year": year, "amount": total}], **changes,
    })  # fmt: skip


def make_plan(state: str = "DRAFTED", *, year: int = YEAR, items: list[dict] | None = None, planner="planner", head="head") -> Plan:
    """A plan with items (one complete item by default) in DRAFTED, PROPOSED, SUBMITTED, DECIDED or PUBLISHED."""
    moment = COMPILED_AT.replace(year=year - 1)
    with clock.at(moment):
        plan = perform(Plan(), "draft", actor=actor(planner), year=year)
        for values in [content()] if items is None else items:
            perform(PlanItem(), "draft", actor=actor(planner), plan=plan, **values)
        if state == "DRAFTED":
            return plan
        plan = perform(plan, "propose", actor=actor(planner))
        if state == "PROPOSED":
            return plan
        plan = perform(plan, "submit", actor=actor(head))
        if state == "SUBMITTED":
            return plan
        for item in plan.items.all():
            pass_reviews(item)
    decide_all(plan, year=year)
    plan.refresh_from_db()
    if state == "PUBLISHED":
        plan = perform(plan, "publish", actor=actor(head))
    return plan


def pass_reviews(item: PlanItem) -> PlanItem:
    """Every department agrees."""
    reviewers = {"ESTABLISHMENT": "establishment", "HUMAN_RESOURCES": "human_resources", "FINANCE": "finance_officer"}
    while step := item.steps.filter(state__in=["PENDING", "CLAIMED"]).order_by("group", "id").first():
        perform(step, "approve", actor=actor(reviewers[step.kind]), opinion="同意")
    item.refresh_from_db()
    return item


def make_meeting(*items: PlanItem, year: int = YEAR, state: str = "CALLED") -> Meeting:
    """A meeting with these items on its agenda; CALLED or CONVENED."""
    moment = MEETING_AT.replace(year=year - 1)
    with clock.at(moment.replace(hour=8)):
        members = [{"organisation_name": "市财政局", "name": "许静怡"}, {"organisation_name": "市审计局", "name": "严守正"},
                   {"organisation_name": "市编办", "name": "吕方正"}]  # fmt: skip
        meeting = perform(
            Meeting(), "call", actor=actor("secretary"), title="政府购买服务联席会议", scheduled_at=moment, place="市政府三楼会议室",
            members=members,
        )
        if items:
            meeting = perform(meeting, "list_item", actor=actor("secretary"), items=list(items), versions=[])
        if state == "CONVENED":
            meeting = perform(meeting, "convene", actor=actor("convener"), present=list(meeting.members.all()))
    return meeting


def decide(meeting: Meeting, item: PlanItem, decision: str = "APPROVE", **data) -> AgendaItem:
    agenda = meeting.agenda.get(item=item)
    perform(meeting, "record_decision", actor=actor("secretary"), agenda=agenda, decision=decision, **data)
    agenda.refresh_from_db()
    return agenda


def decide_all(plan: Plan, *, year: int = YEAR) -> None:
    """The joint meeting approves every reviewed item of a plan and signs the minutes."""
    items = list(plan.items.filter(state="REVIEWED"))
    meeting = make_meeting(*items, year=year, state="CONVENED")
    with clock.at(MEETING_AT.replace(year=year - 1, hour=11)):
        for item in items:
            decide(meeting, item)
        perform(meeting, "minute", actor=actor("convener"))


def make_plan_item(state: str = "DRAFTED", *, year: int = YEAR, **values) -> PlanItem:
    """One item, alone in its plan, in DRAFTED, PROPOSED, SUBMITTED, REVIEWED or APPROVED."""
    plans = {"DRAFTED": "DRAFTED", "PROPOSED": "PROPOSED", "SUBMITTED": "SUBMITTED", "REVIEWED": "SUBMITTED", "APPROVED": "DECIDED"}
    plan = make_plan(plans[state], year=year, items=[content(**values)])
    item = plan.items.get()
    if state == "REVIEWED":
        with clock.at(COMPILED_AT.replace(year=year - 1)):
            item = pass_reviews(item)
    return item


def make_project(state: str = "APPROVED", **values) -> Project:
    """A project PROPOSED (submitted) or APPROVED (by the meeting)."""
    return make_plan_item("SUBMITTED" if state == "PROPOSED" else "APPROVED", **values).project


def draft_intention(**values) -> Intention:
    """The intention that the approval of a purchase of `values` has drafted."""
    return Intention.objects.get(project=make_plan_item("APPROVED", **values).project_id)


def publish_intention(project: Project, *, at: datetime) -> None:
    """The market is told, where the approval of the project has drafted what it is to be told."""
    for intention in Intention.objects.filter(project=project, state="DRAFTED"):
        with clock.at(at):
            perform(intention, "publish", actor=actor("head"))
