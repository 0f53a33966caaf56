"""L14.3 Report job: anything long runs behind the page, visibly, and ends well or with a button (R-086, S-124)."""
from __future__ import annotations

from datetime import timedelta

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import system_actor
from portal.accounts.roles import Role
from portal.audit.canonical import plain
from portal.audit.record import note
from portal.files.verbs import discard, store_made
from portal.workflow import Due, Lifecycle, Transition, Who, refuse
from portal.workflow.inputs import ActInputs

from .models import Paper, ReportJob
from .registry import known, report_kind, reports_for

State = ReportJob.State
KEPT_FOR = timedelta(days=90)
INTERRUPTIONS = 3  # how often a lost job is queued again by itself

ANYBODY = [Who(role) for role in Role]
REQUESTER = [Who(role, person="requested_by") for role in Role]


class QueueInputs(ActInputs):
    """Which report, and its parameters as that report's own form cleans them."""

    kind = forms.ChoiceField(label=_("报表"))
    parameters = forms.JSONField(label=_("参数"), required=False)

    def prepare(self) -> None:
        self.fields["kind"].choices = [(kind.code, kind.title) for kind in reports_for(self.actor)]

    def clean(self) -> dict:
        cleaned = super().clean()
        kind = cleaned.get("kind")
        form_class = report_kind(kind).form if kind else None
        given = cleaned.get("parameters") or {}
        if form_class is None:
            cleaned["parameters"] = {}
            return cleaned
        form = form_class(given, subject=self.subject, actor=self.actor)
        if form.is_valid():
            cleaned["parameters"] = form.cleaned_data
        else:
            for name, errors in form.errors.items():
                for error in errors:
                    self.add_error("parameters", f"{name}: {error}")
        return cleaned


# --- guards ------------------------------------------------------------------------------------------------------
def kind_is_allowed(job: ReportJob, act):
    code = act.data.get("kind", "")
    if not known(code) or not report_kind(code).allowed(act.actor):
        yield refuse("JOB-01", _("没有这种报表，或者您不能生成它。"), field="kind")


def still_this_attempt(job: ReportJob, act):
    """A worker that was given up for lost may still finish: its result is not taken (one file a job)."""
    if act.data.get("attempt") != job.attempt:
        yield refuse("JOB-02", _("任务已由另一次运行接手，本次结果不再采用。"))


def attempts_left(job: ReportJob, act):
    if job.interruptions >= INTERRUPTIONS:
        yield refuse("JOB-03", _("任务已中断 %(count)s 次，不再自动重试。"), count=job.interruptions)


def still_silent(job: ReportJob, act):
    """A worker that has given a sign of life since it was missed keeps its job."""
    edge = act.data.get("silent_since")
    if edge and job.heartbeat_at and job.heartbeat_at >= edge:
        yield refuse("JOB-02", _("任务已由另一次运行接手，本次结果不再采用。"))


# --- effects -----------------------------------------------------------------------------------------------------
def queue(job: ReportJob, act) -> dict:
    job.kind = act.data["kind"]
    job.parameters = plain(act.data.get("parameters") or {})
    job.project_id = job.parameters.get("project") or None
    job.requested_by = act.actor.user
    job.organisation = act.actor.organisation
    job.roles = sorted(act.actor.roles)
    return {"kind": job.kind, "parameters": job.parameters, **wait_again(job, act)}


def wait_again(job: ReportJob, act) -> dict:
    job.progress, job.step, job.step_values, job.error = 0, "", {}, ""
    job.heartbeat_at = timezone.now()
    transaction.on_commit(lambda: send(job.pk), robust=True)  # unsent, it is sent again within a minute
    return {}


def run(job: ReportJob, act) -> dict:
    job.attempt += 1
    job.heartbeat_at = timezone.now()
    job.as_of = act.now
    return {"attempt": job.attempt}


def complete(job: ReportJob, act) -> dict:
    """Keep the file and, for a paper, the row that its printed digest is looked up in."""
    result = act.data["result"]
    job.document = store_made(
        result.content, name=result.filename, content_type=result.content_type, actor=system_actor(act.actor.request_id),
        kind="report", subject=job,
    )
    if result.data_digest:
        Paper.objects.create(
            title=result.title, template_version=result.template_version, data_digest=result.data_digest,
            pages=result.pages, document=job.document, made_at=act.now, set_at=act.now,
        )
    job.data_digest, job.template_version, job.rows = result.data_digest, result.template_version, result.rows
    job.progress, job.step, job.step_values = 100, "", {}
    job.expires_at = None if report_kind(job.kind).keeps else act.now + KEPT_FOR
    if result.noted:
        note(**result.noted)
    return {
        "kind": job.kind, "file": job.document.name, "digest": job.document.digest, "data_digest": result.data_digest,
        "rows": result.rows, "pages": result.pages, "attempt": job.attempt,
    }


def fail(job: ReportJob, act) -> dict:
    job.error = act.data["error"]
    return {"error": job.error, "attempt": job.attempt}


def requeue(job: ReportJob, act) -> dict:
    job.interruptions += 1
    return {"interruptions": job.interruptions, **wait_again(job, act)}


def retry(job: ReportJob, act) -> dict:
    """The number of the attempt only grows: what an earlier worker still brings is never taken."""
    job.interruptions = 0
    return wait_again(job, act)


def expire(job: ReportJob, act) -> dict:
    discard(job.document)
    return {"digest": job.document.digest}


def send(job_id: int) -> None:
    from .tasks import run_job

    run_job.delay(job_id)


REPORT_JOB = Lifecycle(
    code="reports.job", reference="L14.3", name=_("报表任务"), model=ReportJob, personal="JOB-01",
    rows=[
        Transition(
            "queue", sources="", target=State.QUEUED, label=_("生成报表"), who=ANYBODY, inputs=QueueInputs,
            checks=[kind_is_allowed], effect=queue, rules=["S-124"],
        ),
        Transition("run", sources=[State.QUEUED], target=State.RUNNING, label=_("开始生成"), system=True, effect=run),
        Transition(
            "complete", sources=[State.RUNNING], target=State.COMPLETED, label=_("生成完毕"), system=True,
            checks=[still_this_attempt], effect=complete, tells=REQUESTER, rules=["S-124"],
        ),
        Transition(
            "fail", sources=[State.QUEUED, State.RUNNING], target=State.FAILED, label=_("生成失败"), system=True,
            checks=[still_this_attempt, still_silent], effect=fail, tells=[*REQUESTER, Who(Role.ADMINISTRATOR)],
        ),
        Transition(
            "requeue", sources=[State.RUNNING], target=State.QUEUED, label=_("中断后重新排队"), system=True,
            guards=[attempts_left], checks=[still_this_attempt, still_silent], effect=requeue,
        ),
        Transition("retry", sources=[State.FAILED], target=State.QUEUED, label=_("重新生成"),
                   who=[*REQUESTER, Who(Role.ADMINISTRATOR)], effect=retry),
        Transition(
            "cancel", sources=[State.QUEUED, State.RUNNING], target=State.CANCELLED, label=_("取消生成"), who=REQUESTER,
        ),
        Transition(
            "expire", sources=[State.COMPLETED], target=State.EXPIRED, label=_("保存期满"), system=True, effect=expire,
        ),
    ],
    due=[Due("expire", queryset=lambda: ReportJob.objects.filter(state=State.COMPLETED), moment="expires_at")],
    tones={State.QUEUED: "idle", State.FAILED: "bad", State.EXPIRED: "idle"},
)

