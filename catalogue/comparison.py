"""Two versions as they stand against each other: pairs of lines, counts, workbook."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from portal.reports.workbook import Column, render_xlsx

from .models import CatalogueVersion
from .rules import KINDS, Pair, side_by_side
from .verbs.version import lines_of

KIND_WORDS = {
    "added": _("新增"), "retired": _("取消"), "renamed": _("更名"), "moved": _("移动"), "changed": _("内容有改"), "": _("相同"),
}

@dataclass
class Comparison:
    """`before` and `after` are any two versions, of one region or of two."""

    before: CatalogueVersion
    after: CatalogueVersion

    @cached_property
    def pairs(self) -> list[Pair]:
        """Every line of both, side by side; four queries."""
        return side_by_side(lines_of(self.before), lines_of(self.after))

    @property
    def changes(self) -> list[Pair]:
        """The lines that differ."""
        return [pair for pair in self.pairs if pair.kind]

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """Kind, its word and how many, in one order; the same lines last."""
        found = Counter(pair.kind for pair in self.pairs)
        return [(kind, str(KIND_WORDS[kind]), found[kind]) for kind in (*KINDS, "")]


def rows_of(comparison: Comparison) -> list[dict]:
    """The lines side by side in words, for workbook and paper."""
    return [
        {
            "kind": str(KIND_WORDS[pair.kind]),
            "code_before": pair.before.code if pair.before else "", "name_before": pair.before.name if pair.before else "",
            "details_before": details(pair.before), "code_after": pair.after.code if pair.after else "",
            "name_after": pair.after.name if pair.after else "", "details_after": details(pair.after),
        }
        for pair in comparison.pairs
    ]


def details(line) -> str:
    """What a line says beside code and name, in one text."""
    return "；".join(filter(None, line.details)) if line else ""


def workbook_of(comparison: Comparison) -> bytes:
    columns = [
        Column("kind", _("变化"), width=10),
        Column("code_before", _("原编码"), width=14), Column("name_before", _("原名称"), width=36),
        Column("details_before", _("原内容"), width=40), Column("code_after", _("新编码"), width=14),
        Column("name_after", _("新名称"), width=36), Column("details_after", _("新内容"), width=40),
    ]
    notes = [(_("原版本"), comparison.before.title), (_("新版本"), comparison.after.title)]
    notes += [(word, count) for _kind, word, count in comparison.counts]
    return render_xlsx(columns, rows_of(comparison), title=str(_("版本对照")), notes=notes)
