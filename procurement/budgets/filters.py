"""Filters of money: of lines, of sums over lines, and of the entries behind them."""
from __future__ import annotations

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from procurement.plans.models import SourceKind

from .models import BudgetLine, Posting
from .use import NO_BRANCH, By, branches, in_branch


class LineFilter(django_filters.FilterSet):
    """Lines by words, year, source and state; narrowed from elsewhere to one agency, branch or workbook."""

    q = django_filters.CharFilter(label=_("单位、编号、名称"), method="search")
    year = django_filters.NumberFilter(label=_("年度"))
    source = django_filters.ChoiceFilter(label=_("来源"), choices=SourceKind.choices, empty_label=_("全部来源"))
    state = django_filters.ChoiceFilter(label=_("状态"), choices=BudgetLine.State.choices, empty_label=_("全部状态"))
    agency = django_filters.NumberFilter(widget=forms.HiddenInput)
    branch = django_filters.CharFilter(widget=forms.HiddenInput, method="of_branch")
    item = django_filters.NumberFilter(widget=forms.HiddenInput)
    book = django_filters.NumberFilter(widget=forms.HiddenInput)

    class Meta:
        model = BudgetLine
        fields: tuple = ()

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        own = Q(number__icontains=value) | Q(title__icontains=value)
        return queryset.filter(own | Q(agency__name__icontains=value) | Q(agency__short_name__icontains=value))

    def of_branch(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return in_branch(queryset, value)


class UseFilter(django_filters.FilterSet):
    """What is summed up, and by what."""

    q = django_filters.CharFilter(label=_("单位"), method="search")
    by = django_filters.ChoiceFilter(label=_("汇总方式"), choices=By.choices, empty_label=None, method="passed_over")
    year = django_filters.NumberFilter(label=_("年度"))
    source = django_filters.ChoiceFilter(label=_("来源"), choices=SourceKind.choices, empty_label=_("全部来源"))
    branch = django_filters.ChoiceFilter(label=_("目录类别"), empty_label=_("全部类别"), method="of_branch")
    agency = django_filters.NumberFilter(widget=forms.HiddenInput)

    class Meta:
        model = BudgetLine
        fields: tuple = ()

    def __init__(self, *given, **options):
        super().__init__(*given, **options)
        self.filters["branch"].extra["choices"] = [*branches(self.queryset), (NO_BRANCH, _("没有对应目录"))]

    @property
    def dimension(self) -> By:
        """What is summed up by; by agency where none, or nonsense, was asked for."""
        asked = self.data.get("by", "")
        return By(asked) if asked in By.values else By.AGENCY

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(Q(agency__name__icontains=value) | Q(agency__short_name__icontains=value))

    def of_branch(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return in_branch(queryset, value)

    def passed_over(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset


class LedgerFilter(django_filters.FilterSet):
    """Entries of the lines of an agency, year, source or branch, and those that touch one bucket."""

    q = django_filters.CharFilter(label=_("单位、指标、凭据"), method="search")
    year = django_filters.NumberFilter(label=_("年度"), field_name="line__year")
    source = django_filters.ChoiceFilter(
        label=_("来源"), field_name="line__source", choices=SourceKind.choices, empty_label=_("全部来源")
    )
    bucket = django_filters.ChoiceFilter(label=_("栏"), choices=Posting.Bucket.choices, empty_label=_("全部栏"), method="touching")
    agency = django_filters.NumberFilter(widget=forms.HiddenInput, field_name="line__agency")
    branch = django_filters.CharFilter(widget=forms.HiddenInput, method="of_branch")

    class Meta:
        model = Posting
        fields: tuple = ()

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        line = Q(line__number__icontains=value) | Q(line__title__icontains=value) | Q(reference__icontains=value)
        return queryset.filter(line | Q(line__agency__name__icontains=value))

    def touching(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(Q(source_bucket=value) | Q(target_bucket=value))

    def of_branch(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return in_branch(queryset, value, "line__item__leaf")
