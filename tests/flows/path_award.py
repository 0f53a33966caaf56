"""W-09 by clicking, from the opened bids to the announced award: qualification, draw, panel, scores, report, decision."""
from __future__ import annotations

from datetime import datetime, timedelta

from playwright.sync_api import expect

from .clicks import Clicks
from .path_buying import PRICES
from .path_planning import TITLE

EXPERTS = [f"expert_{number}" for number in range(1, 8)]
#: Short name of each bidder: points for its plan, points for its record.
SCORES = {"清源环境": ("42", "30"), "绿城养护": ("45", "30"), "洁净家园": ("33", "15")}
NO_BAR = "查询信用中国、中国政府采购网，无不良记录；与其他投标人没有控股、管理关系。"


def qualify(clicks: Clicks, opened: datetime) -> None:
    clicks.move_clock(opened + timedelta(hours=1))
    for _bidder in PRICES:
        clicks.sign_in("buyer")
        clicks.task("资格审查合格")
        clicks.press("资格审查合格")
        expect(clicks.page.get_by_label("信用查询")).to_be_visible()
        for box in clicks.main.locator("form.form textarea").all():
            box.fill(NO_BAR)
        clicks.do("资格审查合格")


def draw_panel(clicks: Clicks, review: datetime) -> list[str]:
    """Five are drawn before the witness, all accept; gives their accounts."""
    clicks.sign_in("buyer")
    clicks.task("设定抽取条件", TITLE)
    clicks.page.get_by_label("监督见证人").select_option(label="沈敬之")
    clicks.fill({"size": "5", "subject": "城市管理", "review_at": review.strftime("%Y-%m-%dT%H:%M"), "place": "评审室一（演示）"})
    clicks.do("设定抽取条件")
    clicks.do("封存种子")
    clicks.sign_in("witness")
    clicks.task("见证", TITLE)
    clicks.do("见证", {"words": "赣江 2026 3817"})
    clicks.sign_in("buyer")
    clicks.task("抽取专家", TITLE)
    clicks.do("抽取专家")
    invited = []
    for expert in EXPERTS:
        clicks.sign_in(expert)
        if clicks.main.locator(".todo__item").filter(has_text="应邀").count():
            clicks.task("应邀")
            clicks.do("应邀")
            invited.append(expert)
    return invited


def seat_panel(clicks: Clicks, panel: list[str], review: datetime) -> None:
    """Everybody declares after seeing the bidders; three name the leader."""
    clicks.move_clock(review - timedelta(minutes=30))
    for expert in panel:
        clicks.sign_in(expert)
        clicks.task("签署回避声明")
        clicks.do("签署回避声明", {"no_ties": True, "discipline": True})
    for expert in panel[:3]:
        clicks.sign_in(expert)
        clicks.task("推选组长")
        clicks.press("推选组长")
        clicks.main.locator("[name=candidate]").select_option(index=1)
        clicks.do("推选组长")


def evaluate(clicks: Clicks, panel: list[str], review: datetime) -> None:
    """Conformity by the majority, every score by each alone, every name under the report."""
    clicks.move_clock(review)
    clicks.sign_in("buyer")
    clicks.task("开始评审", TITLE)
    clicks.do("开始评审")
    for expert in panel[:3]:
        clicks.sign_in(expert)
        clicks.task("符合性审查")
        clicks.press("符合性审查")
        for number in range(len(PRICES)):
            clicks.main.locator(f"[name=findings-{number}-responsive]").select_option(label="符合")
        clicks.do("符合性审查")
    for number, expert in enumerate(panel):
        clicks.sign_in(expert)
        clicks.task("评分 ")
        score(clicks, extra=number % 3)
    for expert in panel:
        clicks.sign_in(expert)
        clicks.task("签署评审报告")
        clicks.do("签署评审报告", {})


def score(clicks: Clicks, extra: int) -> None:
    """Points are kept as soon as they are given: a band is pressed, a number is typed."""
    for name, (plan, record) in SCORES.items():
        clicks.main.get_by_role("link", name=name).first.click()
        expect(clicks.main.locator("[aria-current]").filter(has_text=name).first).to_be_visible()
        clicks.main.get_by_role("row").filter(has_text="同类履约评价").locator(f"label:has(input[value='{record}'])").click()
        expect(clicks.main.get_by_text("已评 1/2 项")).to_be_visible()
        box = clicks.main.get_by_role("row").filter(has_text="养护方案").locator("input[name=points]")
        box.fill(str(int(plan) + extra))
        box.press("Enter")
        expect(clicks.main.get_by_text("已评 2/2 项")).to_be_visible()
    clicks.do("提交全部评分")


def award(clicks: Clicks, review: datetime) -> None:
    """The report goes to the head, who takes the first and announces him."""
    clicks.move_clock(review + timedelta(hours=2))
    clicks.sign_in("buyer")
    clicks.task("送达采购人", TITLE)
    clicks.do("送达采购人")
    clicks.sign_in("head")
    clicks.task("按排序确定中标人", TITLE)
    clicks.do("按排序确定中标人", {"credit_query": NO_BAR})
    clicks.do("公告结果并发中标通知书")
