"""What the lists of planning can be narrowed to by programs: the words of the pages and the keys of what hangs together."""
from __future__ import annotations

import django_filters
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from .models import Intention, Plan, PlanItem, ReviewStep
from .views.intentions import PublicIntentionFilter
from .views.plans import ItemFilter, PlanFilter, is_official
from .views.queue import WaitingFilter


class PlanWords(PlanFilter):
    class Meta:
        model = Plan
        fields = ["q", "year", "state", "agency"]


class ItemWords(ItemFilter):
    """As the plan's own page; what is wrong with items is asked by government alone."""

    class Meta:
        model = PlanItem
        fields = ["q", "state", "kind", "fault", "plan", "year", "route", "project", "agency", "leaf", "listed", "filed_request"]

    def faulty(self, queryset, name, value):
        if not is_official(self.request.actor):
            raise PermissionDenied
        return super().faulty(queryset, name, value)


class StepWords(WaitingFilter):
    """As the list of what waits; `kind` is that of the step, `item_kind` that of the item; `waiting`: for the caller's department."""

    kind = None
    item_kind = django_filters.ChoiceFilter(field_name="item__kind", choices=PlanItem.Kind.choices)
    waiting = django_filters.BooleanFilter(label=_("待本部门审核"), method="awaiting")

    class Meta:
        model = ReviewStep
        fields = ["q", "which", "item", "state", "department", "kind", "item__plan"]

    def awaiting(self, queryset, name, value):
        mine = queryset.model.objects.awaiting(self.request.actor.organisation_id)
        return queryset.filter(pk__in=mine) if value else queryset.exclude(pk__in=mine)


class IntentionWords(PublicIntentionFilter):
    state = django_filters.ChoiceFilter(choices=Intention.State.choices)

    class Meta:
        model = Intention
        fields = ["q", "region", "since", "until", "state", "agency", "project", "expected", "required", "shortened"]
