"""W-09, the yearly cycle alone: an item of 28 November is approved, one that touches national security is refused, one of
1 December goes its own way (S-22, S-26, R-001, R-009, R-036)."""
from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from . import plan as thread
from .client import File
from .story import SHANGHAI, StepFailed, Story

TITLE = "年度计划一轮：批准一项、拒绝一项、逾期一项改走一事一议"
SECRET, LATE = "边界管控设施运行值守", "独居困难老人冬季探访"
AMOUNT = Decimal("360000.00")
REPORT = File("可行性报告.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n", "application/pdf")


def play(story: Story) -> None:
    year = thread.begin(story)
    leaf = thread.choose_leaf(story)
    late_plan = beside(story, year, leaf)
    plan = thread.draft_plan(story, year)
    item = thread.draft_item(story, plan, year, leaf)
    thread.submit(story, plan, item)
    thread.review(story, item)
    thread.correct_and_pass(story, item)
    let_the_day_pass(story, late_plan, year)
    by_itself(story, late_plan, year)
    thread.meet(story, plan, item, year)


def beside(story: Story, year: int, leaf: dict) -> dict:
    """The plan of another agency: one of its items can never be bought, and it cannot go out with it."""
    known = [row for row in story.find("planner_2", f"plans/?year={year}") if row["year"] == year and row["agency_name"] == own(story)]
    plan = known[0] if known else story.create("planner_2", "plans", {"year": year}, f"另一单位新建 {year} 年度计划", "DRAFTED", "R-003")
    there = {row["title"]: row for row in story.find("planner_2", f"plan-items/?plan={plan['id']}&state=DRAFTED")}
    for title, barred in ((SECRET, True), (LATE, False)):
        if title not in there:
            filled = values(plan, year, leaf, title, security=barred)
            there[title] = story.create("planner_2", "plan-items", filled, f"填报“{title}”", "DRAFTED")
    story.refused("planner_2", f"plans/{plan['id']}/propose/", rule="R-009", what=f"“{SECRET}”涉及国家安全，随计划送审")
    story.act("planner_2", "plan-items", there[SECRET]["id"], "discard", what=f"删去“{SECRET}”", state="WITHDRAWN", rule="R-009")
    return plan


def own(story: Story) -> str:
    story.person("planner_2")
    return story.people["planner_2"].organisation


def values(plan: dict, year: int, leaf: dict, title: str, *, security: bool) -> dict:
    """An item of one year with the five questions answered."""
    price = AMOUNT / 12
    return {
        "title": title, "plan": plan["id"], "leaf": leaf["id"], "kind": "PROJECT", "posts": 0,
        "content": "按月上门服务，记录情况并及时报告。", "objective": "服务不间断。",
        "quantity": "12", "unit": "月", "unit_price": str(price), "periods": 1,
        "basic_public_service": False, "scheme": "按月考核，一次招标。", "assessment": "必要性、可行性和经费测算均已评估。",
        "supplier_conditions": "具有独立承担民事责任的能力，有相应人员和设备。", "sme_policy": "NONE",
        "sme_statement": "服务不可拆分，评审时给予价格扣除。", "method": "OPEN_TENDER", "term_months": 12, "starts_on": f"{year}-01-01",
        "survey": "已向 3 家单位询价。", "risk_list": "人员不足、天气。", "public_opinion": "公示 10 日，没有意见。",
        "evaluation_standard": "按月考核得分、群众满意度。",
        **dict.fromkeys(thread.ANSWERS, False), **{f"{name}_reason": "经核对不属于这一类。" for name in thread.ANSWERS[:6]},
        "security": security,
        "factors": [
            {"factor": name, "unit_amount": f"{price * Decimal(share):.2f}", "basis": "测算"}
            for name, share in (("PRICES", "0.20"), ("WAGES", "0.55"), ("INSURANCE", "0.15"), ("TAX", "0.10"))
        ],
        "sources": [{"kind": "GENERAL", "level": "CITY", "name": "部门预算", "amount": str(AMOUNT)}],
        "years": [{"year": year, "amount": str(AMOUNT)}],
        "indicators": [
            {"category": "OUTPUT", "group": "质量", "name": "按月考核得分", "direction": "AT_LEAST", "target": 90, "unit": "分",
             "weight": 60, "source": "考核表"},
            {"category": "SATISFACTION", "group": "群众", "name": "群众满意度", "direction": "AT_LEAST", "target": 90, "unit": "%",
             "weight": 40, "source": "问卷"},
        ],
        "feasibility": REPORT,
    }  # fmt: skip


