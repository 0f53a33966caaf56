"""The nine steps of a project for programs: the same lines as on its page (S-02)."""
from __future__ import annotations

from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from procurement.plans.models import Project

from .nine_steps import READERS, lines_of, may_read, wanting
from .record import sight_of, with_opening


class LineSerializer(serializers.Serializer):
    """One step: done with its last date, person and document, wanting with the rule and the act that is next, or still to come."""

    step = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=["done", "wanting", "coming", "unknown"])
    state_label = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    times = serializers.IntegerField()
    person = serializers.CharField()
    organisation = serializers.CharField()
    thing = serializers.CharField()
    document = serializers.CharField()
    rules = serializers.ListField(child=serializers.CharField())
    advice = serializers.CharField()


class NineStepsSerializer(serializers.Serializer):
    project = serializers.CharField()
    wanting = serializers.IntegerField()
    steps = LineSerializer(many=True)


class NineStepsView(APIView):
    """The nine steps of one project that the caller may see; government alone."""

    audience = frozenset(READERS)
    serializer_class = NineStepsSerializer

    def get(self, request, number: str):
        actor = request._request.actor
        visible = Project.objects.visible_to(actor).select_related("agency", "region")
        project = with_opening(visible).filter(number=number).first() if may_read(actor) else None
        if project is None:
            raise NotFound
        lines = lines_of(sight_of(project, actor))
        described = {"project": project.number, "wanting": len(wanting(lines)), "steps": [line.as_dict() for line in lines]}
        return Response(NineStepsSerializer(described).data)
