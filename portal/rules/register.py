"""One register of every rule the portal cites: refusals, help texts, clocks and docs/rules.md read from here.

The data stand in `register/*.toml`, one file per family of instruments, the instruments themselves in
`register/instruments.toml`. Summaries are one sentence in our own words, never the wording of the law.
"""
from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import get_language, gettext

from .articles import in_chinese, in_english

FOLDER: Final = Path(__file__).parent / "register"


class UnknownRule(LookupError):
    """A rule id that stands in no file of the register."""


class RegisterError(ValueError):
    """A file of the register is wrong; the message names file and rule."""


class Kind(StrEnum):
    """Where a rule comes from: public law, this jurisdiction's own rules, or a convention of the portal."""

    LAW = "law"
    LOCAL = "local"
    CONVENTION = "convention"


class Status(StrEnum):
    """Whether the wording was read in its source, or is a setting to be checked (待核)."""

    VERIFIED = "verified"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class Instrument:
    """A law, decree, notice or standard. `number` is its 文号, empty where a law is cited by its title."""

    code: str
    kind: Kind
    title_zh: str
    title_en: str
    valid_from: date
    number: str = ""
    number_en: str = ""
    short_zh: str = ""

    @property
    def cited_zh(self) -> str:
        return self.number or f"《{self.short_zh or self.title_zh}》"

    @property
    def cited_en(self) -> str:
        return self.number_en or self.title_en


@dataclass(frozen=True, slots=True)
class Basis:
    """One place a rule rests on: an instrument and, where it has one, an article ("59", "10(1)", "29-31")."""

    instrument: Instrument
    article: str = ""

    @property
    def text_zh(self) -> str:
        return self.instrument.cited_zh + (in_chinese(self.article) if self.article else "")

    @property
    def text_en(self) -> str:
        return self.instrument.cited_en + (f", {in_english(self.article)}" if self.article else "")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it says in a sentence, what it rests on, since when, and how sure that is.

    Local rules and conventions have a name instead of an article. `article_unsure`: the content was read, the number of
    the article was not.
    """

    id: str
    bases: tuple[Basis, ...]
    name_zh: str
    name_en: str
    summary_zh: str
    summary_en: str
    valid_from: date
    valid_to: date | None
    status: Status
    article_unsure: bool

    @property
    def kind(self) -> Kind:
        return self.bases[0].instrument.kind

    @property
    def instrument_zh(self) -> str:
        return self.bases[0].instrument.title_zh

    @property
    def instrument_en(self) -> str:
        return self.bases[0].instrument.title_en

    @property
    def number(self) -> str:
        return self.bases[0].instrument.number

    @property
    def article(self) -> str:
        return self.bases[0].article

    @property
    def summary(self) -> str:
        """The sentence in the reader's language."""
        return self.summary_zh if _reads_chinese() else self.summary_en

    @property
    def name(self) -> str:
        return self.name_zh if _reads_chinese() else self.name_en

    @property
    def source(self) -> str:
        """What the rule rests on, in the reader's language, without brackets: "财政部令第87号第三十三条"."""
        chinese = _reads_chinese()
        if self.kind is Kind.LAW:
            text = ("、" if chinese else "; ").join(basis.text_zh if chinese else basis.text_en for basis in self.bases)
        elif self.kind is Kind.LOCAL:
            text = gettext("本地区规定：%(name)s") % {"name": self.name}
        else:
            text = gettext("本系统约定：%(name)s") % {"name": self.name}
        if self.status is Status.SETTING:
            return gettext("%(source)s，待核") % {"source": text}
        if self.article_unsure:
            return gettext("%(source)s，条号待核") % {"source": text}
        return text

    @property
    def citation(self) -> str:
        """The source in brackets, as it follows a sentence: "（财政部令第87号第三十三条）"."""
        return f"（{self.source}）" if _reads_chinese() else f" ({self.source})"

    def in_force(self, day: date) -> bool:
        """Whether the rule applied on a day (G5: a procedure keeps the rules of the day it started)."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def rule(rule_id: str) -> Rule:
    """The rule of an id. Raises UnknownRule."""
    try:
        return rules()[rule_id]
    except KeyError:
        raise UnknownRule(rule_id) from None


def cite(rule_id: str) -> str:
    """What follows a sentence that rests on a rule, in the reader's language. Raises UnknownRule."""
    return rule(rule_id).citation


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by id, in the order of the files. Raises RegisterError for a file that is wrong."""
    found: dict[str, Rule] = {}
    for file, entries in _families().items():
        family = entries.pop("instrument", "")
        for rule_id, entry in entries.items():
            if rule_id in found:
                raise RegisterError(f"{file}: {rule_id} is there twice")
            found[rule_id] = _read_rule(file, rule_id, entry, family)
    return found


@cache
def families() -> Mapping[str, tuple[Rule, ...]]:
    """The rules file by file, for the printed register: name of the file without ending → its rules."""
    return {
        file.removesuffix(".toml"): tuple(rule(rule_id) for rule_id in entries if rule_id != "instrument")
        for file, entries in _families().items()
    }


@cache
def instruments() -> Mapping[str, Instrument]:
    """Every instrument by its short code."""
    found = {}
    for code, entry in tomllib.loads((FOLDER / "instruments.toml").read_text("utf-8")).items():
        try:
            found[code] = Instrument(
                code, Kind(entry["kind"]), entry["zh"], entry["en"], entry["valid_from"],
                entry.get("number", ""), entry.get("number_en", ""), entry.get("short_zh", ""),
            )  # fmt: skip
        except (KeyError, ValueError) as error:
            raise RegisterError(f"instruments.toml: {code}: {error}") from error
    return found


def _families() -> dict[str, dict[str, Any]]:
    files = sorted(path for path in FOLDER.glob("*.toml") if path.name not in ("instruments.toml", "constants.toml"))
    return {path.name: tomllib.loads(path.read_text("utf-8")) for path in files}


def _read_rule(file: str, rule_id: str, entry: dict[str, Any], family: str) -> Rule:
    known = {"instrument", "article", "also", "name_zh", "name_en", "zh", "en", "valid_from", "valid_to", "status",
             "article_unsure"}  # fmt: skip
    if surplus := entry.keys() - known:
        raise RegisterError(f"{file}: {rule_id}: unknown {', '.join(sorted(surplus))}")
    try:
        places = [f"{entry.get('instrument', family)}:{entry.get('article', '')}", *entry.get("also", ())]
        bases = tuple(_read_basis(place) for place in places)
        read = Rule(
            id=rule_id,
            bases=bases,
            name_zh=entry.get("name_zh", ""),
            name_en=entry.get("name_en", ""),
            summary_zh=entry["zh"],
            summary_en=entry["en"],
            valid_from=entry.get("valid_from", bases[0].instrument.valid_from),
            valid_to=entry.get("valid_to"),
            status=Status(entry.get("status", Status.VERIFIED)),
            article_unsure=entry.get("article_unsure", False),
        )
    except (KeyError, ValueError) as error:
        raise RegisterError(f"{file}: {rule_id}: {error}") from error
    if read.kind is not Kind.LAW and not (read.name_zh and read.name_en):
        raise RegisterError(f"{file}: {rule_id}: a rule without a public instrument needs a name in both languages")
    return read


def _read_basis(place: str) -> Basis:
    code, _colon, article = place.partition(":")
    basis = Basis(instruments()[code], article.strip())
    in_chinese(article) if article else None
    return basis


def _reads_chinese() -> bool:
    return (get_language() or "zh-hans").startswith("zh")
