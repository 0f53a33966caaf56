"""W-09's year by clicking: one item approved, one refused for national security, one too late that goes 一事一议 (S-22, S-26, R-001)."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import expect

from script.running import running_portal

from . import path_planning
from .clicks import Clicks
from .path_planning import TITLE

SECRET, LATE, LINE = "人防警报设施运行值守", "高龄独居老人冬季上门探访", "困难老人救助经费"
OTHERS = ("planner_2", "head_2")


@pytest.fixture(scope="module")
def portal_address(tmp_path_factory) -> Iterator[str]:
    """A portal of its own: these items alone wait in it."""
    with running_portal(tmp_path_factory.mktemp("cycle") / "var") as address:
        yield address


@pytest.fixture
def clicks(page) -> Clicks:
    page.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    return Clicks(page)


def test_the_yearly_cycle_takes_one_item_refuses_one_and_sends_the_late_one_its_own_way(clicks):
    year = path_planning.begin(clicks)
    clicks.move_clock(datetime(year - 1, 11, 28, 9, 30))
    beside(clicks, year)
    path_planning.plan(clicks, year)
    path_planning.item(clicks, year)
    path_planning.submit(clicks, year)
    path_planning.review(clicks)
    clicks.move_clock(datetime(year - 1, 12, 1, 9))
    too_late(clicks, year)
    by_itself(clicks, year)
    path_planning.meet(clicks, year)
    clicks.sign_in("planner")
    clicks.go("购买计划", f"{year}", TITLE)
    clicks.state("已批准")


def beside(clicks: Clicks, year: int) -> None:
    """Another agency cannot put its plan forward while an item in it touches national security (R-009)."""
    clicks.sign_in("planner_2")
    for title, barred in ((SECRET, "true"), (LATE, "false")):
        clicks.go("购买计划", f"{year}")
        clicks.press("新增项目")
        path_planning.answer(clicks, year, title=title, security=barred)
    expect(clicks.main.get_by_text("五问已答完")).to_be_visible()
    clicks.go("购买计划", f"{year}")
    forward = clicks.act("送负责人审签")
    assert forward.get_attribute("aria-disabled") == "true"
    assert f"{SECRET}：“涉及国家安全”的事项不得购买。" in clicks.why_not(forward)
    clicks.go("购买计划", f"{year}", SECRET)
    clicks.press("删去草稿")
    clicks.state("已撤回")


def too_late(clicks: Clicks, year: int) -> None:
    """What was not submitted by 30 November has lapsed with its item; the late one begins again 一事一议."""
    clicks.sign_in("planner_2")
    clicks.go("购买计划", f"{year}")
    clicks.state("逾期未报")
    expect(clicks.main.get_by_role("button", name="送负责人审签")).to_have_count(0)
    clicks.main.get_by_role("link", name=LATE).first.click()
    clicks.press("改走其他路径")
    clicks.fill({"route": "AD_HOC"})
    clicks.do("改走其他路径")
    clicks.state("起草")


def by_itself(clicks: Clicks, year: int) -> None:
    """It names money that is there already; the departments review it, and finance decides (S-26, R-036, R-002)."""
    path_planning.allocate(clicks, year, LINE, OTHERS)
    number = clicks.main.get_by_text("-YS-").first.inner_text()
    clicks.sign_in("planner_2")
    clicks.task(LATE)
    clicks.press("修改内容")
    path_planning.answer(
        clicks, year, urgency="寒潮提前，老人过冬等不到下一年度计划。", existing_line=number, no_extra_expenditure=True
    )
    expect(clicks.main.get_by_text("五问已答完")).to_be_visible()
    clicks.sign_in("planner_2")
    clicks.task(LATE)
    clicks.do("送负责人审签")
    clicks.sign_in("head_2")
    clicks.task(LATE)
    clicks.do("报送审核")
    path_planning.review(clicks, LATE)
    clicks.sign_in("finance_head")
    clicks.task(LATE)
    clicks.press("批准")
    clicks.do("批准")
    clicks.state("已批准")
