"""What stands beside the to-do list: what is near or late, where projects stand, what was spent, how plans get on."""
from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q, Sum
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.accounts.roles import OrganisationKind as Kind
from portal.money import ZERO, percentage
from portal.workdays.models import LegalClock
from procurement.budgets.models import BudgetLine
from procurement.plans.models import Plan, PlanItem, Project, ReviewStep, SourceKind
from procurement.plans.models.review import StepKind

from .remembered import remembered

Stage = Project.State
FUNNEL = (
    (gettext_lazy("计划"), (Stage.PROPOSED, Stage.APPROVED, Stage.FUNDED)),
    (gettext_lazy("采购"), (Stage.PREPARING, Stage.TENDERING, Stage.AWARDED)),
    (gettext_lazy("履约"), (Stage.CONTRACTED, Stage.PERFORMING)),
    (gettext_lazy("评价"), (Stage.ACCEPTED, Stage.EVALUATED)),
    (gettext_lazy("办结"), (Stage.CLOSED,)),
)  # fmt: skip
INSIDE = {Kind.AGENCY, Kind.FINANCE, Kind.AUDIT, Kind.JOINT_MEETING, Kind.ESTABLISHMENT, Kind.HUMAN_RESOURCES}
#: Who looks at all agencies' money and plans at once.
OVERSEERS = {Kind.FINANCE, Kind.AUDIT, Kind.JOINT_MEETING}
NEAR = timedelta(days=3)
AHEAD = timedelta(days=30)
CLOCKS_SHOWN = 10
AGENCIES_SHOWN = 12
BUCKETS = ("allocated", "reserved", "committed", "paid")
#: Lines that hold no money yet, or no longer.
EMPTY = ("DRAFTED", "SUBMITTED", "CANCELLED")


def overview(actor: Actor, moment: datetime) -> dict:
    """The same for everybody of one organisation with the same roles; worked out anew when something was recorded."""
    if actor.kind not in INSIDE:
        return {"near": [], "ahead": [], "funnel": [], "budget": None, "agencies": None, "plans": None}
    reader = ("overview", actor.organisation_id, actor.region_path, actor.roles, get_language())
    return remembered(reader, moment, lambda: _overview(actor.of_no_request(), moment))


def _overview(actor: Actor, moment: datetime) -> dict:
    pressing, ahead = deadlines(actor, moment)
    overseer = actor.kind in OVERSEERS
    return {
        "near": pressing, "ahead": ahead, "funnel": funnel(actor, moment), "budget": budget_use(actor, moment),
        "agencies": budget_by_agency(actor, moment) if overseer else None,
        "plans": plan_progress(actor) if overseer else None,
    }


def deadlines(actor: Actor, moment: datetime) -> tuple[list[dict], list[dict]]:
    """Clocks of projects the reader sees: those that are late or end within three days, and those of the coming month."""
    clocks = list(
        LegalClock.objects.live().filter(project_id__in=Project.objects.visible_to(actor).values("pk"), ends_at__lte=moment + AHEAD)
        .select_related("bearer").order_by("ends_at", "pk")[:CLOCKS_SHOWN]
    )
    alike = {(each.project_id, str(each.label), each.last_day): each for each in reversed(clocks)}  # several departments, one day
    clocks = [each for each in clocks if alike[each.project_id, str(each.label), each.last_day] is each]
    projects = Project.objects.in_bulk({clock.project_id for clock in clocks})
    rows = [{"clock": each, "project": projects.get(each.project_id), "light": each.light(moment)} for each in clocks]
    pressing = [row for row in rows if row["clock"].ends_at <= moment + NEAR]
    return pressing, rows[len(pressing):]


def funnel(actor: Actor, moment: datetime) -> list[dict]:
    """How many projects stand in each part of their life, and how many of them have something near or late."""
    mine = Project.objects.visible_to(actor).filter(is_history=False).order_by()
    counts = dict(mine.values_list("state").annotate(n=Count("pk")))
    pressed = LegalClock.objects.live().filter(ends_at__lte=moment + NEAR, project_id__isnull=False).values("project_id")
    late = Counter(dict(mine.filter(pk__in=pressed).values_list("state").annotate(n=Count("pk"))))
    rows = [
        {"name": name, "count": sum(counts.get(str(s), 0) for s in states), "pressed": sum(late[str(s)] for s in states)}
        for name, states in FUNNEL
    ]
    top = max((row["count"] for row in rows), default=0) or 1
    return [{**row, "share": f"{100 * row['count'] / top:.1f}"} for row in rows]


def budget_use(actor: Actor, moment: datetime) -> dict | None:
    """Paid out of what this year's lines hold, in the reader's scope, and by source."""
    lines = BudgetLine.objects.visible_to(actor).filter(year=moment.year).exclude(state__in=EMPTY).order_by()
    sources = dict(SourceKind.choices)
    rows = [
        {**row, "name": sources[row["source"]], "percent": percentage(row["paid"], row["allocated"])}
        for row in lines.values("source").annotate(**{name: Sum(name) for name in BUCKETS}).order_by("-allocated", "source")
        if row["allocated"]
    ]
    totals = {name: sum((row[name] for row in rows), ZERO) for name in BUCKETS}
    allocated, paid = totals["allocated"], totals["paid"]
    if not allocated:
        return None
    rest = allocated - totals["reserved"] - totals["committed"] - paid
    parts = ((_("预留"), totals["reserved"]), (_("占用"), totals["committed"]), (_("已支付"), paid), (_("可用"), rest))
    days = date(moment.year, 12, 31).timetuple().tm_yday
    return {
        "year": moment.year, "allocated": allocated, "paid": paid, "percent": percentage(paid, allocated),
        "parts": [{"name": name, "amount": amount, "percent": percentage(amount, allocated)} for name, amount in parts],
        "sources": rows if len(rows) > 1 else [], "time": round(100 * moment.timetuple().tm_yday / days),
    }


