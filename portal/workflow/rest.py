"""What the REST framework is set to: pages by key, known words, refusals as answers. Imported by its settings, so it imports little."""
from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.settings import api_settings

from portal.accounts.presence import StepUpNeeded

from .refusals import NotYours, Refused, refuse


class KeysetPagination(CursorPagination):
    """Pages by key, not by offset: page 10,000 costs what page 1 costs."""

    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_ordering(self, request, queryset, view):
        return getattr(view, "keyset", ("-pk",))


class KnownWords(BasePermission):
    """A query word that a view does not know is refused with those that it knows: passed over, it would answer another question.

    A view knows the words of its filter and of its pages, or those that it declares as `words` (then only these and its pages').
    """

    def has_permission(self, request, view) -> bool:
        known = words_of(view)
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise ValidationError({
                "detail": _("没有这样的查询参数：%(unknown)s。可用的是：%(known)s。") % {
                    "unknown": "、".join(word[:40] for word in unknown[:10]), "known": "、".join(sorted(known)),
                },
                "unknown": unknown[:10], "known": sorted(known),
            })
        return True


def words_of(view) -> set[str]:
    """The query words that a view answers to."""
    known = {api_settings.URL_FORMAT_OVERRIDE}
    declared = getattr(view, "words", None)
    filterset = getattr(view, "filterset_class", None)
    if declared is not None:
        known |= set(declared)
    elif filterset is not None:
        known |= set(filterset.base_filters)
    else:
        known |= set(getattr(view, "filterset_fields", ()))
    paginator = getattr(view, "paginator", None)
    if isinstance(paginator, CursorPagination):
        known |= {paginator.cursor_query_param, paginator.page_size_query_param}
    return known


def answer_refusal(error: Exception, context: dict) -> Response | None:
    """Refusals as 409 with every reason and rule; a right that is missing as 403 with its sentence."""
    from rest_framework.views import exception_handler

    if isinstance(error, Refused):
        done = getattr(error, "done", None)  # a call sent again: what it made or did stands there
        body = {"refusals": [r.as_dict() for r in error.refusals], **({"done": {"id": done}} if done else {})}
        return Response(body, status=error.status)
    if isinstance(error, StepUpNeeded):
        return Response({**_forbidden(str(error), "AUTH-01"), "step_up": reverse("authentication:step_up")}, status=403)
    if isinstance(error, NotYours | PermissionDenied):
        return Response(_forbidden(str(error) or _("您没有办理这一步的权限。")), status=403)
    response = exception_handler(error, context)
    if response is not None and response.status_code == 403:
        response.data = _forbidden(str(response.data.get("detail", "")))
    return response


def _forbidden(sentence: str, rule: str = "G1") -> dict:
    """Who may not, by the rule of scope (G1) if by no other."""
    return {"detail": sentence, "refusals": [refuse(rule, "%(sentence)s", sentence=sentence).as_dict()]}
