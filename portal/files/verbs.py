"""Taking documents in, and keeping the papers that the portal makes itself."""
from __future__ import annotations

import hashlib
import time
import uuid
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.workdays.models import LegalClock
from portal.workflow import Refusal, Refused, refuse
from portal.workflow.engine import watcher
from portal.workflow.table import has_lifecycle, lifecycle_of

from .hidden import Leave
from .kinds import DocumentKind, document_kind
from .models import Document
from .names import clean_name
from .sniffing import CHUNK, TYPES, FileType, Unfit, sniff
from .stores import paths_in
from .uploads import OversizedUpload

TERM = "RETENTION"  # the period that starts when a project is closed or given up (R-GP-47)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found out about an upload: its type, or every reason against it."""

    name: str
    type: FileType | None
    refusals: list[Refusal]


def inspect(upload, kind: DocumentKind, *, field: str = "") -> Inspection:
    """Look at an upload before anything of it is kept: its size, its true type, what hides in it.

    Refusals: FILE-01 too large, FILE-02 type not accepted or unlike its name, FILE-03 program, script or macro,
    FILE-04 archive that cannot be looked into, FILE-05 broken, encrypted, or something hides in it.
    """
    name = clean_name(upload.name or "")
    if isinstance(upload, OversizedUpload) or upload.size > kind.size_limit:
        return Inspection(name, None, [refuse(
            "FILE-01", _("文件“%(name)s”有 %(size)s，超过上限 %(limit)s，没有接收。请压缩或分拆后重新上传。"), field=field,
            name=name, size=filesizeformat(upload.size), limit=filesizeformat(kind.size_limit),
        )])
    stream = upload.file if hasattr(upload, "file") else upload
    try:
        found = _sniffed(stream, name, kind.leave)
        if found.code not in kind.accepts:
            raise Unfit(
                "FILE-02", _("这里不接收 %(type)s 文件，请上传：%(accepted)s。"), type=found.name,
                accepted="、".join(suffix.upper() for suffix in kind.suffixes),
            )
    except Unfit as unfit:
        return Inspection(name, None, [refuse(unfit.rule, unfit.sentence, field=field, **unfit.params)])
    return Inspection(name, found, [])


def _sniffed(stream: BinaryIO, name: str, leave: Leave) -> FileType:
    """The type; a paper of the portal that comes back unchanged may carry its data attached, which no other PDF may."""
    try:
        return sniff(stream, name, leave)
    except Unfit as unfit:
        if unfit.rule != "FILE-05" or not _is_kept_already(stream):
            raise
        return TYPES["pdf"]


def _is_kept_already(stream: BinaryIO) -> bool:
    running = hashlib.new(settings.AUDIT_DIGEST)
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        running.update(chunk)
    stream.seek(0)
    return Document.objects.filter(digest=running.hexdigest(), content_type=TYPES["pdf"].content_type).exists()


def store(upload, *, actor, kind: str, subject=None, project=None, public: bool = False) -> Document:
    """Keep an upload as a document, after looking at it; nothing is stored when it is refused.

    `subject`: the staged thing it hangs on; one that is being made is bound when its row is written. `project`: a
    project or its primary key, by default the subject's. Raises Refused with every reason.
    """
    inspection = inspect(upload, document_kind(kind))
    if inspection.refusals:
        raise Refused(inspection.refusals)
    stream = upload.file if hasattr(upload, "file") else upload
    return _keep(
        stream, name=inspection.name, content_type=inspection.type.content_type, actor=actor, kind=kind, subject=subject,
        project=project, public=public,
    )


def store_made(
    content: bytes | BinaryIO, *, name: str, content_type: str, actor, kind: str, subject=None, project=None,
    public: bool = False,
) -> Document:
    """Keep what the portal itself made: papers, workbooks, archives, sealed envelopes. Nothing is sniffed."""
    stream = BytesIO(content) if isinstance(content, bytes) else content
    return _keep(
        stream, name=clean_name(name), content_type=content_type, actor=actor, kind=kind, subject=subject,
        project=project, public=public,
    )


def promise(*, name: str, content_type: str, actor, kind: str, subject=None, project=None, public: bool = False) -> Document:
    """A document whose bytes the portal brings after the act (`fulfil`): name, place and readers stand from now on."""
    document = _written(
        name=clean_name(name), content_type=content_type, actor=actor, kind=kind, subject=subject, project=project, public=public,
    )
    _bind_later(document, subject)
    return document


