"""What is older than its term: listed, and destroyed only by a recorded act of two people (R-GP-47).

Destroyed are the bytes of the files. Rows, names, digests and the record stay, so that it can always be shown what there
was, when it went and on whose decision. Bids are not touched: they can be opened by nobody since their keys were destroyed.
"""
from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max, Q, Sum
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.audit.record import note
from portal.files.models import Document
from portal.files.verbs import TERM, discard, term_is_over
from portal.workdays.models import LegalClock
from portal.workflow import Refusal, Refused, refuse
from procurement.plans.models import Hold, Project

DESTROYED = "files_destroyed"


@dataclass(frozen=True, slots=True)
class Due:
    """A project whose files may be destroyed."""

    project: Project
    over_since: datetime
    files: int
    size: int  # bytes


def over_term() -> list[Due]:
    """Projects whose term is over and that still have files, the longest over first."""
    over = dict(
        LegalClock.objects.filter(name=TERM).values("project_id").annotate(
            ended=Max("ends_at"), open=Count("pk", filter=~Q(state=LegalClock.State.MET)),
        ).filter(open=0).values_list("project_id", "ended")
    )  # fmt: skip
    kept = Document.objects.filter(project_id__in=over, discarded_at=None, path__isnull=False).order_by()
    counted = {row["project_id"]: row for row in kept.values("project_id").annotate(files=Count("pk"), bytes=Sum("size"))}
    found = [
        Due(project, over[project.pk], counted[project.pk]["files"], counted[project.pk]["bytes"])
        for project in Project.objects.filter(pk__in=counted).select_related("agency")
    ]
    return sorted(found, key=lambda due: (due.over_since, due.project.pk))


def destroy(project: Project, *, actor: Actor, approved_by: Actor, decision: str) -> Entry:
    """Let go of the files of one project whose term is over, and record the act with its list.

    `decision`: number of the paper by which the agency decided. `actor` carries it out for the operating organisation,
    `approved_by` is the head of the agency. Raises Refused with every reason.
    """
    with transaction.atomic():
        kept = Document.objects.filter(project_id=project.pk, discarded_at=None, path__isnull=False)
        documents = list(kept.select_for_update().order_by("pk"))
        if found := _against(project, actor, approved_by, decision, documents):
            raise Refused(found)
        listed = hashlib.sha256("\n".join(f"{each.digest} {each.size} {each.name}" for each in documents).encode()).hexdigest()
        for document in documents:
            discard(document)
        return note(
            actor=actor, what=DESTROYED, subject=str(project.pk), label=project.number, project_id=project.pk,
            facts={"decision": decision, "approved_by": approved_by.user_id, "approved_by_name": approved_by.name,
                   "files": len(documents), "size": sum(each.size for each in documents), "list_digest": listed,
                   "digests": [each.digest for each in documents]},
        )  # fmt: skip


def _against(project: Project, actor: Actor, approved_by: Actor, decision: str, documents: list[Document]) -> list[Refusal]:
    found = []
    if not term_is_over(project.pk):
        said = _("采购文件自采购结束之日起至少保存十五年，项目 %(number)s 的期限没有届满。")
        found.append(refuse("R-GP-47", said, number=project.number))
    if Hold.objects.live().filter(project=project).exists():
        found.append(refuse("G3", _("项目 %(number)s 处于暂停，文件不能销毁。"), number=project.number))
    if not actor.has(Role.ADMINISTRATOR):
        found.append(refuse("R-GP-47", _("销毁由系统管理员执行，%(name)s不是。"), name=actor.name))
    if not approved_by.has(Role.HEAD) or approved_by.organisation_id != project.agency_id:
        found.append(refuse("R-GP-47", _("销毁由购买主体负责人批准，%(name)s不是本单位负责人。"), name=approved_by.name))
    if not decision.strip():
        found.append(refuse("R-GP-47", _("请写明批准销毁的文号。")))
    if not documents:
        found.append(refuse("R-GP-47", _("项目 %(number)s 没有可以销毁的文件。"), number=project.number))
    return found
