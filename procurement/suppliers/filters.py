"""What the list of suppliers is narrowed down by."""
from __future__ import annotations

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .conditions import SupplierType
from .models import Supplier


class SupplierFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("名称或统一社会信用代码"))
    type = django_filters.ChoiceFilter(choices=SupplierType.choices, label=_("类型"), empty_label=_("全部"))
    state = django_filters.ChoiceFilter(choices=Supplier.State.choices[1:], label=_("状态"), empty_label=_("全部"))

    class Meta:
        model = Supplier
        fields = ["q", "type", "state"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(organisation__name__icontains=value) | Q(code__istartswith=value.strip()))
