"""The thread of the walkthrough: people, steps, probes, papers, and whether each did what it should."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from zoneinfo import ZoneInfo

from .client import Answer, Person

SHANGHAI = ZoneInfo("Asia/Shanghai")
PREPARING = 202  # a paper that is being set
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0  # seconds between two looks for a paper


class StepFailed(Exception):
    """A step did not do what it should; the walkthrough ends there."""


@dataclass(slots=True)
class Story:
    """One run. `facts` carries what later chapters need (ids, numbers, amounts)."""

    base_url: str
    out: Path
    say: Callable[[str], None]
    facts: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    steps: int = 0
    probes: int = 0
    addresses: list[str] = field(default_factory=list)  # of several web processes; people use them in turn
    aliases: dict[str, str] = field(default_factory=dict)
    patience: float = 0  # seconds for which a portal that does not answer is asked again
    job_patience: float = 180  # seconds for one report or paper
    wait_for: Callable[[datetime], None] | None = None  # where others walk beside: come back at the moment

    def person(self, username: str) -> Person:
        if username not in self.people:
            addresses = self.addresses or [self.base_url]
            address = addresses[(len(self.people) + addresses.index(self.base_url)) % len(addresses)]
            self.people[username] = Person(address, self.username(username), patience=self.patience).sign_in()
        return self.people[username]

    @property
    def sent_again(self) -> int:
        return sum(person.sent_again for person in self.people.values())

    @property
    def broken_answers(self) -> int:
        return sum(len(person.broken) for person in self.people.values())

    def username(self, part: str) -> str:
        """The account of whoever plays that part in this purchase."""
        return self.aliases.get(part, part)

    # --- doing -----------------------------------------------------------------------------------------------
    def create(self, who: str, route: str, data: dict, what: str, state: str = "", rule: str = "") -> dict:
        """`who` makes a thing of the route; returns it."""
        return self._done(who, self.person(who).post(f"{route}/", data), what, state, rule)

    def act(self, who: str, route: str, pk: int, row: str, data: dict | None = None, what: str = "", state: str = "",
            rule: str = "") -> dict:
        """`who` fires a row; the thing must then be in `state` where one is given."""
        return self._done(who, self.person(who).post(f"{route}/{pk}/{row}/", data), what or row, state, rule)

    def read(self, who: str, path: str) -> dict:
        answer = self.person(who).get(path)
        if not answer.ok:
            raise StepFailed(f"{who} GET {path}: {answer.status} {answer.body}")
        return answer.body

    def find(self, who: str, path: str) -> list[dict]:
        """All rows of a list, page after page."""
        rows, url = [], path
        while url:
            body = self.read(who, url)
            rows += body["results"]
            url = body.get("next", "").split("/api/v1/", 1)[-1] if body.get("next") else ""
        return rows

    def refused(self, who: str, path: str, data: dict | None = None, *, rule: str = "", status: int = 409, what: str = "") -> Answer:
        """A bad path: it must be refused, with this rule (409), or as forbidden (403) or unseen (404)."""
        answer = self.person(who).post(path, data)
        if answer.status != status or (rule and rule not in answer.rules):
            raise StepFailed(f"{who} {path}: expected {status} {rule}, got {answer.status} {answer.rules} {answer.body}")
        self.probes += 1
        reason = answer.messages[answer.rules.index(rule)] if rule else answer.body.get("detail", "")
        self.say(f"  ✗ {self._who(who)}  {what} → {status} {rule} {reason}")
        return answer

    def _done(self, who: str, answer: Answer, what: str, state: str, rule: str) -> dict:
        if not answer.ok:
            raise StepFailed(f"{who} {what}: {answer.status} {answer.body}")
        reached = answer.body.get("state", "")
        if state and reached != state and answer.body.keys() != {"id"}:  # done, and out of sight before it was answered
            raise StepFailed(f"{who} {what}: reached {reached}, not {state}")
        self.steps += 1
        label = answer.body.get("state_label", reached)
        self.say(f"{self.steps:3} ✓ {self._who(who)}  {what} → {label} {f'[{rule}]' if rule else ''}".rstrip())
        return answer.body

    def _who(self, username: str) -> str:
        person = self.people[username]
        return f"{person.organisation} {person.name}"

    # --- time ------------------------------------------------------------------------------------------------
    def now(self) -> datetime:
        return datetime.fromisoformat(self.read("administrator", "demo/clock/")["now"])

    def move_to(self, moment: datetime, why: str) -> None:
        """Move the demonstration clock forward; what is due on the way happens by itself."""
        if self.wait_for:
            self.wait_for(moment)
            self.say(f"    ⏱ {moment:%Y-%m-%d %H:%M}  {why}")
            return
        self.turn_clock(moment, why)

    def turn_clock(self, moment: datetime, why: str) -> None:
        answer = self.person("administrator").post("demo/clock/", {"moment": moment.isoformat()})
        if not answer.ok and not (self.patience and self.now() >= moment):  # its answer may have been lost
            raise StepFailed(f"clock to {moment}: {answer.status} {answer.body}")
        self.say(f"    ⏱ {moment:%Y-%m-%d %H:%M}  {why} ({answer.body.get('fired', '?')})")

    def move_by(self, why: str, **delta) -> None:
        self.move_to(self.now() + timedelta(**delta), why)

    # --- papers ----------------------------------------------------------------------------------------------
    def looks(self) -> Iterator[None]:
        """Once at once, then with growing pauses, until patience ends."""
        until, pause = monotonic() + self.job_patience, FIRST_PAUSE
        yield
        while monotonic() < until:
            sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)
            yield

    def await_papers(self, who: str, path: str) -> None:
        """Wait until the papers of a thing are set: they are behind its act by seconds, or by minutes when workers die."""
        for _look in self.looks():
            if all(paper["ready"] for paper in self.read(who, path)["papers"]):
                return
        raise StepFailed(f"{path}: its papers are not set")

    def keep(self, who: str, url: str, name: str) -> Path:
        """Download a paper as `who` and keep it under its name."""
        for _look in self.looks():
            answer = self.person(who).download(url)
            if answer.status != PREPARING:
                break
        if answer.status != 200 or not answer.body:
            raise StepFailed(f"{who} {url}: {answer.status}")
        path = self.out / name
        path.write_bytes(answer.body)
        self.say(f"    ⎙ {name} ({len(answer.body) / 1024:.0f} KB)")
        return path
