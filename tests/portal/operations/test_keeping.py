"""The files of a procurement are kept at least 15 years from its end, by everybody (R-GP-47)."""
from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from portal import clock
from portal.audit.models import Entry
from portal.files.models import Document, Unchangeable
from portal.files.verbs import discard, fulfil, promise, store_made
from portal.operations.destruction import destroy, over_term
from portal.operations.keeping import Kept, kept_models
from portal.workdays.models import LegalClock
from portal.workflow import Refused, due, perform
from procurement.plans.models import Hold, Project
from tests.factories.people import actor
from tests.factories.plans import make_project

pytestmark = pytest.mark.django_db


def paper(project: Project | int | None, name: str = "paper.pdf", kind: str = "bid_part") -> Document:
    return store_made(name.encode(), name=name, content_type="application/pdf", actor=actor("buyer"), kind=kind, project=project)


@pytest.fixture
def project() -> Project:
    """Given up, with two files; its term has begun."""
    made = make_project("PROPOSED")
    paper(made, "one.pdf")
    paper(made, "two.pdf")
    return perform(made, "abort", actor=due.system_actor(), reason="停办")


def years_later(project: Project, years: int = 15) -> None:
    ends = LegalClock.objects.get(name="RETENTION", project_id=project.pk).ends_at
    with clock.at(ends - timedelta(days=365 * (15 - years)) + timedelta(minutes=1)):
        due.run()


def carried_out(project: Project, *, by: str = "administrator", approved: str = "head", decision: str = "赣档销〔2041〕3号") -> Entry:
    return destroy(project, actor=actor(by), approved_by=actor(approved), decision=decision)


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def test_rows_with_a_lifecycle_are_deleted_by_nobody(project):
    assert Project in kept_models()
    for delete in (project.delete, Project.objects.all().delete, project.item.delete, project.agency.delete):
        with pytest.raises((Kept, Unchangeable, DatabaseError)), transaction.atomic():
            delete()
    assert Project.objects.filter(pk=project.pk).exists()


def test_the_database_refuses_plain_sql_too(project):
    """On PostgreSQL; whoever holds the file of the embedded database can do with it what he likes (docs/security.md)."""
    if connection.vendor != "postgresql":
        assert connection.vendor == "sqlite"
        return
    document = Document.objects.filter(project_id=project.pk).first()
    statements = (
        ("DELETE FROM plans_project WHERE id = %s", [project.pk]), ("DELETE FROM files_document WHERE id = %s", [document.pk]),
        ("UPDATE files_document SET discarded_at = now() WHERE id = %s", [document.pk]),
        ("UPDATE files_document SET digest = 'x' WHERE id = %s", [document.pk]),
    )
    for sql, values in statements:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)


def test_a_promised_paper_is_brought_once_and_stays(project):
    """Its row is written with the act and filled in by a worker; the database lets that happen and nothing after it."""
    promised = promise(name="paper.pdf", content_type="application/pdf", actor=actor("buyer"), kind="bid_part", project=project)
    assert fulfil(promised, b"the paper")
    promised.refresh_from_db()
    assert promised.is_intact()
    assert not fulfil(promised, b"another")


def test_a_file_is_kept_for_its_term_and_what_belongs_to_no_project_for_ever(project, django_capture_on_commit_callbacks):
    document = Document.objects.filter(project_id=project.pk).first()
    for kept in (document, paper(None), paper(999_999)):
        with pytest.raises(Refused) as refused:
            discard(kept)
        assert rules(refused) == ["R-GP-47"]
    with django_capture_on_commit_callbacks(execute=True):
        discard(paper(project, kind="report"))  # made from what is kept, and made again any day
    years_later(project, 14)
    with pytest.raises(Refused):
        discard(document)
    years_later(project)
    discard(document)


def test_what_is_over_its_term_is_listed_and_nothing_younger(project, capsys):
    assert over_term() == []
    years_later(project)
    (found,) = over_term()
    assert (found.project, found.files) == (project, 2)
    call_command("retention", "--json")
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["project"], row["files"]) == (project.number, 2)
    call_command("retention")
    assert "1 projects" in capsys.readouterr().out


def test_a_destruction_before_its_time_and_with_everything_wrong_says_so_at_once(project):
    Hold.objects.create(project=project, scope="ALL", cause="审计", state="IMPOSED", state_since=timezone.now(), created_at=timezone.now())
    with pytest.raises(Refused) as refused:
        carried_out(project, by="buyer", approved="head_2", decision=" ")
    assert rules(refused) == ["R-GP-47", "G3", "R-GP-47", "R-GP-47", "R-GP-47"]
    assert Document.objects.filter(project_id=project.pk, discarded_at=None).count() == 2


def test_a_destruction_lets_go_of_the_bytes_and_keeps_rows_digests_and_the_record(project, django_capture_on_commit_callbacks):
    years_later(project)
    documents = list(Document.objects.filter(project_id=project.pk))
    with django_capture_on_commit_callbacks(execute=True):
        entry = carried_out(project)
    assert (entry.transition, entry.chain_id) == ("files_destroyed", f"project:{project.pk}")
    assert entry.facts["digests"] == [document.digest for document in documents]
    assert (entry.facts["approved_by"], entry.user_id) == (actor("head").user_id, actor("administrator").user_id)
    assert "销毁" in entry.sentence
    assert not any(default_storage.exists(document.path) for document in documents)
    assert Document.objects.filter(project_id=project.pk).exclude(discarded_at=None).count() == 2
    assert over_term() == []
    with pytest.raises(Refused) as refused:
        carried_out(project)
    assert rules(refused) == ["R-GP-47"]


def test_the_command_carries_it_out_in_the_name_of_two_people(project, capsys, django_capture_on_commit_callbacks):
    names = {"destroy": project.number, "by": "administrator", "approved_by": "head", "decision": "赣档销〔2041〕3号"}
    with pytest.raises(CommandError, match="R-GP-47"):
        call_command("retention", **names)
    with pytest.raises(CommandError, match="no account"):
        call_command("retention", **{**names, "by": "nobody"})
    with pytest.raises(CommandError, match="no project"):
        call_command("retention", **{**names, "destroy": "none"})
    years_later(project)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("retention", **names)
    assert "2 files destroyed" in capsys.readouterr().out
