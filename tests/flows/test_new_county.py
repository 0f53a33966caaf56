"""A newcomer sets up a county on an empty installation by pages alone, until its first plan is submitted.

From the link that `script/server --empty` prints: region, administrator, two agencies, finance and the establishment office
with two people each, thresholds, review steps, the calendar of next year; then a plan. The new pages are looked at with axe.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from portal import clock
from portal.identifiers import check_character
from portal.workbench.walkthrough.client import File
from portal.workdays.statutory import statutory_holidays
from script.running import start_portal
from tests.flows.clicks import Clicks
from tests.flows.looking import faults_of
from tests.flows.path_planning import TITLE, item

ADMINISTRATOR = "guan.li"
PASSWORD = "xian-ji-qi-bu-2026"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
#: Organisation, kind, and its people with their roles.
BODIES = (
    ("余姚市民政局", "AGENCY", {"minzheng.a": ("陆一鸣", ["计划编制人"]), "minzheng.b": ("柳如松", ["单位负责人"])}),
    ("余姚市城市管理局", "AGENCY", {"chengguan.a": ("钱多米", ["计划编制人"]), "chengguan.b": ("邱大海", ["单位负责人"])}),
    ("余姚市财政局", "FINANCE", {"caizheng.a": ("汤有余", ["财政经办人", "预算国库经办人"]), "caizheng.b": ("郝正明", ["财政负责人"])}),
    ("中共余姚市委编办", "ESTABLISHMENT", {"bianban.a": ("史可定", ["编办审核人"]), "bianban.b": ("方有制", ["编办审核人"])}),
)
#: Pages of the administration, looked at when the county stands.
PAGES = (
    "/administration/", "/administration/regions/", "/administration/organisations/", "/administration/people/",
    "/administration/invitations/", "/administration/settings/", "/administration/settings/group/thresholds/",
    "/administration/settings/chain/", "/administration/settings/evaluate_above/", "/administration/calendars/",
    "/administration/outages/", "/administration/status/", "/administration/jobs/", "/administration/outbox/", "/roles/",
)  # fmt: skip


@pytest.fixture(scope="module")
def empty_portal(tmp_path_factory) -> Iterator[tuple[str, str]]:
    """Address of a portal without demonstration data, and the link it printed."""
    var = tmp_path_factory.mktemp("county") / "var"
    server, address = start_portal(var, "--empty")
    try:
        printed = (var / "server.out").read_text()
        yield address, re.search(rf"{address}(/setup/\S+)", printed)[1]
    finally:
        server.stop(patience=25)


class Person(Clicks):
    """Whoever sits at a screen of his own, with a security key that answers by itself. Keys need a name in the address."""

    def __init__(self, browser: Browser, address: str):
        context = browser.new_context(
            base_url=f"http://localhost:{urlsplit(address).port}", locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        super().__init__(context.new_page())
        self.page.set_default_timeout(30_000)
        devices = context.new_cdp_session(self.page)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }})

    def sign_in(self, account: str) -> None:
        """Account and password; a key is enrolled where the role asks for one, and shown where there is one."""
        self.page.context.clear_cookies()
        self.page.goto("/sign-in/")
        self.fill({"username": account, "password": PASSWORD})
        self.main.get_by_role("button", name="登录", exact=True).click()
        self.shows_himself()
        if "/account/security/" in self.page.url:
            self.page.goto("/account/security/key/")
            self.page.get_by_label("名称").fill("钥匙")
            self.main.get_by_role("button", name="登记这枚密钥").click()
            self.page.get_by_role("link", name="已经记下").click()
            self.page.goto("/workbench/")
        expect(self.page).to_have_url(re.compile("/workbench/$"))

    def shows_himself(self) -> None:
        """Where the page asks whether it is he, the key answers."""
        self.page.wait_for_load_state()
        if self.main.get_by_role("button", name="用安全密钥确认").is_visible():
            before = self.page.url
            self.main.get_by_role("button", name="用安全密钥确认").click()
            self.page.wait_for_function("url => location.href !== url || !document.querySelector('[data-key-ask]')", arg=before)
            self.page.wait_for_load_state()

    def press(self, label: str) -> None:
        button, link = (self.main.get_by_role(role, name=label) for role in ("button", "link"))
        button.or_(link).first.click()
        self.shows_himself()

    def ticks(self, labels: list[str]) -> None:
        for label in labels:
            self.main.get_by_label(label, exact=True).check()

    def said(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()


@pytest.fixture
def county(browser: Browser, empty_portal) -> Iterator[County]:
    address, link = empty_portal
    found = County(Person(browser, address), Person(browser, address), link)
    yield found
    for person in (found.admin, found.other):
        person.page.context.close()


@dataclass
class County:
    """The administrator at one screen, everybody else at another, and the link that the terminal showed."""

    admin: Person
    other: Person
    link: str


def test_a_county_is_set_up_and_submits_its_first_plan_by_pages_alone(county):
    set_up(county)
    for number, (name, kind, people) in enumerate(BODIES, 1):
        organisation(county.admin, number, name, kind)
        for account, (person, roles) in people.items():
            accept(county.other, invite(county.admin, name, person, roles), account)
    settings(county.admin)
    calendar(county)
    wrong = faults(county.admin)
    assert not wrong, "\n".join(wrong)
    plan(county.other)


def set_up(county: County) -> None:
    """The link makes the region and its first administrator; he enrols a key and says why he administers."""
    county.other.page.goto(county.link)
    county.other.fill({
        "province_code": "33", "province_name": "浙江省", "city_code": "3302", "city_name": "宁波市", "county_code": "330281",
        "county_name": "余姚市", "organisation": "余姚市政务信息中心", "code": code_of(9), "name": "余小管", "username": ADMINISTRATOR,
        "password": PASSWORD, "again": PASSWORD,
    })  # fmt: skip
    county.other.press("设立")
    county.other.said("平台已设立")
    county.admin.sign_in(ADMINISTRATOR)
    begin(county.admin)


def begin(admin: Person) -> None:
    """The right to administer sleeps until a period is opened for a reason."""
    admin.page.goto("/administration/")
    admin.fill({"reason": "设立本市平台"})
    admin.press("开始管理")
    expect(admin.page.get_by_role("heading", level=1, name="平台管理")).to_be_visible()


def code_of(number: int) -> str:
    stem = f"1133028101234{number:04d}"
    return stem + check_character(stem)


def organisation(admin: Person, number: int, name: str, kind: str) -> None:
    admin.go("单位", "新设单位")
    admin.fill({"kind": kind, "code": code_of(number), "name": name, "phone": "0574-0000000"})
    admin.press("设立")
    expect(admin.page.get_by_role("heading", level=1, name=name)).to_be_visible()


def invite(admin: Person, body: str, person: str, roles: list[str]) -> str:
    """From the organisation's page; gives the path of the link that is shown."""
    admin.go("单位", body)
    admin.press("邀请人员")
    admin.fill({"person_name": person})
    admin.ticks(roles)
    admin.press("邀请人员")
    return urlsplit(admin.main.locator("a.breakable").get_attribute("href")).path


