"""Published notices for programs: free, without sign-in, the payload with the digest over it."""
from __future__ import annotations

from rest_framework import serializers, viewsets

from portal.workflow.api import StagedSerializer

from .filters import NoticeFilter
from .models import Notice


class NoticeSerializer(StagedSerializer):
    publisher = serializers.CharField(source="organisation.name", read_only=True)
    region = serializers.CharField(source="region.code", read_only=True)

    class Meta:
        model = Notice
        fields = [
            "id", "number", "kind", "title", "publisher", "region", "state", "state_label", "published_at", "received_at", "medium",
            "notice_ends_at", "payload", "text", "digest", "subject_type", "subject_id", "project_id",
        ]


class NoticeViewSet(viewsets.ReadOnlyModelViewSet):
    """Notices, newest first; filtered by `kind`, `region` and `q` like the page."""

    audience = "public"
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    lookup_value_regex = r"\d+"
    keyset = ("-published_at", "-id")

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Notice.objects.none()
        return Notice.objects.visible_to(self.request._request.actor).select_related("organisation", "region")


routes = [("notices", NoticeViewSet)]
