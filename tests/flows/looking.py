"""Looking at one page as people see it: in both languages, on a desk and on a telephone, with the eyes of axe.

One look of `Eyes` opens the address twice (once a language) and narrows the window in between; `faults_of` looks at a page
that is open already.
"""
from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import axe_playwright_python
import polib
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page

from evaluation.schemes.frames import PROJECT_SPENDING

WIDTHS = {1440: 900, 390: 844}
LANGUAGES = {"zh-hans": "zh-CN", "en": "en-GB"}
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
VIOLATIONS = """() => axe.run(document, {resultTypes: ["violations"], preload: false}).then(found => found.violations.map(
    each => [each.id, each.nodes.length, each.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join("; ")]))"""
TOO_WIDE = """() => {
    const page = document.documentElement, wide = page.scrollWidth - page.clientWidth;
    const out = [...document.querySelectorAll("body *")].filter(each => each.getBoundingClientRect().right > page.clientWidth + 1);
    return wide > 0 ? [wide, out.slice(0, 3).map(each => each.outerHTML.slice(0, 120)).join("; ")] : null;
}"""
#: Words of the portal that people, records and catalogues write too.
CONTENT = {
    "优", "良", "否", "个", "同意", "投标报价", "验收合格", "年结", "报价一览表", "响应表", "公共服务", "政府履职辅助性服务", "江西省",
    "内蒙古自治区", "联席会议", "演示日历", "放假安排通知",
}  # fmt: skip
#: Every sentence in Chinese characters that is shown or read out, and is not marked as Chinese.
CHINESE = """() => {
    const said = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    const keep = (text, element) => {
        if (/[\\u4e00-\\u9fff]/.test(text || "") && !element.closest("[lang^=zh], script")) said.add(text.trim());
    };
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
        if (node.nodeType === Node.TEXT_NODE) keep(node.data, node.parentElement);
        else for (const name of ["aria-label", "title", "placeholder", "alt"]) keep(node.getAttribute(name), node);
    }
    return [...said];
}"""


class Eyes:
    """One window a language; whoever looks through it is signed in by his session."""

    def __init__(self, browser: Browser, address: str):
        self.address = address
        self.said: list[str] = []
        self.windows = {language: self._window(browser, language) for language in LANGUAGES}

    def close(self) -> None:
        for page in self.windows.values():
            page.context.close()

    def look(self, path: str, session: list[dict] = (), status: int = 200) -> list[str]:
        """What is wrong with this page, for anybody."""
        found = []
        for language, page in self.windows.items():
            found += [f"{language} {fault}" for fault in self._faults(page, language, path, session, status)]
        return found

    def _window(self, browser: Browser, language: str) -> Page:
        page = context_in(browser, self.address, language).new_page()
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("console", lambda line: self.said.append(line.text) if line.type == "error" else None)
        return page

    def _faults(self, page: Page, language: str, path: str, session: list[dict], status: int) -> list[str]:
        page.context.clear_cookies(name="sessionid")
        page.context.add_cookies(list(session))
        page.set_viewport_size({"width": 1440, "height": WIDTHS[1440]})
        self.said.clear()
        answer = page.goto(path)
        if answer.status != status:
            return [f"answers {answer.status}"]
        return faults_of(page, language) + [f"console: {line}" for line in self.said if status == 200]


def context_in(browser: Browser, address: str, language: str = "zh-hans") -> BrowserContext:
    context = browser.new_context(base_url=address, locale=LANGUAGES[language], timezone_id="Asia/Shanghai")
    context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    return context


def faults_of(page: Page, language: str) -> list[str]:
    """What is wrong with the page that is open: at every width, and in its language."""
    page.evaluate(AXE)
    found = [fault for width, height in WIDTHS.items() for fault in _faults_at(page, width, height)]
    return found + _faults_of_language(page, language)


def _faults_at(page: Page, width: int, height: int) -> list[str]:
    page.set_viewport_size({"width": width, "height": height})
    wide = page.evaluate(TOO_WIDE)
    found = ["at {}: scrolls {} px sideways: {}".format(width, *wide)] if wide else []
    return found + [f"at {width}: {rule} × {count}: {places}" for rule, count, places in page.evaluate(VIOLATIONS)]


def _faults_of_language(page: Page, language: str) -> list[str]:
    """The page says which language it speaks, and in English no sentence of the portal is left in Chinese."""
    if re.search(r"/(paper|print)/$", page.url):  # a paper stays in the language it was issued in
        return []
    spoken = page.locator("html").get_attribute("lang") or "no language"
    found = [] if spoken.startswith(language[:2]) else [f"is in {spoken}"]
    if language == "en":
        found += [f"left in Chinese: {text}" for text in page.evaluate(CHINESE) if text in translated_sentences()]
    return found


@cache
def translated_sentences() -> frozenset[str]:
    """The portal's own Chinese sentences that have an English of their own."""
    sentences = polib.pofile(str(settings.BASE_DIR / "locale/en/LC_MESSAGES/django.po"))
    indicators = {row["name"] for row in PROJECT_SPENDING}
    return frozenset(each.msgid for each in sentences if each.msgstr) - CONTENT - indicators
