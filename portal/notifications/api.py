"""The inbox for programs."""
from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from .inbox import mark_read
from .models import Mail, Message
from .preferences import language_of, prefer, preferences_of


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


class PreferencesSerializer(serializers.Serializer):
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    mails = serializers.DictField(child=serializers.ChoiceField(choices=Mail.choices), required=False)


class PreferencesView(viewsets.ViewSet):
    """How the one who asks is written to: `GET` shows, `POST` changes what is given."""

    audience = "signed-in"
    serializer_class = PreferencesSerializer

    def list(self, request):
        user = request._request.actor.user
        return Response({"language": language_of(user), "mails": preferences_of(user)})

    def create(self, request):
        given = PreferencesSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor = request._request.actor
        unknown = set(given.validated_data.get("mails", {})) - set(preferences_of(actor.user))
        if unknown:
            raise serializers.ValidationError({"mails": [str(_("没有这类消息：%(kinds)s。")) % {"kinds": ", ".join(sorted(unknown))}]})
        prefer(
            actor=actor, language=given.validated_data.get("language") or language_of(actor.user),
            mails=given.validated_data.get("mails", {}),
        )
        return self.list(request)


routes = [("inbox/preferences", PreferencesView), ("inbox", InboxViewSet)]
