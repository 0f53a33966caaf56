"""Opinions on a draft: handed in, answered one by one or set aside with a reason (S-17, R102-17)."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from catalogue.forms import consultation as forms
from catalogue.models import CatalogueComment, CatalogueVersion
from catalogue.verbs import consultation as verbs
from portal.accounts.roles import Role
from portal.workflow import Act, Lifecycle, Refusal, Transition, Who, refuse, registered_guard

S = CatalogueComment.State
WRITERS = [Who(Role.FINANCE_OFFICER, at="version__issuer"), Who(Role.PLANNER, at="version__agency")]
ASIDE = [("spam", _("广告或恶意内容")), ("twice", _("重复提交")), ("elsewhere", _("与目录无关"))]


def consultation_is_open(comment: CatalogueComment, act: Act) -> Iterator[Refusal]:
    """The public speaks while it is asked (S-17)."""
    if not act.data["version"].asks_the_public:
        yield refuse("S-17", _("征求意见已经结束。"))


def not_too_many(comment: CatalogueComment, act: Act) -> Iterator[Refusal]:
    if verbs.too_many(act.data["version"], act.data.get("sender", "")):
        yield refuse("S-17", _("提交太频繁，请过一小时再来。"))


def his_own_draft(comment: CatalogueComment, act: Act) -> Iterator[Refusal]:
    """Opinions are taken down by who writes the version, as long as it is not decided."""
    version = CatalogueVersion.objects.filter(pk=act.data["version"], issuer=act.actor.organisation).first()
    if version is None or not version.hears_experts:
        yield refuse("R102-17", _("只能为本机关正在征求意见的版本登记意见。"), field="version")


COMMENT = Lifecycle(
    code="catalogue.comment", reference="L1.1", name=_("目录意见"), model=CatalogueComment,
    rows=[
        Transition("hand_in", "", S.RECEIVED, _("提交意见"), system=True, guards=[consultation_is_open, not_too_many], effect=verbs.hand_in,
                   tells=WRITERS, rules=["S-17"]),
        Transition("take_down", "", S.RECEIVED, _("登记意见"), who=[Who(Role.FINANCE_OFFICER), Who(Role.PLANNER)],
                   inputs=forms.TakeDownForm, checks=[his_own_draft], effect=verbs.take_down, rules=["R102-17"]),
        Transition("answer", S.RECEIVED, S.ANSWERED, _("答复"), who=WRITERS, inputs=forms.AnswerForm, effect=verbs.answer,
                   task=True, rules=["S-17"], hint=_("意见和答复一起公开。")),
        Transition("set_aside", S.RECEIVED, S.REFUSED, _("不予采用"), who=WRITERS, reason=ASIDE, rules=["S-17"]),
    ],
    tones={S.RECEIVED: "wait"},
)  # fmt: skip


@registered_guard("catalogue.version", "submit")
def every_opinion_is_handled(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    """Nothing is handed in while an opinion waits for its answer (S-17)."""
    open_ones = version.comments.filter(state=S.RECEIVED).count()
    if open_ones:
        yield refuse("S-17", _("还有 %(count)s 条意见没有答复。"), count=open_ones)


@registered_guard("catalogue.version", "submit")
def experts_were_heard(version: CatalogueVersion, act: Act) -> Iterator[Refusal]:
    """Where an expert argument was asked for, at least one expert's opinion is there (R102-17)."""
    if version.expert_argument and not version.comments.filter(source=CatalogueComment.Source.EXPERT).exists():
        yield refuse("R102-17", _("本版本须经专家论证，还没有登记专家意见。"))
