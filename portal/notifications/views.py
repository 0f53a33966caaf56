"""The inbox: what one was told, newest first; reading is marked by a press, never by looking."""
from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import SIGNED_IN, audience
from portal.paging import page_of

from .inbox import mark_read
from .models import Message


@audience(SIGNED_IN)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Messages of the signed-in person, all or only the unread ones."""
    messages = Message.objects.visible_to(request.actor)
    only_unread = request.GET.get("unread") == "1"
    return render(request, "notifications/inbox.html", {
        "page": page_of(messages.unread() if only_unread else messages, request.GET.get("page")), "only_unread": only_unread,
        "breadcrumbs": [(_("工作台"), "/workbench/"), (_("收件箱"), "")],
    })


@audience(SIGNED_IN)
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one message (`id`) as read, and go on to what it is about with `open`; or all of them with `all`."""
    if "all" in request.POST:
        mark_read(actor=request.actor)
        return redirect("notifications:inbox")
    one = request.POST.get("id", "")
    message = Message.objects.visible_to(request.actor).filter(pk=one if len(one) < 19 and one.isdecimal() else 0).first()
    if message is None:
        raise Http404
    mark_read(actor=request.actor, message_ids=[message.pk])
    return redirect(message.link if "open" in request.POST and message.link else "notifications:inbox")
