"""The doctor names each thing that is wrong, in both languages, and is silent about what is right."""
from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import override

from portal.accounts.actor import system_actor
from portal.accounts.demo import load_people
from portal.audit.record import note, seal
from portal.operations import doctor
from portal.operations.doctor import findings, machine, services
from portal.workdays.calendars import load_year
from portal.workdays.models import Calendar, CalendarDay
from portal.workflow.models import Heartbeat

pytestmark = pytest.mark.django_db
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def sound(settings, tmp_path, monkeypatch):
    """An installation for real work with nothing wrong: every test spoils one thing."""
    settings.ALLOWED_HOSTS, settings.PUBLIC_URL = ["portal.example"], "https://portal.example"
    settings.HTTPS_ONLY, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    settings.DEMO, settings.DEBUG, settings.JURISDICTION = False, False, "某市"
    settings.SECRET_KEY = "".join(chr(65 + number % 50) for number in range(60))
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "mail.example"
    settings.DEFAULT_FROM_EMAIL, settings.BACKUP_RECIPIENTS = "portal@portal.example", ["age1"]
    settings.REDIS_URL = settings.REDIS_URL or ""
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.MEDIA_ROOT.mkdir(mode=0o750)
    monkeypatch.setattr(services, "get_connection", lambda **options: Server())
    monkeypatch.setattr(services.health, "PARTS", dict.fromkeys(services.health.PARTS, lambda: "ok"))
    monkeypatch.setattr(services, "TUNED", {})
    load_people()
    from portal.accounts.models import User

    User.objects.update(is_demo=False)
    for year in (timezone.now().year, timezone.now().year + 1):
        load_year(year, {}, {}, source="notice")
    Heartbeat.objects.update_or_create(pk="backup", defaults={"beaten_at": timezone.now(), "detail": "x"})


class Server:
    def open(self):
        return True

    def close(self):
        return None


#: Of the machine that runs the tests, not of an installation.
OF_THE_MACHINE = {"disk", "time_not_synchronised", "translations", "broker_embedded", "sqlite", "postgresql_fsync",
                  "postgresql_full_page_writes", "postgresql_commit", "postgresql_version"}


def codes() -> set[str]:
    return {finding.code for finding in doctor.examine()} - OF_THE_MACHINE


def test_nothing_is_said_of_what_is_right(sound):
    assert codes() == set()