def budget_by_agency(actor: Actor, moment: datetime) -> dict | None:
    """This year's money by agency: allocated → reserved → committed → paid; each row opens its lines."""
    lines = BudgetLine.objects.visible_to(actor).filter(year=moment.year).exclude(state__in=EMPTY).order_by()
    totals = lines.aggregate(**{name: Sum(name) for name in BUCKETS})
    if not totals["allocated"]:
        return None
    found = list(
        lines.values("agency", "agency__name", "agency__short_name").annotate(**{name: Sum(name) for name in BUCKETS})
        .order_by("-allocated", "agency")[: AGENCIES_SHOWN + 1]
    )
    projects = dict(
        Project.objects.filter(agency__in=[row["agency"] for row in found], year=moment.year)
        .order_by().values_list("agency").annotate(n=Count("pk"))
    )
    rows = [
        {**_with_rest(row), "name": row["agency__short_name"] or row["agency__name"], "projects": projects.get(row["agency"], 0),
         "url": f"{reverse('budgets:list')}?year={moment.year}&q={row['agency__name']}"}
        for row in found[:AGENCIES_SHOWN]
    ]  # fmt: skip
    return {"year": moment.year, "rows": rows, "total": _with_rest(totals), "more": len(found) > AGENCIES_SHOWN}


def _with_rest(row: dict) -> dict:
    rest = row["allocated"] - row["reserved"] - row["committed"] - row["paid"]
    return {**row, "rest": rest, "percent": percentage(row["paid"], row["allocated"]) if row["allocated"] else 0}


def plan_progress(actor: Actor) -> dict | None:
    """Where each agency's plan of the coming year stands with the departments and the joint meeting."""
    visible = Plan.objects.visible_to(actor).exclude(state__in=["DRAFTED", "PROPOSED", "LAPSED"]).order_by()
    year = visible.aggregate(year=Max("year"))["year"]
    if year is None:
        return None
    plans = list(
        visible.filter(year=year).select_related("agency").annotate(
            number_of_items=Count("items", filter=_counting("items__")), sum_of_items=Sum("items__amount", filter=_counting("items__"))
        ).order_by("-submitted_at", "-pk")[: AGENCIES_SHOWN + 1]
    )
    shown = plans[:AGENCIES_SHOWN]
    last: dict[tuple, tuple] = {}  # of several rounds the last one speaks
    found = ReviewStep.objects.filter(item__plan__in=shown).exclude(state="VOIDED").order_by("round", "pk")
    for plan, item, kind, state in found.values_list("item__plan", "item", "kind", "state"):
        last[item, kind] = (plan, state)
    steps: dict[int, dict[str, Counter]] = defaultdict(lambda: defaultdict(Counter))
    for (_item, kind), (plan, state) in last.items():
        steps[plan][kind][state] += 1
    decided = dict(
        PlanItem.objects.filter(_counting(), plan__in=shown, state__in=["APPROVED", "EXECUTED", "REJECTED", "DEFERRED"])
        .order_by().values_list("plan").annotate(n=Count("pk"))
    )
    kinds = (StepKind.ESTABLISHMENT, StepKind.FINANCE, StepKind.HUMAN_RESOURCES)
    return {
        "year": year, "more": len(plans) > AGENCIES_SHOWN, "heads": [StepKind(kind).label for kind in kinds],
        "rows": [
            {"plan": plan, "steps": [_standing(steps[plan.pk][kind]) for kind in kinds],
             "meeting": _met(decided.get(plan.pk, 0), plan.number_of_items)}
            for plan in shown
        ],
    }  # fmt: skip


def _counting(path: str = "") -> Q:
    return ~Q(**{f"{path}state__in": ["WITHDRAWN", "CANCELLED", "LAPSED"]})


def _standing(states: Counter) -> dict:
    """One department's word on one plan, over all its items."""
    open_ones = states["PENDING"] + states["CLAIMED"]
    if not states:
        return {"text": _("未到")}
    if states["SENT_BACK"] or states["REJECTED"]:
        return {"text": _("有退回"), "tone": "warn"}
    if open_ones:
        return {"text": _("审核中"), "tone": "now"}
    if states["WAITING"]:
        return {"text": _("未到")}
    if states["APPROVED"]:
        return {"text": _("通过"), "done": True}
    return {"text": _("不适用")}


def _met(decided: int, items: int) -> dict:
    if not decided:
        return {"text": _("未到")}
    if decided < items:
        return {"text": _("%(done)s/%(all)s 项已议") % {"done": decided, "all": items}, "tone": "now"}
    return {"text": _("已议决"), "done": True}
