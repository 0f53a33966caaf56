"""What an adjustment makes of an item: tried before it is asked, written when it is decided, told in words (L2.2 adjust)."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.money import in_figures
from portal.rules.jurisdiction import setting
from portal.workflow import Refusal

from .completeness import BESIDE, missing
from .content import ROWS, Change, between, snapshot
from .models import Adjustment, PlanItem
from .verbs.items import amount_of, replace_rows, spread_over_years

#: What may be changed of an approved item; scope answers, route and predecessor were judged and stay (R102-09…14, R-009).
FIELDS = (
    "title", "leaf", "content", "objective", "quantity", "unit", "unit_price", "periods", "price_reason", "scheme",
    "adjustment_document", "supplier_conditions", "sme_policy", "sme_statement", "method", "term_months", "starts_on",
    "budget_guaranteed", "content_fixed", "continuous", "funding_stable", "price_stable", "survey", "risk_list", "evaluation_standard",
)
ADJUSTABLE = (*FIELDS, *ROWS)
#: Fields of which a change goes to the head of finance even if no money rises (L2.2 adjust).
WEIGHTY = ("leaf", "method")
#: What everybody reads of an adjusted item in the list of its plan (R-008).
OPEN_TO_ALL = ("title", "leaf", "content", "quantity", "unit", "method", "term_months", "starts_on", "supplier_conditions",
               "evaluation_standard", "amount")  # fmt: skip
MOST_SHOWN = 200  # characters of a changed text in record and lists


@dataclass(frozen=True, slots=True)
class Trial:
    """What an item would say and come to, and what it would newly lack."""

    before: dict[str, Any]
    after: dict[str, Any]
    granted: Decimal
    years: dict[int, Decimal]
    lacking: list[Refusal]

    @property
    def changes(self) -> list[Change]:
        return between(self.before, self.after)


def tried(item: PlanItem, data: dict[str, Any]) -> Trial:
    """What the item would become with `data` (a part of ADJUSTABLE); nothing of it stays. Must run inside a transaction.

    What it lacked before, under rules that came after its approval, is not held against it.
    """
    before, known = snapshot(item), {_told(refusal) for refusal in missing(item)}
    with transaction.atomic():
        twin = PlanItem.objects.select_related(*BESIDE).get(pk=item.pk)
        write(twin, data)
        lacking = [refusal for refusal in missing(twin) if _told(refusal) not in known]
        trial = Trial(before, snapshot(twin), twin.effective_amount, twin.approved_years(), lacking)
        transaction.set_rollback(True)
    return trial


def _told(refusal: Refusal) -> tuple:
    return refusal.rule, refusal.field, str(refusal.message)


def write(item: PlanItem, data: dict[str, Any]) -> None:
    """Say it otherwise: fields, rows and, where quantity or price change, the amount, which is approved as it is asked (S-27)."""
    asked = item.amount
    for name in FIELDS:
        if name in data:
            setattr(item, name, data[name])
    if item.quantity is not None and item.unit_price is not None:
        item.amount = amount_of(item)
    if item.amount != asked:
        item.approved_amount = item.amount
    item.save()
    for name, rows in _rows_following(item, asked, data).items():
        replace_rows(item, name, rows)
    spread_over_years(item, item.effective_amount)


def _rows_following(item: PlanItem, asked: Decimal, data: dict[str, Any]) -> dict[str, list[dict]]:
    """The rows to be written; one single source or year follows the amount, so that it need not be typed twice (S-162)."""
    rows = {name: data[name] for name in ROWS if name in data}
    for name in ("sources", "years"):
        own = rows.get(name) or list(getattr(item, name).values(*ROWS[name][2]))
        if item.amount != asked and len(own) == 1 and own[0]["amount"] == asked:
            rows[name] = [{**own[0], "amount": item.amount}]
    return rows


def values_of(content: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Kept content as values of the fields, for those of ADJUSTABLE that are named."""
    found: dict[str, Any] = {}
    for name in names:
        if name in ROWS:
            model, _label, columns = ROWS[name]
            found[name] = [{column: model._meta.get_field(column).to_python(row[column]) for column in columns} for row in content[name]]
        elif name in FIELDS:
            field, kept = PlanItem._meta.get_field(name), content[name]
            if field.is_relation:
                found[name] = field.related_model._default_manager.filter(pk=kept[0]).first() if kept else None
            else:
                found[name] = field.to_python(kept)
    return found


def proposed(adjustment: Adjustment) -> dict[str, Any]:
    """What an adjustment changes, as values of the fields."""
    return values_of(adjustment.after, [change.name for change in changes_of(adjustment) if change.name in ADJUSTABLE])


def changes_of(adjustment: Adjustment) -> list[Change]:
    """Before and after, field by field, only what changes; nothing for an addition or a cancellation."""
    return between(adjustment.before, adjustment.after)


def public_changes_of(adjustment: Adjustment) -> list[Change]:
    return [change for change in changes_of(adjustment) if change.name in OPEN_TO_ALL]


def is_stale(adjustment: Adjustment) -> bool:
    """Whether the item says something else by now than when it was asked."""
    return bool(between(adjustment.before, snapshot(adjustment.item)))


def kind_of(before: Decimal, after: Decimal) -> str:
    if after > before:
        return Adjustment.Kind.INCREASE
    return Adjustment.Kind.DECREASE if after < before else Adjustment.Kind.CONTENT


def needs_head(item: PlanItem, trial: Trial) -> bool:
    """Money up, another leaf or method, or a sum from which the region wants its head (L2.2 adjust, R-031)."""
    if trial.granted > item.effective_amount or {change.name for change in trial.changes} & set(WEIGHTY):
        return True
    return max(trial.granted, item.effective_amount) >= setting("adjustment_head_from", item.agency.region)


def words_of(changes: Iterable[Change]) -> list[str]:
    """Each change as one line: what, from what, to what."""
    line = _("%(label)s：由“%(before)s”调整为“%(after)s”")
    return [line % {"label": change.label, "before": _short(change.before), "after": _short(change.after)} for change in changes]


def _short(lines: list[str]) -> str:
    text = "；".join(lines) or "—"
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def summary_of(adjustment: Adjustment) -> str:
    """What was adjusted, in one cell of a table."""
    if adjustment.kind == Adjustment.Kind.ADD:
        return _("新增项目，%(amount)s 元") % {"amount": in_figures(adjustment.amount_after)}
    if adjustment.kind == Adjustment.Kind.CANCEL:
        return _("取消项目，原批准 %(amount)s 元") % {"amount": in_figures(adjustment.amount_before)}
    return "；".join(words_of(public_changes_of(adjustment))) or str(adjustment.get_kind_display())


def of_plan(actor, plan) -> Any:
    """What was adjusted of a year's plan of an agency, in the order in which it took effect; additions of the year with it."""
    found = Adjustment.objects.visible_to(actor).filter(agency=plan.agency_id, year=plan.year)
    return found.select_related("item", "project", "agency").order_by("id")


