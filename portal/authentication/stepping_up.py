"""The page that asks a person to show that it is he, in the middle of an act: nothing he typed is lost, no secret is echoed."""
from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import add_never_cache_headers

from . import challenges

FILES_AGAIN = "files_again"  # files do not wait in a page: the act's own page comes back with the text, and asks for them
OURS = ("csrfmiddlewaretoken", challenges.CODE, challenges.PASSWORD, challenges.KEY)
#: what is typed blind is not put into a page: it is typed again beside the answer
TYPED_BLIND = re.compile(r"pass(word|phrase|code)|secret|^again$", re.I)


def is_answer(posted: QueryDict) -> bool:
    return any(posted.get(name) for name in OURS[1:])


def page(request: HttpRequest, *, wrong: bool = False) -> HttpResponse:
    """Ask; the form sends to the same address what had been sent to it, with the answer."""
    posted = request.POST if request.method == "POST" else QueryDict()
    itself = request.path == reverse("authentication:step_up")
    wanted = "" if request.method == "POST" else request.GET.get("next", "") if itself else request.get_full_path()
    kept = [(name, value) for name, values in posted.lists() for value in values if name not in OURS and not TYPED_BLIND.search(name)]
    if request.FILES and (FILES_AGAIN, "1") not in kept:
        kept.append((FILES_AGAIN, "1"))
    response = render(request, "authentication/step_up.html", {
        "offer": challenges.offer(request, request.user, password_will_do=password_will_do(request)), "wrong": wrong, "kept": kept,
        "files_again": (FILES_AGAIN, "1") in kept,
        "secrets": [name for name in posted if name not in OURS and TYPED_BLIND.search(name)],
        "target": request.get_full_path() if request.method == "POST" else reverse("authentication:step_up"),
        "wanted": wanted, "back": wanted or (settings.LOGIN_REDIRECT_URL if itself else request.get_full_path()),
        "breadcrumbs": [(_("工作台"), "/workbench/"), (_("本人确认"), "")],
    }, status=200 if itself and not wrong else 403)
    add_never_cache_headers(response)
    return response


def password_will_do(request: HttpRequest) -> bool | None:
    """Enrolling the first second factor is asked of the password even where signing is not content with it."""
    match = request.resolver_match
    return True if match and match.namespace == "authentication" else None
