"""Pages for somebody who cannot sign in yet: accept an invitation, set a new password, become the first administrator."""
from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portal.accounts.access import PUBLIC, audience
from portal.accounts.actor import system_actor
from portal.administration import tasks
from portal.administration.forms.accounts import AcceptForm, ForgottenForm, PasswordForm, SetupForm
from portal.administration.links import invitation_of, is_setup_token, person_of_reset
from portal.administration.models import Invitation
from portal.administration.verbs.passwords import set_password
from portal.administration.verbs.setup import Place, is_set_up, set_up
from portal.workflow import Refused, perform


def _dead(request: HttpRequest, text: str) -> HttpResponse:
    return render(request, "administration/dead_link.html", {"text": text}, status=410)


@audience(PUBLIC)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The invited person chooses account and password; the link works once."""
    invitation = invitation_of(token)
    if invitation is None:
        return _dead(request, _("链接无效，或者管理员已经重发了新的链接。请用最近收到的链接。"))
    if invitation.state == Invitation.State.ACCEPTED:
        return _dead(request, _("这份邀请已经接受，请直接登录。"))
    if invitation.state != Invitation.State.SENT:
        return _dead(request, _("这份邀请已撤回或过期，请联系管理员重发。"))
    form = AcceptForm(request.POST or None, initial={"phone": invitation.phone})
    refusals = []
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("username", "phone", "password")}
        try:
            perform(invitation, "accept", actor=system_actor(request.request_id), **values)
            messages.success(request, _("账号已开通，请用账号“%(name)s”登录。") % {"name": values["username"]})
            return redirect("authentication:sign_in")
        except Refused as refused:
            refusals = refused.refusals
    return render(request, "administration/accept.html", {"invitation": invitation, "form": form, "refusals": refusals},
                  status=409 if refusals else 422 if form.is_bound else 200)  # fmt: skip


@audience(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """The same answer, as fast, whether or not there is such an account: the worker looks it up, not this page."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tasks.answer_forgotten.delay(form.cleaned_data["word"])
        return redirect("administration:forgotten_sent")
    return render(request, "administration/forgotten.html", {"form": form, "refusals": []}, status=422 if form.is_bound else 200)


@audience(PUBLIC)
@require_http_methods(["GET"])
def forgotten_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "administration/forgotten_sent.html")


@audience(PUBLIC)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the letter: a new password, once."""
    person = person_of_reset(token)
    if person is None:
        return _dead(request, _("链接无效、已用过或已过期，请重新申请。"))
    form = PasswordForm(request.POST or None)
    refusals = []
    if request.method == "POST" and form.is_valid():
        try:
            set_password(token=token, password=form.cleaned_data["password"])
            messages.success(request, _("新密码已设定，请登录。"))
            return redirect("authentication:sign_in")
        except Refused as refused:
            refusals = refused.refusals
    return render(request, "administration/new_password.html", {"person": person, "form": form, "refusals": refusals},
                  status=409 if refusals else 422 if form.is_bound else 200)  # fmt: skip


@audience(PUBLIC)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """The first administrator makes himself known; afterwards there is no such page."""
    if is_set_up():
        raise Http404
    if not is_setup_token(token):
        return _dead(request, _("链接无效或已超过 24 小时。请在服务器上重新运行 manage.py first_administrator。"))
    form = SetupForm(request.POST or None)
    refusals = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            set_up(places=[Place(code, name) for code, name in form.places()],
                   **{name: data[name] for name in ("organisation", "code", "username", "name", "email", "password")})  # fmt: skip
            messages.success(request, _("平台已设立，请用账号“%(name)s”登录。") % {"name": data["username"]})
            return redirect("authentication:sign_in")
        except Refused as refused:
            refusals = refused.refusals
    return render(request, "administration/setup.html", {"form": form, "refusals": refusals},
                  status=409 if refusals else 422 if form.is_bound else 200)  # fmt: skip
