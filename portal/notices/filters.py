"""Searching the notices: by words, kind and region."""
from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Region

from .kinds import KINDS
from .models import Notice


def with_words(queryset: QuerySet, query: str) -> QuerySet:
    """Every word must stand in title, number or publisher; plain `contains` finds two characters on both engines."""
    for word in query.split():
        queryset = queryset.filter(
            Q(title__contains=word) | Q(number__contains=word.upper()) | Q(organisation__name__contains=word)
        )
    return queryset


class NoticeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("查找"), method="by_words", max_length=60)
    kind = django_filters.ChoiceFilter(
        label=_("公告类型"), empty_label=_("全部类型"), choices=[(kind.code, kind.name) for kind in KINDS.values()]
    )
    region = django_filters.ModelChoiceFilter(
        label=_("地区"), empty_label=_("全部地区"), queryset=Region.objects.all(), to_field_name="code", method="within"
    )

    class Meta:
        model = Notice
        fields = ["q", "kind", "region"]

    def by_words(self, queryset, name, value):
        return with_words(queryset, value)

    def within(self, queryset, name, value):
        return queryset.filter(region__path__startswith=value.path)
