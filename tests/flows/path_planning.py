"""The first half of W-09 by clicking: plan, item, signature, reviews, joint meeting, budget, until the money stands."""
from __future__ import annotations

import re
from datetime import date, datetime

from playwright.sync_api import expect

from .clicks import Clicks

PRICE, AREA, BUDGET = "12.00", "10000", "120000.00"  # yuan a square metre, square metres, yuan
TITLE = "社区公园保洁服务"
REPORT = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
REVIEWERS = ("establishment", "human_resources", "finance_officer")


def begin(clicks: Clicks) -> int:
    """On a 27 November, before plans are cut off; gives the plan year."""
    clicks.sign_in("administrator")
    now = clicks.now().replace(tzinfo=None)
    start = datetime(now.year, 11, 27, 9, 30)
    if now > datetime(now.year, 11, 28, 18):
        start = start.replace(year=now.year + 1)
    if now < start:
        clicks.move_clock(start)
    return start.year + 1


def plan(clicks: Clicks, year: int) -> None:
    clicks.sign_in("planner")
    clicks.go("购买计划")
    clicks.press("新建年度计划")
    clicks.page.get_by_label("计划年度").fill(str(year))
    clicks.press("新建年度计划")
    clicks.state("编制中")


def item(clicks: Clicks, year: int) -> None:
    """Half of it is saved first and says what is missing; then all five questions are answered."""
    clicks.press("新增项目")
    clicks.fill({"title": TITLE})
    clicks.press("存草稿并检查")
    expect(clicks.main.get_by_text("还不能送审，以下各处要补")).to_be_visible()
    answer(clicks, year)
    expect(clicks.main.get_by_text("五问已答完")).to_be_visible()


def answer(clicks: Clicks, year: int, **otherwise: str) -> None:
    """All five questions on the item's form, answered alike but for what is named `otherwise`; then saved."""
    unfold(clicks)
    leaf = clicks.main.get_by_label("目录项")
    leaf.select_option(label=leaf.locator("option").filter(has_text="公共设施管理服务").first.inner_text())
    clicks.fill({
        "kind": "POST", "posts": "5", "content": "购买一万平方米社区公园的清扫保洁服务，每日作业。", "objective": "公园整洁。",
        "quantity": AREA, "unit": "平方米", "unit_price": PRICE, "periods": "1", "basic_public_service": "false",
        "scheme": "按公园分片，一次招标。",
        "assessment": "必要性、可行性和经费测算均已评估。", "supplier_conditions": "具有独立承担民事责任的能力，有相应作业人员。",
        "sme_policy": "NONE", "sme_statement": "服务不可拆分，评审时给予价格扣除。", "method": "OPEN_TENDER", "term_months": "6",
        "starts_on": date(year, 6, 1).isoformat(), "survey": "已向 6 家企业询价。", "risk_list": "恶劣天气。",
        "public_opinion": "公示 10 日，收到意见 3 条，已采纳。", "evaluation_standard": "保洁合格率、群众满意度。",
        **dict.fromkeys(("outside_duty", "must_perform_itself", "goods_or_works", "financing", "labour_hire", "otherwise_barred",
                         "secret", "security"), "false"),
        **{f"{name}_reason": "经核对不属于这一类。" for name in (
            "outside_duty", "must_perform_itself", "goods_or_works", "financing", "labour_hire", "otherwise_barred")},
        **otherwise,
    })  # fmt: skip
    clicks.rows("factors", [
        {"factor": "PRICES", "unit_amount": "4.00", "basis": "物价指数"},
        {"factor": "WAGES", "unit_amount": "5.50", "basis": "最低工资标准"},
        {"factor": "INSURANCE", "unit_amount": "1.50", "basis": "现行费率"}, {"factor": "TAX", "unit_amount": "1.00", "basis": "增值税"},
    ])  # fmt: skip
    clicks.rows("sources", [{"kind": "GENERAL", "level": "CITY", "name": "城市维护", "amount": "120000.00"}])
    clicks.rows("years", [{"year": str(year), "amount": "120000.00"}])
    clicks.rows("indicators", [
        {"category": "OUTPUT", "group": "质量", "name": "保洁合格率", "target": "95", "unit": "%", "weight": "60", "source": "日常检查"},
        {"category": "SATISFACTION", "group": "群众", "name": "群众满意度", "target": "90", "unit": "%", "weight": "40", "source": "问卷"},
    ])  # fmt: skip
    clicks.main.locator("[name=feasibility]").set_input_files(
        {"name": "可行性报告.pdf", "mimeType": "application/pdf", "buffer": REPORT}
    )
    clicks.press("存草稿并检查")


