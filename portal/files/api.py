"""Documents for programs: what is known of one, and its bytes; the same scope as on the page."""
from __future__ import annotations

from django.http import FileResponse, Http404
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action

from .models import Document
from .views import as_attachment


class DocumentSerializer(serializers.ModelSerializer):
    type = serializers.CharField(source="type_name", read_only=True)
    content = serializers.SerializerMethodField()

    class Meta:
        model = Document
        fields = ["uuid", "kind", "name", "size", "type", "content_type", "digest", "public", "created_at", "content"]

    def get_content(self, document: Document) -> str:
        return document.api_url


class DocumentViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """One document by its number; `GET /files/{uuid}/content/` gives its bytes, always as an attachment."""

    audience = "public"
    serializer_class = DocumentSerializer
    lookup_field = "uuid"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Document.objects.none()
        return Document.objects.visible_to(self.request._request.actor)

    @action(detail=True)
    def content(self, request, uuid=None) -> FileResponse:
        try:
            return as_attachment(self.get_object())
        except FileNotFoundError as error:
            raise Http404 from error


routes = [("files", DocumentViewSet)]
