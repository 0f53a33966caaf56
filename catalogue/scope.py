"""The six things that may not be bought as a service: questions that are answered one by one, with reasons (R102-09…14)."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.workflow import Refusal, refuse


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the negative list: the field that answers it, the rule, the words of the question."""

    name: str
    rule: str
    label: Any

    @property
    def reason(self) -> str:
        """Name of the field that says why."""
        return f"{self.name}_reason"


#: In the order of article 10.
QUESTIONS = (
    Question("outside_duty", "R102-09", _("不属于政府职责范围")),
    Question("must_perform_itself", "R102-10", _("应当由政府直接履职")),
    Question("goods_or_works", "R102-11", _("货物、工程或打包工程")),
    Question("financing", "R102-12", _("融资行为")),
    Question("labour_hire", "R102-13", _("招聘、劳务派遣、公益性岗位")),
    Question("otherwise_barred", "R102-14", _("法律法规国务院规定禁止")),
)  # fmt: skip


def _answer(question: Question) -> models.BooleanField:
    return models.BooleanField(question.label, null=True)


def _reason() -> models.CharField:
    return models.CharField(_("理由"), max_length=300, blank=True)


class ScopeAnswers(models.Model):
    """Six answers with their reasons; true = the thing falls under the ban, None = not answered yet."""

    outside_duty = _answer(QUESTIONS[0])
    outside_duty_reason = _reason()
    must_perform_itself = _answer(QUESTIONS[1])
    must_perform_itself_reason = _reason()
    goods_or_works = _answer(QUESTIONS[2])
    goods_or_works_reason = _reason()
    financing = _answer(QUESTIONS[3])
    financing_reason = _reason()
    labour_hire = _answer(QUESTIONS[4])
    labour_hire_reason = _reason()
    otherwise_barred = _answer(QUESTIONS[5])
    otherwise_barred_reason = _reason()

    class Meta:
        abstract = True


def within_scope(thing: ScopeAnswers) -> Iterator[Refusal]:
    """What still bars the thing: questions not answered, answered "yes", or answered "no" without a reason."""
    for question in QUESTIONS:
        answer = getattr(thing, question.name)
        if answer is None:
            yield refuse(question.rule, _("请回答：本项是否%(question)s?"), field=question.name, question=question.label)
        elif answer:
            yield refuse(question.rule, _("“%(question)s”的事项不得购买。"), field=question.name, question=question.label)
        elif not getattr(thing, question.reason).strip():
            yield refuse(
                question.rule, _("“%(question)s”答了“否”，请写明理由。"), field=question.reason, question=question.label
            )


def answers_of(thing: ScopeAnswers) -> list[tuple[Any, Any, str]]:
    """The answers in words: (question, yes or no or not answered, reason)."""
    words = {None: _("未答"), True: _("是"), False: _("否")}
    return [
        (question.label, words[getattr(thing, question.name)], getattr(thing, question.reason)) for question in QUESTIONS
    ]
