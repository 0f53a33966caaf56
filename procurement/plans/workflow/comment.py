"""What a department says at a field of an item: open, answered, settled (L2.3 ask, S-172)."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.roles import Role
from portal.workflow import Act, Lifecycle, Transition, Who, consequence
from procurement.plans.forms.reviews import AnswerForm
from procurement.plans.models import ReviewComment
from procurement.plans.verbs import comments, reviews

S = ReviewComment.State
DEPARTMENT = [
    Who(Role.ESTABLISHMENT_REVIEWER, at="step__department"), Who(Role.HUMAN_RESOURCES_REVIEWER, at="step__department"),
    Who(Role.FINANCE_OFFICER, at="step__department"),
]  # fmt: skip
AGENCY = [Who(Role.PLANNER, at="item__agency")]

COMMENT = Lifecycle(
    code="plans.comment", reference="L2.3", name=_("审核意见"), model=ReviewComment,
    rows=[
        Transition("note", "", S.OPEN, _("提出意见"), system=True, effect=comments.note, rules=["S-172"]),
        Transition("answer", S.OPEN, S.ANSWERED, _("答复"), who=AGENCY, inputs=AnswerForm, effect=comments.answer, tells=DEPARTMENT,
                   rules=["S-172"], task=True),
        Transition("ask_again", S.ANSWERED, S.OPEN, _("答复不清，再问"), who=DEPARTMENT, reason=True, effect=comments.ask_again,
                   tells=AGENCY),
        Transition("resolve", [S.OPEN, S.ANSWERED], S.RESOLVED, pgettext_lazy("act", "了结"), who=DEPARTMENT, system=True,
                   effect=comments.resolve),
    ],
    tones={S.OPEN: "wait", S.ANSWERED: "run", S.RESOLVED: "ok"},
)  # fmt: skip


@consequence("plans.comment", "answer", "ask_again", "resolve")
def the_holder_has_his_days_anew(comment: ReviewComment, act: Act) -> None:
    reviews.watch_the_holder(comment, act)


@consequence("plans.item", "approve", "reject", "withdraw", "lapse", "cancel")
def nothing_is_left_to_answer(item, act: Act) -> None:
    """With the item decided or gone its questions are settled."""
    reviews.settle(item.comments, act)
