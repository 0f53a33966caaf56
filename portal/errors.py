"""What is answered where nothing is found or something broke: JSON to programs, a page to people."""
from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults


def _is_program(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def not_found(request: HttpRequest, exception) -> HttpResponse:
    """404 for an unknown address, or for a thing outside the reader's scope: the two are not told apart (S-165)."""
    if _is_program(request):
        return JsonResponse({"detail": _("没有这个地址，或者不在您可以查看的范围内。")}, status=404)
    return defaults.page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """500 with the number under which the administrator finds it in the log."""
    if _is_program(request):
        number = getattr(request, "request_id", "")
        return JsonResponse({"detail": _("系统出错，请把查询号告诉管理员。"), "request_id": number}, status=500)
    return defaults.server_error(request)
