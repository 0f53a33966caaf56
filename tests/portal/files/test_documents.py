"""Documents: refused before being stored, given out within scope, never changed."""
from __future__ import annotations

import hashlib
import uuid

import pytest
from django import forms
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from portal.accounts.actor import PUBLIC, system_actor
from portal.files import kinds
from portal.files.forms import DocumentField, DocumentsField
from portal.files.models import Document, Unchangeable
from portal.files.tasks import sweep
from portal.files.uploads import OversizedUpload
from portal.files.verbs import discard, make_public, store, store_made
from portal.reports.models import ReportJob
from portal.workflow import Refused, perform
from tests.factories.papers import PDF, PNG, office, upload
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def test_kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register_kind("note", "说明")
    kinds.register_kind("offer", "报价", accepts=("pdf",), limit=1000, parties=True)


def stored_files() -> list[str]:
    def walk(folder):
        folders, files = default_storage.listdir(folder) if default_storage.exists(folder) else ([], [])
        return [f"{folder}/{name}" for name in files] + [path for name in folders for path in walk(f"{folder}/{name}")]

    return walk("documents")


def test_a_document_carries_the_digest_of_its_bytes():
    document = store(upload("方案.docx", office("word"), "text/html"), actor=actor("buyer"), kind="note")
    assert document.digest == hashlib.sha256(office("word")).hexdigest() or document.is_intact()
    assert document.content_type.endswith("wordprocessingml.document")  # what it is, not what the browser said
    assert document.name == "方案.docx"
    assert document.organisation == actor("buyer").organisation
    assert document.path.startswith(f"documents/{document.digest[:2]}/{document.digest[2:4]}/")
    with document.open() as stream:
        assert stream.read().startswith(b"PK")


@pytest.mark.parametrize(("file", "rule"), [
    (lambda: upload("大.pdf", PDF + bytes(2000)), "FILE-01"),
    (lambda: OversizedUpload("大.pdf", "application/pdf", 200 * 1024**2), "FILE-01"),
    (lambda: upload("方案.docx", office("word")), "FILE-02"),
    (lambda: upload("程序.pdf", b"MZ" + bytes(50)), "FILE-03"),
])
def test_a_refused_upload_leaves_nothing_behind(file, rule):
    before = stored_files()
    with pytest.raises(Refused) as refused:
        store(file(), actor=actor("buyer"), kind="offer")
    assert [refusal.rule for refusal in refused.value.refusals] == [rule]
    assert not Document.objects.exists()
    assert stored_files() == before


def test_the_field_says_it_at_its_place_and_keeps_what_was_typed():
    class Form(forms.Form):
        title = forms.CharField()
        offer = DocumentField(kind="offer")

    form = Form({"title": "已填标题"}, {"offer": upload("程序.pdf", b"MZ" + bytes(50))})
    assert not form.is_valid()
    assert form.errors.as_data()["offer"][0].code == "FILE-03"
    assert form["title"].value() == "已填标题"
    assert 'accept=".pdf"' in str(form["offer"])
    assert "PDF" in str(form.fields["offer"].help_text)
    good = Form({"title": "标题"}, {"offer": upload("报价.pdf")})
    assert good.is_valid()
    assert good.cleaned_data["offer"].name == "报价.pdf"


def test_the_field_for_several_names_every_file_it_cannot_take():
    class Form(forms.Form):
        offers = DocumentsField(kind="offer", at_most=3)

    def sent(*files):
        from django.utils.datastructures import MultiValueDict

        return Form({}, MultiValueDict({"offers": list(files)}))

    form = sent(upload("a.pdf"), upload("b.pdf", b"MZ"), upload("c.pdf", b"\x7fELF"))
    assert [error.code for error in form.errors.as_data()["offers"]] == ["FILE-03", "FILE-03"]
    assert len(sent(upload("a.pdf"), upload("b.pdf")).fields) == 1
    assert sent(*[upload(f"{n}.pdf") for n in range(4)]).errors.as_data()["offers"][0].code == "FILE-01"
    assert sent().errors.as_data()["offers"][0].code == "required"
    ok = sent(upload("a.pdf"), upload("b.pdf"))
    assert ok.is_valid()
    assert [file.name for file in ok.cleaned_data["offers"]] == ["a.pdf", "b.pdf"]


def test_a_document_is_read_within_scope_only():
    own = store(upload("内部.pdf"), actor=actor("buyer"), kind="note")
    assert own in Document.objects.visible_to(actor("head"))  # the same organisation
    for stranger in ("head_2", "supplier_a_head", "administrator", "auditor"):
        assert own not in Document.objects.visible_to(actor(stranger))
    assert own not in Document.objects.visible_to(PUBLIC)
    assert own in Document.objects.visible_to(system_actor())
    make_public([own])
    assert own in Document.objects.visible_to(PUBLIC)


def test_experts_share_a_library_not_their_papers():
    document = store(upload("意见.pdf"), actor=actor("expert_1"), kind="note")
    assert document in Document.objects.visible_to(actor("expert_1"))
    assert document not in Document.objects.visible_to(actor("expert_2"))


