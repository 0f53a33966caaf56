"""The left navigation: at most eight entries for any role, with the number of things that wait behind each."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.accounts.actor import Actor
from portal.workflow.surfaces import Entry, navigation_arranger

from .todo import counts_for

MOST = 8
#: What goes behind “更多” first when a role has more than eight entries: places one looks something up.
SELDOM = (
    "catalogue:tree", "suppliers:list", "reports:list", "bids:openings", "plans:meetings", "workbench:portfolio", "assessments:next-year",
)
#: Whose waiting things an entry stands for, where the first word of its address does not say it.
COUNTED = {
    "plans:list": ("plans.plan", "plans.item"), "plans:queue": ("plans.step",),
    "plans:intentions": ("plans.intention",),
    "plans:meetings": ("plans.meeting", "plans.agenda"), "bids:list": ("bids.bid",),
    "bids:openings": ("bids.key", "bids.opening"), "workbench:projects": ("plans.project", "plans.hold"),
}


@dataclass(frozen=True, slots=True)
class Arranged:
    """An entry with its count, and whether it stands behind “更多”."""

    entry: Entry
    count: int
    more: bool


@navigation_arranger
def arrange(entries: list[Entry], actor: Actor) -> list[Arranged]:
    counts = counts_for(actor)
    behind: set[Any] = set()
    if len(entries) > MOST:
        seldom = sorted(
            (entry for entry in entries if entry.url_name in SELDOM), key=lambda entry: SELDOM.index(entry.url_name)
        )
        tail = [entry for entry in reversed(entries) if entry not in seldom and entry.url_name != "workbench:home"]
        behind = set((seldom + tail)[: len(entries) - MOST + 1])
    return [Arranged(entry, _count(entry, entries, counts), entry in behind) for entry in entries]


def _count(entry: Entry, entries: list[Entry], counts: dict[str, int]) -> int:
    if entry.url_name in COUNTED:
        return sum(counts.get(code, 0) for code in COUNTED[entry.url_name])
    app = entry.url_name.split(":")[0]
    first = next(each for each in entries if each.url_name.split(":")[0] == app)
    if first is not entry:
        return 0
    spoken_for = {code for url_name in COUNTED for code in COUNTED[url_name]}
    return sum(number for code, number in counts.items() if code.split(".")[0] == app and code not in spoken_for)
