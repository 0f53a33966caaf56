"""What one sees at a glance: figures over the workbench from what the page has asked anyway, and what happened last."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.actor import Actor
from portal.accounts.roles import OrganisationKind as Kind
from portal.money import in_figures_wan
from portal.notifications.models import Message
from procurement.plans.models import Project

from .overview import NEAR
from .todo import Group

RECENT = 6
#: Who has projects of his own to see at once; departments of a region see the agencies' tables instead.
WITH_PROJECTS = {Kind.AGENCY, Kind.SUPPLIER, Kind.EVALUATOR}


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: what it counts, its light, what it opens."""

    label: str
    figure: str
    unit: str = ""
    note: str = ""
    colour: str = ""
    url: str = ""


def tiles(groups: list[Group], beside: dict, moment: datetime) -> list[Tile]:
    """Late, due within three days, waiting; where the reader has them, projects under way and the year's money."""
    clocks = [item.clock for group in groups for item in group.items if item.clock]
    late = sum(group.late for group in groups)
    soon = sum(each.ends_at <= moment + NEAR for each in clocks) - late
    found = [
        Tile(_("我的逾期事项"), str(late), colour="red" if late else "done", url="#h-wait"),
        Tile(_("三天内到期"), str(max(0, soon)), colour="yellow" if soon > 0 else "done", url="#h-wait"),
        Tile(_("待我办理"), str(sum(group.count for group in groups)), url="#h-wait"),
    ]
    if beside["funnel"]:
        found.append(_projects(beside["funnel"]))
    if beside["budget"]:
        found.append(_money(beside["budget"]))
    return found


def _projects(funnel: list[dict]) -> Tile:
    """Projects that are not closed yet: the last row of the funnel holds the closed ones."""
    pressed = sum(row["pressed"] for row in funnel[:-1])
    note = ngettext("%(count)s 个临近或超期", "%(count)s 个临近或超期", pressed) % {"count": pressed} if pressed else _("均正常")
    return Tile(_("在办项目"), str(sum(row["count"] for row in funnel[:-1])), note=note, url=reverse("workbench:projects"))


def _money(budget: dict) -> Tile:
    values = {"paid": in_figures_wan(budget["paid"]), "allocated": in_figures_wan(budget["allocated"])}
    return Tile(_("%(year)s 年已支付") % {"year": budget["year"]}, str(budget["percent"]), "%", _("%(paid)s / %(allocated)s 万元") % values)


def recent(actor: Actor) -> list[Message]:
    """What the reader was told last: what others did to his things."""
    return list(Message.objects.visible_to(actor).order_by("-created_at", "-id")[:RECENT])


def own_projects(actor: Actor) -> list[Project]:
    """The reader's own projects, the one that moved last first; cases of the past among them."""
    if actor.kind not in WITH_PROJECTS:
        return []
    return list(Project.objects.visible_to(actor).select_related("agency").order_by("-state_since", "-pk")[:RECENT])
