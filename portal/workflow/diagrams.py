"""Tables on paper: one page a lifecycle with its diagram and rows, and the matrix of who may do what. Written by `manage.py write_docs`."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from inspect import getdoc

from portal.accounts.roles import Role

from .docs import generated, generated_folder
from .engine import registered_guards
from .table import ClockEffect, Lifecycle, Transition, Who, all_lifecycles

_CLOCK_SIGNS = {"start": "▶", "stop": "■", "void": "✕"}


@generated_folder("docs/states")
def state_pages() -> dict[str, str]:
    """File name → page: every lifecycle as a Mermaid state diagram and as a table of its rows."""
    pages = {f"{cycle.code}.md": "\n".join(_page(cycle)).rstrip() + "\n" for cycle in all_lifecycles()}
    return {"README.md": _contents(), **pages}


def _contents() -> str:
    rows = sum(len(cycle.rows) for cycle in all_lifecycles())
    lines = ["# Lifecycles", "", f"{len(all_lifecycles())} tables, {rows} rows, floor by floor. Written from the tables themselves.", "",
             "| table | name | chapter | rows |", "|---|---|---|---|"]  # fmt: skip
    lines += [f"| [{c.code}]({c.code}.md) | {c.name} | {c.reference} | {len(c.rows)} |" for c in all_lifecycles()]
    return "\n".join(lines) + "\n"


def _page(cycle: Lifecycle) -> Iterator[str]:
    yield f"# {cycle.name} `{cycle.code}` ({cycle.reference})"
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield from (f"    {state.value} : {state.label}" for state in cycle.states)
    yield from (f"    {line}" for row in cycle.rows for line in _arrows(cycle, row))
    yield "```"
    yield ""
    yield "| row | from | to | who | guards | rules | clocks |"
    yield "|---|---|---|---|---|---|---|"
    for row in cycle.rows:
        sources = "–" if row.creates else ", ".join(row.sources)
        cells = (f"`{row.name}` {row.label}{' †' if row.hold else ''}", sources, row.target or "same", words_of(row),
                 _guards(cycle, row), ", ".join(row.rules) or "–", _clocks(row.clocks))  # fmt: skip
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
    if cycle.due:
        yield ""
        yield "By itself: " + "; ".join(f"`{due.transition}` when `{due.moment}` has come" for due in cycle.due) + "."
    if cycle.readers:
        yield ""
        yield "| state | reader | words |"
        yield "|---|---|---|"
        for state, labels in cycle.readers.items():
            yield from (f"| {state} | {reader} | {_cell(label)} |" for reader, label in labels.items())


def _arrows(cycle: Lifecycle, row: Transition) -> Iterator[str]:
    """One arrow a source; acts that leave every state as it is would only hide the way, and stand in the table."""
    if row.creates:
        yield f"[*] --> {row.target} : {row.name}"
    elif row.target:
        yield from (f"{source} --> {row.target} : {row.name}" for source in row.sources)


def place_of(who: Who) -> str:
    """Where the role must be held: in the thing's own organisation, in its region, by that person."""
    places = [word for word, path in (("own", who.at), ("region", who.region), ("person", who.person)) if path]
    return " ".join(places)


def words_of(row: Transition) -> str:
    words = [f"{Role(who.role).label}{_PLACES[place_of(who)]}" for who in row.who]
    if len(words) > 12:
        words = [f"任何人{_PLACES[place_of(row.who[0])]}"]
    return "; ".join([*words, *(["系统"] if row.system or not row.who else [])])


_PLACES = {
    "": "", "own": "（本单位）", "region": "（本地区）", "person": "（本人）",
    "own person": "（本单位本人）", "region person": "（本地区本人）",
}


def _guards(cycle: Lifecycle, row: Transition) -> str:
    """First lines of the docstrings of everything that can stand against the row, and who is barred from it."""
    sentences = [_sentence(guard) for guard in (*row.guards, *row.checks, *registered_guards(cycle.code, row.name))]
    barred = [*row.not_by, *(name for _path, name in row.not_by_of)]
    if barred:
        sentences.append(f"≠ who did {', '.join(f'`{name}`' for name in barred)} (G2)")
    if row.needs_reason:
        sentences.append("with reason" if not row.reason_codes else f"reason: {', '.join(code for code, _text in row.reason_codes)}")
    return "<br>".join(sentences) or "–"


def _sentence(guard) -> str:
    text = (getdoc(guard) or "").split("\n\n")[0].replace("\n", " ").strip()
    return text or f"`{getattr(guard, '__name__', type(guard).__name__)}`"


def _clocks(effects: Iterable[ClockEffect]) -> str:
    return ", ".join(f"{_CLOCK_SIGNS[effect.action]} {effect.name}" for effect in effects) or "–"


def _cell(text) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


@generated("docs/permissions.md")
def permissions_page() -> str:
    """Every role and every row: ● own organisation, ◐ same region, ○ that very person, + where nothing is said of place."""
    lines = [
        "# Who may do what",
        "",
        "Read from the transition tables. `tests/permission_table.py` says the same by hand, from the design; a test compares",
        "both with each other and with what pages and programs answer.",
        "",
        "● in the thing's own organisation · ◐ from the thing's region · ○ that very person · + makes a new thing, or within",
        "what he may see (a guard names the person) · ⚙ the system: time, or a consequence of another act. What is not listed is",
        "answered with 403, what he may not see with 404.",
        "",
    ]
    for cycle in all_lifecycles():
        lines += [f"## {cycle.name} `{cycle.code}` ({cycle.reference})", "", "| row | | who |", "|---|---|---|"]
        lines += [f"| `{row.name}` | {_cell(row.label)} | {_cell(_signs(row))} |" for row in cycle.rows]
        lines.append("")
    lines += _by_role()
    return "\n".join(lines).rstrip() + "\n"


_SIGNS = {"": "+", "own": "●", "region": "◐", "person": "○", "own person": "●○", "region person": "◐○"}


def _signs(row: Transition) -> str:
    signs = [f"{_SIGNS[place_of(who)]} {Role(who.role).label}" for who in row.who]
    if len(signs) > 12:
        signs = [f"{_SIGNS[place_of(row.who[0])]} everybody signed in"]
    return ", ".join([*signs, *(["⚙"] if row.system or not row.who else [])])


def _by_role() -> Iterator[str]:
    yield "## By role"
    yield ""
    yield "| role | rows |"
    yield "|---|---|"
    for role in Role:
        found = []
        for cycle in all_lifecycles():
            names = [row.name for row in cycle.rows if len(row.who) <= 12 and any(who.role == role for who in row.who)]
            if names:
                found.append(f"{cycle.code}: {', '.join(names)}")
        yield f"| {role.label} `{role.value}` | {'<br>'.join(found) or 'reads'} |"
