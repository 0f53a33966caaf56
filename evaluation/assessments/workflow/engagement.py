"""L11.2 the evaluator: chosen by finance, independent by word of each person, heard by nobody's leave but his own."""
from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evaluation.assessments import forms, guards
from evaluation.assessments.models import Engagement
from evaluation.assessments.verbs import engagement as verbs
from portal.accounts.roles import OrganisationKind, Role
from portal.workflow import Lifecycle, Transition, Who, calls_for, voids
from procurement.plans import visibility

S = Engagement.State
FINANCE_OFFICER = [Who(Role.FINANCE_OFFICER, region="contract__agency__region")]
FINANCE_HEAD = [Who(Role.FINANCE_HEAD, region="contract__agency__region")]
EVALUATOR = [Who(Role.EVALUATOR, at="evaluator")]
EVALUATOR_HEAD = [Who(Role.EVALUATOR_HEAD, at="evaluator")]
HEAD = [Who(Role.HEAD, at="contract__agency")]
OFFICER = [Who(Role.OFFICER, at="contract__agency")]
SUPPLIER_HEAD = [Who(Role.SUPPLIER_HEAD, at="contract__supplier")]
SUPPLIER_OFFICER = [Who(Role.SUPPLIER_OFFICER, at="contract__supplier")]
BEFORE_REPORT = [S.PROPOSED, S.ENGAGED, S.DECLARED, S.PLANNED, S.COLLECTING, S.CONSULTING]
END_REASONS = [("CONFLICT", _("不独立")), ("DEFAULT", _("未按约定完成")), ("OTHER", _("其他"))]

