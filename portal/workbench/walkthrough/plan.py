"""W-09, from the leaf of the catalogue to the minutes of the joint meeting."""
from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from .client import File
from .story import SHANGHAI, StepFailed, Story

TITLE = "目录、计划、并联审核、联席会议"
TITLE_OF_ITEM = "城市保洁绿化道路养护"
REVIEWERS = {"ESTABLISHMENT": "establishment", "HUMAN_RESOURCES": "human_resources", "FINANCE": "finance_officer"}
ANSWERS = (
    "outside_duty", "must_perform_itself", "goods_or_works", "financing", "labour_hire", "otherwise_barred", "secret", "security",
)  # fmt: skip
AREA = 120_000  # square metres
UNIT_PRICE = Decimal("13.50")  # yuan a square metre and year


def play(story: Story) -> None:
    year = begin(story)
    leaf = choose_leaf(story)
    plan = draft_plan(story, year)
    item = draft_item(story, plan, year, leaf)
    submit(story, plan, item)
    review(story, item)
    correct_and_pass(story, item)
    meet(story, plan, item, year)
    tell_the_market(story)


def begin(story: Story) -> int:
    """The story starts on a 28 November; on a later run, on the next one. Returns the plan year."""
    now = story.now()
    start = datetime(now.year, 11, 28, 9, 30, tzinfo=SHANGHAI)
    if now > start + timedelta(hours=8):
        start = start.replace(year=now.year + 1)
    if now < start:
        story.move_to(start, "W-09 从 11 月 28 日开始")
    story.facts["year"] = start.year + 1
    return start.year + 1


def choose_leaf(story: Story) -> dict:
    leaf = next(row for row in story.find("planner", "catalogue-items/?q=公共设施管理服务") if row["name"] == "公共设施管理服务")
    story.say(f"    目录项 {leaf['code']} {leaf['name']}")
    return leaf


def draft_plan(story: Story, year: int) -> dict:
    existing = [row for row in story.find("planner", f"plans/?year={year}") if row["year"] == year]
    if existing:
        plan = existing[0]
        for item in story.find("planner", f"plan-items/?plan={plan['id']}&state=DRAFTED"):
            story.act("planner", "plan-items", item["id"], "discard", what=f"删去旧草稿“{item['title']}”", state="WITHDRAWN")
    else:
        plan = story.create("planner", "plans", {"year": year}, f"新建 {year} 年度计划", "DRAFTED", "R-003")
    story.facts["plan_id"] = plan["id"]
    story.refused("planner_2", f"plan-items/?plan={plan['id']}", {"title": "冒充他人计划", "plan": plan["id"]}, status=400,
                  what="外单位往本单位计划里加项目")  # fmt: skip
    return plan


def draft_item(story: Story, plan: dict, year: int, leaf: dict) -> dict:
    """The item at last year's price; where the evaluation of last time set a ceiling, the price must come down to it."""
    price = UNIT_PRICE
    item = story.create("planner", "plan-items", item_values(story, plan, year, leaf, price), f"填报“{TITLE_OF_ITEM}”，24 个月，"
                        f"{2 * AREA * price:,.0f} 元", "DRAFTED", "S-18")  # fmt: skip
    ceiling = next((row for row in item["missing"] if row["rule"] == "NYR-01"), None)
    if ceiling:
        story.say(f"  ✗ 上期评价结果管下期计划：{ceiling['message']}{ceiling['citation']}")
        story.probes += 1
        limit = Decimal(re.search(r"上限 ([\d,.]+\d)", ceiling["message"])[1].replace(",", ""))
        price = (limit / AREA).quantize(Decimal("0.01"), ROUND_DOWN)
        values = item_values(story, plan, year, leaf, price)
        for name in ("plan", "feasibility"):
            values.pop(name)
        item = story.act("planner", "plan-items", item["id"], "edit", values, f"单价降到 {price} 元，引用上期评价结果", "DRAFTED", "S-110")
        item = story.read("planner", f"plan-items/{item['id']}/")
    if item["missing"]:
        raise StepFailed(f"still missing: {item['missing']}")
    story.facts |= {"item_id": item["id"], "yearly": int(AREA * price)}
    return item


