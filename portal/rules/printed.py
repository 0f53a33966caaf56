"""The register on paper: docs/rules.md, written by `manage.py write_docs`."""
from __future__ import annotations

from collections.abc import Iterator

from .citing import Citations, citations
from .constants import constants
from .register import FOLDER, Kind, Rule, Status, families, instruments, rules

MOST_TESTS = 3
_STATUS = {Status.VERIFIED: "verified", Status.SETTING: "setting 待核"}


def rules_page() -> str:
    """Every rule with id, sentence in both languages, source, first day and how sure it is."""
    lines = [
        "# Rules in use",
        "",
        "The legal rules that refusals, help texts and clocks cite. Sentences are summaries in our own words; the instrument",
        "decides. *setting 待核*: not read in its source, or silent there: a value of the jurisdiction, shown as such.",
        "*article unsure*: the content was read, the number of the article was not.",
        "",
        "*enforced in*: modules in which a refusal, a row of a lifecycle, a check or a setting carries the id; *source for*: the id only",
        "stands in descriptions there. *tests*: the first three that name the rule in what they assert; \"+ 2\": two more do.",
        "",
        f"{len(rules())} rules, {len(instruments())} instruments, {len(constants())} constants.",
        "",
    ]
    for family in families():
        lines += _family(family)
    lines += _constants()
    lines += _instruments()
    return "\n".join(lines).rstrip() + "\n"


def _family(family: str) -> Iterator[str]:
    yield f"## {_title(family)}"
    yield ""
    yield "| id | rule | source | from | status | stands in | tests |"
    yield "|---|---|---|---|---|---|---|"
    for rule in families()[family]:
        until = f" – {rule.valid_to}" if rule.valid_to else ""
        status = _STATUS[rule.status] + (", article unsure" if rule.article_unsure else "")
        where = citations()[rule.id]
        yield _row(
            rule.id, f"{rule.summary_zh}<br>{rule.summary_en}", _source(rule), f"{rule.valid_from}{until}", status, _standing(where),
            _tested(where),
        )
    yield ""


def _standing(where: Citations) -> str:
    """The modules that hold people to a rule; those that only name it where none does."""
    if where.enforced:
        return "enforced in " + ", ".join(where.enforced)
    return "source for " + ", ".join(where.source) if where.source else "–"


def _tested(where: Citations) -> str:
    more = f"<br>+ {len(where.tests) - MOST_TESTS}" if len(where.tests) > MOST_TESTS else ""
    return "<br>".join(where.tests[:MOST_TESTS]) + more or "–"


def _source(rule: Rule) -> str:
    if rule.kind is not Kind.LAW:
        place = "本地区规定" if rule.kind is Kind.LOCAL else "本系统约定"
        return f"{place}：{rule.name_zh} / {rule.name_en}"
    return "<br>".join(basis.text_zh for basis in rule.bases)


def _constants() -> Iterator[str]:
    yield "## Constants"
    yield ""
    yield "Numbers of the law; a procedure keeps those of the day it started. Money in yuan, shares as decimals."
    yield ""
    yield "| constant | value from | rule |"
    yield "|---|---|---|"
    for constant in constants().values():
        yield _row(constant.name, "; ".join(f"{value} from {day}" for day, value in constant.values), constant.rule_id)
    yield ""


def _instruments() -> Iterator[str]:
    yield "## Instruments"
    yield ""
    yield "| cited as | title | in force | cited articles |"
    yield "|---|---|---|---|"
    cited: dict[str, dict[str, None]] = {}
    for rule in rules().values():
        for basis in rule.bases:
            cited.setdefault(basis.instrument.code, {})
            if basis.article:
                cited[basis.instrument.code][basis.article] = None
    for code, articles in cited.items():
        instrument = instruments()[code]
        if instrument.kind is Kind.LAW:
            title = f"{instrument.title_zh}<br>{instrument.title_en}"
            yield _row(instrument.cited_zh, title, str(instrument.valid_from), str(len(articles)))
    yield ""


def _title(family: str) -> str:
    first = (FOLDER / f"{family}.toml").read_text("utf-8").splitlines()[0]
    return first.removeprefix("#").strip().rstrip(".") if first.startswith("#") else family


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
