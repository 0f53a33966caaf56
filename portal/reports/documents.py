"""Kinds of documents that jobs make, and the report that needs no stage: the record itself."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit.models import Entry
from portal.audit.record import digest_of_entry, verify
from portal.files.kinds import register_kind
from portal.workflow.inputs import ActInputs
from portal.workflow.surfaces import chains_of
from portal.workflow.table import all_lifecycles

from .parts import render_register
from .registry import ReportResult, report
from .runner import NotInScope

register_kind("report", _("报表"), parties=True, derived=True)

MOST = 30_000  # entries on one paper, a thousand pages; a longer record is cut into periods
CHUNK = 1_000
TOO_LONG = gettext_noop("记录超过 30000 条，请缩小日期范围后分段生成。")
READING = gettext_noop("正在汇总办理记录")


class RecordForm(ActInputs):
    """Whose record: one project's, or all the reader may see within a period."""

    project = forms.IntegerField(label=_("项目"), required=False, min_value=1, widget=forms.HiddenInput)
    since = forms.DateField(label=_("开始日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("截止日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict:
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("截止日期不能早于开始日期。"))
        return cleaned


@report(
    "record", title=_("办理记录"), form=RecordForm,
    hint=_("把您可以查看的办理记录按时间先后打印成册，附链校验结果和核验二维码。"),
)
def build_record(job, progress) -> ReportResult:
    """The record of a project, or of all in scope, as sentences in order of time (S-124); PDF.

    Every line carries its place in its chain and its digest. A project's chain is verified as a whole before it is printed,
    of other records each line printed.
    """
    entries = _visible_entries(job, progress)
    damage = _damage(job, entries)
    rows = list(rows_of(entries))
    title = _title(job, entries)
    rendered = render_register(
        "paper/record.html",
        {"heading": title, "scope": job.organisation.name if job.organisation else "", "data_time": job.as_of, "portrait": True,
         "filters": _period(job.parameters)},
        title=title,
        data={"title": title, "as_of": job.as_of, "parameters": job.parameters, "rows": rows, "damage": damage},
        progress=progress, span=(40, 95),
    )
    return ReportResult.of(rendered, filename=f"{title}.pdf", title=title, rows=len(rows))


def rows_of(entries: Iterable[Entry]) -> Iterator[dict]:
    """The lines that a register of the record prints."""
    for entry in entries:
        yield {
            "place": f"{entry.chain_id}#{entry.seq}",
            "time": clock.written(entry.occurred_at, seconds=True),
            "sentence": entry.sentence, "rules": entry.rules, "digest": entry.digest,
        }


def _damage(job, entries: list[Entry]) -> list[str]:
    if job.parameters.get("project"):
        return [str(found) for found in verify(*_chain_keys(job))]
    return [f"{entry.chain_id}#{entry.seq}" for entry in entries if digest_of_entry(entry) != entry.digest]


def _visible_entries(job, progress) -> list[Entry]:
    """The entries of the project, or of the period, about things the requester may see, and those of his own acts."""
    found, known = [], {}
    candidates = _candidates(job)
    total = candidates.count()
    entries = candidates.order_by("occurred_at", "id").iterator(chunk_size=CHUNK)
    done = 0
    while chunk := list(islice(entries, CHUNK)):
        done += len(chunk)
        progress(40 * done // (total or 1), 100, READING)
        _learn(known, chunk, job.actor)
        found += [entry for entry in chunk if _may_see(entry, known, job.actor)]
        if len(found) > MOST:
            raise NotInScope(TOO_LONG)
    return found


def _candidates(job) -> QuerySet[Entry]:
    found = Entry.objects.all()
    since, until = job.parameters.get("since"), job.parameters.get("until")
    if since:
        found = found.filter(occurred_at__date__gte=since)
    if until:
        found = found.filter(occurred_at__date__lte=until)
    if job.parameters.get("project"):
        found = found.filter(chain_id__in=_chain_keys(job))
    return found


def _chain_keys(job) -> list[str]:
    """The chains of the project that is asked for, if the requester may see it: its own, and those that are secret no more."""
    projects = next((cycle.model.objects for cycle in all_lifecycles() if cycle.code == "plans.project"), None)
    project = projects.visible_to(job.actor).filter(pk=job.parameters["project"]).first() if projects else None
    if project is None:
        raise NotInScope
    return [chain.key for chain in chains_of(project)]


def _learn(known: dict[str, dict[str, bool]], chunk: list[Entry], actor) -> None:
    """Ask once for each subject of the chunk whether the actor may see it: one query a lifecycle."""
    for cycle in all_lifecycles():
        seen = known.setdefault(cycle.code, {})
        asked = {entry.subject for entry in chunk if entry.lifecycle == cycle.code} - seen.keys()
        if asked:
            visible = {str(key) for key in cycle.model.objects.visible_to(actor).filter(pk__in=asked).values_list("pk", flat=True)}
            seen.update((subject, subject in visible) for subject in asked)


def _may_see(entry: Entry, known: dict[str, dict[str, bool]], actor) -> bool:
    return actor.is_system or actor.is_person(entry.user_id) or known.get(entry.lifecycle, {}).get(entry.subject, False)


def _title(job, entries: list[Entry]) -> str:
    if job.parameters.get("project"):
        named = next((entry.subject_label for entry in entries if entry.lifecycle == "plans.project"), "")
        return gettext("办理记录：%(name)s") % {"name": named} if named else gettext("项目办理记录")
    return gettext("办理记录")


def _period(parameters: dict) -> str:
    since, until = parameters.get("since"), parameters.get("until")
    if not since and not until:
        return ""
    return gettext("%(since)s 至 %(until)s") % {"since": since or "…", "until": until or "…"}
