"""What a jurisdiction decides where the law leaves it room: from a day on, on a paper, with a reason (ADM-07, G5)."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.actor import Actor
from portal.accounts.models import Region
from portal.administration.scope import regions_of
from portal.audit.record import note
from portal.rules.jurisdiction import WrongValue, decide, declared, setting
from portal.rules.models import JurisdictionSetting
from portal.workflow.refusals import Refusal, refuse
from procurement.plans.models.review import ReviewChainStep, StepKind

from .guarding import administers, unless

#: Two amounts or days of which the first may not exceed the second.
ORDERED = (
    ("procurement_threshold", "open_tender_threshold"), ("directed_commission_max", "procurement_threshold"),
    ("confirmation_from", "confirmation_until"),
)


@transaction.atomic
def decide_settings(
    *, actor: Actor, region: Region, values: Mapping[str, Any], valid_from: date, source: str, reason: str,
) -> list[JurisdictionSetting]:
    """New values for a region from a day on; what has begun keeps those of its day. Raises Refused with everything wrong."""
    administers(actor)
    unless([
        *_not_overseen(actor, region), *_too_early(valid_from), *_nothing_new(values), *_wrong(values),
        *_out_of_order(region, values, valid_from),
    ])
    stored = []
    for name, value in values.items():
        before = declared()[name].write(setting(name, region, valid_from))
        row = decide(name, value, source=source, valid_from=valid_from, region=region, decided_by=actor.user, decided_at=clock.now(),
                     reason=reason)  # fmt: skip
        stored.append(row)
        note(actor=actor, what="setting_decided", subject=f"setting:{region.pk}", label=str(declared()[name].label), reason=reason, facts={
            "name": name, "before": before, "after": row.value, "valid_from": valid_from, "source": source, "region": region.name,
        })  # fmt: skip
    return stored


@transaction.atomic
def decide_chain(
    *, actor: Actor, region: Region, steps: list[dict], valid_from: date, source: str, reason: str,
) -> list[ReviewChainStep]:
    """The review chain of a region from a day on; items already submitted keep theirs (X-04, G5)."""
    administers(actor)
    unless([*_not_overseen(actor, region), *_too_early(valid_from), *_chain_faults(steps)])
    ReviewChainStep.objects.filter(region=region, valid_from=valid_from).delete()  # decided twice for one day: the later holds
    rows = [
        ReviewChainStep.objects.create(region=region, valid_from=valid_from, **{name: step[name] for name in STEP_FIELDS}) for step in steps
    ]
    note(actor=actor, what="chain_decided", subject=f"setting:{region.pk}", label=region.name, reason=reason, facts={
        "steps": [{name: step[name] for name in STEP_FIELDS} for step in steps], "valid_from": valid_from, "source": source,
    })  # fmt: skip
    return rows


STEP_FIELDS = ("kind", "group", "only_posts", "may_reject")


def _not_overseen(actor: Actor, region: Region) -> Iterator[Refusal]:
    if not regions_of(actor).filter(pk=region.pk).exists():
        yield refuse("ADM-01", _("“%(region)s”不在您的管理范围内。"), region=region.name)


def _too_early(valid_from: date) -> Iterator[Refusal]:
    if valid_from < clock.today():
        yield refuse("ADM-07", _("生效日期不能早于今天 %(today)s。"), field="valid_from", today=clock.today())


def _nothing_new(values: Mapping[str, Any]) -> Iterator[Refusal]:
    if not values:
        yield refuse("ADM-07", _("没有改动任何取值。"))


def _wrong(values: Mapping[str, Any]) -> Iterator[Refusal]:
    for name, value in values.items():
        known = declared()[name]
        try:
            known.write(value)
        except WrongValue:
            yield refuse("ADM-07", _("%(label)s：取值不在允许的范围内。"), field=name.replace(".", "-"), label=known.label)


def _out_of_order(region: Region, values: Mapping[str, Any], day: date) -> Iterator[Refusal]:
    """Thresholds and days that must follow each other, with what is decided now in place of what stands."""
    for first, second in ORDERED:
        if first in values or second in values:
            low, high = (values.get(name, None) if name in values else setting(name, region, day) for name in (first, second))
            if low > high:
                yield refuse(
                    "ADM-07", _("“%(first)s”不能大于“%(second)s”。"), field=first if first in values else second,
                    first=declared()[first].label, second=declared()[second].label,
                )


def _chain_faults(steps: list[dict]) -> Iterator[Refusal]:
    """Each department once, finance among them, groups numbered without a gap, and who only sees posts is not alone."""
    kinds = [step["kind"] for step in steps]
    if len(kinds) != len(set(kinds)):
        yield refuse("S-23", _("每个部门只能列一次。"), field="steps")
    if StepKind.FINANCE not in kinds:
        yield refuse("S-25", _("审核环节里必须有财政。"), field="steps")
    groups = sorted({step["group"] for step in steps})
    if groups != list(range(1, len(groups) + 1)):
        yield refuse("S-166", _("组号从 1 起连续编。"), field="steps")
    if any(step["kind"] == StepKind.FINANCE and step["only_posts"] for step in steps):
        yield refuse("S-25", _("财政要审全部项目，不能只审岗位购买。"), field="steps")
