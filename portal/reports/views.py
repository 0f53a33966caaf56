"""Report jobs as their requester sees them, and the public page where a printed digest is checked."""
from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.access import PUBLIC, SIGNED_IN, audience
from portal.audit.canonical import plain
from portal.notices.models import Notice
from portal.paging import page_of
from portal.signing.models import Signature
from portal.signing.seal import SealState, examine
from portal.workflow import Refused, available_actions

from .models import Paper, ReportJob
from .registry import known, listed_for, report_kind
from .verbs import queue_report


@audience(SIGNED_IN)
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """What I had made, and what I may have made."""
    mine = ReportJob.objects.visible_to(request.actor).select_related("document")
    return render(request, "reports/list.html", {
        "page": page_of(mine, request.GET.get("page")), "kinds": listed_for(request.actor),
        "breadcrumbs": [(_("工作台"), "/workbench/"), (_("报表"), "")],
    })


@audience(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for one kind of report; what its form needs may stand in the address (`?project=12`)."""
    if not known(kind) or not report_kind(kind).allowed(request.actor):
        raise Http404
    wanted = report_kind(kind)
    posted = request.method == "POST"
    if not posted and set(wanted.needs) - request.GET.keys():
        raise Http404
    form = None
    if wanted.form:
        form = wanted.form(request.POST if posted else None, subject=None, actor=request.actor, initial=request.GET.dict())
    refusals = []
    if posted and (form is None or form.is_valid()):
        try:
            job = queue_report(
                kind, actor=request.actor, parameters=plain(form.cleaned_data) if form else {}, key=request.POST.get("key") or None
            )
            return redirect(job.get_absolute_url())
        except Refused as refused:
            refusals = refused.refusals
    return render(request, "reports/new.html", {
        "kind": wanted, "form": form, "refusals": refusals, "tried": posted, "key": request.request_id[:20],
        "breadcrumbs": [(_("工作台"), "/workbench/"), (_("报表"), "/reports/"), (wanted.title, "")],
    }, status=409 if refusals else 422 if posted else 200)


@audience(SIGNED_IN)
@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job: how far it is, what came of it, what can be done. Asked by htmx, only the moving part is answered."""
    found = ReportJob.objects.visible_to(request.actor).select_related("document", "organisation").filter(pk=pk).first()
    if found is None:
        raise Http404
    template = "reports/_progress.html" if request.htmx else "reports/job.html"
    return render(request, template, {
        "job": found, "actions": available_actions(found, request.actor), "back": report_kind(found.kind).back(found.parameters),
        "breadcrumbs": [(_("工作台"), "/workbench/"), (_("报表"), "/reports/"), (str(found), "")],
    })


@audience(PUBLIC)
@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """Where the digest of a paper is typed in by hand."""
    typed = "".join(request.GET.get("digest", "").split()).lower()
    if typed:
        return redirect("reports:verify", digest=typed[:128]) if typed.isalnum() else redirect("reports:verify-form")
    return render(request, "reports/verify_form.html", {"breadcrumbs": [(_("首页"), "/"), (_("核验"), "")]})


@audience(PUBLIC)
@require_safe
def verify(request: HttpRequest, digest: str) -> HttpResponse:
    """What paper a digest belongs to: which, when, how long, and whether the kept file is still the same."""
    digest = digest.lower()
    papers = list(Paper.objects.of_digest(digest)[:20])
    return render(request, "reports/verify.html", {
        "digest": digest, "papers": [(paper, _state_of(paper), _seal_of(paper), _signatures_of(paper)) for paper in papers],
        "notice": Notice.objects.visible_to(request.actor).select_related("organisation").filter(digest=digest).first(),
        "breadcrumbs": [(_("首页"), "/"), (_("核验"), "/verify/"), (digest[:12], "")],
    }, status=200)


def _state_of(paper: Paper) -> tuple[str, str]:
    """Light and words for the kept file."""
    if not paper.document.is_ready:
        return "none", _("内容已经确定并记录，PDF 正在排版")
    if paper.document.discarded_at:
        return "none", _("保存期满，平台已不保存文件，可用文件摘要核对您手中的文件")
    if paper.document.is_intact():
        return "done", _("平台保存的文件与生成时一致")
    return "red", _("平台保存的文件与生成时不一致，请以原件为准并报告管理员")


def _seal_of(paper: Paper) -> SealState | None:
    """What the seal on the kept file says; nothing where there is no file to look at."""
    if not paper.document.is_ready or paper.document.discarded_at:
        return None
    try:
        with paper.document.open() as stream:
            return examine(stream.read())
    except FileNotFoundError:
        return None


def _signatures_of(paper: Paper) -> list[tuple[Signature, bool]]:
    """Who signed this very file, and whether it is still the one he signed."""
    return [(signature, signature.fits()) for signature in paper.document.signatures.all()]
