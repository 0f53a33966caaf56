"""Every page there is shuts nobody out: axe finds nothing, nothing scrolls sideways, the console is silent (S-163).

Looked at in Chinese and English, 1440 and 390 px wide. The list of pages is read from the addresses and the tables of
acts; a page nobody reaches must be named here with a way to it, or with the reason why it is no page.
"""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from portal.workbench.walkthrough.client import File
from portal.workdays.statutory import statutory_holidays
from portal.workflow import all_lifecycles
from procurement.plans.workbooks.columns import ITEMS
from tests.factories import workbooks
from tests.factories.budgets import sheet

from . import path_planning, side_paths
from .clicks import Clicks
from .looking import context_in
from .tour import ROLES, Tour, asks, kind_of_act, kinds
from .watched import WatchedStory

CHAPTERS = ("plan", "budget", "tender", "bids", "award", "contract", "delivery", "payment", "evaluation")
POSTED, FETCHED, MACHINE = "only ever posted to", "a file to take away", "for machines"
LETTER = "opened by the single-use link of a letter; tests/portal/administration"
LEADS_ON, PIECE = "leads on to another page", "a piece of the opening's page, asked for by its script"
KEY = "asks for a second factor; looked at in test_security_key.py"
IDENTITY = "only where a unified identity is connected; tests/portal/authentication"
PASSWORD = "only for who signs in by password, which nobody of the demonstration does; tests/portal/authentication"
TWIN = "the form of its counterpart, which is looked at, with another word on the button"
PERIOD = "only where administrators open periods, which those of the demonstration need not; tests/portal/authentication"
FAILED = "only where a task of the portal failed; tests/portal/administration"
NO_PAGES = {
    **dict.fromkeys((
        "accounts:choose_organisation", "accounts:revoke_token", "administration:resend", "administration:retry_job",
        "administration:retry_paper", "administration:retry_task", "authentication:demo_sign_in", "authentication:end_period",
        "authentication:end_session",
        "authentication:new_codes", "authentication:remove_factor", "authentication:sign_out", "authentication:unbind_identity",
        "awards:score", "bids:print_receipt", "notifications:calendar_address", "notifications:read", "plans:decide_several",
        "plans:commit_workbook", "plans:typed_item", "tenders:take",
    ), POSTED),
    **dict.fromkeys((
        "administration:calendar_csv", "budgets:template", "budgets:workbook", "catalogue:compare-workbook", "catalogue:export",
        "catalogue:export-workbook",
        "catalogue:functions-csv", "catalogue:functions-workbook", "catalogue:implementation-csv", "catalogue:implementation-workbook",
        "catalogue:recommended-csv", "catalogue:recommended-workbook", "files:document",
        "notices:data", "notices:dates", "notifications:calendar", "plans:adjustments_workbook", "plans:intentions_workbook",
        "plans:totals_data", "plans:totals_workbook", "tenders:dates",
    ), FETCHED),
    **dict.fromkeys(("healthz", "operations:metrics", "readyz"), MACHINE),
    **dict.fromkeys(("administration:accept", "administration:new_password", "administration:setup"), LETTER),
    **dict.fromkeys(("authentication:second_step", "authentication:step_up"), KEY),
    **dict.fromkeys(("authentication:bind_identity", "authentication:identity", "authentication:identity_callback"), IDENTITY),
    **dict.fromkeys(("administration:enable", "administration:resume_organisation"), TWIN),
    "administration:settle_task": FAILED, "authentication:change_password": PASSWORD, "authentication:period": PERIOD,
    "bids:wall": PIECE,
    "plans:workbook_rows": LEADS_ON, "suppliers:mine": LEADS_ON,
}  # fmt: skip
#: Pages off the beaten track: who opens which address, and which kinds of pages he then follows.
WAYS = {
    "workbench:search": ("planner", "/search/?q=养护"), "workbench:components": ("planner", "/components/"),
    "administration:forgotten": ("", "/password/"), "administration:forgotten_sent": ("", "/password/sent/"),
    "administration:handover": (
        "administrator", "/administration/people/", "administration:person", "administration:handover",
    ),
    "administration:decide_one": ("administrator", "/administration/settings/evaluate_above/", "administration:decide_one"),
    "administration:decide_group": ("administrator", "/administration/settings/group/thresholds/"),
    "administration:chain": ("administrator", "/administration/settings/chain/"),
    "plans:workbook_row": ("planner", "/plans/", "plans:plan", "plans:workbooks", "plans:workbook", "plans:workbook_rows"),
    "catalogue:edit-line": ("finance_officer", "/catalogue/versions/", "catalogue:version", "catalogue:edit", "catalogue:edit-line"),
    "budgets:book": ("planner", "/budgets/workbooks/", "budgets:book"),
    "plans:waiting": ("finance_officer", "/reviews/waiting/"),
    "plans:progress": ("finance_officer", "/plans/progress/"),
    "catalogue:implementation-edit-entry": (
        "finance_officer", "/catalogue/implementation/", "catalogue:implementation", "catalogue:implementation-edit",
        "catalogue:implementation-edit-entry",
    ),
    "plans:new_item": ("planner", "/plans/items/new/"),
    "authentication:own_periods": ("administrator", "/account/administration/"),
    "contracts:log": ("hongyi_officer", "/contracts/", "contracts:contract", "contracts:log"),
    "contracts:visit": ("hongshan_project_officer", "/contracts/", "contracts:contract", "contracts:visit"),
}  # fmt: skip
NO_PAGE = "/there-is-no-such-page/"


