"""The portfolio of a year for programs: the same groups as on its page (W-04)."""
from __future__ import annotations

from dataclasses import asdict

from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from .portfolio import READERS, Line, portfolio, years_of


class LineSerializer(serializers.Serializer):
    """One group; money in yuan, rate, share and growth in percent."""

    name = serializers.CharField()
    count = serializers.IntegerField()
    signed = serializers.IntegerField()
    planned = serializers.DecimalField(max_digits=16, decimal_places=2)
    agreed = serializers.DecimalField(max_digits=16, decimal_places=2)
    paid = serializers.DecimalField(max_digits=16, decimal_places=2)
    rate = serializers.DecimalField(max_digits=16, decimal_places=1, allow_null=True)
    coming_count = serializers.IntegerField()
    coming = serializers.DecimalField(max_digits=16, decimal_places=2)
    share = serializers.DecimalField(max_digits=6, decimal_places=1, allow_null=True)
    growth = serializers.DecimalField(max_digits=16, decimal_places=1, allow_null=True)


class PortfolioSerializer(serializers.Serializer):
    year = serializers.IntegerField()
    total = LineSerializer()
    regions = LineSerializer(many=True)
    branches = LineSerializer(many=True)
    classes = LineSerializer(many=True)
    methods = LineSerializer(many=True)
    standings = LineSerializer(many=True)


class PortfolioView(APIView):
    """One year's purchases in sums: planned, agreed, paid, and what the year after plans."""

    audience = frozenset(READERS)
    serializer_class = PortfolioSerializer

    def get(self, request, year: int):
        actor = request._request.actor
        if year not in years_of(actor):
            raise NotFound
        found = portfolio(actor, year)
        groups = {name: [described(line) for line in getattr(found, name)] for name in GROUPS}
        return Response(PortfolioSerializer({"year": year, "total": described(found.total), **groups}).data)


GROUPS = ("regions", "branches", "classes", "methods", "standings")


def described(line: Line) -> dict:
    return {**asdict(line), "rate": line.rate, "growth": line.growth}
