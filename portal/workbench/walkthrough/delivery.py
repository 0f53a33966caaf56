"""W-09, twenty-four months of service: logs, quarterly reports and visits, and the final acceptance."""
from __future__ import annotations

import struct
import zlib
from datetime import date, datetime, timedelta

from . import budget, payment
from .case_file import made
from .client import File
from .story import SHANGHAI, StepFailed, Story

TITLE = "履约台账、季度报告与检查、期满验收"
QUARTERS = 8
PROGRESS = {"MET": "达成", "ON_TRACK": "按期", "AHEAD": "超前", "BEHIND": "滞后"}
CUTS, BY_MACHINE = "3", "2"  # a quarter: 24 cuts in all, 16 of them by machine (12 and 6 a year are owed)


def picture() -> bytes:
    """A small true PNG: one grey square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    side = 32
    lines = b"".join(b"\0" + bytes([150]) * side for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def play(story: Story) -> None:
    contract = begin(story)
    for number in range(1, QUARTERS + 1):
        quarter(story, contract, number)
    end(story, contract)
    accept(story, contract)


def begin(story: Story) -> dict:
    """The contract starts by itself on its first day."""
    pk = story.facts["contract_id"]
    contract = story.read("buyer", f"contracts/{pk}/")
    starts = date.fromisoformat(contract["starts_on"])
    story.move_to(at(starts, 8), "履行起始日")
    contract = story.read("buyer", f"contracts/{pk}/")
    if contract["state"] != "PERFORMING":
        raise StepFailed(f"contract {contract['state']}, not PERFORMING")
    story.say("    合同 → 履行中（到期自动）")
    story.facts["deliverables"] = [row["id"] for row in contract["deliverables"]]
    story.facts["reports"] = []
    officer, cutting = f"{story.facts['contractor']}_officer", story.facts["deliverables"][1]
    story.refused(officer, f"deliverables/{cutting}/log/", {
        "on": (starts - timedelta(days=1)).isoformat(), "quantity": "1", "text": "提前作业",
    }, rule="S-80", what="登记合同期限以外的台账")  # fmt: skip
    other = next(key for key in ("supplier_a", "supplier_b", "supplier_c") if key != story.facts["contractor"])
    story.refused(f"{other}_officer", f"deliverables/{cutting}/log/", {"on": starts.isoformat(), "quantity": "1", "text": "x"}, status=404,
                  what="别的供应商登记台账")  # fmt: skip
    return contract


def quarter(story: Story, contract: dict, number: int) -> None:
    """Work is logged, the visit of the quarter is made, the quarter ends, its report goes in and is confirmed."""
    key = story.facts["contractor"]
    first, until = period(contract, number)
    work = first + timedelta(days=20)
    story.move_to(at(work), f"第 {number} 季度作业中")
    sweeping, cutting = story.facts["deliverables"]
    story.act(f"{key}_officer", "deliverables", sweeping, "log", {
        "on": work.isoformat(), "standing": "MET", "text": "每日普扫两遍，巡回保洁，作业车辆轨迹可查。", "evidence": File("路面.png",
            picture(), "image/png"),
    }, f"登记保洁台账（第 {number} 季度）", rule="S-80")  # fmt: skip
    story.act(f"{key}_officer", "deliverables", cutting, "log", {
        "on": work.isoformat(), "quantity": CUTS, "sub_quantity": BY_MACHINE,
        "text": "绿地修剪三次，其中机械修剪两次。", "place": "沿江绿地",
    }, f"登记修剪台账 {CUTS} 次", rule="S-80")  # fmt: skip
    inspect(story, contract, number, at(work, 9))
    fund_next_year(story, until.year)
    story.move_to(at(until + timedelta(days=3), 9), f"第 {number} 季度结束")
    report(story, contract, number)
    payment.pay_due(story)


def period(contract: dict, number: int) -> tuple[date, date]:
    starts = date.fromisoformat(contract["starts_on"])

    def month(count: int) -> date:
        index = starts.month - 1 + count
        return date(starts.year + index // 12, index % 12 + 1, starts.day)

    return month(3 * (number - 1)), month(3 * number) - timedelta(days=1)


def fund_next_year(story: Story, year: int) -> None:
    """In January the second year's money is allocated and its pledge honoured, once."""
    if year != story.facts["year"] + 1 or "funded_next" in story.facts:
        return
    story.facts["funded_next"] = True
    story.move_to(at(date(year, 1, 8)), "次年预算下达")
    budget.next_year(story, year)


