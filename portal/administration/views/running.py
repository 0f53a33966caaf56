"""What runs behind the pages: jobs that failed, mail that was not delivered, how the parts of the portal are."""
from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.access import audience
from portal.accounts.roles import Role
from portal.administration.forms.people import ReasonForm
from portal.administration.models import FailedTask, Letter
from portal.administration.status import backlog, parts
from portal.administration.verbs import running
from portal.clock import SHANGHAI
from portal.notifications.delivery import ATTEMPTS
from portal.paging import page_of
from portal.reports.models import Paper, ReportJob
from portal.workflow import Refused, lifecycle, perform

from .pages import crumbs, data_of, form_page, record_of


@audience(Role.ADMINISTRATOR)
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Web, database, broker, worker and beat, with their versions and what waits."""
    return render(request, "administration/status.html", {
        "parts": parts(), "backlog": [(each, reverse(each.url_name) if each.url_name else "") for each in backlog(request.actor)],
        "breadcrumbs": crumbs((_("运行状态"), "")),
    })


@audience(Role.ADMINISTRATOR)
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """Report jobs that failed, papers that cannot be set and tasks that ended in an error, each with a way to start it again."""
    failed = ReportJob.objects.filter(state="FAILED").select_related("requested_by", "organisation")
    return render(request, "administration/jobs.html", {
        "page": page_of(failed, request.GET.get("page")), "tasks": FailedTask.objects.filter(settled_at=None)[:100],
        "papers": Paper.objects.failing().select_related("document").order_by("made_at", "pk")[:100],
        "entries": record_of(*(f"task:{pk}" for pk in FailedTask.objects.exclude(settled_at=None).values_list("pk", flat=True)[:10])),
        "breadcrumbs": crumbs((_("失败的任务"), "")),
    })


@audience(Role.ADMINISTRATOR)
@require_POST
def retry_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a failed report again, with the rights its requester has then."""
    job = ReportJob.objects.filter(pk=pk, state="FAILED").first()
    if job is None:
        raise Http404
    perform(job, "retry", actor=request.actor)
    messages.success(request, _("已重新排队：%(job)s。") % {"job": job})
    return redirect("administration:jobs")


@audience(Role.ADMINISTRATOR)
@require_POST
def retry_paper(request: HttpRequest, pk: int) -> HttpResponse:
    paper = Paper.objects.failing().select_related("document").filter(pk=pk).first()
    if paper is None:
        raise Http404
    return _tried(request, lambda: running.set_again(actor=request.actor, paper=paper), _("已重新排队。"), "administration:jobs")


@audience(Role.ADMINISTRATOR)
@require_POST
def retry_task(request: HttpRequest, pk: int) -> HttpResponse:
    failed = FailedTask.objects.filter(pk=pk).first()
    if failed is None:
        raise Http404
    return _tried(request, lambda: running.start_again(actor=request.actor, failed=failed), _("已重新排队。"), "administration:jobs")


@audience(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def settle_task(request: HttpRequest, pk: int) -> HttpResponse:
    failed = FailedTask.objects.filter(pk=pk).first()
    if failed is None:
        raise Http404
    back = reverse("administration:jobs")
    return form_page(
        request, ReasonForm(*data_of(request), actor=request.actor, subject=failed),
        lambda data: running.settle(actor=request.actor, failed=failed, **data), title=_("不再处理"), button=_("不再处理"), back=back,
        done=_("已办理。"), trail=crumbs((_("失败的任务"), back)), hint=failed.error,
    )


@audience(Role.ADMINISTRATOR)
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Mail that did not go out: to whom, about which kind of thing, why; never what it says."""
    found = running.undelivered(request.actor).select_related("user").order_by("-created_at", "-id")
    page = page_of(found, request.GET.get("page"))
    return render(request, "administration/outbox.html", {
        "page": page, "messages_waiting": [(each, _kind(each.event), each.attempts >= ATTEMPTS) for each in page],
        "letters": Letter.objects.visible_to(request.actor).filter(sent_at=None).select_related("invitation", "person")[:100],
        "most": ATTEMPTS, "zone": SHANGHAI, "entries": record_of("outbox"), "breadcrumbs": crumbs((_("未送达的通知"), "")),
    })


def _kind(event: str) -> str:
    """The kind of thing a message is about."""
    code = event.partition("/")[0]
    try:
        return str(lifecycle(code).name)
    except KeyError:
        return code


@audience(Role.ADMINISTRATOR)
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Try one message or letter again, or all that were given up."""
    chosen = {
        name: [int(key) for key in request.POST.getlist(name) if key.isdecimal()] for name in ("messages", "letters")
    }
    values = dict.fromkeys(chosen) if "all" in request.POST else chosen
    return _tried(request, lambda: running.resend(actor=request.actor, **values), _("已重新排队，几分钟内再试。"), "administration:outbox")


def _tried(request: HttpRequest, do, done: str, back: str) -> HttpResponse:
    try:
        do()
        messages.success(request, done)
    except Refused as refused:
        for refusal in refused.refusals:
            messages.error(request, refusal.sentence)
    return redirect(back)
