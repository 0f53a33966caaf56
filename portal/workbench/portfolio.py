"""A year's purchases as one portfolio: planned, agreed and paid by place, class, way and standing, and the year after (W-04)."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from catalogue.methods import Method
from catalogue.models import Kind
from portal.accounts.actor import Actor
from portal.accounts.roles import Role
from portal.money import ZERO, percentage
from procurement.contracts.models import Contract
from procurement.payments.models import PaymentRequest
from procurement.plans.models import PlanItem, Project

#: Who looks at all purchases of a region at once.
READERS = (
    Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.BUDGET_OFFICER, Role.AUDITOR, Role.MEETING_SECRETARY, Role.CONVENER,
)  # fmt: skip
SIGNED = ("SIGNED", "PERFORMING", "FINISHED", "COMPLETED", "TERMINATED")
#: What tells the groups apart: place, branch and class of the catalogue, standing.
KEYS = (
    "region__path", "region__name", "leaf__kind", "leaf__parent__code", "leaf__parent__name", "state",
)  # fmt: skip
PLACES = 2


@dataclass(slots=True)
class Line:
    """One group of projects: how many, those with a signed contract, money in yuan, and what the year after plans for the same group."""

    name: str
    count: int = 0
    signed: int = 0
    planned: Decimal = ZERO
    agreed: Decimal = ZERO
    paid: Decimal = ZERO
    coming_count: int = 0
    coming: Decimal = ZERO
    share: Decimal | None = None  # of all that is planned for the year after, in percent; None for the total itself

    @property
    def open(self) -> int:
        """Projects without a contract."""
        return self.count - self.signed

    @property
    def rate(self) -> Decimal | None:
        """Paid out of what was agreed, in percent; None while nothing is agreed."""
        return percentage(self.paid, self.agreed) if self.agreed else None

    @property
    def unpaid(self) -> Decimal:
        return self.agreed - self.paid

    @property
    def saved(self) -> Decimal:
        """Planned and not agreed (below zero where more was agreed than planned)."""
        return self.planned - self.agreed

    @property
    def growth(self) -> Decimal | None:
        """Of the plan against the year before, in percent; None where there was none."""
        return percentage_of_change(self.planned, self.coming) if self.planned else None

    def add(self, row: dict) -> None:
        for name in ("count", "signed", "planned", "agreed", "paid", "coming_count", "coming"):
            setattr(self, name, getattr(self, name) + (row.get(name) or 0))


@dataclass(slots=True)
class Portfolio:
    """All groups of one year in a reader's scope."""

    year: int
    total: Line
    regions: list[Line] = field(default_factory=list)
    classes: list[Line] = field(default_factory=list)
    branches: list[Line] = field(default_factory=list)
    methods: list[Line] = field(default_factory=list)
    standings: list[Line] = field(default_factory=list)

    @property
    def named(self) -> list[tuple[str, list[Line]]]:
        """The groups with their headings, in the order in which they are shown."""
        return [
            (_("按地区"), self.regions), (_("按目录大类"), self.branches), (_("按目录类别"), self.classes), (_("按购买方式"), self.methods),
            (_("按进展"), self.standings),
        ]  # fmt: skip


def percentage_of_change(before: Decimal, after: Decimal) -> Decimal:
    """How much more (or less) than before, in percent."""
    change = after - before
    size = percentage(abs(change), before)
    return size if change >= 0 else -size


def projects_of(actor: Actor, year: int) -> QuerySet[Project]:
    """Projects planned for a year in the actor's scope, but for those that were given up."""
    return Project.objects.visible_to(actor).filter(year=year).exclude(state=Project.State.ABORTED)


def years_of(actor: Actor) -> list[int]:
    """Years for which anything was planned, the latest first."""
    found = Project.objects.visible_to(actor).exclude(state=Project.State.ABORTED)
    return list(found.order_by("-year").values_list("year", flat=True).distinct())