def fulfil(document: Document, content: bytes) -> bool:
    """Bring the bytes of a promised document. False, and nothing is kept, when somebody brought them before."""
    stored = _stored(BytesIO(content))
    try:
        brought = Document.objects.fulfil(document, **stored)
    except BaseException:
        default_storage.delete(stored["path"])
        raise
    if brought:
        document.refresh_from_db()
    else:
        default_storage.delete(stored["path"])
    return brought


def make_public(documents) -> None:
    """Open documents to everybody, as part of a publication."""
    Document.objects.filter(pk__in=[document.pk for document in documents]).update(public=True)


def discard(document: Document) -> None:
    """Let go of the stored bytes when their term is over; name, size and digest stay and can still be looked up.

    Raises Refused: the files of a procurement are kept at least 15 years from its end (R-GP-47).
    """
    if not document_kind(document.kind).derived and not term_is_over(document.project_id):
        raise Refused([refuse("R-GP-47", _("文件“%(name)s”的法定保存期限没有届满，不能销毁。"), name=document.name)])
    Document.objects.filter(pk=document.pk).update(discarded_at=clock.now())
    transaction.on_commit(lambda: default_storage.delete(document.path))


def term_is_over(project_id: int | None) -> bool:
    """Whether the files of a project have been kept for their whole term; what belongs to no project has no end of term."""
    terms = LegalClock.objects.filter(name=TERM, project_id=project_id)
    states = set(terms.values_list("state", flat=True)) if project_id else set()
    return states == {LegalClock.State.MET}


def _keep(stream: BinaryIO, *, subject, **known) -> Document:
    document_kind(known["kind"])  # an unknown kind is a fault of the caller, found before anything is written
    stored = _stored(stream)
    try:
        with transaction.atomic():
            document = _written(**known, subject=subject, **stored)
    except BaseException:
        default_storage.delete(stored["path"])
        raise
    _bind_later(document, subject)
    return document


def _stored(stream: BinaryIO) -> dict:
    """Put the bytes into the store: where they are, how many, and their digest."""
    running, size = hashlib.new(settings.AUDIT_DIGEST), 0
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        running.update(chunk)
        size += len(chunk)
    stream.seek(0)
    digest = running.hexdigest()
    path = default_storage.save(f"documents/{digest[:2]}/{digest[2:4]}/{uuid.uuid4().hex}", File(stream))
    return {"path": path, "size": size, "digest": digest}


def _written(*, name, content_type, actor, kind, subject, project, public, **stored) -> Document:
    document_kind(kind)
    document = Document(
        kind=kind, name=name, content_type=content_type, organisation=actor.organisation, uploaded_by=actor.user,
        project_id=_project_key(project, subject), public=public, created_at=clock.now(), **_subject_of(subject), **stored,
    )
    document.save()
    return document


def _bind_later(document: Document, subject) -> None:
    if subject is not None and subject.pk is None:
        subject.__dict__.setdefault("_documents_to_bind", []).append(document)


def _project_key(project, subject) -> int | None:
    if project is not None:
        return getattr(project, "pk", project)
    return getattr(subject, "project_key", None)


def _subject_of(subject) -> dict:
    if subject is None or subject.pk is None:
        return {}
    return {"subject_type": lifecycle_of(subject).code, "subject_id": subject.pk}


@watcher
def bind_documents(subject, act) -> None:
    """Documents taken while their subject was being made hang on it as soon as it has a row."""
    waiting = subject.__dict__.pop("_documents_to_bind", ())
    if waiting and has_lifecycle(subject):
        Document.objects.filter(pk__in=[document.pk for document in waiting]).update(**_subject_of(subject))


def sweep_orphans(*, older_than_hours: int = 24) -> int:
    """Remove stored files that no document names, left behind by an act that was rolled back; returns how many."""
    edge = time.time() - older_than_hours * 3600
    removed = 0
    for path in paths_in(default_storage, "documents"):
        if default_storage.get_modified_time(path).timestamp() < edge and not Document.objects.filter(path=path).exists():
            default_storage.delete(path)
            removed += 1
    return removed
