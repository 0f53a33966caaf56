"""Evaluation schemes for programs."""
from __future__ import annotations

from rest_framework import serializers

from portal.workflow.api import StagedSerializer, route

from .models import Indicator, Scheme
from .views import SchemeFilter
from .workflow import SCHEME


class IndicatorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Indicator
        fields = ("code", "level", "name", "weight", "dimension", "aspect", "source", "rule", "scored_by")


class SchemeSerializer(StagedSerializer):
    """A scheme; weights are points of one hundred."""

    class Meta:
        model = Scheme
        fields = (
            "id", "state", "state_label", "project", "title", "purchaser_weight", "recipients_weight", "third_party_weight",
            "pays_by_result", "percent_excellent", "percent_good", "percent_fair", "percent_poor", "send_back_reason", "digest",
            "approved_at", "bound_at",
        )  # fmt: skip


def describe(viewset, scheme) -> dict:
    """One scheme with its indicators and the contracts signed on it."""
    described = super(type(viewset), viewset).described(scheme)
    described["indicators"] = IndicatorSerializer(scheme.indicators.all(), many=True).data
    described["contracts"] = list(scheme.bindings.values_list("contract__number", flat=True))
    return described


routes = [
    route("schemes", SCHEME, SchemeSerializer, described=describe, filterset_class=SchemeFilter,
          base_queryset=lambda viewset: Scheme.objects.select_related("project__agency__region").order_by("-id")),
]
