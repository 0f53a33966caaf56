"""L5.2 Tender: one open procedure from the first draft to the signed contract, or to its public failure."""
from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.roles import Role
from portal.workflow import Due, Lifecycle, Transition, Who, calls_for, starts, stops, voids
from portal.workflow.engine import consequence
from portal.workflow.table import Duty, Hold

from . import forms, gates, reasons, verbs
from .guards import PROPOSE_GUARDS
from .models import InternalReview, Tender
from .models.tender import LIVE_STATES

State = Tender.State
OFFICER = [Who(Role.OFFICER, at="agency")]
HEAD = [Who(Role.HEAD, at="agency")]
REVIEWERS = [
    Who(role, at="agency")
    for role in (Role.REVIEWER_PROCUREMENT, Role.REVIEWER_FINANCE, Role.REVIEWER_BUSINESS, Role.REVIEWER_SUPERVISION)
]
OPENERS = [Who(Role.OPENER, at="agency")]
WROTE = ["draft", "edit", "propose", "prepare_clarification"]
BEFORE_PUBLICATION = [State.DRAFTED, State.PROPOSED, State.SENT_BACK, State.REVIEWED]
WITH_BIDS = [State.CLOSED, State.OPENED, State.EVALUATING, State.EVALUATED]

TENDER = Lifecycle(
    code="tenders.tender", reference="L5.2", name=_("采购活动"), model=Tender,
    rows=[
        Transition(
            "draft", sources="", target=State.DRAFTED, label=_("编制招标文件"), who=[Who(Role.OFFICER)],
            inputs=forms.DraftForm, checks=[gates.project_may_be_tendered], effect=verbs.draft, duty=Duty.BUYING,
            rules=["R87-08"], sentence=_("开始编制招标文件 %(number)s，预算 %(sum)s 元"),
        ),
        Transition(
            "draft_successor", sources="", target=State.DRAFTED, label=_("重新编制招标文件"), system=True,
            effect=verbs.draft_successor, rules=["R-GP-50"], sentence=_("承接 %(predecessor)s，重新编制招标文件 %(number)s"),
        ),
        Transition(
            "edit", sources=[State.DRAFTED, State.SENT_BACK], target=None, label=_("编辑招标文件"), who=OFFICER,
            inputs=forms.DocumentForm, effect=verbs.edit, duty=Duty.BUYING, page="tenders:builder",
            hint=_("可以先保存不完整的草稿，送审前一次列出全部缺项。"),
        ),
        Transition(
            "propose", sources=[State.DRAFTED, State.SENT_BACK], target=State.PROPOSED, label=_("送内部审查"), who=OFFICER,
            guards=PROPOSE_GUARDS, effect=verbs.propose, duty=Duty.BUYING, tells=REVIEWERS, task=True,
            rules=["R87-08", "R22-12"], sentence=_("送内部审查（第 %(round)s 轮）"),
            hint=_("送采购、财务、业务、监督四个内设机构审查，审查期间不能修改。"),
        ),
        Transition(
            "review", sources=[State.PROPOSED], target=None, label=_("提出审查意见"), who=REVIEWERS,
            guards=[gates.reviewer_did_not_write, gates.unit_has_not_spoken], checks=[gates.key_review_is_written],
            inputs=forms.ReviewForm, effect=verbs.review, task=True, rules=["R22-12", "R22-13", "R22-14"],
            sentence=_("审查同意（第 %(round)s 轮）"), hint=_("四个内设机构都同意后，审查通过。"),
        ),
        Transition(
            "complete_review", sources=[State.PROPOSED], target=State.REVIEWED, label=_("审查通过"), system=True,
            tells=[*OFFICER, *HEAD], rules=["R22-12"],
        ),
        Transition(
            "send_back", sources=[State.PROPOSED, State.REVIEWED], target=State.SENT_BACK, label=_("退回修改"),
            who=[*REVIEWERS, *HEAD], guards=[gates.reviewer_did_not_write], reason=reasons.SEND_BACK, effect=verbs.send_back,
            tells=OFFICER, rules=["R22-12", "S-172"], hint=_("所有问题一次说全，改后重新审查。"),
        ),
        Transition(
            "publish", sources=[State.REVIEWED], target=State.PUBLISHED, label=_("发布招标公告"), who=HEAD, not_by=WROTE,
            guards=[gates.project_is_funded, gates.leaf_is_in_force, gates.intention_is_over],
            checks=[gates.times_are_legal, gates.notice_is_complete], inputs=forms.PublishForm, effect=verbs.publish,
            hold=Hold.PROCUREMENT, clocks=[starts("DOCUMENT_OFFER"), starts("BID_PERIOD")], tells=OFFICER, task=True,
            rules=["R87-03", "R87-18", "R-GP-30"],
            sentence=_("发布招标公告 %(notice)s，投标截止 %(closing)s"),
            hint=_("招标文件随公告定稿，此后只能以更正公告澄清或者修改。"),
        ),
        Transition(
            "prepare_clarification", sources=[State.PUBLISHED], target=None, label=_("起草澄清、修改"), who=OFFICER,
            guards=[gates.before_closing], checks=[gates.subject_is_unchanged], inputs=forms.ClarificationForm,
            effect=verbs.prepare_clarification, tells=HEAD, rules=["R87-11"], sentence=_("起草第 %(clarification)s 次澄清"),
        ),
        Transition(
            "clarify", sources=[State.PUBLISHED], target=None, label=_("发布澄清、修改"), who=HEAD,
            not_by=["prepare_clarification"], guards=[gates.before_closing, gates.clarification_is_drafted],
            checks=[gates.lead_is_kept], inputs=forms.ClarifyForm, effect=verbs.clarify, reason=True, tells=OFFICER,
            rules=["R87-11"], sentence=_("发布更正公告 %(notice)s"),
            hint=_("同时通知全体获取招标文件的供应商；需要时同时顺延投标截止时间。"),
        ),
        Transition(
            "extend", sources=[State.PUBLISHED], target=None, label=_("顺延期限"), who=HEAD, guards=[gates.before_closing],
            checks=[gates.extension_is_later], inputs=forms.ExtendForm, reason=reasons.EXTEND, effect=verbs.extend,
            tells=OFFICER, rules=["R87-06", "R87-11"], sentence=_("发布更正公告 %(notice)s，顺延期限"),
        ),
        Transition(
            "postpone", sources=[State.PUBLISHED], target=None, label=_("因停机顺延"), system=True, checks=[gates.postponed_is_later],
            effect=verbs.postpone, tells=[*OFFICER, *HEAD], rules=["OUT-01"], sentence=_("发布更正公告 %(notice)s，因系统停机顺延期限"),
        ),
        Transition(
            "end_offer", sources=[State.PUBLISHED], target=None, label=_("招标文件提供期限届满"), system=True,
            guards=[gates.offer_is_over], effect=verbs.end_offer, clocks=[stops("DOCUMENT_OFFER")], rules=["R87-06", "R87-12"],
        ),
        Transition(
            "close", sources=[State.PUBLISHED], target=State.CLOSED, label=_("投标截止"), system=True,
            guards=[gates.closing_time_has_come, gates.no_outage_undecided], hold=Hold.PROCUREMENT, clocks=[stops("BID_PERIOD")],
            tells=[*OFFICER, *HEAD, *OPENERS], rules=["R87-14"],
        ),
        Transition(
            "open_bids", sources=[State.CLOSED], target=State.OPENED, label=_("开标"), system=True, effect=verbs.open_bids,
            hold=Hold.PROCUREMENT, tells=OFFICER, rules=["R87-20"],
        ),
        Transition(
            "start_evaluation", sources=[State.OPENED], target=State.EVALUATING, label=_("开始评审"), who=OFFICER,
            hold=Hold.PROCUREMENT, task=True, rules=["R87-24", "R-GP-20"],
            hint=_("资格审查完成、评审委员会全部到位后，评审开始。"),
        ),
        Transition(
            "finish_evaluation", sources=[State.EVALUATING], target=State.EVALUATED, label=_("评审结束"), system=True,
            tells=[*OFFICER, *HEAD], rules=["R87-70"],
        ),
        Transition(
            "award", sources=[State.EVALUATED], target=State.AWARDED, label=_("定标"), system=True, effect=verbs.award,
            hold=Hold.PROCUREMENT, rules=["R87-74"],
        ),
        Transition(
            "complete", sources=[State.AWARDED], target=State.COMPLETED, label=_("采购完成"), system=True, rules=["R-GP-39"],
        ),
        Transition(
            "fail", sources=[*WITH_BIDS, State.AWARDED], target=State.FAILED, label=pgettext_lazy("act", "废标"), who=HEAD,
            checks=[gates.ground_fits], reason=reasons.FAIL, effect=verbs.fail, clocks=[voids()], tells=OFFICER,
            rules=["R-GP-50"], sentence=_("废标，公告 %(notice)s"), hint=_("理由告知全体投标人并公告，之后可以重新开展采购。"),
        ),
        Transition(
            "terminate", sources=[State.PUBLISHED, *WITH_BIDS], target=State.TERMINATED, label=_("终止招标"), who=HEAD,
            reason=reasons.TERMINATE, effect=verbs.terminate, clocks=[voids()], tells=OFFICER, rules=["R87-13"],
            sentence=_("终止招标，公告 %(notice)s"), hint=_("除因重大变故取消采购任务外，不得终止。"),
        ),
        Transition(
            "cancel", sources=BEFORE_PUBLICATION, target=State.CANCELLED, label=_("取消采购活动"), who=HEAD, reason=True,
            effect=verbs.cancel, tells=OFFICER, hint=_("公告发布前可以取消；发布后只能终止。"),
        ),
        Transition(
            "restart", sources=[State.FAILED, State.TERMINATED], target=None, label=_("重新开展采购"), who=OFFICER, reason=True,
            guards=[gates.need_remains], effect=verbs.restart, rules=["R-GP-50"], sentence=_("重新开展采购：%(successor)s"),
            hint=_("以原招标文件为底稿，另编一份新的招标文件。"),
        ),
    ],
    due=[
        Due(
            "end_offer", queryset=lambda: Tender.objects.filter(state=State.PUBLISHED, offer_ended_at=None),
            moment="offer_ends_at",
        ),
        Due("close", queryset=lambda: Tender.objects.filter(state=State.PUBLISHED), moment="closes_at"),
    ],
    readers={
        State.PUBLISHED: {"public": _("正在进行")},
        State.EVALUATED: {"public": _("评审中")},
        State.AWARDED: {"public": _("结果已公告")},
    },
    tones={
        State.PUBLISHED: "run", State.CLOSED: "idle", State.REVIEWED: "ok", State.PROPOSED: "run",
        State.FAILED: "bad", State.TERMINATED: "bad",
    },
)

calls_for("tenders.tender", "draft", of="plans.project", sources=["FUNDED"], given="project", who=OFFICER,
          waits=~Q(tenders__state__in=LIVE_STATES))


@consequence("tenders.tender", "review")
def last_unit_completes(tender: Tender, act) -> None:
    """When the fourth unit has agreed the review is complete (R22-13)."""
    agreed = tender.reviews.filter(round=tender.review_round).values_list("unit", flat=True)
    if set(InternalReview.Unit.values) <= set(agreed):
        act.perform(tender, "complete_review")
        tender.refresh_from_db()
