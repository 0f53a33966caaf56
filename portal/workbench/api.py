"""Addresses of the API that belong to no stage."""
from django.urls import path
from rest_framework import serializers

from portal.workflow.api import StagedSerializer, route

from .demo import DemoClock, DemoToken
from .models import MonthlyReport
from .nine_steps_api import NineStepsView
from .portfolio_api import PortfolioView
from .workflow import MONTHLY_REPORT


class MonthlyReportSerializer(StagedSerializer):
    """A month of a region: counts, amounts in yuan, the month before and the year so far, line by line (S-190)."""

    region_name = serializers.CharField(source="region.name", read_only=True)
    document = serializers.CharField(source="document.api_url", read_only=True)
    workbook = serializers.CharField(source="workbook.api_url", read_only=True)

    class Meta:
        model = MonthlyReport
        fields = [
            "id", "region", "region_name", "lead", "year", "month", "due_on", "state", "state_label", "state_since", "made_at",
            "reported_at", "figures", "document", "workbook",
        ]  # fmt: skip
        read_only_fields = fields


routes = [
    route("monthly-reports", MONTHLY_REPORT, MonthlyReportSerializer, filterset_fields=["state", "region", "year", "month"],
          base_queryset=lambda self: MonthlyReport.objects.select_related("region", "document", "workbook")),
]  # fmt: skip
urlpatterns = [
    path("demo/token/", DemoToken.as_view(), name="demo-token"),
    path("demo/clock/", DemoClock.as_view(), name="demo-clock"),
    path("project-steps/<str:number>/", NineStepsView.as_view(), name="project-steps"),
    path("portfolios/<int:year>/", PortfolioView.as_view(), name="portfolio"),
]
