"""Report jobs for programs: queue, watch, fetch."""
from __future__ import annotations

from rest_framework import serializers

from portal.workflow.api import StagedSerializer, route

from .models import ReportJob
from .workflow import REPORT_JOB


class ReportJobSerializer(StagedSerializer):
    step = serializers.CharField(source="step_text", read_only=True)
    error = serializers.CharField(source="error_text", read_only=True)
    document = serializers.SerializerMethodField()

    class Meta:
        model = ReportJob
        fields = [
            "id", "kind", "parameters", "state", "state_label", "progress", "step", "error", "attempt", "created_at",
            "completed_at", "expires_at", "as_of", "rows", "data_digest", "template_version", "document",
        ]

    def get_document(self, job: ReportJob) -> dict | None:
        if not job.is_finished:
            return None
        file = job.document
        return {"name": file.name, "url": file.get_absolute_url(), "content": file.api_url, "size": file.size, "digest": file.digest}


routes = [route("reports", REPORT_JOB, ReportJobSerializer)]