def accept(other: Person, link: str, account: str) -> None:
    other.page.context.clear_cookies()
    other.page.goto(link)
    other.fill({"username": account, "password": PASSWORD, "again": PASSWORD})
    other.press("开通账号")
    other.said("账号已开通")


def settings(admin: Person) -> None:
    """Thresholds on one paper, and review steps without a department the county has not got."""
    admin.go("本地区设置")
    admin.press("数额标准")
    admin.fill({"procurement_threshold": "300000", "open_tender_threshold": "4000000", "source": "余政发〔2026〕1号", "reason": "本市标准"})
    admin.press("设定")
    admin.said("已设定，自生效日期起施行。")
    admin.press("计划审核环节")
    admin.said("本地区还没有这些部门的单位")
    for row in admin.main.locator("[data-rows] tbody tr").all():
        if row.locator("select").input_value() == "HUMAN_RESOURCES":
            row.get_by_role("button").click()
            break
    admin.fill({"source": "余政发〔2026〕1号", "reason": "本市没有人社审核"})
    admin.press("设定")
    admin.said("已设定，自生效日期起施行。")


def calendar(county: County) -> None:
    """The administrator enters the notice, the head of finance puts it in force."""
    year = clock.today().year + 1
    days = "\r\n".join(f"{day},off,{name}" for day, name in sorted(statutory_holidays(year).items()))
    admin, finance = county.admin, county.other
    admin.page.goto("/administration/")
    admin.press("工作日历")
    admin.press("导入工作日历")
    admin.fill({"year": year, "reference": "国办发明电〔2026〕9号", "days": File("days.csv", days.encode(), "text/csv"),
                "paper": File("通知.pdf", PDF, "application/pdf")})  # fmt: skip
    admin.press("导入工作日历")
    expect(admin.page.get_by_role("heading", level=1, name=f"{year} 年工作日历")).to_be_visible()
    finance.sign_in("caizheng.b")
    finance.task(f"{year} 年工作日历")
    finance.press("启用日历")
    finance.said("已启用")


def faults(admin: Person) -> list[str]:
    """What axe and the width of a telephone find on the new pages, in both languages."""
    page, found = admin.page, []
    home = page.evaluate("location.origin")
    for language in ("zh-hans", "en"):
        page.context.add_cookies([{"name": "django_language", "value": language, "url": home}])
        for path in PAGES:
            if page.goto(path).status != 200:
                found.append(f"{path} does not answer")
            found += [f"{path} {fault}" for fault in faults_of(page, language)]
    page.context.add_cookies([{"name": "django_language", "value": "zh-hans", "url": home}])
    return found


def plan(other: Person) -> None:
    """The planner writes an item, the head submits: it waits for finance and the establishment office."""
    year = clock.today().year + (1 if clock.today() < date(clock.today().year, 11, 30) else 2)
    other.sign_in("minzheng.a")
    other.go("购买计划")
    other.press("新建年度计划")
    other.page.get_by_label("计划年度").fill(str(year))
    other.press("新建年度计划")
    other.state("编制中")
    item(other, year)
    other.go("购买计划", f"{year}")
    other.press("送负责人审签")
    other.press("送负责人审签")
    other.state("待审签")
    other.sign_in("minzheng.b")
    other.task("报送财政审核")
    other.press("报送财政审核")
    other.state("审核中")
    for account in ("caizheng.a", "bianban.a"):
        other.sign_in(account)
        other.go("计划审核")
        expect(other.main.locator(".queue__item").get_by_role("link", name=TITLE).first).to_be_visible()
