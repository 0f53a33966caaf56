"""Rows that sign (`signs="path to the file"`): what was shown is what is signed, and a signature is kept of it."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.workflow import Act, Refusal, refuse
from portal.workflow.engine import standing_guard, watcher
from portal.workflow.table import follow

from .digests import digest_of
from .models import Signature


@standing_guard
def shown_is_signed(obj: Any, act: Act) -> Iterable[Refusal]:
    """A page or program says which file it showed; another one is not signed in its place (SIGN-01)."""
    document = follow(obj, act.row.signs) if act.row.signs else None
    if document is None or "shown" not in act.data:
        return
    if act.data["shown"] != document.digest:
        yield refuse("SIGN-01", _("文件在您打开之后换过，请重新打开本页，看过新的文件再签。"), field="shown")


@watcher
def signature_is_kept(obj: Any, act: Act) -> None:
    """Person, moment, digest of the exact file, and how the person had shown himself (SIGN-01)."""
    document = follow(obj, act.row.signs) if act.row.signs else None
    if document is None or act.actor.is_system:
        return
    actor, algorithm = act.actor, settings.SIGNATURE_DIGEST
    Signature.objects.create(
        document=document, user=actor.user, name=actor.name, organisation_name=actor.organisation.name if actor.organisation else "",
        lifecycle=act.lifecycle.code, subject=str(obj.pk), transition=act.row.name, algorithm=algorithm,
        digest=_digest(document, algorithm), signed_at=act.now, confirmed_by=str(actor.stepped_up_by),
        confirmed_at=actor.stepped_up_at, entry_digest=act.entry.digest,
    )


def _digest(document, algorithm: str) -> str:
    if algorithm == settings.AUDIT_DIGEST:
        return document.digest
    with document.open() as stream:
        return digest_of(stream, algorithm)
