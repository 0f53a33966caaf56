"""The same verbs, scope and refusals for programs: one viewset over a lifecycle."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from .actions import available_actions
from .engine import may, perform, refuse_again
from .inputs import inputs_form
from .labels import state_label
from .refusals import NotYours
from .several import act_on_several, asked, rows_for_several
from .table import Lifecycle, lifecycle_of


class StagedSerializer(serializers.ModelSerializer):
    """A staged thing with its state, its label for the reader and, on its own page, what can be done now."""

    state_label = serializers.SerializerMethodField()

    def get_state_label(self, obj) -> str:
        return state_label(obj, self.context["request"]._request.actor)


def narrowed(found: QuerySet, serializer: type[StagedSerializer]) -> QuerySet:
    """Reads of each row what a list tells of it, where that is columns alone; a row may have sixty of them."""
    columns = _columns_of(serializer)
    joined = found.query.select_related or {}
    if columns is None or joined is True or any(inner or name not in columns for name, inner in joined.items()):
        return found
    return found.only(*columns)


@cache
def _columns_of(serializer: type[StagedSerializer]) -> frozenset[str] | None:
    """The columns that rows are made of, joined ones with the relation they come by; None where a field is worked out from others."""
    columns = {"pk", "state"}
    for name, field in serializer().fields.items():
        if name == "state_label":
            continue
        model, path = serializer.Meta.model, ""
        for step in field.source.split("."):
            names = {each.name: each for each in model._meta.concrete_fields} if model else {}
            if step not in names or isinstance(field, serializers.BaseSerializer | serializers.SerializerMethodField):
                return None
            path, model = f"{path}__{step}".strip("_"), names[step].related_model
            columns.add(path)
    return frozenset(columns)


def actions_of(obj, actor) -> list[dict[str, Any]]:
    return [
        {"name": a.name, "label": str(a.label), "enabled": a.enabled, "refusals": [r.as_dict() for r in a.refusals]}
        for a in available_actions(obj, actor)
    ]


def key_of(request) -> str | None:
    """What the sender calls this act, to send it again when no answer came."""
    return request.headers.get("Idempotency-Key", "")[:60] or None


class LifecycleViewSet(viewsets.ReadOnlyModelViewSet):
    """List, read, make and act on the things of one lifecycle.

    `POST /` fires the creating row (the only one, or the one named by `transition` in the body), `POST /{id}/{row}/`
    any other. `Idempotency-Key` makes a call happen once: sent again it answers 409 with the id under `done`. Subclasses
    set `lifecycle` and `serializer_class` and may narrow `base_queryset()` (select_related). Every list is filtered by state;
    a query word that it does not know is refused.
    """

    lifecycle: Lifecycle
    audience = "signed-in"
    filterset_fields: Sequence[str] = ("state",)
    words: Sequence[str] | None = None  # of an action that answers to others than the list
    lookup_value_regex = r"\d+"

    def base_queryset(self):
        return self.lifecycle.model.objects.all()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.lifecycle.model.objects.none()
        found = self.base_queryset().visible_to(self.request._request.actor)
        return narrowed(found, self.get_serializer_class()) if self.action == "list" else found

    def retrieve(self, request, *args, **kwargs):
        return Response(self.described(self.get_object()))

    def described(self, obj) -> dict:
        """The thing as it stands now: what it started may already have moved it on."""
        obj.refresh_from_db()
        return {**self.get_serializer(obj).data, "actions": actions_of(obj, self.request._request.actor)}

    def create(self, request, *args, **kwargs):
        rows = self.lifecycle.creating()
        name = self.given().get("transition") or (rows[0].name if rows else "")
        row = next((row for row in rows if row.name == name), None)
        if row is None:
            raise Http404
        refuse_again(row, self.lifecycle, request._request.actor, key_of(request))
        data = self.cleaned(row, self.lifecycle.model())
        obj = perform(
            self.lifecycle.model(), row.name, actor=request._request.actor, key=key_of(request), **data
        )
        return Response(self.described(obj), status=status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"], url_path=r"(?P<row>[a-z_]+)")
    def act(self, request, pk=None, row=None):
        if row not in self.lifecycle or self.lifecycle[row].creates:
            raise Http404
        # First of all: the act itself may have moved the thing out of its doer's hands and sight.
        refuse_again(self.lifecycle[row], self.lifecycle, request._request.actor, key_of(request))
        obj = self.get_object()
        data = self.cleaned(self.lifecycle[row], obj)
        return Response(self.described(perform(obj, row, actor=request._request.actor, key=key_of(request), **data)))

    @action(detail=False, methods=["post"], url_path="several")
    def several(self, request):
        """Do one row (`act`) to up to a hundred `things`, each an object with its `id` (unless the row makes it) and its inputs.

        Inputs beside `things` hold for all of them. Answers with the outcome of each; what is refused leaves the others alone.
        """
        given = self.given()
        row, things = asked(self.lifecycle, given)
        common = {name: value for name, value in given.items() if name not in ("act", "things")}
        outcomes = act_on_several(self, row, things, common, key_of(request))
        return Response({
            "act": row.name, "done": sum(outcome.done for outcome in outcomes), "outcomes": [each.as_dict() for each in outcomes],
        })

    def given(self) -> Mapping:
        """What was sent: a form, or an object of JSON. Raises ValidationError for anything else."""
        data = self.request.data
        if not isinstance(data, Mapping | QueryDict):
            raise ValidationError({"detail": _("请求正文应当是一个 JSON 对象。")})
        return data

    def cleaned(self, row, subject, given: Mapping | None = None) -> dict:
        """The inputs of a row, checked by the same form that the page shows; every error at once. `given`: else what was sent."""
        actor = self.request._request.actor
        if not may(row, subject, actor):
            raise NotYours  # before any word about what was sent
        form = inputs_form(row, subject=subject, actor=actor, data=self.given() if given is None else given, files=self.request.FILES)
        if not form.is_valid():
            raise ValidationError({"errors": form.errors.get_json_data()})
        return form.cleaned_data


def route(prefix: str, cycle: Lifecycle, serializer: type, **attributes) -> tuple[str, type]:
    """A route for `routes` of an app's api.py: `route("plans", PLAN, PlanSerializer)`."""
    if lifecycle_of(cycle.model) is not cycle:
        raise ValueError(prefix)
    if not rows_for_several(cycle):
        attributes.setdefault("several", None)
    return prefix, type(
        f"{cycle.model.__name__}ViewSet", (LifecycleViewSet,),
        {"lifecycle": cycle, "serializer_class": serializer, "__doc__": LifecycleViewSet.__doc__, **attributes},
    )
