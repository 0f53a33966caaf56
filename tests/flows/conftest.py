"""Browser flows: a portal started as a person would start it, and the system's Chromium."""
from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from script.chromium import launched
from script.running import running_portal


@pytest.fixture(scope="session")
def portal_address(tmp_path_factory) -> Iterator[str]:
    """Address of a demonstration portal of this run's own."""
    with running_portal(tmp_path_factory.mktemp("portal") / "var") as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = launched(playwright)
        yield running
        running.close()


@pytest.fixture
def page(browser, portal_address) -> Iterator[Page]:
    """A new visitor's page; `page.goto("/workbench/")` is enough. A script error or a blocked request fails the test."""
    context = browser.new_context(base_url=portal_address, locale="zh-CN", timezone_id="Asia/Shanghai")
    visitor = context.new_page()
    faults: list[str] = []
    visitor.on("pageerror", lambda error: faults.append(str(error)))
    visitor.on("console", lambda line: faults.append(line.text) if _is_refused_by_policy(line.text) else None)
    yield visitor
    context.close()
    assert not faults, faults


def _is_refused_by_policy(text: str) -> bool:
    return "Content Security Policy" in text
