"""docs/clocks.md: the register of legal clocks on paper."""
from __future__ import annotations

from portal.rules.register import rule
from portal.workflow.docs import generated

from .deadlines import Unit
from .register import ClockDefinition, definitions


@generated("docs/clocks.md")
def clocks_page() -> str:
    """Every period with length, kind, start event and rule."""
    lines = [
        "# Legal clocks",
        "",
        "Kinds: `≤` act within, `≥` not before, `=` runs by itself. The day of the start event is not counted; the end is 24:00",
        "of the last day; in time is strictly before that moment. A last day on a day off rolls forward unless *fixed*.",
        "*setting*: the law is silent on the length; *right*: letting it pass is no breach; *lead*: counted back, never started.",
        "",
        "| clock | name | length | kind | start event | source | remarks |",
        "|---|---|---|---|---|---|---|",
    ]
    for clock in definitions().values():
        source = "；".join(dict.fromkeys(rule(rule_id).source for rule_id in clock.rule_ids))
        lines.append(
            f"| {clock.name} | {clock.label} | {_length(clock)} | {clock.kind} | {clock.start_event or '–'} "
            f"| {source} | {_remarks(clock)} |"
        )
    return "\n".join(lines) + "\n"


def _length(clock: ClockDefinition) -> str:
    own = "named by its subject" if clock.length is None else f"{clock.length} {Unit(clock.unit).label}"
    return "; ".join([own, *(f"{name} {length} {Unit(unit).label}" for name, (length, unit) in clock.variants.items())])


def _remarks(clock: ClockDefinition) -> str:
    words = {"setting": clock.setting, "right": clock.right, "lead": clock.lead, "pausable": clock.pausable, "fixed": not clock.rolls}
    return ", ".join(word for word, holds in words.items() if holds)
