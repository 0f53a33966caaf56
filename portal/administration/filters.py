"""Filters of the administration's lists."""
from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership, Organisation, User
from portal.accounts.roles import OrganisationKind, Role

from .models import Invitation


class OrganisationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("名称、简称、信用代码"), method="words")
    kind = django_filters.ChoiceFilter(label=_("类别"), choices=OrganisationKind.choices, empty_label=_("全部类别"))

    class Meta:
        model = Organisation
        fields: tuple = ()

    def words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        value = value.strip()
        return queryset.filter(Q(name__contains=value) | Q(short_name__contains=value) | Q(code__startswith=value.upper()))


class PersonFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("姓名、账号、单位"), method="words")
    role = django_filters.ChoiceFilter(label=_("角色"), choices=Role.choices, empty_label=_("全部角色"), method="holding")
    is_active = django_filters.ChoiceFilter(
        label=_("账号"), choices=[("1", _("启用")), ("0", _("停用"))], empty_label=_("全部账号"), method="active"
    )

    class Meta:
        model = User
        fields: tuple = ()

    def words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        value = value.strip()
        there = Membership.objects.filter(organisation__name__contains=value).values("user_id")
        return queryset.filter(Q(name__contains=value) | Q(username__icontains=value) | Q(pk__in=there))

    def holding(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(pk__in=Membership.objects.live().filter(role=value).values("user_id"))

    def active(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(is_active=value == "1")


class InvitationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("姓名、单位"), method="words")
    state = django_filters.ChoiceFilter(label=_("状态"), choices=Invitation.State.choices, empty_label=_("全部状态"))

    class Meta:
        model = Invitation
        fields: tuple = ()

    def words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(Q(name__contains=value.strip()) | Q(organisation__name__contains=value.strip()))
