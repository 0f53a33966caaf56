"""The leading group of a region and its office: told by the finance department, every change recorded (S-184)."""
from __future__ import annotations

from portal.workflow import Act
from procurement.plans.forms.offices import FIELDS
from procurement.plans.models import LeadingGroup, LeadingGroupMember


def establish(group: LeadingGroup, act: Act) -> dict:
    group.office = act.actor.organisation
    group.region = act.actor.organisation.region
    return _told(group, act)


def revise(group: LeadingGroup, act: Act) -> dict:
    before = {name: getattr(group, name) for name in FIELDS} | {"members": _members(group)}
    after = _told(group, act)
    return {"changed": {name: {"before": before[name], "after": after[name]} for name in after if before[name] != after[name]}}


def _told(group: LeadingGroup, act: Act) -> dict:
    for name in FIELDS:
        setattr(group, name, act.data.get(name, ""))
    group.save()
    group.members.all().delete()
    LeadingGroupMember.objects.bulk_create(
        LeadingGroupMember(group=group, order=order, **row) for order, row in enumerate(act.data["members"], start=1)
    )
    return {**{name: getattr(group, name) for name in FIELDS}, "members": _members(group)}


def _members(group: LeadingGroup) -> list[str]:
    return [str(member) for member in group.members.order_by("order")]
