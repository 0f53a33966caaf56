"""How each role is welcomed: what it does here (templates/help/intros), where it goes, what an empty to-do list tells it."""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.roles import Role

COMES = _("轮到您办理的事会自动出现在这里，按期限排列；办完即消失。")


@dataclass(frozen=True, slots=True)
class Guide:
    """One role: the name of its five sentences, where it goes, and how things come to it."""

    name: str
    links: tuple = ()  # (url name, label)
    empty: Any = COMES

    @property
    def intro(self) -> str:
        return f"help/intros/{self.name}.html"

    @property
    def places(self) -> list[dict]:
        return [{"url": reverse(name), "label": label} for name, label in self.links]


PROJECTS = ("workbench:projects", _("采购项目"))
PLANS, BUDGETS, REPORTS = ("plans:list", _("购买计划")), ("budgets:list", _("预算")), ("reports:list", _("报表"))
RECORD = ("publicity:record", _("记录核验"))
GUIDES: dict[str, Guide] = {
    Role.PLANNER: Guide("planner", (PLANS, BUDGETS, ("catalogue:tree", _("指导性目录"))),
                        _("没有要补正的计划。可以新编一项，或看看各项目走到哪一步。")),
    Role.OFFICER: Guide("officer", (("tenders:list", _("采购活动")), PROJECTS)),
    Role.HEAD: Guide("head", (PROJECTS, PLANS)),
    Role.AUDITOR: Guide("auditor", (PROJECTS, RECORD, REPORTS), _("审计没有排队的任务。可以查项目、导出卷宗、核验记录链。")),
    Role.SUPPLIER_HEAD: Guide(
        "supplier", (("tenders:public_tenders", _("招标项目")), ("bids:list", _("我的投标")), ("suppliers:mine", _("本单位注册"))),
        _("没有等您办的事。可以看看正在招标的项目。")),
    Role.FINANCE_OFFICER: Guide("finance", (("plans:queue", _("计划审核")), BUDGETS, PROJECTS)),
    Role.EXPERT: Guide("expert", (), _("没有抽中的评审。抽中时这里和收件箱都会出现。")),
    Role.EVALUATOR: Guide("evaluator", (PROJECTS,)),
    Role.ADMINISTRATOR: Guide("administrator", (("administration:home", _("平台管理")), RECORD)),
}  # fmt: skip
GUIDES[Role.SUPPLIER_OFFICER] = GUIDES[Role.SUPPLIER_HEAD]
GUIDES[Role.EVALUATOR_HEAD] = GUIDES[Role.EVALUATOR]
GUIDES[Role.FINANCE_HEAD] = GUIDES[Role.FINANCE_OFFICER]
GUIDES[Role.BUDGET_OFFICER] = replace(GUIDES[Role.FINANCE_OFFICER], links=(BUDGETS, PROJECTS))
GENERAL = Guide("general", (("catalogue:tree", _("指导性目录")),))
VISITOR = Guide("visitor")


def intro_of(role: str) -> str:
    """The template of the sentences about a role; visitors are the role ""."""
    return (GUIDES.get(role, GENERAL) if role else VISITOR).intro


def welcome(actor: Actor) -> dict:
    """What the workbench says beside the to-do list, and when nothing waits."""
    guide = next((GUIDES[role] for role in sorted(actor.roles) if role in GUIDES), GENERAL)
    places = guide.places
    return {
        "empty": guide.empty, "intro": guide.intro, "links": places, "url": places[0]["url"] if places else "",
        "label": places[0]["label"] if places else "",
    }
