"""The ceilings of next year for programs (D-01)."""
from __future__ import annotations

from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from .next_year_files import NEXT_YEAR_READERS, lines_of


class CeilingSerializer(serializers.Serializer):
    """One contract of the year and the ceiling that its result gives; money in yuan."""

    agency = serializers.CharField()
    project = serializers.CharField()
    title = serializers.CharField()
    supplier = serializers.CharField()
    yearly = serializers.DecimalField(max_digits=16, decimal_places=2)
    result = serializers.CharField()
    score = serializers.CharField()
    grade = serializers.CharField()
    satisfaction = serializers.CharField()
    rule = serializers.CharField()
    closed = serializers.BooleanField()
    ceiling = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    asked = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)


class NextYearSerializer(serializers.Serializer):
    year = serializers.IntegerField()
    count = serializers.IntegerField()
    evaluated = serializers.IntegerField()
    yearly = serializers.DecimalField(max_digits=18, decimal_places=2)
    ceiling = serializers.DecimalField(max_digits=18, decimal_places=2)
    contracts = CeilingSerializer(many=True)


class NextYearView(APIView):
    """Every contract that ran in a year with the ceiling that its evaluation gives for the next."""

    audience = frozenset(NEXT_YEAR_READERS)
    serializer_class = NextYearSerializer

    def get(self, request, year: int):
        rows, totals = lines_of(request._request.actor, year) if 2004 <= year <= 2100 else ([], None)
        if not rows:
            raise NotFound
        return Response(NextYearSerializer({
            "year": year, "count": totals.count, "evaluated": totals.evaluated, "yearly": totals.yearly, "ceiling": totals.ceiling,
            "contracts": rows,
        }).data)
