"""W-09, from the award notice to the filed contract: scheme, text, two signatures, money, notice, filing."""
from __future__ import annotations

from datetime import datetime, timedelta

from . import payment
from .story import SHANGHAI, StepFailed, Story

TITLE = "评价方案、合同起草、双方签署、公告与备案"
SUPPLIERS = ("supplier_a", "supplier_b", "supplier_c")
SIX_PARTS = {
    "acceptance_body": "赣江市城市管理局组织，邀请服务对象参加。", "acceptance_time": "合同期满后七个工作日内启动。",
    "acceptance_manner": "核验台账、报告与现场检查记录，抽查路段和绿地。",
    "acceptance_procedure": "逐项核验，成员签字，出具验收报告并公告。",
    "acceptance_content": "合同附件所列全部服务内容。", "acceptance_standard": "路面本色率不低于 92%，绿地完好率不低于 95%。",
}  # fmt: skip


def play(story: Story) -> None:
    contract = find_draft(story)
    approve_scheme(story, contract)
    complete(story, contract)
    sign(story, contract)
    publish_and_file(story, contract)
    payment.pay_due(story)


def find_draft(story: Story) -> dict:
    """The award notice has laid a draft on the officer's desk."""
    story.move_by("中标通知书发出后", days=2)
    found = story.find("buyer", f"contracts/?award={story.facts['award_id']}")
    if len(found) != 1 or found[0]["state"] != "DRAFTED":
        raise StepFailed(f"the announced award left no draft: {found}")
    contract = found[0]
    story.facts |= {"contract_id": contract["id"], "contract_number": contract["number"]}
    for key in SUPPLIERS:
        if story.person(f"{key}_head").organisation == contract["supplier_name"]:
            story.facts["contractor"] = key
    story.say(f"    合同草稿 {contract['number']}，{contract['supplier_name']}，{contract['amount']} 元，{contract['term_months']} 个月")
    return contract


def approve_scheme(story: Story, contract: dict) -> None:
    """No contract goes forward without an evaluation scheme (S-108)."""
    story.refused("buyer", f"contracts/{contract['id']}/propose/", rule="S-108", what="没有评价方案就送审签合同")
    from evaluation.schemes.frames import PROJECT_SPENDING

    scheme = story.create("buyer", "schemes", {
        "project": story.facts["project_id"], "title": "城市保洁绿化道路养护绩效评价方案", "purchaser_weight": "30",
        "recipients_weight": "20", "third_party_weight": "50", "indicators": PROJECT_SPENDING, "pays_by_result": False,
    }, "编制绩效评价方案", "DRAFTED", "S-122")  # fmt: skip
    story.act("buyer", "schemes", scheme["id"], "propose", what="方案送审批", state="PROPOSED")
    story.refused("buyer", f"schemes/{scheme['id']}/approve/", status=403, what="编制人批准自己的方案")
    story.act("head", "schemes", scheme["id"], "approve", what="批准评价方案", state="APPROVED", rule="S-108")
    story.facts["scheme_id"] = scheme["id"]


def complete(story: Story, contract: dict) -> None:
    story.refused("buyer", f"contracts/{contract['id']}/propose/", rule="R22-10", what="缺验收方案的合同送审签")
    story.refused("buyer_2", f"contracts/{contract['id']}/edit/", {"place": "别处"}, status=404, what="外单位改合同")
    story.act("buyer", "contracts", contract["id"], "edit", {
        **SIX_PARTS, "place": "赣江市城区（演示路段）", "project_officer": story.username("project_officer"),
        "inspection_cadence": "QUARTER", "report_cadence": "QUARTER", "gates": gates(contract),
    }, "填写履行地点、专管员、报告频次和验收方案", "DRAFTED")  # fmt: skip
    proposed = story.act("buyer", "contracts", contract["id"], "propose", what="合同送审签，九项要素齐全", state="PROPOSED", rule="S-70")
    story.refused("buyer", f"contracts/{contract['id']}/offer/", status=403, what="经办人自己发出合同")
    story.act("head", "contracts", contract["id"], "send_back", {"reason_code": "INCOMPLETE", "reason": "分包约定写清楚。"}, "负责人退回",
        "SENT_BACK",
              "S-172")  # fmt: skip
    story.act("buyer", "contracts", contract["id"], "edit", {"subcontracting": "主体作业不得分包。"}, "补上分包约定", "SENT_BACK")
    story.act("buyer", "contracts", contract["id"], "propose", what="再次送审签", state="PROPOSED")
    terms = "、".join(f"{row['name']} {row['percent']}%" for row in proposed["payment_terms"])
    story.say(f"    付款 {terms}")


