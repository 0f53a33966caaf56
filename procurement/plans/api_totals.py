"""What published plans come to, for programs (R1787-06)."""
from __future__ import annotations

from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from . import totals
from .views.totals import TotalsForm


class LineSerializer(serializers.Serializer):
    label = serializers.CharField()
    count = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=18, decimal_places=2)


class TotalsSerializer(serializers.Serializer):
    """One year and region (its code; null: the whole installation); money in yuan."""

    year = serializers.IntegerField()
    region = serializers.CharField(source="region.code", default=None)
    plans = serializers.IntegerField()
    budget = serializers.DecimalField(max_digits=18, decimal_places=2)
    count = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=18, decimal_places=2)
    groups = serializers.SerializerMethodField(help_text="By agency, catalogue branch and method; each adds up to the whole.")

    def get_groups(self, found: totals.Totals) -> dict[str, list]:
        return {key: LineSerializer(lines, many=True).data for key, _title, lines in found.groups}


class PlanTotalsView(APIView):
    """Number and amount of approved items of a `year` (default: the latest) and a `region`, with all below it; free, without sign-in."""

    audience = "public"
    serializer_class = TotalsSerializer
    words = tuple(TotalsForm.base_fields)

    def get(self, request):
        form = TotalsForm(request.query_params)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        year = form.cleaned_data["year"] or form.years[0]
        return Response(TotalsSerializer(totals.totals_of(year, form.cleaned_data["region"])).data)
