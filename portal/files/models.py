"""Documents: what was handed in or made, with the digest that proves it is still the same."""
from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import OrganisationKind
from portal.workflow.table import all_lifecycles

from .kinds import all_kinds, document_kind
from .sniffing import CHUNK, TYPES

#: Organisations outside government: they read what is theirs, what is public, and what a kind gives to the parties.
OUTSIDE = frozenset({OrganisationKind.SUPPLIER, OrganisationKind.EXPERTS, OrganisationKind.EVALUATOR})


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, actor) -> DocumentQuerySet:
        """What is public, what the actor's organisation handed in, and what hangs on something the actor may see."""
        hanging = ((cycle.code, Exists(
            cycle.model.objects.visible_to(actor).filter(pk=OuterRef("subject_id")).order_by()
        )) for cycle in all_lifecycles())
        return self._seen(actor, hanging)

    def of_project(self, project_id: int, actor, seen: dict[str, list[str]]) -> DocumentQuerySet:
        """The same of one project, where it is known what of the project the actor sees: lifecycle → primary keys."""
        return self.filter(project_id=project_id)._seen(actor, ((code, Q(subject_id__in=keys)) for code, keys in seen.items()))

    def _seen(self, actor, hanging: Iterable[tuple[str, Q | Exists]]) -> DocumentQuerySet:
        """`hanging`: lifecycle and the condition under which the actor sees the thing that a document hangs on."""
        if actor.is_system:
            return self
        scope = Q(public=True)
        if actor.organisation_id:
            own = {"uploaded_by_id": actor.user_id} if actor.kind == OrganisationKind.EXPERTS else {}  # a library, no house
            scope |= Q(organisation_id=actor.organisation_id, **own)
            kinds = [kind.code for kind in all_kinds() if kind.parties or actor.kind not in OUTSIDE]
            for code, condition in hanging:
                scope |= Q(subject_type=code, kind__in=kinds) & Q(condition)
            for kind in all_kinds():
                granted = kind.readers(actor) if kind.readers else None
                if granted is not None:
                    scope |= Q(kind=kind.code) & granted
        return self.filter(scope)

    def of_subject(self, subject: models.Model) -> DocumentQuerySet:
        from portal.workflow.table import lifecycle_of

        return self.filter(subject_type=lifecycle_of(subject).code, subject_id=subject.pk)

    def fulfil(self, document: Document, *, path: str, size: int, digest: str) -> bool:
        """Give a promised document its bytes, once: False when it has some already, whoever brought them."""
        promised = self.filter(pk=document.pk, path=None)
        return bool(models.QuerySet.update(promised, path=path, size=size, digest=digest))

    def update(self, **changes):
        if set(changes) - {"subject_type", "subject_id", "public", "discarded_at"}:
            raise Unchangeable("a document is never changed")
        return super().update(**changes)

    def delete(self):
        raise Unchangeable("a document is kept")


class Unchangeable(Exception):
    """Somebody tried to change or delete a document that was stored."""


class NotReady(FileNotFoundError):
    """The document was promised by an act; its bytes are still being made."""


class Document(models.Model):
    """One stored file. Its bytes, name, type and digest never change; a better version is another document.

    A paper of the portal is promised by its act and set behind it (docs/decisions/0007): until then it has its name,
    subject and readers, and neither path nor digest.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("类别"), max_length=40)
    name = models.CharField(_("文件名"), max_length=160)
    size = models.PositiveBigIntegerField(_("大小"), default=0)
    content_type = models.CharField(_("格式"), max_length=100)
    digest = models.CharField(_("摘要"), max_length=128, db_index=True, blank=True)
    path = models.CharField(max_length=200, unique=True, null=True)  # noqa: DJ001 - absent is NULL, so that it is unique
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+")
    uploaded_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    project_id = models.BigIntegerField(null=True, db_index=True)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    public = models.BooleanField(_("公开"), default=False)
    created_at = models.DateTimeField(_("上传时间"))
    discarded_at = models.DateTimeField(null=True)
    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name = _("文件")
        indexes = [models.Index(fields=["subject_type", "subject_id", "created_at"])]
        constraints = [
            models.CheckConstraint(
                name="files_bytes_have_their_digest", condition=Q(path=None, digest="") | (Q(path__isnull=False) & ~Q(digest="")),
                violation_error_message=_("文件和摘要必须同时存入。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise Unchangeable("a document is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise Unchangeable("a document is kept")

    def get_absolute_url(self) -> str:
        return reverse("files:document", args=[self.uuid])

    @property
    def api_url(self) -> str:
        """Where programs fetch the bytes."""
        return reverse("api:files-content", args=[self.uuid])

    @property
    def is_ready(self) -> bool:
        """Whether the bytes are there: always for what was handed in, soon after its act for a paper."""
        return self.path is not None

    @property
    def type_name(self) -> str:
        """Short name of the type ("PDF"), for tables."""
        return next((kind.name for kind in TYPES.values() if kind.content_type == self.content_type), self.content_type)

    @property
    def kind_name(self):
        return document_kind(self.kind).name

    @property
    def digest_groups(self) -> str:
        """First and last eight digits, as printed beside a file ("3b7e 10fd … 7a5e 94c2")."""
        return f"{self.digest[:4]} {self.digest[4:8]} … {self.digest[-8:-4]} {self.digest[-4:]}"

    def open(self):
        """The stored bytes as a stream. Raises FileNotFoundError when the store has lost them, NotReady before they are there."""
        if not self.is_ready:
            raise NotReady(self.name)
        return default_storage.open(self.path, "rb")

    def is_intact(self) -> bool:
        """Whether the stored bytes still have the recorded digest."""
        running = hashlib.new(settings.AUDIT_DIGEST)
        try:
            with self.open() as stream:
                while chunk := stream.read(CHUNK):
                    running.update(chunk)
        except FileNotFoundError:
            return False
        return running.hexdigest() == self.digest
