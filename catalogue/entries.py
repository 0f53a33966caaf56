"""Entries of implementation catalogues for readers: found, sorted by what comes first, counted (S-09, S-10)."""
from __future__ import annotations

from collections import Counter
from decimal import Decimal

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from .methods import WAYS
from .models import FLAGS, ImplementationEntry, Kind

FLAG_WORDS = [("livelihood", _("民生优先")), ("key_point", _("突出重点")), ("easy", _("先易后难"))]


def selected(entries: QuerySet) -> QuerySet:
    """With all that a line of a list shows."""
    return entries.select_related("leaf", "filed_request", "agency", "catalogue")


class EntryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("项目、单位、目录编码"), method="search")
    method = django_filters.ChoiceFilter(label=_("购买方式"), choices=WAYS, empty_label=_("全部方式"))
    flag = django_filters.ChoiceFilter(label=_("选择原则"), choices=FLAG_WORDS, empty_label=_("全部项目"), method="by_flag")

    class Meta:
        model = ImplementationEntry
        fields = ["q", "method", "flag"]

    def search(self, queryset, name, value):
        return queryset.filter(
            Q(title__icontains=value) | Q(agency__name__icontains=value) | Q(leaf__code__istartswith=value) | Q(leaf__name__icontains=value)
        )

    def by_flag(self, queryset, name, value):
        return queryset.filter(**{value: True}) if value in FLAGS else queryset


class PilotFilter(EntryFilter):
    year = django_filters.NumberFilter(label=_("年度"), field_name="catalogue__year")
    pilot = django_filters.ChoiceFilter(
        label=_("试点批次"), choices=ImplementationEntry.Pilot.choices, empty_label=_("全部批次")
    )

    class Meta:
        model = ImplementationEntry
        fields = ["q", "year", "pilot", "method", "flag"]


def figures_of(entries: QuerySet) -> dict:
    """How many, for how much (yuan), of which kind, by which methods, with which flags, in which batches; one query."""
    rows = list(entries.order_by().values("method", "pilot", "amount", "leaf__kind", "filed_request__kind", *FLAGS))
    methods = Counter(row["method"] for row in rows)
    batches = Counter(row["pilot"] for row in rows if row["pilot"])
    kinds = Counter(row["leaf__kind"] or row["filed_request__kind"] for row in rows)
    return {
        "count": len(rows), "amount": sum((row["amount"] or Decimal(0) for row in rows), Decimal(0)), "pilots": sum(batches.values()),
        "kinds": [(str(label), kinds[kind]) for kind, label in Kind.choices],
        "methods": [(str(label), methods[way]) for way, label in WAYS if methods[way]],
        "batches": [(str(label), batches[batch]) for batch, label in ImplementationEntry.Pilot.choices if batches[batch]],
        "flags": [(str(words), sum(row[flag] for row in rows)) for flag, words in FLAG_WORDS],
    }  # fmt: skip
