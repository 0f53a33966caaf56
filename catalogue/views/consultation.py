"""The page on which anybody says what he thinks of a draft, without an account."""
from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalogue.forms.consultation import PublicCommentForm
from catalogue.verbs.consultation import hand_in_for_the_public, sender_of
from portal.accounts.access import PUBLIC, audience
from portal.authentication.devices import client_address
from portal.workflow import Refused

from .version import version_for


@audience(PUBLIC)
@require_http_methods(["GET", "POST"])
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form while the public is asked; what a program fills in is thanked for and not kept."""
    version = version_for(request, pk)
    if not version.asks_the_public:
        raise Http404
    posted, refusals = request.method == "POST", []
    form = PublicCommentForm(request.POST if posted else None, version=version)
    if posted and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("item", "text", "author", "contact")}
        try:
            if not form.is_by_a_program:
                hand_in_for_the_public(version, sender=sender_of(client_address(request)), **said)
            messages.success(request, _("已收到您的意见，谢谢。财政部门答复后，会和意见一起公开在本页。"))
            return redirect(version.get_absolute_url())
        except Refused as refused:
            refusals = refused.refusals
    return render(request, "catalogue/comment.html", {
        "version": version, "form": form, "refusals": refusals, "tried": posted, "period": version.consultation,
        "breadcrumbs": [
            (_("指导性目录"), reverse("catalogue:tree")), (version.title, version.get_absolute_url()), (_("提意见"), ""),
        ],
    }, status=200 if not posted else 409 if refusals else 422)  # fmt: skip
