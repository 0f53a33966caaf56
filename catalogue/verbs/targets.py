"""What the acts on a target by stage do (S-11)."""
from __future__ import annotations

from decimal import Decimal

from catalogue.models import StageTarget
from portal.workflow import Act

SAID = ("stage", "target", "document", "note")


def figure(value: Decimal | int) -> str:
    """As it is read: 6, not 6.00."""
    return f"{Decimal(value).normalize():,f}"


def set_target(target: StageTarget, act: Act) -> dict:
    """Say what the region means to reach in a year."""
    target.region = act.actor.organisation.region
    for name in ("year", "measure", *SAID):
        setattr(target, name, act.data[name])
    target.save()
    return {"year": target.year, "measure": str(target.get_measure_display()), "target": figure(target.target)}


def change(target: StageTarget, act: Act) -> dict:
    """Another figure, stage or paper; before and after stand in the record."""
    before = target.target
    for name in SAID:
        setattr(target, name, act.data[name])
    return {"year": target.year, "measure": str(target.get_measure_display()), "before": figure(before),
            "target": figure(target.target)}  # fmt: skip