def item_values(story: Story, plan: dict, year: int, leaf: dict, price: Decimal) -> dict:
    """The five questions, answered; the predecessor is last time's project where there is one."""
    yearly = AREA * price
    previous = previous_project(story)
    return {
        "title": TITLE_OF_ITEM, "plan": plan["id"], "leaf": leaf["id"], "kind": "PROJECT", "posts": 0,
        "content": "购买 12 万平方米道路的清扫保洁与绿化养护服务，含机械作业、人工保洁和苗木养护。", "objective": "道路整洁，绿地完好。",
        "quantity": str(AREA), "unit": "平方米", "unit_price": str(price), "periods": 2, "basic_public_service": False,
        "scheme": "按路段分两个作业区，统一招标。", "assessment": "必要性、可行性和经费测算均已评估。",
        "supplier_conditions": "具有独立承担民事责任的能力，有相应作业人员和车辆。", "sme_policy": "NONE",
        "sme_statement": "服务不可拆分，评审时给予价格扣除。", "method": "OPEN_TENDER", "term_months": 24,
        "starts_on": f"{year}-06-01",
        "budget_guaranteed": True, "content_fixed": True, "continuous": True, "funding_stable": True, "price_stable": True,
        "survey": "已向 6 家企业询价。", "risk_list": "油价上涨、恶劣天气。",
        "public_opinion": "公示 10 日，收到意见 3 条，已采纳。",
        "evaluation_standard": "道路本色率、绿地完好率、群众满意度。",
        **dict.fromkeys(ANSWERS, False), **{f"{name}_reason": "经核对不属于这一类。" for name in ANSWERS[:6]},
        **({"predecessor": previous["id"], "result_response": "按上期评价意见加强雨季绿地养护。"} if previous else {}),
        "factors": [
            {"factor": "PRICES", "unit_amount": str(price - Decimal("8.18")), "basis": "物价指数"},
            {"factor": "WAGES", "unit_amount": "5.74", "basis": "最低工资标准"},
            {"factor": "INSURANCE", "unit_amount": "1.50", "basis": "现行费率"},
            {"factor": "TAX", "unit_amount": "0.94", "basis": "增值税"},
        ],
        "sources": [{"kind": "GENERAL", "level": "CITY", "name": "城市维护", "amount": f"{2 * yearly:.2f}"}],
        "years": [{"year": year, "amount": f"{yearly:.2f}"}, {"year": year + 1, "amount": f"{yearly:.2f}"}],
        "indicators": [
            {"category": "OUTPUT", "group": "质量", "name": "道路本色率", "direction": "AT_LEAST", "target": 92, "unit": "%", "weight": 60,
             "source": "日常检查"},
            {"category": "SATISFACTION", "group": "群众", "name": "群众满意度", "direction": "AT_LEAST", "target": 90, "unit": "%",
             "weight": 40, "source": "问卷"},
        ],
        "feasibility": File(
            "可行性报告.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n", "application/pdf",
        ),
    }  # fmt: skip


def previous_project(story: Story) -> dict | None:
    """Last time's project of this service, once it is evaluated."""
    mine = [row for row in story.find("planner", "projects/") if row["title"] == TITLE_OF_ITEM and row["state"] in ("EVALUATED", "CLOSED")]
    return max(mine, key=lambda row: row["id"], default=None)


def submit(story: Story, plan: dict, item: dict) -> None:
    running = [each["project"] for each in story.read("planner", f"plans/{plan['id']}/")["running"]]
    if running:
        story.act("planner", "plans", plan["id"], "carry_over", {"projects": running}, "结转跨年项目", rule="CAR-01")
    story.act("planner", "plans", plan["id"], "propose", what="计划送负责人审签", state="PROPOSED")
    story.refused("planner", f"plans/{plan['id']}/submit/", status=403, what="编制人自己报送财政")
    story.act("head", "plans", plan["id"], "submit", what="计划报送财政，11 月 30 日前", state="SUBMITTED", rule="S-22")
    item = story.read("planner", f"plan-items/{item['id']}/")
    story.facts["project_id"], story.facts["project_number"] = item["project"], item["project_number"]
    story.say(f"    项目建档 {item['project_number']}")


def review(story: Story, item: dict) -> None:
    """Establishment agrees, human resources is not concerned, finance sends back: everything is said at once."""
    steps = {row["kind"]: row for row in story.find("finance_officer", f"review-steps/?item={item['id']}")}
    story.say("    并联环节：" + "、".join(f"{step['department_name']} {step['state_label']}" for step in steps.values()))
    story.act("establishment", "review-steps", steps["ESTABLISHMENT"]["id"], "approve", {"opinion": "在职责范围内"}, "编办同意",
              "APPROVED", "S-23")  # fmt: skip
    story.act("finance_officer", "review-steps", steps["FINANCE"]["id"], "ask",
              {"field": "unit_price", "reason": "单价的依据是哪份文件？"}, "财政在单价处提问", rule="S-172")  # fmt: skip
    question = story.find("planner", f"review-comments/?item={item['id']}")[-1]
    story.act("planner", "review-comments", question["id"], "answer", {"answer": "见可行性报告第三部分测算表。"}, "单位答复", "ANSWERED")
    story.act("finance_officer", "review-steps", steps["FINANCE"]["id"], "send_back",
              {"codes": ["targets"], "reason": "请写明绿地完好率目标值。"}, "财政退回", "SENT_BACK", "S-172")  # fmt: skip


