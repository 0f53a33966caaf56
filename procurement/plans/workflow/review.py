"""L2.3: one department's word on one item in one round."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import system_actor
from portal.accounts.roles import Role
from portal.clock import written
from portal.workflow import (
    Act,
    Due,
    Lifecycle,
    Refusal,
    Transition,
    Who,
    consequence,
    doers_of,
    perform,
    refuse,
    starts,
    stops,
    voids,
)
from portal.workflow.handover import Handover, hands_over
from procurement.plans.forms.reviews import REJECT_REASONS, ApproveStepForm, AskForm, DelegateForm, SendBackForm
from procurement.plans.models import ReviewStep
from procurement.plans.models.review import StepKind
from procurement.plans.splitting import sign_of
from procurement.plans.verbs import reviews

S = ReviewStep.State
REVIEWERS = [
    Who(Role.ESTABLISHMENT_REVIEWER, at="department"), Who(Role.HUMAN_RESOURCES_REVIEWER, at="department"),
    Who(Role.FINANCE_OFFICER, at="department"),
]  # fmt: skip
CLAIMER = [Who(each.role, person="claimed_by") for each in REVIEWERS]
COMPILERS = [("item", "draft"), ("item", "edit"), ("item", "propose"), ("item", "submit")]
AGENCY = [Who(Role.PLANNER, at="item__agency"), Who(Role.HEAD, at="item__agency")]


def free_or_mine(step: ReviewStep, act: Act) -> Iterator[Refusal]:
    """What somebody has claimed is his until he lets go of it."""
    if step.state == S.CLAIMED and not act.actor.is_person(step.claimed_by_id):
        yield refuse("S-166", _("本环节由%(name)s办理中。"), name=step.claimed_by.name)


def former_reviewer_first(step: ReviewStep, act: Act) -> Iterator[Refusal]:
    """What comes again goes first to who read it before, for a day the region sets (S-166)."""
    if step.state == S.PENDING and step.kept_for_another(act.actor.persons, act.now):
        yield refuse("S-166", _("再次送审的项目先由原审核人%(name)s办理；%(moment)s 以后其他人也可办理，或由负责人转交。"),
                     name=step.reserved_for.name, moment=written(step.reserved_until))


def his_or_his_heads(step: ReviewStep, act: Act) -> Iterator[Refusal]:
    """A colleague's claim is put into other hands by the head of the department alone."""
    if step.state == S.CLAIMED and not act.actor.is_person(step.claimed_by_id) and not act.actor.has(Role.FINANCE_HEAD):
        yield refuse("S-168", _("本环节由%(name)s办理中，由其本人或负责人转交。"), name=step.claimed_by.name)


def colleague_is_not_barred(step: ReviewStep, act: Act) -> Iterator[Refusal]:
    """Nobody is given what he himself compiled (G2)."""
    colleague = act.data["colleague"]
    doers = doers_of(step.item, *(name for _path, name in COMPILERS))
    if any(colleague.pk in persons for persons in doers.values()):
        yield refuse("G2", _("%(name)s参与编制了本项目，不能审核。"), field="colleague", name=colleague.name)


def may_say_no(step: ReviewStep, act: Act) -> Iterator[Refusal]:
    if not step.may_reject:
        yield refuse("S-23", _("本环节只能同意或建议退回。"))


def something_changed(step: ReviewStep, act: Act) -> Iterator[Refusal]:
    """An approval stays good until what it answered for is changed or the item falls (L2.3)."""
    if step.state == S.APPROVED and step.answered_for == reviews.answered_for(step.item, step.kind):
        yield refuse("S-23", _("所审内容没有改动，同意意见继续有效。"))


def splitting_is_answered(step: ReviewStep, act: Act) -> Iterator[Refusal]:
    """Finance may let purchases pass that look like one cut into several, but says why (R-GP-08)."""
    if step.kind == StepKind.FINANCE and not act.data.get("opinion", "").strip() and (sign := sign_of(step.item)) is not None:
        yield refuse("R-GP-08", _("疑似化整为零规避招标：%(sign)s同意的，请在意见中写明理由。"), field="opinion", sign=sign.sentence)