@pytest.fixture(scope="module")
def tour(browser, portal_address, tmp_path_factory) -> Iterator[Tour]:
    """The demonstration with its worked case; beside it a purchase from the plan to the use of its evaluation."""
    tour = Tour(browser, portal_address)
    story = WatchedStory(base_url=portal_address, out=tmp_path_factory.mktemp("papers"), say=lambda line: None)
    story.tour = tour
    catalogue = {"year": 2027, "title": "赣江市指导性目录（2027 年版）", "start": "COPY"}
    story.create("finance_officer", "catalogue-versions", catalogue, "新建目录版本")
    side_paths.play(story)
    for name in CHAPTERS:
        import_module(f"portal.workbench.walkthrough.{name}").play(story)
        if name == "plan":
            side_paths.tell_again(story)
        if name == "budget":
            side_paths.share_cost(story)
            side_paths.adjust_plan(story)
    errands(browser, portal_address, story.now())
    tour.wander(["", *ROLES])
    for way in WAYS.values():
        tour.follow(*way)
    for cycle in all_lifecycles():
        for row in cycle.rows:
            if asks(row) and not tour.looked[kind_of_act(cycle.code, row.name)]:
                tour.try_act(cycle.code, row)
    yield tour
    tour.close()


def errands(browser: Browser, address: str, now: datetime) -> None:
    """What some pages show only when there is one: an invitation, an outage, a year's calendar, a plan by workbook."""
    context = context_in(browser, address)
    clicks = Clicks(context.new_page())
    clicks.sign_in("administrator")
    invite(clicks)
    clicks.page.goto("/act/workdays.outage/new/record/")
    began, ended = ((now - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M") for hours in (3, 2))
    clicks.fill({"started_at": began, "ended_at": ended, "reason_code": "MAINTENANCE", "reason": "更换存储设备。"})
    clicks.do("登记停机")
    import_calendar(clicks, now.year + 5)
    hand_in_workbook(clicks, now.year + 3)
    hand_in_lines(clicks)
    context.close()


def invite(clicks: Clicks) -> None:
    clicks.page.goto("/act/administration.invitation/new/invite/")
    clicks.fill({"person_name": "方小圆"})
    clicks.page.get_by_label("单位", exact=True).select_option(label="市审计局")
    clicks.main.locator("[name=roles][value=AUDITOR]").check()
    clicks.do("邀请人员")


def import_calendar(clicks: Clicks, year: int) -> None:
    clicks.page.goto("/act/administration.calendar/new/propose/")
    days = "\r\n".join(f"{day},off,{name}" for day, name in sorted(statutory_holidays(year).items()))
    clicks.fill({"year": year, "days": File("days.csv", days.encode(), "text/csv"), "demonstration": True})
    clicks.do("导入工作日历")


def hand_in_workbook(clicks: Clicks, year: int) -> None:
    """The template with one row, in which one cell cannot be read."""
    path_planning.plan(clicks, year)
    clicks.press("用工作簿填报")
    clicks.press("生成模板")
    with clicks.page.expect_download() as taken:
        clicks.main.get_by_role("link", name=".xlsx").click()
    row = [(ITEMS, f"{workbooks.letter(column)}3", words) for column, words in (("title", "社区服务"), ("unit_price", "十元"))]
    content = workbooks.changed(Path(taken.value.path()).read_bytes(), *row)
    clicks.go("购买计划", str(year))
    clicks.press("用工作簿填报")
    clicks.fill({"file": File("计划.xlsx", content)})
    clicks.press("上传并检查")
    clicks.state("待核对")


def hand_in_lines(clicks: Clicks) -> None:
    """Two budget lines by workbook, one with a sum in words."""
    clicks.page.goto("/act/budgets.book/new/upload/")
    clicks.fill({"file": File("指标.xlsx", sheet({}, {"title": "绿化养护经费", "requested": "12.5万元"}).read())})
    clicks.do("上传指标工作簿")
    clicks.state("待核对")


def test_no_page_shuts_anybody_out(tour):
    faults = tour.faults + [f"{NO_PAGE} {fault}" for fault in tour.eyes.look(NO_PAGE, status=404)]
    assert not faults, "\n".join(faults)


def test_every_page_was_looked_at(tour):
    looked = {kind for kind, addresses in tour.looked.items() if addresses}
    missing = sorted(kinds() - set(NO_PAGES) - looked)
    assert not missing, "\n".join(missing)
    assert sorted(set(NO_PAGES) & looked) == [], "these are pages after all"
