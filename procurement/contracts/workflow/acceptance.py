"""L10.1 acceptance: by plan, by people who did not buy and do not pay, item by item."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow import Due, Lifecycle, Transition, Who, starts, stops, voids
from portal.workflow.table import Duty
from procurement.contracts.forms import acceptance as forms
from procurement.contracts.guards import acceptance as guards
from procurement.contracts.models import Acceptance
from procurement.contracts.people import UnsignedMember
from procurement.contracts.verbs import acceptance as verbs

A = Acceptance.State
OFFICER = Who(Role.OFFICER, at="contract__agency")
HEAD = Who(Role.HEAD, at="contract__agency")
LEADER = Who(Role.ACCEPTOR, at="contract__agency")
PAYER = Who(Role.PAYER, at="contract__agency")
SUPPLIER_OFFICER = Who(Role.SUPPLIER_OFFICER, at="contract__supplier")
SUPPLIER_HEAD = Who(Role.SUPPLIER_HEAD, at="contract__supplier")
SUPPLIER = [SUPPLIER_OFFICER, SUPPLIER_HEAD]
#: Any of these may be a member; that he is one, the guard asks.
MEMBERS = [
    *(UnsignedMember(role, at="contract__agency") for role in forms.STAFF_ROLES if role != Role.PAYER), UnsignedMember(Role.EXPERT),
]
FAIL_REASONS = [
    ("QUANTITY", _("数量不足")), ("QUALITY", _("质量不合格")), ("TIME", _("未按期完成")), ("EVIDENCE", _("佐证不足")), ("OTHER", _("其他")),
]

CONCLUDES = {
    "sources": A.CONVENED, "who": [LEADER], "effect": verbs.conclude, "clocks": [starts("ACCEPTANCE_PUBLICATION")],
    "duty": Duty.ACCEPTING, "tells": [*SUPPLIER, HEAD, OFFICER], "step_up": True,
}
READY = [guards.actor_leads, guards.all_items_judged, guards.all_members_signed]

ACCEPTANCE = Lifecycle(
    code="contracts.acceptance", reference="L10.1", name=_("履约验收"), model=Acceptance,
    rows=[
        Transition("plan", "", A.PLANNED, _("列入验收计划"), system=True, effect=verbs.plan, rules=["R22-10"]),
        Transition("request", A.PLANNED, A.REQUESTED, _("申请验收"), who=[SUPPLIER_HEAD], system=True, task=True,
                   guards=[guards.term_is_over_for_final, guards.reports_are_confirmed, guards.deliverables_are_reported],
                   effect=verbs.request, clocks=[starts("ACCEPTANCE_START")], tells=[OFFICER, HEAD, LEADER],
                   rules=["R-GP-46", "S-104"]),
        Transition("convene", A.REQUESTED, A.CONVENED, _("组织验收"), who=[HEAD], inputs=forms.ConveneForm, task=True,
                   checks=[guards.committee_is_fit], effect=verbs.convene, clocks=[stops("ACCEPTANCE_START")],
                   tells=[LEADER, *SUPPLIER], rules=["R-GP-46", "S-104", "S-125"],
                   hint=_("验收组至少三人；组长不得是采购经办人，支付人员不得参加。"),
                   sentence=_("组织验收，组长%(leader)s，共 %(items)s 项")),
        Transition("judge_item", A.CONVENED, None, _("逐项验收"), who=[LEADER], inputs=forms.JudgeForm, task=True,
                   guards=[guards.actor_leads, guards.nobody_signed_yet], checks=[guards.items_exist], effect=verbs.judge_item,
                   duty=Duty.ACCEPTING, page="contracts:checklist", rules=["R-GP-46", "S-104"]),
        Transition("sign", A.CONVENED, None, _("验收组成员签字"), step_up=True, personal="S-104", who=MEMBERS, inputs=forms.SignatureForm,
                   task=True, guards=[guards.actor_is_an_unsigned_member, guards.all_items_judged], effect=verbs.sign,
                   rules=["S-104"],
                   sentence=_("%(member)s在验收结论上签字")),
        Transition("record_signature", A.CONVENED, None, _("登记纸质签字"), who=[LEADER], inputs=forms.PaperSignatureForm,
                   guards=[guards.actor_leads, guards.all_items_judged], effect=verbs.record_signature, duty=Duty.ACCEPTING,
                   rules=["S-104"], hint=_("没有账号的成员在纸上签字，扫描上传。"), sentence=_("登记%(member)s的纸质签字")),
        Transition("accept", target=A.ACCEPTED, label=_("验收合格"), inputs=forms.OpinionForm, task=True,
                   guards=[*READY, guards.nothing_failed], rules=["R-GP-46"], **CONCLUDES),
        Transition("accept_in_part", target=A.ACCEPTED_IN_PART, label=_("部分合格"), inputs=forms.OpinionForm, reason=True,
                   guards=[*READY, guards.only_optional_failed], rules=["R-GP-46", "R22-10"], **CONCLUDES),
        Transition("fail", target=A.FAILED, label=_("验收不合格"), inputs=forms.OpinionForm, reason=FAIL_REASONS,
                   guards=[*READY, guards.something_mandatory_failed], rules=["R-GP-46", "R-057"], **CONCLUDES),
        Transition("publish", [A.ACCEPTED, A.ACCEPTED_IN_PART, A.FAILED], None, _("公告验收结果"), who=[HEAD], task=True,
                   guards=[guards.not_published_yet, guards.notice_is_whole], effect=verbs.publish,
                   clocks=[stops("ACCEPTANCE_PUBLICATION")], tells=SUPPLIER, rules=["R-GP-46"],
                   sentence=_("公告验收结果（%(notice)s）")),
        Transition("void", [A.PLANNED, A.REQUESTED, A.CONVENED], A.VOIDED, _("验收作废"), system=True, effect=verbs.void,
                   clocks=[voids()]),
    ],
    due=[Due("request", lambda: Acceptance.objects.filter(
        state=A.PLANNED, stage=Acceptance.Stage.FINAL, contract__state="FINISHED", contract__project__is_history=False), "asks_at")],
    readers={A.FAILED: {"public": _("验收不合格")}, A.ACCEPTED: {"public": _("验收合格")}},
    tones={A.REQUESTED: "wait", A.PLANNED: "idle", A.VOIDED: "idle"},
)
