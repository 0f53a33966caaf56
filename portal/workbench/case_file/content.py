"""What stands in a case file: values that canonical JSON can hold, gathered with the rights of the one who asks."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext, gettext_noop

from portal import clock
from portal.accounts.actor import Actor
from portal.audit.models import Entry
from portal.audit.record import verify
from portal.files.models import Document
from portal.money import in_figures
from portal.notices.models import Notice
from portal.workbench import nine_steps
from portal.workbench.projects import STEPS, people_concerned
from portal.workbench.record import chains, seen_by, sight_of, visible_entries
from portal.workdays import clocks_of
from portal.workflow.labels import state_label
from portal.workflow.models import Staged
from portal.workflow.table import Lifecycle
from procurement.budgets.models import Encumbrance, Posting
from procurement.plans.models import Project

GATHERING = gettext_noop("正在汇总：%(name)s")
#: What has a chapter of its own, or is not of the purchase but about it.
ELSEWHERE = frozenset({"notices.notice", "reports.job", "workdays.clock"})
LONGEST = 600  # characters of one text on paper; the whole text is in the portal and, where it is a file, in the archive
#: Bookkeeping of the engine and keys; what a reader would look for stands in the record.
HIDDEN = {"state", "state_since", "created_at", "made_by_key", "digest"}


def gather(project: Project, actor: Actor, progress: Callable, moment: datetime) -> dict[str, Any]:
    """The content of the case file of a project as this actor may see it at this moment."""
    entries = visible_entries(project, actor)
    by_subject: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries.order_by("id"):
        by_subject[entry.lifecycle, entry.subject].append(entry)
    seen = [(cycle, things) for cycle, things in seen_by(project, actor) if cycle.code not in ELSEWHERE]
    stages = []
    for done, (cycle, things) in enumerate(seen):
        progress(5 + 45 * done // len(seen), 100, GATHERING, name=str(cycle.name))
        ordered = things.select_related(*_joined(cycle.model)).order_by("pk")
        rows = [thing(cycle, obj, actor, by_subject[cycle.code, str(obj.pk)]) for obj in ordered]
        if rows:
            anchor = cycle.code.replace(".", "-")
            stages.append({"name": str(cycle.name), "code": cycle.code, "anchor": anchor, "things": rows})
    told = chains(project)
    names = {chain["key"]: chain["name"] for chain in told}
    return {
        "as_of": moment, "project": facts_of_project(project), "life": life(project), "stages": stages,
        "nine": nine_steps.for_paper(nine_steps.lines_of(sight_of(project, actor))) if nine_steps.may_read(actor) else [],
        "people": [
            {**{name: person[name] for name in ("name", "organisation", "duties")}, "acts": person["acts"][:6]}
            for person in people_concerned(project, entries)
        ],
        "clocks": clocks(project, actor, moment), "money": money(project, actor),
        "notices": notices(project, actor), "documents": documents(project, actor, moment),
        "record": [{"chain": names[entry.chain_id], **_line(entry)} for entry in entries.filter(chain__in=names).order_by("id")],
        "chains": told, "damage": [str(found) for found in verify(*names)],
    }


def facts_of_project(project: Project) -> dict[str, Any]:
    return {
        "number": project.number, "title": project.title, "agency": project.agency.name, "region": project.region.name,
        "year": project.year, "amount": in_figures(project.amount), "stage": str(project.get_state_display()),
        "leaf": project.leaf_name, "rules_as_of": project.rules_as_of, "case_as_of": project.as_of,
    }


def life(project: Project) -> list[dict]:
    """The stages reached, with their moments."""
    return [
        {"name": str(name), "reached": _text(getattr(project, f"{stage.value.lower()}_at"))} for name, stage in STEPS
    ]


def thing(cycle: Lifecycle, obj: Staged, actor: Actor, entries: list[Entry]) -> dict[str, Any]:
    """One staged thing: its name, its state in the reader's words, its facts, the acts on it."""
    return {
        "name": str(obj), "state": state_label(obj, actor), "since": _text(obj.state_since),
        "facts": facts_of(obj), "acts": [_line(entry) for entry in entries],
    }