ENGAGEMENT = Lifecycle(
    code="assessments.engagement", reference="L11.2", name=_("第三方评价委托"), model=Engagement,
    rows=[
        Transition("propose", "", S.PROPOSED, _("拟委托评价"), who=[Who(Role.FINANCE_OFFICER)], inputs=forms.ProposeEngagementForm,
                   checks=[guards.contract_has_scheme, guards.period_in_order, guards.not_engaged_yet,
                           guards.evaluator_of_data_is_independent],
                   effect=verbs.propose, tells=FINANCE_HEAD, rules=["RPE-10", "RPE-11"], sentence=_("拟委托%(evaluator)s评价")),
        Transition("engage", S.PROPOSED, S.ENGAGED, _("委托评价"), who=FINANCE_HEAD, not_by=["propose"], task=True,
                   guards=[guards.evaluator_is_independent], effect=verbs.engage,
                   tells=[*EVALUATOR_HEAD, *EVALUATOR, *SUPPLIER_HEAD, *HEAD],
                   rules=["RPE-11", "S-113", "S-69"], sentence=_("委托%(evaluator)s评价")),
        Transition("sign_independence", S.ENGAGED, None, _("声明独立"), step_up=True, personal="RPE-11", who=[*EVALUATOR_HEAD, *EVALUATOR],
                   inputs=forms.DeclareForm, guards=[guards.not_declared_yet],
                   effect=verbs.sign_independence, task=True, rules=["RPE-11", "S-113"],
                   sentence=_("%(person)s作出独立性声明"), hint=_("参加评价的每个人各自声明。")),
        Transition("declare", S.ENGAGED, S.DECLARED, _("机构声明独立"), who=EVALUATOR_HEAD, guards=[guards.head_and_team_declared],
                   effect=verbs.declare, task=True, rules=["RPE-11", "S-113"]),
        Transition("plan", S.DECLARED, S.PLANNED, _("确定评价方案"), who=EVALUATOR, inputs=forms.PlanForm, guards=[guards.actor_is_in_team],
                   effect=verbs.plan, task=True, tells=[*FINANCE_OFFICER, *HEAD, *SUPPLIER_HEAD], rules=["RPE-11"]),
        Transition("collect", S.PLANNED, S.COLLECTING, _("开始取证"), who=EVALUATOR, guards=[guards.actor_is_in_team], task=True,
                   tells=[*OFFICER, *SUPPLIER_OFFICER], hint=_("双方同时收到提供资料的通知。")),
        Transition("add_evidence", [S.COLLECTING, S.CONSULTING], None, _("登记证据"), who=EVALUATOR, inputs=forms.EvidenceForm,
                   guards=[guards.actor_is_in_team], checks=[guards.evidence_says_something], effect=verbs.add_evidence, rules=["S-114"],
                   sentence=_("登记指标 %(indicator)s 的证据")),
        Transition("provide_evidence", [S.COLLECTING, S.CONSULTING], None, _("提供资料"), who=[*OFFICER, *SUPPLIER_OFFICER],
                   inputs=forms.EvidenceForm, checks=[guards.evidence_says_something], effect=verbs.add_evidence,
                   sentence=_("提供指标 %(indicator)s 的资料")),
        Transition("score", S.COLLECTING, None, _("第三方评分"), who=EVALUATOR, inputs=forms.ThirdPartyScoresForm,
                   guards=[guards.actor_is_in_team], checks=[guards.third_party_scores_fit], effect=verbs.score, task=True,
                   rules=["S-113", "RPE-05"]),
        Transition("hear_recipients", S.COLLECTING, None, _("录入服务对象评分"), who=EVALUATOR, inputs=forms.RecipientsForm,
                   guards=[guards.actor_is_in_team], checks=[guards.recipients_scores_fit], effect=verbs.hear_recipients, task=True,
                   rules=["S-109", "R-050"], hint=_("由评价机构直接听取，购买主体和承接主体不经手。")),
        Transition("consult", S.COLLECTING, S.CONSULTING, pgettext_lazy("act", "征求意见"),
                   who=EVALUATOR_HEAD, inputs=forms.ConsultForm, task=True,
                   guards=[guards.every_indicator_is_scored, guards.every_indicator_has_evidence], effect=verbs.consult,
                   tells=[*HEAD, *SUPPLIER_HEAD], rules=["S-113"]),
        Transition("reply", S.CONSULTING, None, _("反馈意见"), who=[*HEAD, *SUPPLIER_HEAD], reason=True, guards=[guards.not_replied_yet],
                   effect=verbs.reply, task=True, tells=EVALUATOR_HEAD, hint=_("逾期不反馈视为没有意见。")),
        Transition("report", S.CONSULTING, S.REPORTED, _("出具报告"), step_up=True, personal="SIGN-01", who=EVALUATOR_HEAD,
                   inputs=forms.ReportForm, task=True, guards=[guards.reply_time_is_over],
                   checks=[guards.replies_are_answered], effect=verbs.report,
                   clocks=[voids("DRAFT_REPORT_REPLY")], tells=[*FINANCE_OFFICER, *FINANCE_HEAD, *HEAD, *SUPPLIER_HEAD],
                   rules=["R-056", "S-114"], sentence=_("%(evaluator)s出具评价报告，同时送财政部门和购买主体"),
                   confirm=_("报告出具后任何人不能修改。")),
        Transition("check", S.REPORTED, S.CHECKED, _("质量核查"), who=FINANCE_OFFICER, not_by=["engage"], reason=True, effect=verbs.check,
                   tells=EVALUATOR_HEAD, hint=_("核查评价工作质量，不改变任何得分。")),
        Transition("terminate", BEFORE_REPORT, S.TERMINATED, _("终止委托"), who=[*FINANCE_HEAD, *EVALUATOR_HEAD], reason=END_REASONS,
                   effect=verbs.terminate, clocks=[voids()], tells=[*HEAD, *SUPPLIER_HEAD, *EVALUATOR]),
    ],
    tones={S.PROPOSED: "wait", S.TERMINATED: "idle", S.CONSULTING: "wait"},
)  # fmt: skip


@visibility.register
def engaged_evaluator(actor) -> Q | None:
    """Whoever evaluates a project sees it (S-113)."""
    if actor.kind != OrganisationKind.EVALUATOR:
        return None
    return Q(pk__in=Engagement.objects.visible_to(actor).order_by().values("contract__project"))


calls_for("assessments.engagement", "propose", of="assessments.assessment", sources=["OPENED"], given="contract", names="contract_id",
          who=FINANCE_OFFICER, waits=~Q(contract__engagements__state__in=[state for state in S if state != S.TERMINATED]))
