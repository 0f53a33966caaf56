"""Roles in words, read from the transition tables and the navigation: a role may do what a row names it for, nothing else."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.roles import ROLES_OF_KIND, OrganisationKind, Role
from portal.workflow.diagrams import place_of
from portal.workflow.surfaces import navigation_for_roles
from portal.workflow.table import all_lifecycles

#: How far each kind of organisation sees; the querysets of the stages hold it, tests/test_permission_matrix.py proves it.
SEES = {
    OrganisationKind.AGENCY: gettext_lazy("本单位和下属单位的全部业务；评审结束前看不到评分，开标前看不到投标内容。"),
    OrganisationKind.FINANCE: gettext_lazy("本地区及下级地区各单位报来的计划、预算、合同和支付；开标前看不到投标内容。"),
    OrganisationKind.SUPPLIER: gettext_lazy("本单位的登记、投标、合同和付款，以及全部公开信息；看不到别家的投标。"),
    OrganisationKind.EVALUATOR: gettext_lazy("受托评价的项目。"),
    OrganisationKind.EXPERTS: gettext_lazy("只看被抽中的项目，只在评审期间。"),
    OrganisationKind.AUDIT: gettext_lazy("本地区全部项目和记录，只看不改；开标前同样看不到投标内容。"),
    OrganisationKind.OPERATIONS: gettext_lazy("本地区及下级地区的单位、人员、设置和运行状态；看不到业务内容，也不能替任何人办理业务。"),
}
SEES_OTHERS = gettext_lazy("本地区各单位送来审核的计划和项目。")
PLACES = {
    "": gettext_lazy("新建或者在可见范围内"), "own": gettext_lazy("本单位的"), "region": gettext_lazy("本地区的"),
    "person": gettext_lazy("指定本人的"), "own person": gettext_lazy("本单位指定本人的"), "region person": gettext_lazy("本地区指定本人的"),
}
COMMON = 12  # a row open to more roles than this is everybody's and says nothing about one


@dataclass(slots=True)
class Explained:
    """One role: what it sees, where it goes, what it may do by kind of thing."""

    role: str
    label: Any
    sees: Any
    places: list[Any] = field(default_factory=list)
    acts: list[tuple[Any, str, str]] = field(default_factory=list)  # kind of thing, acts, of whose things
    duties: int = 0


def explained() -> list[tuple[str, list[Explained]]]:
    """All roles, by the kind of organisation they are held in."""
    found = {role: Explained(role.value, role.label, "") for role in Role}
    for lifecycle in all_lifecycles():
        for role, says in found.items():
            rows = [(row, next(who for who in row.who if who.role == role)) for row in lifecycle.rows
                    if len(row.who) <= COMMON and any(who.role == role for who in row.who)]  # fmt: skip
            if rows:
                labels = list(dict.fromkeys(str(row.label) for row, _who in rows))
                places = list(dict.fromkeys(str(PLACES[place_of(who)]) for _row, who in rows))
                says.acts.append((lifecycle.name, _("、").join(labels), _("；").join(places)))
                says.duties += sum(bool(row.task) for row, _who in rows)
    groups = []
    for kind in OrganisationKind:
        members = [found[role] for role in Role if role in ROLES_OF_KIND[kind]]
        for each in members:
            each.sees = SEES.get(kind, SEES_OTHERS)
            each.places = [entry.label for entry in navigation_for_roles({each.role})]
        groups.append((kind.label, members))
    return groups