STEP = Lifecycle(
    code="plans.step", reference="L2.3", name=_("审核环节"), model=ReviewStep,
    rows=[
        Transition("lay_out", "", S.WAITING, _("列出审核环节"), system=True, rules=["S-23"]),
        Transition("activate", S.WAITING, S.PENDING, _("送审"), system=True, effect=reviews.activate, clocks=[starts("REVIEW_STEP")],
                   tells=REVIEWERS, rules=["S-166"]),
        Transition("skip", S.WAITING, S.SKIPPED, _("不适用"), system=True, rules=["S-16"]),
        Transition("claim", S.PENDING, S.CLAIMED, _("领办"), who=REVIEWERS, not_by_of=COMPILERS,
                   guards=[former_reviewer_first], effect=reviews.claim),
        Transition("release", S.CLAIMED, S.PENDING, _("放回"), who=[*REVIEWERS, Who(Role.FINANCE_HEAD, at="department")],
                   system=True, effect=reviews.release),
        Transition("put_back", S.CLAIMED, S.PENDING, _("久未办理，放回待办"), system=True, effect=reviews.put_back,
                   tells=[*REVIEWERS, Who(Role.FINANCE_HEAD, at="department")], rules=["S-168"],
                   sentence=_("%(name)s领办后满 %(days)s 个工作日没有办理，放回待办")),
        Transition("delegate", [S.PENDING, S.CLAIMED], S.CLAIMED, _("转交同事"), who=[*REVIEWERS, Who(Role.FINANCE_HEAD, at="department")],
                   inputs=DelegateForm, reason=True, guards=[his_or_his_heads], checks=[colleague_is_not_barred],
                   effect=reviews.delegate, tells=CLAIMER, rules=["S-168", "G2"], sentence=_("转交%(to)s")),
        Transition("ask", [S.PENDING, S.CLAIMED], None, _("向单位询问，不退回"), who=REVIEWERS, inputs=AskForm, reason=True,
                   guards=[free_or_mine],
                   effect=reviews.ask, tells=AGENCY),
        Transition("approve", [S.PENDING, S.CLAIMED], S.APPROVED, _("同意"), who=REVIEWERS, inputs=ApproveStepForm,
                   not_by_of=COMPILERS, guards=[free_or_mine, former_reviewer_first], checks=[splitting_is_answered],
                   effect=reviews.approve, clocks=[stops("REVIEW_STEP")], rules=["S-23", "R-007", "R-GP-08"], task=True),
        Transition("send_back", [S.PENDING, S.CLAIMED], S.SENT_BACK, _("退回修改"), who=REVIEWERS, inputs=SendBackForm, reason=True,
                   not_by_of=COMPILERS, guards=[free_or_mine, former_reviewer_first], effect=reviews.send_back,
                   clocks=[stops("REVIEW_STEP")], rules=["S-172"]),
        Transition("reject", [S.PENDING, S.CLAIMED], S.REJECTED, _("不同意"), who=REVIEWERS, reason=REJECT_REASONS,
                   not_by_of=COMPILERS, guards=[free_or_mine, former_reviewer_first, may_say_no], effect=reviews.reject,
                   clocks=[stops("REVIEW_STEP")], tells=AGENCY),
        Transition("escalate", [S.PENDING, S.CLAIMED], None, _("超期催办"), system=True, effect=reviews.escalate, rules=["S-166"],
                   tells=[*REVIEWERS, Who(Role.FINANCE_HEAD, region="item__agency__region")]),
        Transition("void", [S.WAITING, S.PENDING, S.CLAIMED, S.APPROVED], S.VOIDED, _("作废"), system=True,
                   guards=[something_changed], clocks=[voids("REVIEW_STEP")]),
    ],
    due=[
        Due("escalate", lambda: ReviewStep.objects.filter(state__in=[S.PENDING, S.CLAIMED]), "limit_at"),
        Due("put_back", lambda: ReviewStep.objects.filter(state=S.CLAIMED), "idle_until"),
    ],
    tones={S.PENDING: "wait", S.CLAIMED: "run"},
)


@hands_over(
    lambda person, organisation: ReviewStep.objects.filter(claimed_by=person, state=S.CLAIMED, department=organisation), from_desk=True
)
def step_goes_back(step: ReviewStep, handover: Handover) -> None:
    """What a reviewer has claimed goes back to his department, where the successor finds it."""
    perform(step, "release", actor=system_actor(handover.actor.request_id), reason=handover.reason)


@consequence("plans.item", "submit")
def first_group_opens(item, act: Act) -> None:
    reviews.go_on(item, act)


@consequence("plans.step", "approve", "send_back", "escalate")
def round_goes_on(step: ReviewStep, act: Act) -> None:
    reviews.go_on(step.item, act)


@consequence("plans.step", "reject")
def item_is_rejected(step: ReviewStep, act: Act) -> None:
    act.perform(step.item, "reject", reason=f"{step.get_kind_display()}：{step.opinion}")
