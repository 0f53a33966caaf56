"""W-09 by clicking, from the filed contract to the accepted service: logs, visits, reports, acceptance by three."""
from __future__ import annotations

from datetime import datetime

from playwright.sync_api import expect

from portal.workbench.walkthrough.client import File
from portal.workbench.walkthrough.delivery import picture

from .clicks import Clicks
from .path_planning import TITLE

CONTRACTOR = "supplier_b"
SERVICE = "公园清扫保洁"
PHOTO = {"name": "现场.png", "content": picture(), "content_type": "image/png"}


def deliver(clicks: Clicks, year: int) -> None:
    """Two quarters: work logged, visits made, one objected to; reports handed in, one sent back first."""
    clicks.move_clock(datetime(year, 6, 22, 16))
    log(clicks, "3")
    visit(clicks, "路面整洁。", {"problem_found": True, "problem": "东门垃圾桶满溢，当日清运。"})
    clicks.sign_in(f"{CONTRACTOR}_officer")
    clicks.task("已阅检查记录")
    clicks.do("已阅检查记录")
    clicks.move_clock(datetime(year, 9, 3, 10))
    hand_in_report(clicks)
    clicks.sign_in("buyer")
    clicks.task("确认报告")
    clicks.do("退回报告", {"reason_code": "UNPROVED", "reason": "请补作业照片。"})
    hand_in_report(clicks)
    confirm_report(clicks)
    visit(clicks, "步道有积水。")
    object_to_visit(clicks)
    clicks.move_clock(datetime(year, 11, 20, 10))
    log(clicks, "3")
    visit(clicks, "公园整洁，设施完好。")
    clicks.move_clock(datetime(year, 12, 2, 10))
    hand_in_report(clicks)
    confirm_report(clicks)


def log(clicks: Clicks, quantity: str) -> None:
    """From the contract's page, a service chosen, an entry with its picture."""
    to_contract(clicks, f"{CONTRACTOR}_officer")
    clicks.press("登记台账")
    clicks.press(SERVICE)
    clicks.fill({"quantity": quantity, "text": "三次大扫除，作业单有社区签字。", "evidence": File(**PHOTO)})
    clicks.press("登记", clicks.main.locator("form.form"))
    expect(clicks.main.get_by_text(f"已登记：{SERVICE}")).to_be_visible()


def visit(clicks: Clicks, findings: str, more: dict | None = None) -> None:
    clicks.sign_in("project_officer")
    clicks.task("登记检查")
    clicks.do("登记检查", {"place": "滨河社区公园", "findings": findings, "photos": File(**PHOTO), **(more or {})})


def object_to_visit(clicks: Clicks) -> None:
    """The contractor follows the news to the visit and objects, the head looks into it; the record stays as it is."""
    clicks.sign_in(f"{CONTRACTOR}_head")
    clicks.press("登记检查")
    clicks.do("提出异议", {"reason": "积水当日已清理。"})
    clicks.sign_in("head")
    clicks.task("处理异议")
    clicks.do("处理异议", {"reason": "查实当日已清理，记录保留。"})


def hand_in_report(clicks: Clicks) -> None:
    clicks.sign_in(f"{CONTRACTOR}_head")
    clicks.task("报送报告")
    clicks.fill({"narrative": "作业正常，无安全事故。", "income": "33900.00", "expenditure": "31000.00", "ledger_kept": True})
    clicks.main.locator("[name='rows-0-text']").fill("按合同作业，清扫合格率 97%。")
    clicks.press("报送报告", clicks.main.locator("form.form"))
    clicks.state("已报送")


def confirm_report(clicks: Clicks) -> None:
    clicks.sign_in("project_officer")
    clicks.task("确认报告")
    clicks.do("确认报告")


def accept(clicks: Clicks, year: int) -> None:
    """The contractor reports all as done and asks; three people look, sign, and the leader pronounces."""
    clicks.move_clock(datetime(year, 12, 3, 10))
    to_contract(clicks, f"{CONTRACTOR}_officer")
    clicks.press(SERVICE)
    clicks.do("申报完成", {})
    clicks.sign_in(f"{CONTRACTOR}_head")
    clicks.task("申请验收")
    clicks.do("申请验收")
    convene(clicks)
    judge_and_sign(clicks)
    clicks.sign_in("head")
    clicks.task("公告验收结果")
    clicks.do("公告验收结果")


def convene(clicks: Clicks) -> None:
    clicks.sign_in("head")
    clicks.task("组织验收")
    clicks.do("组织验收", {
        "leader": "acceptor", "place": "市城管局会议室",
        "members": [
            {"username": "reviewer_business", "capacity": "PURCHASER"},
            {"name": "罗春生", "employer": "滨河社区居民", "capacity": "RECIPIENT"},
        ],
    })  # fmt: skip


def judge_and_sign(clicks: Clicks) -> None:
    """Item by item; the leader and a member sign here, a neighbour of the park on paper."""
    clicks.sign_in("acceptor")
    clicks.task("逐项验收")
    clicks.fill({"items": [{"passed": "true", "evidence": "台账与现场核验一致。"}]})
    clicks.press("保存结论")
    clicks.do("验收组成员签字", {})
    clicks.do("登记纸质签字", {"member": "罗春生", "paper": File("签字页.png", picture(), "image/png")})
    clicks.sign_in("reviewer_business")
    clicks.task("验收组成员签字")
    clicks.do("验收组成员签字", {"dissent": "建议下期增加夜间抽查。"})
    clicks.sign_in("acceptor")
    clicks.task("验收合格")
    clicks.do("验收合格", {"opinion": "服务内容全部完成，质量符合合同约定。"})
    clicks.state("合格")


def to_contract(clicks: Clicks, who: str) -> None:
    clicks.sign_in(who)
    clicks.go("合同履约", TITLE)
