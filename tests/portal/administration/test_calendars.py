"""A notice of working days is read whole, checked line by line, and put in force by another person (RCV-01, RCV-02, L0.1)."""
from __future__ import annotations

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal import clock
from portal.accounts.actor import system_actor
from portal.administration import calendar_file
from portal.administration.calendar import changes_of
from portal.administration.models import CalendarNotice
from portal.clock import SHANGHAI
from portal.workdays import start_clock
from portal.workdays.calendars import load_calendars, load_year
from portal.workdays.models import Calendar, LegalClock
from portal.workdays.statutory import statutory_holidays
from portal.workflow import Act, Refused, lifecycle, perform
from tests.factories.people import actor, colleague, make_calendar_notice

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def calendars():
    load_calendars()


def whole(year: int = 2027, *more: str) -> bytes:
    lines = [f"{day},off,{name}" for day, name in sorted(statutory_holidays(year).items())]
    return "\r\n".join(["date,kind,name", *lines, *more]).encode()


def rules_of(error) -> set[str]:
    return {refusal.rule for refusal in error.value.refusals}


def started(name: str, on: str) -> LegalClock:
    """A period that the agency bears, started at noon of a day."""
    moment = datetime.fromisoformat(f"{on}T12:00").replace(tzinfo=SHANGHAI)
    table = lifecycle("workdays.clock")
    with clock.at(moment):
        return start_clock(name, actor("head").organisation, Act(row=table["start"], lifecycle=table, actor=system_actor(), now=moment),
                           bearer=actor("head").organisation)  # fmt: skip


# --- the file ---------------------------------------------------------------------------------------------------------
def test_a_whole_notice_is_read():
    found = calendar_file.read(whole(2027, "2027-02-14,work,春节调休上班", "2027/10/09,班,国庆节调休上班"), 2027)
    assert not found.errors
    assert (date(2027, 2, 14), True, "春节调休上班") in found.days
    assert (date(2027, 1, 1), False, "元旦") in found.days
    assert found.redundant == sum(day.weekday() >= 5 for day in statutory_holidays(2027))


def test_everything_wrong_is_said_with_its_line():
    lines = "日期,类别,名称\n2027-13-01,off,元旦\n2026-01-01,放,x\n2027-01-01,off,a\n\n2027-01-01,off,b"
    found = calendar_file.read(lines.encode("gb18030"), 2027)
    assert [error.message for error in found.errors] == [
        "第 2 行：“2027-13-01”不是日期，写成 2027-01-01。", "第 3 行：2026-01-01 不在 2027 年。",
        "第 3 行：“放”不是 off（放假）或 work（上班）。",
        "第 6 行：2027-01-01 已在第 4 行列过。",
    ]  # fmt: skip


def test_a_notice_without_a_statutory_holiday_was_not_copied_whole():
    lines = [line for line in whole().split(b"\r\n") if not line.startswith(b"2027-10-01")]
    found = calendar_file.read(b"\n".join(lines), 2027)
    assert ["2027-10-01" in error.message for error in found.errors] == [True]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\x81", ("2027-01-01,off,x\n" * 500).encode(), f"2027-01-01,off,{'长' * 41}".encode()])
def test_what_is_no_calendar_is_refused(content):
    assert calendar_file.read(content, 2027).errors


def test_what_is_downloaded_can_be_imported_again():
    found = calendar_file.read(calendar_file.written(2026).encode(), 2026)
    assert len(found.days) == Calendar.objects.get(year=2026).days.count()


# --- its life ---------------------------------------------------------------------------------------------------------
def test_who_entered_it_does_not_put_it_in_force():
    notice = make_calendar_notice()
    with pytest.raises(Refused) as error:
        perform(notice, "approve", actor=actor("administrator"))
    assert rules_of(error) == {"G2"}
    assert not Calendar.objects.filter(year=2027).exists()
    perform(notice, "approve", actor=colleague("administrator"))
    assert Calendar.objects.get(year=2027).reference == "国办发明电〔2026〕9号"