def gates(contract: dict) -> list[dict]:
    """The second report opens the first progress payment, the sixth the second."""
    numbers = iter((2, 6))
    return [
        {"order": row["order"], "year": row["year"], "report_number": next(numbers) if row["condition"] == "REPORT" else None}
        for row in contract["payment_terms"]
    ]


def sign(story: Story, contract: dict) -> None:
    key, other = story.facts["contractor"], next(each for each in SUPPLIERS if each != story.facts["contractor"])
    path = f"contracts/{contract['id']}"
    story.refused(f"{key}_head", f"{path}/sign/", {"agreed": True}, status=404, what="文本没有发出，乙方看不到合同")
    story.act("head", "contracts", contract["id"], "offer", what="发送合同文本", state="OFFERED", rule="R87-77")
    story.refused("head", f"{path}/countersign/", {"agreed": True, "shown": "-"}, rule="G7", what="乙方未签，甲方先签")
    story.refused(f"{other}_head", f"{path}/sign/", {"agreed": True}, status=404, what="未中标人签合同")
    story.await_papers("head", f"{path}/")
    story.move_by("双方约定签约", days=1)
    shown = next(paper["digest"] for paper in story.read("head", f"{path}/")["papers"] if paper["kind"] == "contract_paper")
    agreed = {"agreed": True, "shown": shown}
    story.refused(f"{key}_head", f"{path}/sign/", {**agreed, "shown": shown[::-1]}, rule="SIGN-01", what="签的不是所看的文件")
    story.act(f"{key}_head", "contracts", contract["id"], "sign", agreed, "乙方负责人签署", "HALF_SIGNED", "R87-77")
    signed = story.act("head", "contracts", contract["id"], "countersign", agreed, "甲方负责人签署，同时占用资金", "SIGNED", "R-GP-39")
    story.refused("head", f"{path}/countersign/", agreed, rule="G7", what="重复点击签署")
    held = story.find("finance_officer", f"encumbrances/?project={story.facts['project_id']}")
    money = "；".join(f"{row['year']} 年 {row['state_label']}" for row in held)
    story.say(f"    资金 {money}")
    paper = next(row for row in signed["papers"] if row["kind"] == "contract_paper")
    story.keep("buyer", paper["content"], "合同.pdf")
    story.facts["signed_at"] = signed["signed_at"]


def publish_and_file(story: Story, contract: dict) -> None:
    story.move_by("签订次日", days=1)
    story.act("head", "contracts", contract["id"], "publish", what="公告合同（两个工作日内）", rule="R-GP-41")
    filing = story.find("buyer", f"filings/?contract={contract['id']}")[0]
    story.act("buyer", "filings", filing["id"], "submit", what="合同报财政备案（七个工作日内）", state="SUBMITTED", rule="R-GP-42")
    story.act("finance_officer", "filings", filing["id"], "send_back", {"reason_code": "MISSING", "reason": "请附采购计划编号。"},
        "退回补正", "SENT_BACK")
    story.act("buyer", "filings", filing["id"], "submit", what="补正后再报", state="SUBMITTED")
    story.refused("buyer", f"filings/{filing['id']}/file/", status=403, what="单位给自己的合同备案")
    filed = story.act("finance_officer", "filings", filing["id"], "file", {"number": ""}, "备案", "FILED", "S-72")
    story.facts["filing_number"] = filed["number"]
    begins = datetime.combine(datetime.fromisoformat(contract["starts_on"]), datetime.min.time(), SHANGHAI)
    if story.now() >= begins:
        raise StepFailed(f"the story is late: {story.now()} is after {begins - timedelta(seconds=1)}")
