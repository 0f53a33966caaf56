"""L2.5: the backbone; its stage moves only with plan, budget and branches."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.roles import Role
from portal.identifiers import Series
from portal.workflow import Act, Lifecycle, Refusal, Transition, Who, refuse, starts
from procurement.plans.models import Hold, Project, Stage
from procurement.plans.models.project import ORDER
from procurement.plans.numbers import next_number
from procurement.plans.verbs import projects

S = Stage
AGENCY = [Who(Role.PLANNER, at="agency"), Who(Role.OFFICER, at="agency"), Who(Role.HEAD, at="agency")]


def branches_are_there(project: Project, act: Act) -> Iterator[Refusal]:
    """The project stands where its least advanced live branch stands, never further (L2.5)."""
    reached = projects.least_advanced(project)
    if reached is None or ORDER.index(reached) < ORDER.index(act.row.target):
        yield refuse("S-01", _("还有分支没有到达“%(stage)s”。"), stage=Stage(act.row.target).label)


def nothing_open(project: Project, act: Act) -> Iterator[Refusal]:
    """Closed means: no hold lies on it any more (S-124); floors above add what they owe."""
    count = Hold.objects.live().filter(project=project).count()
    if count:
        yield refuse("S-124", _("还有 %(count)s 项暂停没有解除。"), count=count)


def no_signed_contract(project: Project, act: Act) -> Iterator[Refusal]:
    if project.branches.filter(live=True, stage__in=ORDER[ORDER.index(Stage.CONTRACTED):]).exists():
        yield refuse("S-01", _("已签订合同的项目不能终止，只能按合同办理。"))


def only_history(project: Project, act: Act) -> Iterator[Refusal]:
    if not act.history:
        yield refuse("G4", _("只有装载历史案例时可以补录项目。"))


def take_over(project: Project, act: Act) -> dict:
    """A purchase of the past that is being performed: its earlier stages keep no date, because none is known."""
    project.is_history = True
    project.number = project.number or next_number(Series.PROJECT, project.agency, project.year)
    return {"number": project.number, "title": project.title, "amount": project.amount, "as_of": project.as_of}


def note_amount(project: Project, act: Act) -> dict:
    project.amount = act.data.get("amount", project.amount)
    return {"amount": project.amount}


def note_abort(project: Project, act: Act) -> dict:
    project.abort_reason = act.reason
    project.branches.filter(live=True).update(live=False, ended_as=act.reason[:60])
    return {}


def pull_back_branches(project: Project, act: Act) -> dict:
    return {"branches": [f"{branch.code}:{branch.stage}" for branch in project.branches.order_by("code")]}


def _step(name: str, source: str, target: str, label, **options) -> Transition:
    return Transition(name, source, target, label, system=True, **options)


PROJECT = Lifecycle(
    code="plans.project", reference="L2.5", name=_("采购项目"), model=Project,
    rows=[
        _step("open_project", "", S.PROPOSED, _("建立项目"), rules=["S-01"]),
        _step("take_over", "", S.PERFORMING, _("补录项目"), guards=[only_history], effect=take_over, rules=["S-01"]),
        _step("approve", S.PROPOSED, S.APPROVED, _("计划已批"), effect=note_amount, tells=AGENCY),
        _step("fund", S.APPROVED, S.FUNDED, _("预算落实"), rules=["R102-20", "R1787-04"], tells=AGENCY),
        _step("prepare", S.FUNDED, S.PREPARING, _("开始采购准备"), guards=[branches_are_there]),
        _step("start_tendering", S.PREPARING, S.TENDERING, _("启动采购"), guards=[branches_are_there]),
        _step("award", S.TENDERING, S.AWARDED, _("定标"), guards=[branches_are_there]),
        _step("contract", S.AWARDED, S.CONTRACTED, _("签约"), guards=[branches_are_there]),
        _step("perform", S.CONTRACTED, S.PERFORMING, _("开始履约"), guards=[branches_are_there]),
        _step("accept", S.PERFORMING, S.ACCEPTED, _("最终验收合格"), guards=[branches_are_there]),
        _step("evaluate", S.ACCEPTED, S.EVALUATED, _("完成绩效评价"), guards=[branches_are_there]),
        _step("fall_back", [S.TENDERING, S.AWARDED, S.CONTRACTED, S.PERFORMING], S.PREPARING, _("退回采购准备"),
              effect=pull_back_branches, tells=AGENCY),
        _step("close", S.EVALUATED, S.CLOSED, pgettext_lazy("act", "办结"),
              guards=[nothing_open], clocks=[starts("RETENTION")], rules=["R-GP-48", "S-124"],
              tells=AGENCY),
        _step("abort", [S.PROPOSED, S.APPROVED, S.FUNDED, S.PREPARING, S.TENDERING, S.AWARDED], S.ABORTED, _("终止项目"),
              guards=[no_signed_contract], effect=note_abort, clocks=[starts("RETENTION")], tells=AGENCY),
    ],
    readers={
        S.PROPOSED: {"public": _("计划申报中")}, S.APPROVED: {"public": _("计划已批准")}, S.FUNDED: {"public": _("预算已落实")},
        S.PREPARING: {"public": _("采购准备中")}, S.TENDERING: {"public": _("正在采购")}, S.AWARDED: {"public": _("已确定承接主体")},
        S.CONTRACTED: {"public": _("已签订合同")}, S.PERFORMING: {"public": _("正在服务")}, S.ACCEPTED: {"public": _("已验收")},
        S.EVALUATED: {"public": _("已评价")},
    },
    tones={S.ABORTED: "idle", S.PROPOSED: "wait", S.EVALUATED: "ok"},
)  # fmt: skip