def unfold(clicks: Clicks) -> None:
    """Open what is folded away because most items do not need it."""
    folded = clicks.main.locator("details.fold:not([open]) > summary")
    while folded.count():
        folded.first.click()


def submit(clicks: Clicks, year: int) -> None:
    clicks.go("购买计划", f"{year}")
    clicks.press("送负责人审签")
    clicks.press("送负责人审签")
    clicks.state("待审签")
    clicks.sign_in("head")
    clicks.go("购买计划", f"{year}")
    clicks.press("报送财政审核")
    clicks.state("审核中")


def review(clicks: Clicks, title: str = TITLE) -> None:
    """Three departments at once, for posts are bought: each agrees at its desk and has the item no more."""
    for username in REVIEWERS:
        clicks.sign_in(username)
        clicks.go("计划审核")
        waiting = clicks.main.locator(".queue__item").get_by_role("link", name=title)
        waiting.first.click()
        clicks.page.get_by_label("意见").first.fill("同意。")
        clicks.main.get_by_role("button", name=re.compile("^同意 ")).click()
        expect(waiting).to_have_count(0)


def meet(clicks: Clicks, year: int) -> None:
    when = datetime(year - 1, 12, 8, 9)
    clicks.sign_in("secretary")
    clicks.go("联席会议")
    clicks.press("通知会议")
    clicks.fill({"title": f"{year} 年度社区服务联席会议", "scheduled_at": when.strftime("%Y-%m-%dT%H:%M"), "place": "三楼会议室"})
    clicks.rows("members", [{"organisation_name": "市财政局", "name": "许静怡"}])
    clicks.press("通知会议")
    clicks.press("列入议程")
    clicks.page.get_by_label(TITLE).check()
    clicks.press("列入议程")
    expect(clicks.main.get_by_role("link", name=TITLE)).to_be_visible()
    clicks.move_clock(when)
    meeting = f"{year} 年度社区服务联席会议"
    clicks.sign_in("convener")
    clicks.go("联席会议", meeting)
    clicks.press("宣布开会")
    clicks.page.get_by_label("许静怡").check()
    clicks.press("宣布开会")
    clicks.sign_in("secretary")
    clicks.go("联席会议", meeting)
    clicks.press("记录议决")
    agenda = clicks.page.get_by_label("议题")
    agenda.select_option(label=agenda.locator("option").filter(has_text=TITLE).inner_text())
    clicks.main.locator("[name=decision][value=APPROVE]").check()
    clicks.press("记录议决")
    clicks.sign_in("convener")
    clicks.go("联席会议", meeting)
    clicks.press("签发纪要")
    expect(clicks.main.get_by_role("button", name="签发纪要")).to_have_count(0)


def publish(clicks: Clicks) -> None:
    clicks.sign_in("head")
    clicks.task("公布计划")
    clicks.do("公布计划")


def fund(clicks: Clicks, year: int) -> None:
    clicks.move_clock(datetime(year, 1, 20, 10))
    allocate(clicks, year, "社区公园保洁经费", ("planner", "head"), TITLE)


def allocate(clicks: Clicks, year: int, line: str, people: tuple[str, str], title: str = "") -> None:
    """A budget line, of an approved item where one is named: reported, submitted, allocated by finance."""
    planner, head = people
    clicks.sign_in(planner)
    clicks.go("预算")
    clicks.press("编报指标")
    choice = clicks.page.get_by_label("对应的已批准项目")
    clicks.fill({"title": line, "year": str(year), "source": "GENERAL", "level": "CITY", "function_class": "2120501",
                 "economic_class": "30227", "requested": "120000.00"})  # fmt: skip
    if title:
        choice.select_option(label=choice.locator("option").filter(has_text=title).last.inner_text())
    clicks.press("编报指标")
    clicks.sign_in(head)
    clicks.go("预算", line)
    clicks.press("申报预算")
    clicks.sign_in("finance_head")
    clicks.go("预算", line)
    clicks.press("下达指标")
    clicks.page.get_by_label("批复文号").fill(f"赣江财预〔{year}〕1号")
    clicks.press("下达指标")
    clicks.state("已下达")
