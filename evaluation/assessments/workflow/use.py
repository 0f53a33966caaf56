"""L11.5 the use of results: proposed by the region's table, applied by those concerned, each citing the result."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from evaluation.assessments import guards
from evaluation.assessments.models import ResultUse
from evaluation.assessments.verbs import use as verbs
from portal.accounts.roles import Role
from portal.workflow import Lifecycle, Transition, Who, consequence

S = ResultUse.State
FINANCE_HEAD = [Who(Role.FINANCE_HEAD, region="assessment__contract__agency__region")]
HEAD = [Who(Role.HEAD, at="assessment__contract__agency")]
PLANNER = [Who(Role.PLANNER, at="assessment__contract__agency")]
SUPPLIER_HEAD = [Who(Role.SUPPLIER_HEAD, at="assessment__contract__supplier")]
REVOKE_REASONS = [("VOIDED", _("评价结果作废")), ("RECOMPUTED", _("评价结果重新计算"))]

USE = Lifecycle(
    code="assessments.use", reference="L11.5", name=_("评价结果应用"), model=ResultUse,
    rows=[
        Transition("propose", "", S.PROPOSED, _("建议应用"), system=True, guards=[guards.result_is_settled], effect=verbs.propose,
                   tells=FINANCE_HEAD, rules=["S-110", "R-053"], sentence=_("按评价结果 %(result)s 建议应用")),
        Transition("apply", S.PROPOSED, S.APPLIED, _("应用结果"), who=FINANCE_HEAD, system=True, guards=[guards.result_is_settled],
                   effect=verbs.apply, task=True, tells=[*HEAD, *PLANNER, *SUPPLIER_HEAD], rules=["S-110", "R102-25", "R-053"],
                   sentence=_("依据 %(result)s 应用评价结果")),
        Transition("waive", S.PROPOSED, S.WAIVED, _("不予应用"), who=FINANCE_HEAD, reason=True, guards=[guards.contract_use_is_not_waived],
                   effect=verbs.waive, tells=HEAD, rules=["S-110"]),
        Transition("revoke", [S.PROPOSED, S.APPLIED], S.REVOKED, _("撤销应用"), who=FINANCE_HEAD, system=True, reason=REVOKE_REASONS,
                   guards=[guards.result_is_gone], effect=verbs.revoke, tells=[*HEAD, *PLANNER, *SUPPLIER_HEAD], rules=["S-110"],
                   sentence=_("撤销应用：%(undone)s")),
    ],
    tones={S.PROPOSED: "wait", S.WAIVED: "idle", S.REVOKED: "idle", S.APPLIED: "ok"},
)  # fmt: skip


@consequence("assessments.use", "apply", "waive", "revoke")
def project_may_be_closed(use, act) -> None:
    verbs.close_if_ready(act, use.project)
