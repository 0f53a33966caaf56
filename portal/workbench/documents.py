"""Reports over everything: the case file as a book and as an archive, and the file of the whole record."""
from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import OrganisationKind, Role
from portal.audit.models import Entry
from portal.audit.record import export_lines, seal
from portal.files.kinds import register_kind
from portal.reports.pdf import Rendered, render_pdf
from portal.reports.registry import ReportResult, report
from portal.reports.runner import NotInScope
from portal.reports.typesetting import StillOwed, finish
from portal.workflow.inputs import ActInputs
from procurement.plans.models import Project

from . import portfolio_documents  # noqa: F401 - registers its report
from .case_file.archive import LOST, FileLost, pack
from .case_file.content import gather, papers_of
from .monthly import KIND

register_kind(KIND, _("月度进展报告"), accepts=("pdf", "xlsx"))
SETTING = gettext_noop("正在排版，共 %(rows)s 条记录")
OWED = gettext_noop("文书“%(name)s”还没有排版完，卷宗没有生成；请过几分钟点“重新生成”。")
WRITING = gettext_noop("正在写出记录，共 %(rows)s 条")
#: Those who answer for public money may take the whole file away.
OFFICIALS = frozenset({OrganisationKind.AGENCY, OrganisationKind.FINANCE, OrganisationKind.AUDIT})


class ProjectForm(ActInputs):
    """Whose case file: a project the requester may see."""

    project = forms.IntegerField(label=_("项目"), min_value=1, widget=forms.HiddenInput)

    def clean_project(self) -> int:
        wanted = self.cleaned_data["project"]
        if not Project.objects.visible_to(self.actor).filter(pk=wanted).exists():
            raise forms.ValidationError(_("没有这个项目，或者不在您可以查看的范围内。"))
        return wanted


def is_official(actor) -> bool:
    return actor.kind in OFFICIALS


def _project(job) -> Project:
    found = Project.objects.visible_to(job.actor).select_related("agency", "region").filter(pk=job.parameters.get("project")).first()
    if found is None:
        raise NotInScope
    return found


@report(
    "case_file", title=_("卷宗（PDF）"), form=ProjectForm, allowed=is_official,
    hint=_("从计划到评价的全部内容印成一册：事实、资金分录、公告、文件目录、办理记录和链核验结果。"),
)
def build_case_file(job, progress) -> ReportResult:
    """One project as a book, as its requester may see it (S-124); PDF."""
    project = _project(job)
    data = _gathered(project, job, progress)
    rendered, title = _book(project, job, data, progress)
    return ReportResult.of(rendered, filename=f"{title}.pdf", title=title, rows=len(data["record"]))


@report(
    "case_archive", title=_("卷宗（全部文件）"), form=ProjectForm, allowed=is_official,
    hint=_("一个压缩包：卷宗 PDF、您可以查看的全部文件、公告、记录链和摘要清单，可以脱离平台核验。"),
)
def build_case_archive(job, progress) -> ReportResult:
    """The case file with every file and the chained record, so that it proves itself away from the portal; ZIP."""
    project = _project(job)
    data = _gathered(project, job, progress)
    rendered, title = _book(project, job, data, progress)
    try:
        content = pack(project, job.actor, book=rendered.pdf, data=data, moment=job.as_of, progress=progress)
    except FileLost as lost:
        raise NotInScope(gettext(LOST) % {"name": str(lost)}) from lost
    noted = {
        "actor": job.actor, "what": "case_file_exported", "subject": str(project.pk), "label": str(project), "project_id": project.pk,
        "facts": {"job": job.pk, "files": len(data["documents"]), "entries": len(data["record"]), "data_digest": rendered.data_digest},
    }
    return ReportResult(
        filename=f"{title}.zip", content=content, content_type="application/zip", rows=len(data["record"]), pages=rendered.pages,
        data_digest=rendered.data_digest, template_version=rendered.template_version, title=title,
        noted=noted,
    )


def _gathered(project: Project, job, progress) -> dict[str, Any]:
    """The content of the case file, after every paper of the project that is still owed has been set."""
    try:
        finish(papers_of(project, job.actor, job.as_of))
    except StillOwed as owed:
        raise NotInScope(gettext(OWED) % {"name": str(owed)}) from owed
    return gather(project, job.actor, progress, job.as_of)


def _book(project: Project, job, data: dict[str, Any], progress) -> tuple[Rendered, str]:
    title = gettext("卷宗：%(name)s") % {"name": project.title}
    progress(52, 100, SETTING, rows=len(data["record"]))
    rendered = render_pdf(
        "paper/case_file.html",
        {"heading": title, "scope": project.agency.name, "filters": project.number, "data_time": job.as_of, "portrait": True,
         "reader": job.organisation.name if job.organisation else ""},
        title=title, data=data,
    )
    progress(60, 100, SETTING, rows=len(data["record"]))
    return rendered, title


@report(
    "record_file", title=_("记录文件"), allowed=lambda actor: actor.has(Role.AUDITOR),
    hint=_("导出前先封存一个检查点。文件一行一条，用 verify/audit.py 在自己的电脑上核验，不依赖本平台。"),
)
def build_record_file(job, progress) -> ReportResult:
    """The whole record, sealed first, as lines for `verify/audit.py`; for the auditor."""
    seal()
    rows = Entry.objects.count()
    progress(10, 100, WRITING, rows=rows)
    lines = []
    for number, line in enumerate(export_lines(), start=1):
        lines.append(line)
        if number % 500 == 0:
            progress(10 + 85 * number // (rows + number), 100, WRITING, rows=rows)
    return ReportResult(
        filename="record.jsonl", content=b"\n".join(lines) + b"\n", content_type="application/jsonl", rows=rows, title=gettext("记录文件"),
    )
