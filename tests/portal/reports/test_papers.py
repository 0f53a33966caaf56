"""Papers of acts: what they say is fixed with the act, the PDF follows behind it, once (docs/decisions/0007)."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.audit.canonical import digest
from portal.audit.models import Entry
from portal.audit.record import verify
from portal.files.models import Document
from portal.reports import pdf, typesetting
from portal.reports.models import Paper
from portal.reports.proof import examine
from portal.reports.typesetting import LEASE, SEND_AGAIN_AFTER, SET, StillOwed, finish, send_owed, set_paper
from portal.reports.verbs import bound_digest, facts_of_paper, make_paper
from tests.factories.people import actor
from tests.portal.reports.test_killed_worker import database_url

DATA = {"rows": [], "damage": []}


def owed(**options) -> Document:
    """A paper as an act leaves it."""
    given = {"title": "样件", "data": DATA, "name": "样件.pdf", "actor": actor("buyer"), "kind": "report", **options}
    return make_paper("paper/record.html", {"heading": "样件"}, **given)


def waited(paper: Paper, by: timedelta = LEASE + SEND_AGAIN_AFTER) -> None:
    """As if time had passed since the paper was last sent or taken."""
    Paper.objects.filter(pk=paper.pk).update(next_try_at=timezone.now() - by)


def entries(document: Document):
    return Entry.objects.filter(transition=SET, facts__paper=document.name)


def stored() -> int:
    def count(folder: str) -> int:
        folders, files = default_storage.listdir(folder) if default_storage.exists(folder) else ([], [])
        return len(files) + sum(count(f"{folder}/{name}") for name in folders)

    return count("documents")


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """Papers that were handed to the workers."""
    papers: list[int] = []
    monkeypatch.setattr(typesetting, "_send", papers.append)
    return papers


@pytest.fixture
def typesettings(monkeypatch) -> list[str]:
    """Titles of the papers that were set in type, quickly."""
    done: list[str] = []

    def typeset(html, *, title, content):
        done.append(title)
        return b"%PDF-1.7 " + content, 1

    monkeypatch.setattr(pdf, "typeset", typeset)
    return done


@pytest.mark.django_db(transaction=True)
class TestBehindTheAct:
    def test_the_transaction_fixes_what_is_said_and_sets_nothing(self, slow_papers, sent, typesettings):
        with transaction.atomic():
            document = owed()
            assert sent == []
        paper = document.paper
        assert typesettings == []
        assert sent == [paper.pk]
        assert not document.is_ready
        assert (document.digest, paper.set_at) == ("", None)
        assert digest(paper.content.encode()) == paper.data_digest
        assert paper.data_digest in paper.sheet  # the page as it will be, digest and all
        assert facts_of_paper(document) == {"paper": "样件.pdf", "data_digest": paper.data_digest}
        assert bound_digest(document) == paper.data_digest

    def test_an_act_that_is_rolled_back_leaves_no_paper(self, slow_papers, sent):
        with transaction.atomic():
            owed()
            transaction.set_rollback(True)
        assert sent == []
        assert not Paper.objects.exists()

    def test_a_real_worker_sets_it_after_the_commit(self, slow_papers, celery_worker):
        with transaction.atomic():
            document = owed()
        deadline = time.monotonic() + 60
        while Paper.objects.owed().exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        document.refresh_from_db()
        with document.open() as stream:
            content = stream.read()
        assert examine(content).is_sound
        assert document.digest == digest(content)
        assert entries(document).get().facts["digest"] == document.digest

    def test_a_lost_broker_costs_the_act_nothing(self, slow_papers, typesettings, monkeypatch):
        def lost(paper_id):
            raise ConnectionError("no broker")

        monkeypatch.setattr(typesetting, "_send", lost)
        with transaction.atomic():
            document = owed()
        assert Document.objects.filter(pk=document.pk).exists()
        monkeypatch.setattr(typesetting, "_send", set_paper)
        assert send_owed() == 0  # it may still be on its way
        waited(document.paper)
        assert send_owed() == 1
        document.refresh_from_db()
        assert document.is_ready

    def test_a_worker_killed_in_between_leaves_it_to_the_next(self, slow_papers, sent, typesettings):
        with transaction.atomic():
            document = owed()
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(document.paper.pk)], stdout=subprocess.PIPE, text=True,
            env={**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "portal.settings"},
        )
        with worker:
            assert worker.stdout.readline().strip() == "setting"
            worker.send_signal(signal.SIGKILL)
        set_paper(document.paper.pk)  # nobody else is at it while its time lasts
        assert typesettings == []
        assert send_owed() == 0
        waited(document.paper)
        assert send_owed() == 1
        assert sent[-1] == document.paper.pk
        set_paper(document.paper.pk)
        document.refresh_from_db()
        assert document.is_intact()
        assert entries(document).count() == 1
        assert Paper.objects.get().tries == 2


WORKER = """
import sys, time, django
django.setup()
from portal.reports import pdf
from portal.reports.typesetting import set_paper