def facts_of(obj: Staged) -> list[list[str]]:
    """Label and text of every fact that people name in Chinese; keys, sealed bytes and empty fields are left out."""
    found = []
    for field in obj._meta.concrete_fields:
        label = str(field.verbose_name)
        if field.name in HIDDEN or label.isascii() or isinstance(field, models.BinaryField | models.JSONField):
            continue
        value = getattr(obj, f"get_{field.name}_display")() if field.choices else getattr(obj, field.name)
        text = _text(value)
        if text:
            found.append([label, text])
    return found


def clocks(project: Project, actor: Actor, moment: datetime) -> list[dict]:
    """Every legal period that ran for the project, with its end and how it stands."""
    found = clocks_of(project=project).visible_to(actor).select_related("bearer").order_by("started_at", "pk")
    return [
        {"name": str(row.label), "bearer": str(row.bearer or ""), "starts": _text(row.started_at), "last_day": _text(row.last_day),
         "state": str(row.get_state_display())} for row in found
    ]


def money(project: Project, actor: Actor) -> dict[str, Any]:
    """What the project holds year by year, and every movement of it."""
    held = Encumbrance.objects.visible_to(actor).filter(project=project).select_related("line").order_by("year", "id")
    posted = Posting.objects.filter(encumbrance__in=held).select_related("line", "posted_by").order_by("id")
    return {
        "years": [
            {"year": row.year, "line": row.line.number if row.line else "", **{
                name: in_figures(getattr(row, name)) for name in ("pledged", "reserved", "committed", "paid")
            }} for row in held
        ],
        "postings": [
            {"time": _text(row.posted_at), "line": row.line.number, "from": str(row.get_source_bucket_display()),
             "to": str(row.get_target_bucket_display()), "amount": in_figures(row.amount), "reference": row.reference,
             "by": row.posted_by.name if row.posted_by else gettext("系统")}
            for row in posted
        ],
    }  # fmt: skip


def notices(project: Project, actor: Actor) -> list[dict]:
    found = Notice.objects.visible_to(actor).filter(project_id=project.pk).order_by("published_at", "id")
    return [
        {"number": row.number, "kind": str(row.rules.name), "title": row.title, "published": _text(row.published_at), "digest": row.digest,
         "text": row.text} for row in found
    ]


def papers_of(project: Project, actor: Actor, moment: datetime) -> models.QuerySet[Document]:
    """The files of the project at a moment that the actor may see; reports made about it are not part of it."""
    found = Document.objects.visible_to(actor).filter(project_id=project.pk, discarded_at=None, created_at__lte=moment)
    return found.exclude(kind="report").order_by("created_at", "id")


def documents(project: Project, actor: Actor, moment: datetime) -> list[dict]:
    """The files with size and digest, under the names they have in the archive."""
    return [
        {"number": number, "name": row.name, "kind": str(row.kind_name), "time": _text(row.created_at), "size": row.size,
         "digest": row.digest, "path": path_in_archive(number, row)}
        for number, row in enumerate(papers_of(project, actor, moment), start=1)
    ]


def path_in_archive(number: int, document: Document) -> str:
    """A name that no other file of the archive has and that no system refuses."""
    kept = "".join("_" if letter in '\\/:*?"<>|' or ord(letter) < 32 else letter for letter in document.name)
    return f"documents/{number:03}-{kept[-100:]}"


def _line(entry: Entry) -> dict[str, Any]:
    return {"seq": entry.seq, "time": _text(entry.occurred_at), "sentence": entry.sentence, "rules": entry.rules, "digest": entry.digest}


def _joined(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if field.many_to_one and not str(field.verbose_name).isascii()]


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, datetime):
        return clock.written(value, seconds=True)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return in_figures(value) if value.as_tuple().exponent == -2 else format(value, "f")
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