def test_provisional_ends_become_certain_and_are_shown_before():
    running = started("CHALLENGE_WINDOW", "2026-12-25")
    assert running.provisional
    notice = make_calendar_notice()
    [change] = changes_of(notice)
    assert (change.clock, change.before.provisional, change.after.provisional) == (running, True, False)
    running.refresh_from_db()
    assert running.provisional  # looking changes nothing
    done = perform(notice, "approve", actor=actor("finance_head"))
    assert done.state == "APPROVED"
    running.refresh_from_db()
    assert not running.provisional
    assert running.ends_at == change.after.ends_at
    assert running.moves.get().was_provisional


def test_an_amended_notice_moves_what_was_counted_by_the_old_one_and_nothing_else():
    running, untouched = started("CHALLENGE_WINDOW", "2026-06-22"), started("AWARD_DECISION", "2026-03-02")
    fixed = started("SIGNING", "2026-06-10")
    LegalClock.objects.filter(pk=fixed.pk).update(ends_at=datetime(2026, 7, 11, 9, 30, tzinfo=SHANGHAI))  # moved by a person
    old = {day.day: day.name for day in Calendar.objects.get(year=2026).days.filter(worked=False)}
    worked = {day.day: day.name for day in Calendar.objects.get(year=2026).days.filter(worked=True)}
    load_year(2026, old | {date(2026, 6, 29): "临时放假"}, worked, source="通知")
    before = running.ends_at
    for each in (running, untouched, fixed):
        each.refresh_from_db()
    assert (running.ends_at - before).days == 1
    assert not untouched.moves.exists()
    assert fixed.ends_at.hour == 1  # 09:30 in Shanghai, as it was moved to


def test_a_year_has_one_pending_notice_which_may_be_sent_back():
    notice = make_calendar_notice()
    with pytest.raises(Refused) as error:
        make_calendar_notice()
    assert rules_of(error) == {"G7"}
    perform(notice, "reject", actor=actor("finance_head"), reason="与通知不符")
    make_calendar_notice()


def test_a_demonstration_calendar_displaces_no_official_one(settings):
    with pytest.raises(Refused) as error:
        make_calendar_notice(2026, demonstration=True)
    assert rules_of(error) == {"RCV-02"}
    notice = make_calendar_notice(demonstration=True)
    load_year(2027, {}, {}, source="通知")
    with pytest.raises(Refused) as error:
        perform(notice, "approve", actor=actor("finance_head"))
    assert rules_of(error) == {"RCV-02"}


# --- pages ------------------------------------------------------------------------------------------------------------
def client(username: str) -> Client:
    found = Client()
    found.force_login(actor(username).user)
    return found


def test_import_look_and_put_in_force_by_pages():
    started("CHALLENGE_WINDOW", "2026-12-25")
    page = "/act/administration.calendar/new/propose/"
    admin = client("administrator")
    wrong = admin.post(page, {"year": 2027, "days": SimpleUploadedFile("a.csv", b"2027-01-01,oof,x\n2028-01-01,off,x")})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"days", "reference", "paper"}
    assert len(wrong.context["form"].errors["days"]) == 2
    sent = admin.post(page, {
        "year": 2027, "reference": "国办发明电〔2026〕9号", "days": SimpleUploadedFile("2027.csv", whole()),
        "paper": SimpleUploadedFile("通知.pdf", PDF, "application/pdf"),
    })  # fmt: skip
    assert sent.status_code == 302
    notice = CalendarNotice.objects.get()
    finance = client("finance_head")
    shown = finance.get(notice.get_absolute_url()).content.decode()
    assert "通知.pdf" in shown
    assert "（暂定）" in shown
    assert finance.post(f"/act/administration.calendar/{notice.pk}/approve/").status_code == 302
    assert "国办发明电〔2026〕9号" in finance.get("/administration/calendars/").content.decode()
    assert "元旦" in finance.get("/administration/calendars/2027/").content.decode()
    assert "2027-01-01,off,元旦" in finance.get("/administration/calendars/2027.csv").content.decode()
    for unknown in ("2099/", "2099.csv"):
        assert finance.get(f"/administration/calendars/{unknown}").status_code == 404


def test_others_do_not_read_them():
    assert client("supplier_a_head").get("/administration/calendars/").status_code == 403
    assert client("hongshan_finance_head").get(make_calendar_notice().get_absolute_url()).status_code == 404