def test_who_sees_the_subject_reads_what_hangs_on_it():
    job = perform(ReportJob(), "queue", actor=actor("supplier_a_head"), kind="record", parameters={})
    internal = store_made(b"x", name="a.txt", content_type="text/plain", actor=actor("buyer"), kind="note", subject=job)
    shared = store_made(b"x", name="b.txt", content_type="text/plain", actor=actor("buyer"), kind="offer", subject=job)
    seen = set(Document.objects.visible_to(actor("supplier_a_head")))
    assert shared in seen  # a kind that the parties may read
    assert internal not in seen  # a kind for government bodies: the supplier sees the subject, not the file
    assert not seen & set(Document.objects.visible_to(actor("supplier_b_head")))
    assert set(Document.objects.of_subject(job)) == {internal, shared}


def test_a_kind_may_grant_more_readers(monkeypatch):
    document = store(upload("文件.pdf"), actor=actor("buyer"), kind="note")
    granted = kinds.DocumentKind("note", "说明", readers=lambda reader: Q(pk=document.pk) if reader.kind == "SUPPLIER" else None)
    monkeypatch.setitem(kinds._kinds, "note", granted)
    assert document in Document.objects.visible_to(actor("supplier_a_head"))
    assert document not in Document.objects.visible_to(actor("expert_1"))


def test_a_document_taken_while_its_subject_is_made_hangs_on_it(monkeypatch):
    from portal.reports.workflow import REPORT_JOB

    taken = []

    def effect(job, act):
        taken.append(store(upload("附件.pdf"), actor=act.actor, kind="note", subject=job))
        return original(job, act)

    row = REPORT_JOB["queue"]
    original = row.effect
    monkeypatch.setitem(REPORT_JOB._by_name, "queue", _with(row, effect=effect))
    job = perform(ReportJob(), "queue", actor=actor("buyer"), kind="record", parameters={})
    assert [d.pk for d in Document.objects.of_subject(job)] == [taken[0].pk]


def _with(row, **changes):
    from dataclasses import replace

    return replace(row, **changes)


def test_download_is_an_attachment_and_404_outside_scope(client):
    document = store(upload("照片.png", PNG), actor=actor("buyer"), kind="note")
    url = reverse("files:document", args=[document.uuid])
    assert client.get(url).status_code == 404
    client.force_login(actor("head_2").user)
    assert client.get(url).status_code == 404
    client.force_login(actor("head").user)
    response = client.get(url)
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Content-Type"] == "image/png"
    assert b"".join(response.streaming_content) == PNG
    assert client.get(reverse("files:document", args=[uuid.uuid4()])).status_code == 404
    assert client.post(url).status_code == 405


def test_a_document_is_never_changed():
    document = store(upload("a.pdf"), actor=actor("buyer"), kind="note")
    document.name = "b.pdf"
    for attempt in (document.save, document.delete, Document.objects.all().delete, lambda: Document.objects.update(name="b.pdf")):
        with pytest.raises(Unchangeable):
            attempt()
    assert Document.objects.get().name == "a.pdf"


def test_changed_bytes_are_noticed():
    document = store(upload("a.pdf"), actor=actor("buyer"), kind="note")
    assert document.is_intact()
    with open(default_storage.path(document.path), "ab") as file:
        file.write(b"x")
    assert not document.is_intact()


def test_what_a_rolled_back_act_stored_is_swept_away(monkeypatch):
    kept = store(upload("kept.pdf"), actor=actor("buyer"), kind="note")
    with transaction.atomic():
        lost = store(upload("lost.pdf"), actor=actor("buyer"), kind="note")
        transaction.set_rollback(True)
    assert default_storage.exists(lost.path)
    sweep()
    assert default_storage.exists(lost.path)  # too young: its act may still be under way
    monkeypatch.setattr("portal.files.verbs.time.time", lambda: 4e9)
    sweep()
    assert not default_storage.exists(lost.path)
    assert default_storage.exists(kept.path)


def test_a_discarded_document_keeps_its_row(django_capture_on_commit_callbacks):
    document = store(upload("a.pdf"), actor=actor("buyer"), kind="report")
    with django_capture_on_commit_callbacks(execute=True):
        discard(document)
    document.refresh_from_db()
    assert document.discarded_at
    assert not default_storage.exists(document.path)
    assert not document.is_intact()


def test_an_unknown_kind_is_a_fault_of_the_program():
    with pytest.raises(KeyError):
        store_made(b"x", name="a", content_type="text/plain", actor=actor("buyer"), kind="nonsense")
    with pytest.raises(ValueError):
        kinds.register_kind("note", "again")
    with pytest.raises(ValueError):
        kinds.register_kind("odd", "x", accepts=("exe",))


def test_names_are_kept_as_typed_but_clean():
    sent = SimpleUploadedFile("x.pdf", PDF)
    sent._name = "报价\u202e.pdf"
    assert store(sent, actor=actor("buyer"), kind="note").name == "报价.pdf"
