"""Words by which goods, works, financing and labour hire betray themselves in the text of a "service" (R1787-01…03, R102-13).

Pure: texts in, findings out. A finding is a question to the writer, not a verdict: finance may let a word pass with its
reason, word by word, so that what is written later is looked at again.
"""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Ban:
    """One rule with the words that point to it, and how the thing could be written if it is a service after all."""

    rule: str
    words: tuple[str, ...]
    advice: Any


BANS: Final = (
    Ban("R102-13", (
        "劳务派遣", "派遣人员", "公益性岗位", "公益岗位", "招聘人员", "招聘编外", "招录人员", "编外人员", "编外用工", "用工人数",
        "由我局管理", "由我单位管理", "由本单位管理", "服务外包人员", "聘用人员",
    ), _("只能购买外包的服务成果：写明服务内容、数量、质量和交付成果，人员由承接主体自行聘用和管理。")),
    Ban("R1787-01", (
        "采购设备", "设备购置", "购置设备", "设备采购", "采购车辆", "车辆购置", "原材料采购", "采购原材料", "燃料采购", "采购燃料",
        "新建工程", "改扩建", "扩建工程", "拆除工程", "装修工程", "修缮工程", "土建",
    ), _("货物和工程按政府采购法另行采购；服务中消耗的材料、自带的设备，计入服务单价，不单独列为采购内容。")),
    Ban("R1787-02", (
        "土地储备前期开发", "土地储备", "农田水利建设", "农田水利工程", "基础设施建设", "道路建设工程", "工程总承包", "建设运营一体化",
    ), _("工程建设及把工程和服务打包的项目另行立项；只购买建成以后的运行、养护、管理服务。")),
    Ban("R1787-03", ("融资租赁", "银行贷款", "垫资", "回购", "融资服务", "融资方案", "保底收益", "分期还款"),
        _("不得以购买服务名义融资；资金须先有预算，按履约进度支付。")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """A word of the list in a text: the field, the rule, the place (start, end) in the text as written."""

    word: str
    rule: str
    field: str
    start: int
    end: int
    advice: Any


@cache
def _pattern(word: str) -> re.Pattern:
    """The word with blanks between its characters, as people write to be overlooked."""
    return re.compile(r"\s*".join(map(re.escape, word)))


def _plain(text: str) -> str:
    """The text with every character in its usual width, one for one, so that places stay what they are."""
    return "".join(_narrow(character) for character in text)


def _narrow(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


def findings(texts: Mapping[str, str], cleared: Iterable[str] = ()) -> list[Finding]:
    """Every place where a listed word stands and is not cleared, in the order of the texts; the longest word at a place."""
    passed = frozenset(cleared)
    found = []
    for field, text in texts.items():
        plain = _plain(text)
        here = [
            Finding(word, ban.rule, field, match.start(), match.end(), ban.advice)
            for ban in BANS for word in ban.words if word not in passed for match in _pattern(word).finditer(plain)
        ]
        here.sort(key=lambda one: (one.start, -one.end))
        end = -1
        for one in here:
            if one.start >= end:
                found.append(one)
                end = one.end
    return found


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `finding` where it is a word of the list."""

    text: str
    finding: Finding | None = None


def marked(text: str, found: Iterable[Finding]) -> list[Piece]:
    """The text cut at its findings, nothing lost: the pieces put together are the text."""
    pieces, at = [], 0
    for one in sorted(found, key=lambda one: one.start):
        if one.start > at:
            pieces.append(Piece(text[at:one.start]))
        pieces.append(Piece(text[one.start:one.end], one))
        at = one.end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return pieces
