"""Kinds of reports: each app that has one registers how it is built (`@report` in its `documents.py`)."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from .pdf import Rendered

if TYPE_CHECKING:
    from django.forms import Form

    from portal.accounts.actor import Actor

PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class ReportResult:
    """What came of a job: the file, and for papers the digest of the data shown.

    `noted`: what `audit.record.note` says of it beside the job's own rows; written with the file, so once a file even when
    a worker was killed over it.
    """

    filename: str
    content: bytes
    content_type: str = PDF
    rows: int = 0
    pages: int = 0
    data_digest: str = ""
    template_version: str = ""
    title: str = ""
    noted: dict[str, Any] | None = None

    @classmethod
    def of(cls, rendered: Rendered, *, filename: str, title: str, rows: int = 0) -> ReportResult:
        """The result that a rendered paper is."""
        return cls(
            filename=filename, content=rendered.pdf, rows=rows, pages=rendered.pages, data_digest=rendered.data_digest,
            template_version=rendered.template_version, title=title,
        )


class Progress(Protocol):
    def __call__(self, done: int, total: int, step: str = "", **values: Any) -> None:
        """Say how far it is, and in which step (a message of the catalogue with named values)."""


Build = Callable[[Any, Progress], ReportResult]


@dataclass(frozen=True, slots=True)
class ReportKind:
    """`build(job, progress)`: `job.parameters` as the form cleaned them, `job.actor` rebuilt with today's rights,
    `job.as_of` the time of the data. `allowed`: whether this actor may ask for it at all."""

    code: str
    title: Any
    build: Build
    form: type[Form] | None = None
    hint: Any = ""
    keeps: bool = False  # an official report that never expires
    allowed: Callable[[Actor], bool] = lambda actor: True
    back: Callable[[dict], str] = lambda parameters: ""  # the page that it was asked for on, from its parameters

    @property
    def needs(self) -> list[str]:
        """What the address must bring, because its form cannot ask for it: hidden fields that must be filled."""
        fields = self.form.base_fields if self.form else {}
        return [name for name, field in fields.items() if field.required and field.widget.is_hidden]


_kinds: dict[str, ReportKind] = {}


def report(code: str, *, title, **options) -> Callable[[Build], Build]:
    """Register a report: `@report("case_file", title=_("卷宗"), form=CaseFileForm)` over `build(job, progress)`."""

    def keep(build: Build) -> Build:
        if code in _kinds:
            raise ValueError(f"report {code} is there twice")
        _kinds[code] = ReportKind(code, title, build, **options)
        return build

    return keep


def report_kind(code: str) -> ReportKind:
    """The kind of a code. Raises KeyError."""
    return _kinds[code]


def known(code: str) -> bool:
    return code in _kinds


def reports_for(actor: Actor) -> list[ReportKind]:
    """What this actor may ask for, in the order of registration."""
    return [kind for kind in _kinds.values() if kind.allowed(actor)]


def listed_for(actor: Actor) -> list[ReportKind]:
    """What he may ask for without standing on the page of some thing."""
    return [kind for kind in reports_for(actor) if not kind.needs]
