"""The inbox for programs."""
from __future__ import annotations

from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from .inbox import mark_read
from .models import Message


class MessageSerializer(serializers.ModelSerializer):
    title = serializers.CharField(read_only=True)
    body = serializers.CharField(read_only=True)

    class Meta:
        model = Message
        fields = ["id", "event", "title", "body", "link", "created_at", "read_at"]


class InboxViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Messages of the one who asks; `POST /inbox/{id}/read/` marks one as read, `POST /inbox/read/` all."""

    audience = "signed-in"
    serializer_class = MessageSerializer
    lookup_value_regex = r"\d+"

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Message.objects.none()
        return Message.objects.visible_to(self.request._request.actor)

    @action(detail=True, methods=["post"])
    def read(self, request, pk=None):
        message = self.get_object()
        return Response({"marked": mark_read(actor=request._request.actor, message_ids=[message.pk])})

    @action(detail=False, methods=["post"], url_path="read", url_name="read-all")
    def read_all(self, request):
        return Response({"marked": mark_read(actor=request._request.actor)})


routes = [("inbox", InboxViewSet)]