@pytest.mark.parametrize(("changed", "code"), [
    ({"SECRET_KEY": "secret"}, "secret_key"),
    ({"SECRET_KEY": "a" * 80}, "secret_key"),
    ({"DEBUG": True}, "debug"),
    ({"DEMO": True}, "demo"),
    ({"HTTPS_ONLY": False}, "https"),
    ({"SECURE_PROXY_SSL_HEADER": None}, "proxy"),
    ({"PUBLIC_URL": "http://portal.example"}, "public_url_scheme"),
    ({"ALLOWED_HOSTS": ["*"]}, "hosts_any"),
    ({"ALLOWED_HOSTS": ["other.example"]}, "hosts_public_url"),
    ({"PUBLIC_URL": "https://localhost"}, "public_url_local"),
    ({"SECOND_FACTOR": "off"}, "second_factor"),
    ({"METRICS_TOKEN": "guess"}, "metrics_token"),
    ({"DEFAULT_FROM_EMAIL": "portal@localhost"}, "mail_sender"),
    ({"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}, "mail_files"),
    ({"CELERY_TASK_ALWAYS_EAGER": True}, "tasks_eager"),
    ({"BACKUP_RECIPIENTS": []}, "backup_open"),
    ({"JURISDICTION": ""}, "jurisdiction"),
])
def test_each_setting_that_is_wrong_is_named(sound, settings, changed, code):
    for name, value in changed.items():
        setattr(settings, name, value)
    assert code in codes()


def test_demonstration_people_in_a_real_portal(sound):
    from portal.accounts.models import User

    User.objects.filter(username="buyer").update(is_demo=True)
    assert codes() == {"demo_people"}


def test_files_that_others_can_read(sound, settings):
    (settings.VAR_DIR / "secret_key").touch(mode=0o644)
    (settings.VAR_DIR / "portal.sqlite3").touch(mode=0o644)
    settings.MEDIA_ROOT.chmod(0o755)
    assert codes() == {"secret_key_readable", "database_permissions", "media_permissions"}


@pytest.mark.parametrize("part", ["broker", "worker", "beat"])
def test_a_part_that_does_not_answer(sound, monkeypatch, part):
    monkeypatch.setitem(services.health.PARTS, part, lambda: "silent for 300 s")
    assert codes() == {part}


def test_a_mail_server_that_refuses(sound, monkeypatch):
    def refuse(**options):
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(services, "get_connection", refuse)
    assert codes() == {"mail_server"}


def test_mail_that_does_not_leave(sound):
    from portal.accounts.models import User
    from portal.notifications.models import Message

    old = timezone.now() - timedelta(hours=2)
    for attempts in (0, 5):
        Message.objects.create(
            user=User.objects.get(username="buyer"), event="plans.plan/draft", created_at=old, try_at=old, attempts=attempts,
        )
    assert codes() == {"outbox", "outbox_failed"}


def test_no_backup_and_an_old_one(sound):
    Heartbeat.objects.filter(pk="backup").update(beaten_at=timezone.now() - timedelta(days=4))
    assert codes() == {"backup_old"}
    Heartbeat.objects.all().delete()
    assert codes() == {"backup_never"}


def test_calendars(sound, monkeypatch):
    from datetime import date

    year = timezone.now().year
    monkeypatch.setattr("portal.clock.today", lambda: date(year, 12, 1))
    Calendar.objects.filter(year=year + 1).update(demonstration=True)
    assert codes() == {"calendar_demonstration"}
    CalendarDay.objects.all().delete()
    Calendar.objects.filter(year=year + 1).delete()
    assert codes() == {"calendar_next"}
    Calendar.objects.filter(year=year).delete()
    assert codes() == {"calendar_next", "calendar_missing"}
    monkeypatch.setattr("portal.clock.today", lambda: date(year, 6, 1))
    assert codes() == {"calendar_missing"}


def test_room_and_paper(sound, monkeypatch):
    from types import SimpleNamespace

    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: SimpleNamespace(free=10**9, total=10**12))
    monkeypatch.setattr(machine.ctypes.util, "find_library", lambda name: None)
    monkeypatch.setattr(machine.importlib.util, "find_spec", lambda name: None)
    assert {finding.code for finding in doctor.examine()} >= {"disk", "fonts", "library_pango-1.0"}


def test_entries_that_no_checkpoint_holds(sound, monkeypatch):
    note(actor=system_actor(), what="something")
    assert codes() == {"checkpoints"}
    seal()
    assert codes() == set()


def test_no_administrator(sound):
    from portal.accounts.models import Membership

    Membership.objects.filter(user__username="administrator").delete()
    assert codes() == {"administrator"}


def test_a_database_that_does_not_answer_is_one_finding_a_check(sound, monkeypatch):
    def broken():
        raise DatabaseError("no such table: x\nmore")
        yield

    monkeypatch.setattr(findings, "_checks", {"people": broken})
    (finding,) = doctor.examine()
    assert finding.code == "database"
    assert "no such table: x" in str(finding)


def test_tuning_of_the_database(sound, monkeypatch):
    if connection.vendor == "sqlite":
        monkeypatch.setattr(services, "TUNED", {"journal_mode": "delete"})
        assert "sqlite_journal_mode" in codes()
    else:  # the throw-away server of the tests forgets on power loss, and is told so
        assert "postgresql_fsync" in {finding.code for finding in doctor.examine()}


@pytest.mark.parametrize(("language", "han"), [("zh-hans", True), ("en", False)])
def test_every_finding_speaks_both_languages(sound, settings, monkeypatch, language, han):
    settings.SECRET_KEY, settings.DEBUG, settings.DEMO, settings.ALLOWED_HOSTS = "x", True, True, ["*"]
    settings.JURISDICTION, settings.DEFAULT_FROM_EMAIL = "", "a@localhost"
    Calendar.objects.all().delete()
    with override(language):
        found = [str(finding) for finding in doctor.examine()]
    assert len(found) > 5
    assert all(bool(HAN.search(sentence)) is han for sentence in found), found


def test_the_command_says_it_and_its_exit_code_tells_how_bad(sound, settings, capsys):
    settings.BACKUP_RECIPIENTS = []
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--json")
    told = json.loads(capsys.readouterr().out)
    assert "backup_open" in {row["code"] for row in told["findings"]}
    assert ended.value.code == (2 if told["errors"] else 1)
    settings.DEBUG = True
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--language", "en")
    assert ended.value.code == 2
    assert "DEBUG is on" in capsys.readouterr().out


def test_papers_that_cannot_be_set(sound):
    from portal.reports.models import Paper
    from portal.reports.verbs import make_paper
    from tests.factories.people import actor

    document = make_paper("paper/record.html", {"heading": "样件"}, title="样件", data={"rows": [], "damage": []}, name="样件.pdf",
                          actor=actor("buyer"), kind="report")  # fmt: skip
    owed = Paper.objects.filter(document=document)
    seal()
    owed.update(set_at=None, sheet="<p>样件</p>", tries=2, error="OSError: no font")
    assert codes() == set(), "a paper may fail twice"
    owed.update(tries=3)
    assert codes() == {"papers_failing"}
    assert "OSError: no font" in next(str(finding) for finding in doctor.examine() if finding.code == "papers_failing")


def test_a_budget_line_that_is_not_what_its_entries_say(sound):
    from procurement.budgets.models import BudgetLine
    from tests.factories.budgets import make_line

    line = make_line(amount="100.00")
    assert "ledger" not in codes()
    BudgetLine.objects.filter(pk=line.pk).update(allocated=99)
    assert "ledger" in codes()
