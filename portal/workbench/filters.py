"""Filters of the lists of the workbench."""
from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from procurement.plans.models import Project


class ProjectFilter(django_filters.FilterSet):
    """Find projects by words, year and stage."""

    q = django_filters.CharFilter(label=_("项目名称、编号、单位"), method="words")
    year = django_filters.NumberFilter(label=_("年度"), field_name="year")
    state = django_filters.ChoiceFilter(label=_("阶段"), choices=Project.State.choices, empty_label=_("全部阶段"))

    class Meta:
        model = Project
        fields: tuple = ()

    def words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        value = value.strip()
        return queryset.filter(Q(title__contains=value) | Q(number__startswith=value) | Q(agency__name__contains=value))
