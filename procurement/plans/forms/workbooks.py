"""Inputs of the workbook path: the file, and one row of it in the browser."""
from __future__ import annotations

import hashlib

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.files.forms import DocumentField
from portal.workflow.inputs import ActInputs
from procurement.plans.models import Plan, PlanItem

from .items import ItemForm

#: Kind of the uploaded workbook among documents.
WORKBOOK = "plan_workbook"
CHUNK = 1024 * 1024


class UploadForm(ActInputs):
    plan = forms.ModelChoiceField(label=_("年度计划"), queryset=Plan.objects.none())
    file = DocumentField(kind=WORKBOOK, label=_("填好的工作簿"))

    def prepare(self) -> None:
        self.fields["plan"].queryset = (
            Plan.objects.filter(agency=self.actor.organisation, state__in=["DRAFTED", "SENT_BACK"]).select_related("agency")
        )

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("file"):
            cleaned["file_digest"] = digest_of(cleaned["file"])
        return cleaned


def digest_of(upload) -> str:
    """The digest under which the file is kept, so that the same file is known again before it is stored twice."""
    running = hashlib.new(settings.AUDIT_DIGEST)
    upload.seek(0)
    while chunk := upload.read(CHUNK):
        running.update(chunk)
    upload.seek(0)
    return running.hexdigest()


class RowForm(ItemForm):
    """One row of a workbook, typed as an item is typed."""

    row = forms.IntegerField(label=_("第几项"), min_value=1, widget=forms.HiddenInput)

    def prepare(self) -> None:
        book = self.subject
        self.subject = PlanItem(agency=book.agency, plan=book.plan, year=book.plan.year)
        super().prepare()
        self.subject = book
        for name in ("plan", "route", "year", "feasibility"):
            del self.fields[name]


class CommitForm(ActInputs):
    """Nothing to fill in; all rows are made ready here, before anything is locked."""

    def clean(self) -> dict:
        from procurement.plans.workbooks.correcting import prepared

        cleaned = super().clean()
        if self.subject is not None and self.subject.state == "READ" and not self.subject.error_count:
            cleaned["prepared"] = prepared(self.subject)
            cleaned["prepared_digest"] = self.subject.rows_digest
        return cleaned
