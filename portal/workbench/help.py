"""Help: what each role does here, task by task. The words of a task stand in templates/help/tasks/<slug>.html."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import ResolverMatch, reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.roles import Role
from portal.rules.register import rule


@dataclass(frozen=True, slots=True)
class Task:
    """One thing somebody comes to do: its name, the page where it is done, the pages that lead to this help, its rules.

    Of `pages`, "contracts:" means every page of that part of the portal.
    """

    slug: str
    title: Any
    place: str
    pages: tuple[str, ...]
    rules: tuple[str, ...]

    @property
    def template(self) -> str:
        return f"help/tasks/{self.slug}.html"

    @property
    def url(self) -> str:
        return reverse(self.place)

    @property
    def basis(self) -> list[dict]:
        """The rules it rests on, each with its id, where it is written and its place in the register."""
        return [
            {"id": name, "citation": rule(name).citation, "url": f"{reverse('publicity:rules')}#{name}"} for name in self.rules
        ]


TASKS = {task.slug: task for task in (
    Task("draft-item", _("填报计划项目"), "plans:new_item", ("plans:new_item", "plans:edit_item"), ("S-18", "S-21", "R102-18")),
    Task("submit-plan", _("11 月 30 日前报送年度计划"), "plans:list",
         ("plans:list", "plans:plan", "plans:item"), ("S-22", "R-003", "S-26")),
    Task("mend-item", _("补正被退回的项目"), "plans:list", ("plans:item",), ("S-172",)),
    Task("review-item", _("审核计划项目"), "plans:queue", ("plans:queue", "plans:review", "plans:waiting"), ("S-23", "S-172")),
    Task("meeting", _("召开联席会议并签发纪要"), "plans:meetings", ("plans:meetings", "plans:meeting"), ("S-24", "R-002")),
    Task("publish-plan", _("公布批准的计划"), "plans:list", ("plans:plan",), ("R-008",)),
    Task("fund-project", _("下达指标，预留资金"), "budgets:list", ("budgets:",), ("S-32", "R102-20")),
    Task("write-tender", _("编写招标文件并送审查"), "tenders:list", ("tenders:",), ("R87-08", "R22-12", "SEAL-04")),
    Task("internal-review", _("审查招标文件"), "tenders:list", ("tenders:",), ("R22-12", "R22-14")),
    Task("publish-tender", _("发布招标公告"), "tenders:list", ("tenders:",), ("R87-03", "R87-18", "R-GP-30")),
    Task("register-supplier", _("登记承接主体资料"), "suppliers:mine", ("suppliers:",), ("S-55", "R102-05", "S-162")),
    Task("hand-in-bid", _("递交投标文件"), "bids:list",
         ("bids:list", "bids:new", "bids:bid", "bids:receipt", "tenders:public_tender"), ("R87-14", "R87-15", "SEAL-05")),
    Task("open-bids", _("开标"), "bids:openings",
         ("bids:openings", "bids:opening", "bids:key", "bids:record"), ("R87-20", "SEAL-01", "R87-22")),
    Task("check-opening", _("看开标、确认开标记录"), "bids:openings", ("bids:openings", "bids:opening"), ("R87-22",)),
    Task("draw-panel", _("抽取专家，组织评审"), "awards:list", ("awards:list", "awards:draw"), ("R87-29", "REX-01", "R-GP-20")),
    Task("score", _("评审打分"), "awards:panel",
         ("awards:panel", "awards:member", "awards:sheet", "awards:score", "awards:question"), ("R87-47", "R22-09", "R87-32")),
    Task("award", _("定标并发布结果"), "awards:list",
         ("awards:award", "awards:report", "awards:list"), ("R87-71", "R-GP-37", "R87-74")),
    Task("make-contract", _("签订、公告和备案合同"), "contracts:list",
         ("contracts:contract", "contracts:edit", "contracts:list"), ("R-GP-39", "R-GP-41", "R-GP-42", "S-70")),
    Task("sign-contract", _("签署合同"), "contracts:list", ("contracts:contract", "contracts:list"), ("R-GP-39", "R87-77")),
    Task("file-contract", _("备案合同"), "contracts:list", ("contracts:",), ("R-GP-42", "S-72")),
    Task("deliver", _("登记台账、报送履约报告"), "contracts:list", ("contracts:",), ("S-76", "S-77")),
    Task("inspect", _("登记现场检查"), "contracts:list", ("contracts:",), ("S-84", "S-85")),
    Task("confirm-report", _("确认承接主体报告"), "contracts:list",
         ("contracts:report", "contracts:contract", "contracts:list"), ("S-77",)),
    Task("accept", _("验收一项服务"), "contracts:list",
         ("contracts:acceptance", "contracts:checklist"), ("R-GP-46", "S-104", "S-125")),
    Task("sign-acceptance", _("在验收书上签字"), "contracts:list", ("contracts:acceptance",), ("R-GP-46",)),
    Task("request-payment", _("申请付款"), "payments:list", ("payments:",), ("S-93", "R-GP-54")),
    Task("check-payment", _("核定、审核和支付"), "payments:list", ("payments:",), ("S-94", "RTR-02", "R-GP-54")),
    Task("scheme", _("编制和批准评价方案"), "schemes:list", ("schemes:",), ("S-122", "S-108", "RPE-02")),
    Task("evaluate", _("开展第三方评价"), "assessments:engagements", ("assessments:",), ("S-113", "S-114", "RPE-11")),
    Task("run-evaluation", _("组织评价，应用结果"), "assessments:list", ("assessments:",), ("S-106", "S-110", "R102-25")),
    Task("answer-evaluation", _("反馈评价意见"), "assessments:list", ("assessments:",), ("S-106", "S-113")),
    Task("catalogue", _("修订和发布指导性目录"), "catalogue:versions", ("catalogue:",), ("R102-15", "R102-16", "S-07", "S-06")),
    Task("outside-catalogue", _("申报和审核目录外事项"), "catalogue:outside",
         ("catalogue:outside", "catalogue:outside-request"), ("R1787-07", "S-19", "R102-09")),
    Task("confirm-evidence", _("核验承接主体材料"), "suppliers:list", ("suppliers:",), ("S-55", "S-04")),
    Task("read-record", _("查看和核验办理记录"), "workbench:projects",
         ("workbench:project", "workbench:record", "workbench:projects", "workbench:papers"), ("S-47", "R-GP-47")),
    Task("export-case", _("导出卷宗"), "workbench:projects", ("reports:",), ("S-124", "R-GP-47")),
    Task("verify-paper", _("核验一份文书"), "reports:verify-form", ("reports:verify-form", "reports:verify"), ("R-GP-47",)),
    Task("verify-seals", _("核对记录的封存"), "publicity:record", ("publicity:record",), ("S-47",)),
    Task("follow-purchase", _("看一项购买的来龙去脉"), "publicity:home", ("publicity:home", "publicity:project"), ("R-008", "R102-15")),
    Task("read-notices", _("看公告和期限"), "notices:list",
         ("notices:", "tenders:public_tenders", "tenders:public_tender"), ("R87-18", "R-GP-41")),
    Task("read-results", _("看评价结果和目录"), "assessments:results",
         ("assessments:results", "assessments:result", "catalogue:"), ("RPE-10",)),
    Task("manage-people", _("管理单位和人员"), "administration:home", ("administration:",), ("S-125",)),
    Task("operate", _("看平台是否正常"), "publicity:record", ("reports:list",), ("S-47",)),
    Task("oversee", _("查看所属单位的采购"), "workbench:projects", ("workbench:projects", "tenders:"), ("S-84", "S-125")),
)}  # fmt: skip
#: What each role comes for, the most frequent first.
ROLES: dict[str, tuple[str, ...]] = {
    Role.OFFICER: ("write-tender", "draw-panel", "make-contract", "confirm-report", "scheme", "read-record"),
    Role.PLANNER: ("draft-item", "submit-plan", "mend-item", "outside-catalogue", "catalogue", "sign-acceptance", "read-record"),
    Role.ACCEPTOR: ("accept", "read-record"),
    Role.PAYER: ("check-payment", "read-record"),
    Role.PROJECT_OFFICER: ("inspect", "confirm-report", "sign-acceptance", "read-record"),
    Role.HEAD: (
        "submit-plan", "publish-plan", "publish-tender", "award", "make-contract",
        "accept", "check-payment", "answer-evaluation", "read-record",
    ),
    Role.DEPARTMENT: ("oversee", "read-record"),
    Role.REVIEWER_PROCUREMENT: ("internal-review", "sign-acceptance", "read-record"),
    Role.REVIEWER_FINANCE: ("internal-review", "sign-acceptance", "read-record"),
    Role.REVIEWER_BUSINESS: ("internal-review", "sign-acceptance", "read-record"),
    Role.REVIEWER_SUPERVISION: ("internal-review", "sign-acceptance", "read-record"),
    Role.OPENER: ("open-bids", "read-record"),
    Role.WITNESS: ("open-bids", "draw-panel", "read-record"),
    Role.FINANCE_OFFICER: (
        "review-item", "fund-project", "file-contract", "check-payment",
        "run-evaluation", "catalogue", "outside-catalogue", "read-record",
    ),
    Role.FINANCE_HEAD: ("meeting", "fund-project", "catalogue", "outside-catalogue", "run-evaluation", "read-record"),
    Role.BUDGET_OFFICER: ("fund-project", "check-payment", "read-record"),
    Role.ESTABLISHMENT_REVIEWER: ("review-item", "outside-catalogue", "read-record"),
    Role.HUMAN_RESOURCES_REVIEWER: ("review-item", "read-record"),
    Role.MEETING_SECRETARY: ("meeting", "read-record"),
    Role.CONVENER: ("meeting", "read-record"),
    Role.REGISTRAR: ("confirm-evidence", "verify-seals"),
    Role.SUPPLIER_OFFICER: (
        "register-supplier", "hand-in-bid", "check-opening",
        "deliver", "request-payment", "answer-evaluation",
    ),
    Role.SUPPLIER_HEAD: (
        "register-supplier", "hand-in-bid", "check-opening", "sign-contract",
        "deliver", "request-payment", "answer-evaluation",
    ),
    Role.EXPERT: ("score", "sign-acceptance", "verify-seals"),
    Role.EVALUATOR: ("evaluate", "read-record"),
    Role.EVALUATOR_HEAD: ("evaluate", "read-record"),
    Role.AUDITOR: ("read-record", "export-case", "verify-paper", "verify-seals"),
    Role.ADMINISTRATOR: ("manage-people", "operate", "verify-seals"),
}  # fmt: skip
VISITOR = ("follow-purchase", "read-notices", "read-results", "verify-paper", "verify-seals")
VISITOR_SLUG = "visitor"


def slug_of(role: str) -> str:
    return role.lower().replace("_", "-")


def role_of(slug: str) -> str | None:
    """The role a help page is for; "" for visitors; None where there is no such page."""
    if slug == VISITOR_SLUG:
        return ""
    return next((role for role in ROLES if slug_of(role) == slug), None)


def tasks_of(role: str) -> list[Task]:
    return [TASKS[slug] for slug in (ROLES[role] if role else VISITOR)]


def pages_of_help() -> list[dict]:
    """Every page of the help: its address, whom it is for, what it tells."""
    rows = [{"role": "", "slug": VISITOR_SLUG, "label": _("访客"), "tasks": tasks_of("")}]
    rows += [{"role": role, "slug": slug_of(role), "label": Role(role).label, "tasks": tasks_of(role)} for role in ROLES]
    return rows


def on_this_page(actor: Actor, match: ResolverMatch | None) -> str:
    """Where the help says how to do what this page is for; the index of the help where no task of the reader's is."""
    name = page_name(match)
    for slug, task in _tasks_for(actor):
        if name in task.pages:
            return f"{reverse('workbench:help_role', args=[slug])}#{task.slug}"
    part = f"{name.partition(':')[0]}:"
    for slug, task in _tasks_for(actor):
        if part in task.pages or task.place.startswith(part):
            return f"{reverse('workbench:help_role', args=[slug])}#{task.slug}"
    return reverse("workbench:help")


def page_name(match: ResolverMatch | None) -> str:
    """The name of a page; the page of an act counts as one of the part its thing belongs to."""
    if match is None:
        return ""
    if match.namespace == "workflow":
        return f"{match.kwargs.get('code', '').partition('.')[0]}:"
    return match.view_name


def _tasks_for(actor: Actor) -> Iterable[tuple[str, Task]]:
    roles = [role for role in ROLES if role in actor.roles] or [""]
    for role in roles:
        for task in tasks_of(role):
            yield (slug_of(role) or VISITOR_SLUG), task