def inspect(story: Story, contract: dict, number: int, visited_at: datetime) -> None:
    key = story.facts["contractor"]
    owed = story.find("project_officer", f"inspections/?contract={contract['id']}&state=EXPECTED")
    if not owed:
        raise StepFailed("no visit is owed this quarter")
    data = {
        "visited_at": visited_at.isoformat(), "place": "沿江路、滨河绿地", "findings": "路面整洁，绿地完好。",
        "photos": File("现场.png", picture(), "image/png"),
    }  # fmt: skip
    if number == 1:
        story.refused("buyer", f"inspections/{owed[0]['id']}/record/", {**data, "photos": ""}, status=403, what="采购经办人自己去检查")
        story.refused("project_officer", f"inspections/{owed[0]['id']}/record/", {**data, "photos": ""}, rule="S-85",
            what="没有照片也没有理由")
    done = story.act("project_officer", "inspections", owed[0]["id"], "record", data, f"现场检查（第 {number} 季度）", "RECORDED", "S-85")
    if number == 2:
        story.act(f"{key}_head", "inspections", done["id"], "dispute", {"reason": "积水当日已清理。"}, "乙方提出异议", "DISPUTED")
        story.act("head", "inspections", done["id"], "settle", {"reason": "查实当日已清理，记录保留。"}, "负责人处理异议", "ACKNOWLEDGED")
    elif number == 1:
        story.act(f"{key}_officer", "inspections", done["id"], "acknowledge", what="乙方已阅", state="ACKNOWLEDGED")
    if number == 3:
        today = story.now().date()
        story.create("head", "inspections", {
            "transition": "plan_visit", "contract": contract["id"], "first": (today + timedelta(days=1)).isoformat(),
            "last": (today + timedelta(days=16)).isoformat(),  # before next year's money is allocated
        }, "随机安排不定期检查", "EXPECTED", "S-120")  # fmt: skip
        hidden = story.find(f"{key}_officer", f"inspections/?contract={contract['id']}&state=EXPECTED")
        if any(row["kind"] == "UNANNOUNCED" for row in hidden):
            raise StepFailed("the contractor sees an unannounced visit before it is made")
        story.probes += 1
        story.say("  ✗ 乙方事先看不到不定期检查")
        planned = story.find("project_officer", f"inspections/?contract={contract['id']}&state=EXPECTED&kind=UNANNOUNCED")[0]
        day = date.fromisoformat(planned["period_from"])
        story.move_to(at(day, 15), "抽到的日子")
        story.act("project_officer", "inspections", planned["id"], "record", {**data, "visited_at": at(day, 14).isoformat()},
                  "不定期检查", "RECORDED", "S-120")  # fmt: skip


def report(story: Story, contract: dict, number: int) -> None:
    key = story.facts["contractor"]
    found = story.find(f"{key}_head", f"supplier-reports/?contract={contract['id']}&state=EXPECTED")
    if len(found) != 1 or found[0]["number"] != number:
        raise StepFailed(f"report {number} is not the one expected: {found}")
    pk = found[0]["id"]
    words = {
        "narrative": f"第 {number} 季度作业正常，无安全事故。", "income": "380000.00", "expenditure": "352000.00", "ledger_kept": True,
        "rows": [{"order": 1, "text": "路面本色率 93.5%。"}, {"order": 2, "text": "绿地完好率 96%。"}],
    }  # fmt: skip
    if number == 1:
        story.refused(f"{key}_head", f"supplier-reports/{pk}/submit/", {**words, "ledger_kept": False}, rule="R-042",
            what="没有单独核算就报送")
    done = story.act(f"{key}_head", "supplier-reports", pk, "submit", words, f"报送第 {number} 期报告", "SUBMITTED", "S-77")
    if number == 1:
        story.act("buyer", "supplier-reports", pk, "send_back", {"reason_code": "UNPROVED", "reason": "请补修剪照片。"}, "退回报告",
            "SENT_BACK")
        story.act(f"{key}_head", "supplier-reports", pk, "submit", words, "补正后再报", "SUBMITTED")
        story.refused(f"{key}_officer", f"supplier-reports/{pk}/confirm/", status=403, what="乙方确认自己的报告")
    story.act("project_officer", "supplier-reports", pk, "confirm", what=f"确认第 {number} 期报告，台账锁定", state="CONFIRMED",
        rule="S-77")
    story.facts["reports"].append(pk)
    row = done["rows"][1]
    story.say(f"    修剪 {float(row['actual']):g}/{float(row['quota']):g} 次，应完成 {float(row['due']):g}，{PROGRESS[row['progress']]}")
    if done["kind"] == "MID_TERM":
        paper = made(story, "supplier_report", {"report": pk}, "生成中期报告")
        story.keep("auditor", paper["content"], "中期报告.pdf")


