"""What the wording check stops: one refusal a word, until it is gone or finance lets it pass (R1787-01…03, R102-13)."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.workflow import Act, Refusal, refuse

from .wording import Finding


def against(found: Iterable[Finding]) -> Iterator[Refusal]:
    """Every word found, once, at the field where it stands first."""
    seen: set[str] = set()
    for one in found:
        if one.word not in seen:
            seen.add(one.word)
            yield refuse(
                one.rule, _("文字中出现“%(word)s”，这类内容不得作为服务购买；请改为写明服务成果，或请财政部门核对放行。"), field=one.field,
                word=one.word,
            )


def something_to_overrule(thing: Any, act: Act) -> Iterator[Refusal]:
    """Guard of asking and letting pass: there are words that stop the thing."""
    if not thing.wording:
        yield refuse("R102-13", _("没有需要核对放行的用语。"))
