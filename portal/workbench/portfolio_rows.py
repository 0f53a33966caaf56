"""The projects of a portfolio one by one: planned, agreed, paid, and what goes on next year (W-04)."""
from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.money import ZERO, percentage
from portal.reports.workbook import Column
from procurement.contracts.models import Contract
from procurement.payments.models import PaymentRequest
from procurement.plans.models import PlanItem, Project
from procurement.plans.models.item import FALLEN

from .portfolio import SIGNED, projects_of, way_words

COLUMNS = [
    Column("region", _("地区"), width=14), Column("agency", _("购买主体"), width=26), Column("number", _("项目编号"), width=24),
    Column("title", _("项目"), width=32), Column("leaf", _("目录项"), width=26), Column("way", _("购买方式"), width=20),
    Column("state", _("进展"), width=12), Column("planned", _("预算（元）"), "money"), Column("agreed", _("合同（元）"), "money"),
    Column("paid", _("已支付（元）"), "money"), Column("rate", _("执行率"), width=10), Column("coming", _("下年预算（元）"), "money"),
]  # fmt: skip


def listed(actor: Actor, year: int) -> QuerySet[Project]:
    """The projects of a year by place, then by size."""
    return projects_of(actor, year).select_related("agency", "region", "leaf").order_by("region__path", "-amount", "pk")


def rows_of(projects: Iterable[Project]) -> list[dict[str, Any]]:
    """Each project with its money and its successor's; four queries for any number of projects."""
    found = list(projects)
    keys = [project.pk for project in found]
    agreed = _sums(Contract.objects.filter(project__in=keys, state__in=SIGNED), "project")
    paid = _sums(PaymentRequest.objects.filter(contract__project__in=keys, state="PAID"), "contract__project")
    ways = dict(PlanItem.objects.filter(project__in=keys).order_by("-pk").values_list("project", "method"))
    after = {
        item.predecessor_id: item for item in PlanItem.objects.filter(predecessor__in=keys).exclude(state__in=FALLEN).order_by("-pk")
    }
    return [
        {
            "project": project, "region": project.region.name, "agency": project.agency.name, "number": project.number,
            "title": project.title, "leaf": str(project.leaf) if project.leaf else project.leaf_name,
            "way": way_words(ways.get(project.pk)), "state": str(project.get_state_display()), "planned": project.amount,
            "agreed": agreed.get(project.pk), "paid": paid.get(project.pk, ZERO),
            "rate": f"{percentage(paid.get(project.pk, ZERO), agreed[project.pk])} %" if project.pk in agreed else "",
            "after": after.get(project.pk), "coming": after[project.pk].effective_amount if project.pk in after else None,
        }
        for project in found
    ]  # fmt: skip


def _sums(found: QuerySet, by: str) -> dict[int, Decimal]:
    return dict(found.order_by().values_list(by).annotate(Sum("amount")))