def portfolio(actor: Actor, year: int) -> Portfolio:
    """The portfolio of a year; four queries, however many projects there are."""
    rows = [*_this_year(projects_of(actor, year)), *_year_after(projects_of(actor, year + 1))]
    total = Line(_("合计"))
    for row in rows:
        total.add(row)
    home = actor.region_path
    return Portfolio(
        year, total,
        regions=_grouped(rows, total, lambda row: (row["region__path"], _place(row, home))),
        branches=_grouped(rows, total, lambda row: (row["leaf__kind"] or "", _branch(row))),
        classes=_grouped(rows, total, lambda row: (row["leaf__parent__code"] or "", row["leaf__parent__name"] or _("目录外"))),
        methods=_grouped(rows, total, lambda row: (_order_of(row["method"]), way_words(row["method"]))),
        standings=_grouped(rows, total, lambda row: (_standing_order(row), _standing(row))),
    )


def _keys(prefix: str) -> list[str]:
    return [f"{prefix}{key}" for key in KEYS]


def _way(project: str) -> Subquery:
    """The way to buy that the item of a project names."""
    return Subquery(PlanItem.objects.filter(project=OuterRef(project)).order_by("pk").values("method")[:1])


def _bare(rows: Iterable[dict], prefix: str) -> list[dict]:
    return [{key.removeprefix(prefix): value for key, value in row.items()} for row in rows]


def _this_year(projects: QuerySet[Project]) -> list[dict]:
    chosen = projects.order_by().values("pk")
    signed = Contract.objects.filter(project__in=chosen, state__in=SIGNED).order_by()
    paid = PaymentRequest.objects.filter(contract__project__in=chosen, state=PaymentRequest.State.PAID).order_by()
    return [
        *projects.order_by().annotate(method=_way("pk")).values(*KEYS, "method").annotate(count=Count("pk"), planned=Sum("amount")),
        *_bare(
            signed.annotate(method=_way("project")).values(*_keys("project__"), "method")
            .annotate(agreed=Sum("amount"), signed=Count("project", distinct=True)), "project__",
        ),
        *_bare(
            paid.annotate(method=_way("contract__project")).values(*_keys("contract__project__"), "method").annotate(paid=Sum("amount")),
            "contract__project__",
        ),
    ]  # fmt: skip


def _year_after(projects: QuerySet[Project]) -> Iterable[dict]:
    """Standing is left out: next year's projects do not stand where this year's do."""
    found = projects.order_by().annotate(method=_way("pk")).values(*KEYS[:-1], "method")
    return [{**row, "state": ""} for row in found.annotate(coming_count=Count("pk"), coming=Sum("amount"))]


def _grouped(rows: list[dict], total: Line, told: Callable[[dict], tuple]) -> list[Line]:
    """Rows summed by what `told` says of each (sort key, name), in the order of the keys; empty groups are left out."""
    found: dict[tuple, Line] = {}
    for row in rows:
        key = told(row)
        if key[1]:
            found.setdefault(key, Line(str(key[1]))).add(row)
    for line in found.values():
        line.share = percentage(line.coming, total.coming)
    return [found[key] for key in sorted(found)]


def _place(row: dict, home: str) -> str:
    """The reader's own level apart from the places below it."""
    return _("%(name)s本级") % {"name": row["region__name"]} if row["region__path"] == home else row["region__name"]


def _branch(row: dict) -> str:
    return str(dict(Kind.choices).get(row["leaf__kind"], _("目录外")))


def way_words(way: str | None) -> str:
    """A way to buy in words; quota subsidies and other ways outside procurement law have none."""
    return str(Method(way).label) if way in Method.values else _("其他方式（如定额补助）")


def _order_of(way: str | None) -> str:
    return f"{Method.values.index(way):02d}" if way in Method.values else "99"


def _standing(row: dict) -> str:
    return str(Project.State(row["state"]).label) if row["state"] else ""


def _standing_order(row: dict) -> str:
    return f"{Project.State.values.index(row['state']):02d}" if row["state"] else ""
