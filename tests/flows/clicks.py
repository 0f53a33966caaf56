"""The few words in which the browser flows speak: who sits at the screen, where he goes, what he does."""
from __future__ import annotations

import re
from datetime import datetime

from playwright.sync_api import Locator, Page, expect

from portal.workbench.walkthrough.client import File


class Clicks:
    """One person after the other at the same screen."""

    def __init__(self, page: Page):
        self.page = page

    # --- who, and where to -----------------------------------------------------------------------------------
    def sign_in(self, username: str) -> None:
        if self.page.url.startswith("http"):
            self.page.context.clear_cookies()
        self.page.goto("/sign-in/")
        self.page.locator(f"button[name=username][value={username}]").click()
        expect(self.page).to_have_url(re.compile("/workbench/$"))
        self.page.wait_for_load_state()

    def go(self, *links: str) -> None:
        """From the navigation inwards, link after link, or by the link in the row that says it."""
        first, *rest = links
        navigation = self.page.locator("nav.sidenav, .sidenav")
        if not navigation.get_by_role("link", name=first).is_visible():
            navigation.get_by_text("更多").click()
        navigation.get_by_role("link", name=first).click()
        for link in rest:
            row = self.main.get_by_role("row").filter(has_text=link)
            self.main.get_by_role("link", name=link).or_(row.get_by_role("link")).first.click()

    def task(self, *words: str) -> None:
        """The thing on the reader's own to-do list that says all these words."""
        waiting = self.main.locator(".todo__item")
        for word in words:
            waiting = waiting.filter(has_text=word)
        waiting.locator(".todo__title").first.click()

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    # --- what he does ----------------------------------------------------------------------------------------
    def do(self, label: str, values: dict | None = None) -> None:
        """Press an act; where it asks, answer and press it again; the portal says that it is done."""
        self.press(label)
        if values is not None:
            expect(self.page).to_have_url(re.compile("/act/"))
            self.fill(values)
            self.press(label, self.main.locator("form.form"))
        expect(self.main.get_by_text(f"已办理：{label}")).to_be_visible()

    def press(self, label: str, place: Locator | None = None) -> None:
        """The button or the link of an act; a question whether it is meant is answered with yes."""
        act = self.act(label, place)
        assert act.get_attribute("aria-disabled") != "true", f"{label}: {self.why_not(act)}"
        act.click()
        asked = self.page.locator("dialog[open] [value=yes]")
        if asked.is_visible():
            with self.page.expect_navigation():
                asked.click()

    def look_again_for(self, label: str) -> None:
        """Reload until an act can be done: what it needs, a paper set in type, is made meanwhile."""
        act = self.act(label)
        for _second in range(60):
            if act.get_attribute("aria-disabled") != "true":
                return
            self.page.wait_for_timeout(1000)
            self.page.reload()
        raise AssertionError(f"{label}: {self.why_not(act)}")

    def act(self, label: str, place: Locator | None = None) -> Locator:
        button, link = ((place or self.main).get_by_role(role, name=label) for role in ("button", "link"))
        return button.or_(link).first

    def why_not(self, act: Locator) -> str:
        """What stands under an act that cannot be done now."""
        return self.main.locator(f"#{act.get_attribute('aria-describedby')}").inner_text()

    def fill(self, values: dict) -> None:
        """Boxes, choices, ticks, files and tables of rows by the names they are sent under."""
        for name, value in values.items():
            if isinstance(value, list):
                self.rows(name, value)
            elif value is not None:
                self.answer(self.main.locator(f"[name='{name}']"), value)

    def rows(self, name: str, values: list[dict]) -> None:
        """Fill a table of rows, adding rows as a person would."""
        table = self.main.locator("[data-rows]").filter(has=self.page.locator(f"[name^='{name}-']")).first
        for number, row in enumerate(values):
            if table.locator(":scope > .tablewrap > table > tbody > tr").count() <= number:
                table.locator("[data-add-row]").last.click()
            line = table.locator(":scope > .tablewrap > table > tbody > tr").nth(number)
            for column, value in row.items():
                if value is not None:
                    self.answer(line.locator(f"[name$='-{column}']"), value)

    @staticmethod
    def answer(box: Locator, value) -> None:
        kind = box.first.evaluate("box => box.type")
        if isinstance(value, File):
            box.set_input_files({"name": value.name, "mimeType": value.content_type, "buffer": value.content})
        elif kind == "radio":
            box.and_(box.page.locator(f"[value='{value}']")).check()
        elif kind == "checkbox":
            box.set_checked(value)
        elif kind.startswith("select"):
            box.select_option(str(value))
        else:
            box.fill(str(value))

    # --- what he sees ----------------------------------------------------------------------------------------
    def state(self, words: str) -> None:
        expect(self.main.locator(".pagehead .badge, .pagehead__state .badge").filter(has_text=words).first).to_be_visible()

    def now(self) -> datetime:
        return datetime.fromisoformat(self.page.locator(".topbar__clock time").get_attribute("datetime"))

    def move_clock(self, moment: datetime) -> None:
        self.sign_in("administrator")
        self.page.goto("/demo/clock/")
        self.fill({"moment": moment.strftime("%Y-%m-%dT%H:%M")})
        with self.page.expect_navigation():
            self.press("拨动时钟")
        expect(self.page.locator(".topbar__clock")).to_contain_text(moment.strftime("%Y-%m-%d"))