def typeset(html, *, title, content):
    print("setting", flush=True)
    time.sleep(60)

pdf.typeset = typeset
set_paper(int(sys.argv[1]))
"""


@pytest.mark.django_db
class TestOnce:
    def test_twice_sent_is_once_set(self, slow_papers, typesettings):
        before, document = stored(), owed()
        set_paper(document.paper.pk)
        set_paper(document.paper.pk)
        document.refresh_from_db()
        assert typesettings == ["样件"]
        assert stored() == before + 1
        assert document.is_intact()
        assert entries(document).get().facts == {
            "paper": "样件.pdf", "digest": document.digest, "data_digest": document.paper.data_digest, "pages": 1,
        }
        assert document.paper.sheet == ""
        assert not list(verify())

    def test_of_two_workers_the_first_has_set_it(self, slow_papers, monkeypatch):
        before, document = stored(), owed()
        paper, setting = document.paper, []

        def typeset(html, *, title, content):
            setting.append(title)
            if len(setting) == 1:  # this one is slow: its time runs out, another takes the paper and is done before it
                waited(paper)
                set_paper(paper.pk)
            return f"%PDF-1.7 {len(setting)}".encode(), 1

        monkeypatch.setattr(pdf, "typeset", typeset)
        set_paper(paper.pk)
        assert len(setting) == 2
        assert stored() == before + 1
        assert entries(document).count() == 1
        assert Document.objects.get().is_intact()

    def test_a_fault_is_tried_again_ever_more_seldom(self, slow_papers, sent, monkeypatch):
        document = owed()

        def broken(html, *, title, content):
            raise ValueError("no such font")

        monkeypatch.setattr(pdf, "typeset", broken)
        leases = []
        for _try in range(3):
            waited(document.paper)
            started = timezone.now()
            set_paper(document.paper.pk)
            leases.append((Paper.objects.get().next_try_at - started).total_seconds() // 60)
        assert leases == [2, 4, 8]
        assert Paper.objects.owed().count() == 1
        with pytest.raises(StillOwed):
            finish([document], within=0.1)

    def test_who_needs_it_now_sets_it_himself(self, slow_papers, typesettings):
        document = owed()
        finish([document])
        document.refresh_from_db()
        assert document.is_ready


@pytest.mark.django_db
class TestBeforeItIsThere:
    def test_the_page_waits_and_its_line_becomes_the_file(self, client, slow_papers, typesettings):
        document = owed()
        client.force_login(actor("buyer").user)
        page = client.get(document.get_absolute_url())
        assert page.status_code == 202
        assert page["Retry-After"] == "2"
        assert "正在排版" in page.content.decode()
        assert f'hx-get="{document.get_absolute_url()}"' in page.content.decode()
        line = client.get(document.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
        assert "正在排版" in line
        set_paper(document.paper.pk)
        line = client.get(document.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
        assert "hx-get" not in line
        assert f'<a href="{document.get_absolute_url()}">样件.pdf</a>' in line
        file = client.get(document.get_absolute_url())
        assert file.status_code == 200
        assert b"".join(file.streaming_content).startswith(b"%PDF")

    def test_outside_its_scope_there_is_nothing_to_wait_for(self, client, slow_papers):
        document = owed()
        for headers in ({}, {"HX-Request": "true"}):
            assert client.get(document.get_absolute_url(), headers=headers).status_code == 404
        assert client.get(document.api_url).status_code == 404

    def test_a_program_is_told_when_to_look_again(self, client, slow_papers, typesettings):
        document = owed(public=True)
        answer = client.get(document.api_url)
        assert (answer.status_code, answer["Retry-After"]) == (202, "2")
        assert client.get(document.api_url.removesuffix("content/")).json()["ready"] is False
        set_paper(document.paper.pk)
        assert b"".join(client.get(document.api_url).streaming_content).startswith(b"%PDF")
        assert client.get(document.api_url.removesuffix("content/")).json()["ready"] is True

    def test_the_printed_digest_is_known_before_the_file_is(self, client, slow_papers, typesettings):
        document = owed()
        address = reverse("reports:verify", args=[document.paper.data_digest])
        assert "PDF 正在排版" in client.get(address).content.decode()
        set_paper(document.paper.pk)
        assert "平台保存的文件与生成时一致" in client.get(address).content.decode()

