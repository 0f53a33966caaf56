"""The field of a form that takes a document: it says at once, at its place, why a file cannot be taken."""
from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazystr
from django.utils.translation import gettext as _

from .kinds import document_kind
from .verbs import inspect


class OneFile(forms.FileInput):
    """A box for one file; several parts of its name are all handed on, so that none is silently dropped."""

    def value_from_datadict(self, data, files, name):
        sent = files.getlist(name) if hasattr(files, "getlist") else [item for item in [files.get(name)] if item]
        return sent if len(sent) > 1 else sent[0] if sent else None


class DocumentField(forms.FileField):
    """Takes one file of a registered kind; cleaned value is the upload, ready for `store(upload, kind=…)`.

    What was typed in the other fields stays. Error codes are the rule ids FILE-01 to FILE-05.
    """

    widget = OneFile

    def __init__(self, *, kind: str, **options) -> None:
        self.document_kind = kind
        super().__init__(**options)
        if not self.help_text:
            self.help_text = lazystr(_Help(kind))

    @property
    def size_limit(self) -> int:
        """Bytes one file may have."""
        return document_kind(self.document_kind).size_limit

    def widget_attrs(self, widget) -> dict:
        return {**super().widget_attrs(widget), "accept": lazystr(_Accepted(self.document_kind))}

    def to_python(self, data):
        """The upload, looked at; Django's own checks would call an oversized file, whose bytes were not kept, empty."""
        if data in self.empty_values:
            return None
        if isinstance(data, list):
            raise ValidationError(_("这里只能上传一个文件，收到了 %(count)s 个。"), code="FILE-02", params={"count": len(data)})
        refusals = inspect(data, document_kind(self.document_kind)).refusals
        if refusals:
            raise ValidationError([ValidationError(refusal.sentence, code=refusal.rule) for refusal in refusals])
        return data


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if hasattr(files, "getlist") else [item for item in [files.get(name)] if item]


class DocumentsField(DocumentField):
    """Takes several files of one kind; cleaned value is a list of uploads. Every file that cannot be taken is named."""

    def __init__(self, *, kind: str, at_most: int = 20, **options) -> None:
        self.at_most = at_most
        super().__init__(kind=kind, widget=SeveralFiles(), **options)

    def clean(self, data, initial=None):
        uploads = [item for item in data or [] if item]
        if self.required and not uploads:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(uploads) > self.at_most:
            raise ValidationError(_("一次最多上传 %(count)s 个文件。"), code="FILE-01", params={"count": self.at_most})
        errors: list[ValidationError] = []
        for upload in uploads:
            try:
                self.to_python(upload)
            except ValidationError as error:
                errors += error.error_list
        if errors:
            raise ValidationError(errors)
        return uploads


class _Help:
    """“可上传 PDF、DOCX，不超过 50 MB”: read when shown, because kinds and limits are known only then."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __str__(self) -> str:
        kind = document_kind(self.kind)
        return _("可上传 %(types)s，每个不超过 %(limit)s。") % {
            "types": "、".join(suffix.upper() for suffix in kind.suffixes), "limit": filesizeformat(kind.size_limit),
        }


class _Accepted:
    """The `accept` attribute of the file box; kinds are registered after forms are loaded."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __str__(self) -> str:
        return ",".join(f".{suffix}" for suffix in document_kind(self.kind).suffixes)
