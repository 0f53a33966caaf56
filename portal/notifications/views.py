"""The inbox: what one was told, newest first; reading is marked by a press, never by looking. What leaves the portal besides."""
from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.access import PUBLIC, SIGNED_IN, audience
from portal.accounts.models import Membership
from portal.paging import page_of
from portal.workdays.calendar_file import calendar_file

from .deadlines import calendar_of
from .forms import PreferencesForm
from .inbox import mark_read
from .models import Correspondence, Message
from .preferences import close_calendar, language_of, open_calendar, owner_of_calendar, prefer, preferences_of


@audience(SIGNED_IN)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Messages of the signed-in person, all or only the unread ones."""
    told = Message.objects.visible_to(request.actor)
    only_unread = request.GET.get("unread") == "1"
    return render(request, "notifications/inbox.html", {
        "page": page_of(told.unread() if only_unread else told, request.GET.get("page")), "only_unread": only_unread,
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


@audience(SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """How one is written to: at once, once a day or not, by kind; in which language; the address of one's calendar."""
    user = request.actor.user
    form = PreferencesForm(request.POST or None, language=language_of(user), mails=preferences_of(user), roles=_roles(request))
    if request.method == "POST" and form.is_valid():
        prefer(actor=request.actor, language=form.cleaned_data["language"], mails=form.mails())
        messages.success(request, _("邮件设置已保存。"))
        return redirect("notifications:settings")
    return _settings(request, form)


@audience(SIGNED_IN)
@require_POST
def calendar_address(request: HttpRequest) -> HttpResponse:
    """Make the secret address of one's calendar, shown this once, or end it with `close`."""
    if "close" in request.POST:
        close_calendar(actor=request.actor)
        messages.success(request, _("日历地址已停用。"))
        return redirect("notifications:settings")
    user = request.actor.user
    secret = open_calendar(actor=request.actor)
    address = settings.PUBLIC_URL.rstrip("/") + reverse("notifications:calendar", args=[secret])
    return _settings(request, PreferencesForm(language=language_of(user), mails=preferences_of(user), roles=_roles(request)), address)


def _roles(request: HttpRequest) -> frozenset[str]:
    """Every role of the person, in whichever organisation, and those in his hands: he gets messages as holder of each."""
    held = Membership.objects.live().filter(user=request.actor.user).values_list("role", flat=True)
    return request.actor.reach.union(held)


def _settings(request: HttpRequest, form: PreferencesForm, address: str = "") -> HttpResponse:
    return render(request, "notifications/settings.html", {
        "form": form, "address": address, "kept": Correspondence.objects.filter(user=request.actor.user).first(),
        "breadcrumbs": [(_("工作台"), "/workbench/"), (_("收件箱"), reverse("notifications:inbox")), (_("邮件与日历"), "")],
    }, status=422 if form.errors else 200)


@audience(PUBLIC)
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """One's deadlines for a calendar program, which cannot sign in: the address itself is the key."""
    owner = owner_of_calendar(secret)
    if owner is None:
        raise Http404
    response = HttpResponse(calendar_file(str(_("政府购买服务时限")), calendar_of(owner)), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response
