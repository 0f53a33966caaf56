"""A passkey in a real browser (a virtual authenticator of Chromium): enrolled, asked for at sign-in, asked for again."""
from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.flows.looking import faults_of


@pytest.fixture
def visitor(browser, portal_address):
    """A visitor with a key that answers by itself. Keys need a name in the address: localhost, not 127.0.0.1."""
    address = f"http://localhost:{urlsplit(portal_address).port}"
    context = browser.new_context(base_url=address, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }})
    yield page
    context.close()
    assert not faults, faults


def one_click(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    page.locator(f"button[name=username][value={username}]").click()


def sign_out(page: Page) -> None:
    page.locator("details.menu summary", has=page.locator("b")).last.click()
    page.get_by_role("button", name="退出登录").click()


def test_a_passkey_is_enrolled_and_asked_for_again_and_again(visitor):
    one_click(visitor, "registrar")
    visitor.goto("/account/security/key/")
    visitor.get_by_label("名称").fill("这台电脑")
    visitor.get_by_role("button", name="登记这枚密钥").click()
    expect(visitor.get_by_role("heading", name="备用码", level=1)).to_be_visible()
    assert visitor.locator("[data-codes] li").count() == 10
    visitor.get_by_role("link", name="已经记下").click()
    expect(visitor.get_by_role("rowheader", name="这台电脑")).to_be_visible()

    sign_out(visitor)
    one_click(visitor, "registrar")
    expect(visitor.get_by_role("heading", name="第二步验证", level=1)).to_be_visible()
    assert not visitor.context.request.get("/workbench/", max_redirects=0).ok
    assert faults_of(visitor, "zh-hans") == []
    visitor.get_by_role("button", name="用安全密钥确认").click()
    visitor.wait_for_url("**/workbench/")

    visitor.goto("/step-up/")
    assert faults_of(visitor, "zh-hans") == []
    visitor.get_by_role("button", name="用安全密钥确认").click()
    visitor.wait_for_url("**/workbench/")

    visitor.goto("/account/security/")
    assert faults_of(visitor, "zh-hans") == []
    visitor.get_by_role("row", name="这台电脑").get_by_role("button", name="移除").click()
    visitor.get_by_role("dialog").get_by_role("button", name="移除").click()
    expect(visitor.get_by_text("已移除“这台电脑”")).to_be_visible()


@pytest.mark.parametrize("path", [
    "/account/security/", "/account/security/app/", "/account/security/key/", "/account/administration/", "/administration-periods/",
])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_signing_in_shut_nobody_out(browser, portal_address, path, language):
    context = browser.new_context(base_url=portal_address, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.add_cookies([{"name": "django_language", "value": language, "url": portal_address}])
    page = context.new_page()
    try:
        one_click(page, "auditor" if path.startswith("/administration") else "administrator")
        assert page.goto(path).status == 200
        assert faults_of(page, language) == []
    finally:
        context.close()