def let_the_day_pass(story: Story, plan: dict, year: int) -> None:
    """On 1 December what was not submitted has lapsed, and nothing annual is taken any more."""
    story.move_to(datetime(year - 1, 12, 1, 9, 0, tzinfo=SHANGHAI), "11 月 30 日已过")
    state = story.read("planner_2", f"plans/{plan['id']}/")["state"]
    if state != "LAPSED":
        raise StepFailed(f"plan {state}, not LAPSED")
    story.say(f"    {own(story)}没有在 11 月 30 日前报送，计划逾期失效 [S-22]")
    story.refused("head_2", f"plans/{plan['id']}/submit/", what="12 月 1 日报送已失效的计划")


def by_itself(story: Story, plan: dict, year: int) -> None:
    """The late item is asked for alone, out of money that is there already, and finance decides (S-26, R-036)."""
    lapsed = next(row for row in story.find("planner_2", f"plan-items/?plan={plan['id']}&state=LAPSED") if row["title"] == LATE)
    story.act("planner_2", "plan-items", lapsed["id"], "copy", {"route": "AD_HOC"}, f"“{LATE}”按原内容改走一事一议", rule="S-26")
    item = max((row for row in story.find("planner_2", "plan-items/?state=DRAFTED") if row["title"] == LATE), key=lambda row: row["id"])
    item = story.read("planner_2", f"plan-items/{item['id']}/")
    line = story.create("planner_2", "budget-lines", {
        "title": "救助服务经费", "year": item["year"], "source": "GENERAL", "level": "CITY", "function_class": "2082002",
        "economic_class": "30227", "requested": str(AMOUNT),
    }, f"申报 {item['year']} 年预算指标", "DRAFTED")  # fmt: skip
    story.act("head_2", "budget-lines", line["id"], "submit", what="申报预算", state="SUBMITTED", rule="R-002")
    line = story.act("finance_head", "budget-lines", line["id"], "allocate", {"approval_document": f"赣江财预〔{year - 1}〕66号"},
                     "提前下达", "ALLOCATED", "R102-20")  # fmt: skip
    edited = {
        **thread.values_of(item), "urgency": "寒潮提前，老人过冬等不到下一年度计划。", "existing_line": "无此指标",
        "no_extra_expenditure": True,
    }  # fmt: skip
    story.act("planner_2", "plan-items", item["id"], "edit", edited, "写明紧急原因和资金", "DRAFTED", "S-26")
    story.act("planner_2", "plan-items", item["id"], "attach_report", {"feasibility": REPORT}, "附可行性报告", "DRAFTED", "S-21")
    story.act("planner_2", "plan-items", item["id"], "propose", what="送负责人审签", state="PROPOSED")
    story.refused("head_2", f"plan-items/{item['id']}/submit/", rule="R-036", what="一事一议列的指标不存在")
    story.act("head_2", "plan-items", item["id"], "send_back", {"reason": "请填写已下达的指标编号。"}, "退回经办人", "SENT_BACK")
    story.act("planner_2", "plan-items", item["id"], "edit", {**edited, "existing_line": line["number"]}, f"改为指标 {line['number']}",
              "SENT_BACK")  # fmt: skip
    story.act("planner_2", "plan-items", item["id"], "propose", what="重新送审签", state="PROPOSED")
    story.act("head_2", "plan-items", item["id"], "submit", what="一事一议报送", state="SUBMITTED", rule="S-26")
    for step in story.find("finance_officer", f"review-steps/?item={item['id']}"):
        if step["state"] in ("PENDING", "CLAIMED"):
            who = thread.REVIEWERS[step["kind"]]
            story.act(who, "review-steps", step["id"], "approve", {"opinion": "同意"}, "审核同意", "APPROVED", "S-23")
    story.act("finance_head", "plan-items", item["id"], "approve", {"approved_amount": str(AMOUNT)}, "财政批准一事一议", "APPROVED",
              "R-002")  # fmt: skip
