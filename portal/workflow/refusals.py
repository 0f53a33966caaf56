"""Why something cannot be done: a sentence for the reader and the rule it rests on."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as field_of
from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against an act. `text` is a lazy message with named placeholders, filled when it is read."""

    rule: str
    text: Any
    params: dict = field_of(default_factory=dict)
    field: str = ""  # the input it concerns, if one
    #: what must be remembered although the act is undone (a wrong passphrase); run by `perform` after the rollback
    afterwards: Callable[[], None] | None = field_of(default=None, compare=False, repr=False)

    @property
    def message(self) -> str:
        return str(self.text) % self.params if self.params else str(self.text)

    @property
    def citation(self) -> str:
        from portal.rules.register import cite

        return cite(self.rule) if self.rule else ""

    @property
    def rule_url(self) -> str:
        """Where the rule is explained: its place on the public page of rules, where there is one."""
        try:
            return f"{reverse('publicity:rules')}#{self.rule}" if self.rule else ""
        except NoReverseMatch:
            return ""

    @property
    def sentence(self) -> str:
        """"句子。(财政部令第87号第三十三条)": what a person reads."""
        return f"{self.message}{self.citation}"

    def as_dict(self) -> dict:
        return {"rule": self.rule, "message": self.message, "citation": self.citation, "field": self.field}


def refuse(rule: str, text, *, field: str = "", **params) -> Refusal:
    """Make a refusal: rule id, lazy sentence, the values its placeholders take."""
    return Refusal(rule=rule, text=text, params=params, field=field)


class Refused(Exception):
    """The act was not done; every reason is listed (S-172). Pages show them, the API answers 409."""

    status = 409

    def __init__(self, refusals: list[Refusal]):
        self.refusals = refusals
        super().__init__("; ".join(f"[{r.rule}] {r.message}" for r in refusals))

    @property
    def rules(self) -> str:
        """The rules alone, for logs: a sentence may quote what somebody typed."""
        return ", ".join(r.rule for r in self.refusals)


class WrongState(Refused):
    """The object is no longer (or not yet) where this act starts; often a second click on a done act (G7).

    `done`: the primary key of what was made or done, when this very call was sent before and its answer got lost.
    """

    def __init__(self, refusals: list[Refusal], *, done: int | None = None):
        super().__init__(refusals)
        self.done = done


class NotYours(PermissionDenied):
    """Inside the scope of what the actor may see, but not his to do."""

    def __init__(self, text=None):
        super().__init__(text or _("这一步不由您办理。"))