def end(story: Story, contract: dict) -> None:
    """The term is over by itself; the contractor reports every service as done."""
    now = story.read("buyer", f"contracts/{contract['id']}/")
    if now["state"] != "FINISHED":
        raise StepFailed(f"contract {now['state']}, not FINISHED")
    story.say("    合同 → 期满待结（到期自动）")
    key = story.facts["contractor"]
    acceptance = story.find("head", f"acceptances/?contract={contract['id']}&stage=FINAL")[0]
    story.facts["acceptance_id"] = acceptance["id"]
    story.refused(f"{key}_head", f"acceptances/{acceptance['id']}/request/", rule="S-104", what="没有申报完成就申请验收")
    for pk in story.facts["deliverables"]:
        story.act(f"{key}_officer", "deliverables", pk, "report_done", {"shortfall": ""}, "申报完成", "REPORTED", "S-76")


def accept(story: Story, contract: dict) -> None:
    key, pk = story.facts["contractor"], story.facts["acceptance_id"]
    story.act(f"{key}_head", "acceptances", pk, "request", what="申请最终验收", state="REQUESTED", rule="R-GP-46")
    recipient = {"username": "", "name": "罗春生", "employer": "沿江社区居民", "capacity": "RECIPIENT"}
    reviewer = {"username": story.username("reviewer_business"), "capacity": "PURCHASER"}
    committee = {"leader": story.username("acceptor"), "place": "市城管局会议室", "members": [reviewer, recipient]}
    payer = {"username": story.username("payer"), "capacity": "PURCHASER"}
    story.refused("head", f"acceptances/{pk}/convene/", {**committee, "members": [payer, recipient]}, rule="S-125", what="支付人员参加验收")
    convened = story.act("head", "acceptances", pk, "convene", committee, "组织验收，三人", "CONVENED", "S-104")
    items = [{"order": row["order"], "passed": True, "evidence": "台账与现场核验一致"} for row in convened["items"]]
    story.refused("acceptor", f"acceptances/{pk}/accept/", {"opinion": "合格"}, rule="R-GP-46", what="没有逐项验收就下结论")
    judged = story.act("acceptor", "acceptances", pk, "judge_item", {"items": items}, f"逐项验收 {len(items)} 项", rule="R-GP-46")
    story.act("acceptor", "acceptances", pk, "sign", {"dissent": ""}, "组长签字")
    story.act("reviewer_business", "acceptances", pk, "sign", {"dissent": "建议下期增加夜间抽查。"}, "成员签字，保留意见")
    member = next(row["id"] for row in judged["members"] if row["capacity"] == "RECIPIENT")
    story.act("acceptor", "acceptances", pk, "record_signature", {
        "member": member, "paper": File("签字页.png", picture(), "image/png"), "dissent": "",
    }, "登记服务对象的纸质签字")  # fmt: skip
    done = story.act("acceptor", "acceptances", pk, "accept", {"opinion": "服务内容全部完成，质量符合合同约定。"}, "验收合格", "ACCEPTED",
        "R-GP-46")
    story.act("head", "acceptances", pk, "publish", what="公告验收结果（两个工作日内）", rule="R-GP-46")
    paper = next(row for row in done["papers"] if row["kind"] == "acceptance_report")
    story.keep("buyer", paper["content"], "履约验收报告.pdf")
    project = story.read("buyer", f"projects/{story.facts['project_id']}/")
    if project["state"] != "ACCEPTED":
        raise StepFailed(f"project {project['state']}, not ACCEPTED")
    story.say("    项目阶段 → 已验收")