def correct_and_pass(story: Story, item: dict) -> None:
    current = story.read("planner", f"plan-items/{item['id']}/")
    if current["state"] != "SENT_BACK":
        raise StepFailed(f"item {current['state']}, not SENT_BACK")
    rows = [*current["indicators"], {"category": "OUTPUT", "group": "质量", "name": "绿地完好率", "direction": "AT_LEAST", "target": 95,
                                     "unit": "%", "weight": 20, "source": "月度检查"}]  # fmt: skip
    rows[0]["weight"] = 40
    story.act("planner", "plan-items", item["id"], "edit", {**values_of(current), "indicators": rows}, "补上绿地完好率目标", "SENT_BACK")
    story.act("planner", "plan-items", item["id"], "propose", what="重新送审签", state="PROPOSED")
    story.act("head", "plan-items", item["id"], "submit", what="重新报送", state="SUBMITTED")
    steps = [row for row in story.find("finance_officer", f"review-steps/?item={item['id']}") if row["state"] in ("PENDING", "CLAIMED")]
    for step in steps:
        story.act(REVIEWERS[step["kind"]], "review-steps", step["id"], "approve", {"opinion": "同意"}, "第二轮同意", "APPROVED", "S-23")


def values_of(item: dict) -> dict:
    """What an item says, as its form takes it again."""
    names = (
        "title", "leaf", "kind", "posts", "content", "objective", "quantity", "unit", "unit_price", "periods", "basic_public_service",
        "scheme", "assessment", "supplier_conditions", "sme_policy", "sme_statement", "method", "term_months", "starts_on",
        "budget_guaranteed", "content_fixed", "continuous", "funding_stable", "price_stable", "survey", "risk_list", "public_opinion",
        "evaluation_standard", "predecessor", "result_response", "factors", "sources", "indicators",
        *ANSWERS, *(f"{name}_reason" for name in ANSWERS[:6]),
    )  # fmt: skip
    return {**{name: item[name] for name in names}, "years": [{name: row[name] for name in ("year", "amount")} for row in item["years"]]}


def meet(story: Story, plan: dict, item: dict, year: int) -> None:
    when = datetime(year - 1, 12, 8, 9, 0, tzinfo=SHANGHAI)
    members = [{"organisation_name": "市财政局", "name": "许静怡"}, {"organisation_name": "市审计局", "name": "严守正"},
               {"organisation_name": "市编办", "name": "吕方正"}]  # fmt: skip
    meeting = story.create("secretary", "meetings", {
        "title": f"{year} 年度政府购买服务联席会议", "scheduled_at": when.isoformat(), "place": "市政府三楼会议室", "members": members,
    }, "通知联席会议", "CALLED")  # fmt: skip
    meeting = story.act("secretary", "meetings", meeting["id"], "list_item", {"items": [item["id"]], "versions": []}, "项目列入议程")
    story.move_to(when, "联席会议开会")
    meeting = story.act("convener", "meetings", meeting["id"], "convene", {"present": [m["id"] for m in meeting["members"]]},
                        "召集人宣布开会", "CONVENED", "S-24")  # fmt: skip
    agenda = next(row for row in meeting["agenda"] if row["item"] == item["id"])
    story.act("secretary", "meetings", meeting["id"], "record_decision", {"agenda": agenda["id"], "decision": "APPROVE"}, "记录议决：同意")
    story.act("convener", "meetings", meeting["id"], "minute", what="签发纪要，议决生效", state="MINUTED", rule="R-002")
    decided = story.read("planner", f"plans/{plan['id']}/")
    if decided["state"] == "DECIDED":
        story.act("head", "plans", plan["id"], "publish", what="公布年度计划", state="PUBLISHED", rule="R-008")


def tell_the_market(story: Story) -> None:
    """The approval has drafted the intention; the officer reads it over, the head publishes it long before the tender (RYX-02)."""
    intention = story.find("buyer", f"intentions/?project={story.facts['project_id']}&state=DRAFTED")[0]
    text = {name: intention[name] for name in ("title", "outline", "budget", "expected")} | {"remark": "两年合同，分作业区实施。"}
    story.act("buyer", "intentions", intention["id"], "edit", text, "核对采购意向", "DRAFTED", "RYX-01")
    story.refused("buyer", f"intentions/{intention['id']}/publish/", status=403, what="经办人自己公开采购意向")
    intention = story.act("head", "intentions", intention["id"], "publish", what="公开采购意向", state="PUBLISHED", rule="RYX-02")
    story.say(f"    采购意向 {intention['notice_number']}，最早可于 {intention['may_start_on']} 启动采购")
    story.facts["intention_id"] = intention["id"]
