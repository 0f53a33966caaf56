"""Every public page and the main pages of every role: axe finds nothing, nothing scrolls sideways, nothing is said on the console (S-163).

Each page is opened once in each language and looked at on a desk (1440 px) and on a telephone (390 px).
"""
from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from portal.workbench.walkthrough import bids, budget, plan, tender
from portal.workbench.walkthrough.story import Story

WIDTHS = {1440: 900, 390: 844}
LANGUAGES = {"zh-hans": "zh-CN", "en": "en-GB"}
NO_PAGE = "/there-is-no-such-page/"
#: Who looks at what. “list > pattern” is the first page of that pattern the list leads to; somebody always has one.
PAGES: dict[str, tuple[str, ...]] = {
    "": (
        "/", "/sign-in/", "/rules/", "/record/", "/catalogue/", r"/catalogue/ > /catalogue/items/\d+/", "/catalogue/versions/",
        r"/catalogue/versions/ > /catalogue/versions/\d+/", "/notices/", r"/notices/ > /notices/[\w-]+/",
        r"/notices/ > /notices/[\w-]+/ > /notices/[\w-]+/paper/", "/tenders/", r"/tenders/ > /tenders/[\w-]+/", "/plans/",
        r"/plans/ > /plans/\d+/", r"/plans/ > /plans/\d+/ > /plans/items/\d+/", r"/ > /public/projects/[\w-]+/", "/results/",
        "/verify/", "/help/", "/help/visitor/", "/password/", "/password/sent/", NO_PAGE,
    ),
    "planner": (
        "/workbench/", "/help/", "/help/planner/", "/plans/", r"/plans/ > /plans/\d+/", r"/plans/ > /act/plans.plan/new/\w+/",
        "/plans/items/new/",
        r"/plans/ > /plans/\d+/ > /plans/items/\d+/", "/projects/", r"/projects/ > /projects/[\w-]+/",
        r"/projects/ > /projects/[\w-]+/ > /projects/[\w-]+/record/",
        "/inbox/", "/reports/", "/account/", "/search/?q=养护", "/people/",
    ),
    "finance_officer": ("/workbench/", "/reviews/", r"/reviews/?state=APPROVED > /reviews/\d+/", "/budgets/", "/budgets/use/"),
    "finance_head": ("/workbench/", r"/budgets/ > /budgets/lines/\d+/"),
    "secretary": ("/workbench/", "/meetings/", r"/meetings/ > /meetings/\d+/"),
    "buyer": (
        "/workbench/", "/buying/tenders/", r"/buying/tenders/ > /buying/tenders/\d+/",
        r"/buying/tenders/?state=DRAFTED > /buying/tenders/\d+/ > /buying/tenders/\d+/document/", "/openings/",
        r"/openings/ > /openings/\d+/",
        "/buying/evaluations/", "/schemes/",
    ),
    "registrar": ("/suppliers/", r"/suppliers/ > /suppliers/\d+/"),
    "supplier_a_officer": ("/workbench/", "/suppliers/mine/", "/bids/", r"/bids/ > /bids/\d+/", r"/tenders/ > /tenders/[\w-]+/"),
    "expert_1": ("/workbench/", "/panel/"),
    "evaluator": ("/workbench/", "/evaluation/"),
    "auditor": ("/workbench/", "/projects/", r"/projects/ > /projects/[\w-]+/"),
    "administrator": (
        "/workbench/", "/demo/clock/", "/administration/", "/administration/regions/", "/administration/regions/new/",
        "/administration/organisations/", "/administration/organisations/new/",
        r"/administration/organisations/ > /administration/organisations/\d+/", "/administration/people/",
        r"/administration/people/ > /administration/people/\d+/",
        r"/administration/people/ > /administration/people/\d+/ > /administration/people/\d+/handover/\d+/",
        r"/administration/people/ > /administration/people/\d+/ > /administration/people/\d+/grant/",
        "/act/administration.invitation/new/invite/", "/administration/invitations/", "/roles/",
        "/administration/settings/", "/administration/settings/group/thresholds/", "/administration/settings/chain/",
        r"/administration/settings/ > /administration/settings/\w+/", "/administration/calendars/",
        r"/administration/calendars/ > /administration/calendars/\d+/", "/act/administration.calendar/new/propose/",
        "/administration/status/", "/administration/jobs/", "/administration/outbox/",
        "/administration/outages/", "/act/workdays.outage/new/record/",
    ),
    "hongshan_project_officer": (
        "/workbench/", r"/projects/ > /projects/[\w-]+/", r"/projects/ > /projects/[\w-]+/ > /projects/[\w-]+/record/",
        "/contracts/", r"/contracts/ > /contracts/\d+/", "/payments/",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def address(portal_address, tmp_path_factory) -> str:
    """The demonstration with its worked case, a tender that is still written, and another whose bids lie sealed."""
    story = Story(base_url=portal_address, out=tmp_path_factory.mktemp("papers"), say=lambda line: None)
    for chapter in (plan, budget):
        chapter.play(story)
    story.create("buyer", "tenders", {"project": story.facts["project_id"]}, "起草招标文件", "DRAFTED")
    for chapter in (plan, budget, tender, bids):
        chapter.play(story)
    return portal_address


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", PAGES, ids=lambda who: who or "public")
def test_pages_shut_nobody_out(browser, address, who, language):
    faults = []
    context = browser.new_context(base_url=address, locale=LANGUAGES[language], timezone_id="Asia/Shanghai")
    context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    visitor = context.new_page()
    said: list[str] = []
    visitor.on("pageerror", lambda error: said.append(str(error)))
    visitor.on("console", lambda line: said.append(f"{line.text} {line.location.get('url', '')}") if line.type == "error" else None)
    try:
        if who:
            visitor.goto("/sign-in/")
            visitor.locator(f"button[name=username][value={who}]").click()
        for way in PAGES[who]:
            faults += [f"{way} {fault}" for fault in faults_of(visitor, way, language, said)]
    finally:
        context.close()
    assert not faults, "\n".join(faults)


def faults_of(visitor: Page, way: str, language: str, said: list[str]) -> list[str]:
    visitor.set_viewport_size({"width": 1440, "height": WIDTHS[1440]})
    said.clear()
    wrong = follow(visitor, way)
    if wrong:
        return [wrong]
    found = [fault for width in WIDTHS for fault in faults_at(visitor, width, language)]
    return found + [f"console: {line}" for line in said if NO_PAGE not in line]


def follow(visitor: Page, way: str) -> str:
    """Open the page a way leads to. Gives what is wrong with the way itself."""
    first, *patterns = way.split(" > ")
    answer = visitor.goto(first)
    for pattern in patterns:
        links = visitor.locator("main a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        fitting = next((link for link in links if re.fullmatch(pattern, link.split("?")[0])), "")
        if not fitting:
            return f"leads nowhere: no {pattern} at {visitor.url}"
        answer = visitor.goto(fitting)
    return "" if answer.status == (404 if first == NO_PAGE else 200) else f"answers {answer.status}"


def faults_at(visitor: Page, width: int, language: str) -> list[str]:
    visitor.set_viewport_size({"width": width, "height": WIDTHS[width]})
    found = []
    spoken = visitor.locator("html").get_attribute("lang")
    if not visitor.url.endswith("/paper/") and not spoken.startswith(language[:2]):  # a paper stays in the language it was issued in
        found.append(f"is in {spoken}")
    wide = visitor.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        found.append(f"at {width}: scrolls {wide} px sideways")
    for violation in Axe().run(visitor).response["violations"]:
        places = "; ".join(node["html"][:140] for node in violation["nodes"][:3])
        found.append(f"at {width}: {violation['id']} × {len(violation['nodes'])}: {places}")
    return found
