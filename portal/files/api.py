"""Documents for programs: what is known of one, and its bytes; the same scope as on the page."""
from __future__ import annotations

from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from .models import Document
from .views import LOOK_AGAIN, as_attachment


class DocumentSerializer(serializers.ModelSerializer):
    type = serializers.CharField(source="type_name", read_only=True)
    ready = serializers.BooleanField(source="is_ready", read_only=True)
    content = serializers.SerializerMethodField()

    class Meta:
        model = Document
        fields = ["uuid", "kind", "name", "size", "type", "content_type", "ready", "digest", "public", "created_at", "content"]

    def get_content(self, document: Document) -> str:
        return document.api_url


class DocumentViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """One document by its number; `GET /files/{uuid}/content/` gives its bytes, always as an attachment.

    A paper that is still being set (`ready` is false) answers 202 with `Retry-After`, seconds.
    """

    audience = "public"
    serializer_class = DocumentSerializer
    lookup_field = "uuid"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Document.objects.none()
        return Document.objects.visible_to(self.request._request.actor)

    @action(detail=True)
    def content(self, request, uuid=None) -> FileResponse | Response:
        found = self.get_object()
        if not found.is_ready:
            return Response({"detail": _("文件正在排版，请稍候再取。")}, status=202, headers={"Retry-After": str(LOOK_AGAIN)})
        try:
            return as_attachment(found)
        except FileNotFoundError as error:
            raise Http404 from error


routes = [("files", DocumentViewSet)]
