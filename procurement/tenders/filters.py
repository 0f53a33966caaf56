"""What lists of tenders are narrowed by."""
from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import Organisation, Region

from .models import PUBLIC_STATES, Tender


def matching(queryset: QuerySet, words: str) -> QuerySet:
    """Every word somewhere in number, title or purchaser."""
    for word in words.split()[:5]:
        queryset = queryset.filter(Q(number__icontains=word) | Q(title__icontains=word) | Q(agency__name__icontains=word))
    return queryset


class TenderFilter(django_filters.FilterSet):
    """The work list: words, state, purchaser, year."""

    q = django_filters.CharFilter(label=_("查找"), method="filter_words")
    state = django_filters.ChoiceFilter(label=_("状态"), choices=Tender.State.choices, empty_label=_("全部"))
    agency = django_filters.ModelChoiceFilter(label=_("采购人"), queryset=Organisation.objects.none(), empty_label=_("全部"))

    class Meta:
        model = Tender
        fields = ["q", "state", "agency"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        agencies = self.queryset.order_by().values("agency")
        self.filters["agency"].field.queryset = Organisation.objects.filter(pk__in=agencies).order_by("name")

    def filter_words(self, queryset, name, value):
        return matching(queryset, value)


class PublicTenderFilter(django_filters.FilterSet):
    """The public list: words, region with all below it, state, and whether bids can still be handed in."""

    ORDERS = (("-published_at", _("最新发布")), ("closes_at", _("截止时间由近到远")))

    q = django_filters.CharFilter(label=_("查找"), method="filter_words")
    region = django_filters.ModelChoiceFilter(
        label=_("地区"), queryset=Region.objects.all(), method="filter_region", empty_label=_("全部地区")
    )
    open = django_filters.ChoiceFilter(
        label=_("投标"), choices=[("true", _("正在接受投标"))], method="filter_open", empty_label=_("全部")
    )
    state = django_filters.ChoiceFilter(
        label=_("状态"), choices=[(state.value, state.label) for state in PUBLIC_STATES], empty_label=_("全部")
    )
    order = django_filters.ChoiceFilter(label=_("排序"), choices=ORDERS, method="filter_order", empty_label=None)

    class Meta:
        model = Tender
        fields = ["q", "region", "open", "order"]

    def filter_words(self, queryset, name, value):
        return matching(queryset, value)

    def filter_region(self, queryset, name, value):
        return queryset.filter(agency__region__path__startswith=value.path)

    def filter_open(self, queryset, name, value):
        return queryset.open_now(clock.now())

    def filter_order(self, queryset, name, value):
        return queryset.order_by(value, "id")
