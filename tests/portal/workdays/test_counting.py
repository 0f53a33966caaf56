"""Working days: the calendars, the three counting functions, deadlines (RCV-02 … RCV-06, R00-01 … R00-08)."""
from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from portal import workdays
from portal.clock import SHANGHAI
from portal.workdays import (
    Unit,
    UnknownYear,
    add_working_days,
    counting,
    deadline,
    is_working_day,
    lead_kept,
    working_day_before,
    working_days_between,
)
from portal.workdays.calendars import load_demonstration_year, load_year
from portal.workdays.deadlines import fixed_deadline
from portal.workdays.models import Calendar, CalendarDay

pytestmark = pytest.mark.usefixtures("calendars")


def days(year: int, text: str) -> set[date]:
    """ "1/1; 1/28-2/4" as dates."""
    found = set()
    for part in text.split(";"):
        first, _dash, last = part.strip().partition("-")
        month, day = first.split("/")
        start = date(year, int(month), int(day))
        last_month, last_day = (last.split("/") if "/" in last else (month, last)) if last else (month, day)
        end = date(year, int(last_month), int(last_day))
        found |= {start + timedelta(days=offset) for offset in range((end - start).days + 1)}
    return found


@pytest.mark.parametrize(
    ("year", "off", "worked"),
    [
        (2025, "1/1; 1/28-2/4; 4/4-6; 5/1-5; 5/31-6/2; 10/1-8", "1/26; 2/8; 4/27; 9/28; 10/11"),  # RCV-03
        (2026, "1/1-3; 2/15-23; 4/4-6; 5/1-5; 6/19-21; 9/25-27; 10/1-7", "1/4; 2/14; 2/28; 5/9; 9/20; 10/10"),  # RCV-04
    ],
)
def test_the_calendar_is_the_notice(year, off, worked):
    for offset in range(365):
        day = date(year, 1, 1) + timedelta(days=offset)
        expected = day in days(year, worked) or (day.weekday() < 5 and day not in days(year, off))
        assert is_working_day(day) is expected, day


def test_2026_has_248_working_days():
    assert working_days_between(date(2025, 12, 31), date(2026, 12, 31)) == 248


@pytest.mark.parametrize(
    ("start", "length", "unit", "last_day"),
    [  # RCV-05, and the edges of the lifecycles that name a date
        ("2026-09-29", 2, "wd", "2026-10-08"),
        ("2026-09-29", 7, "wd", "2026-10-14"),
        ("2026-02-11", 7, "wd", "2026-02-27"),
        ("2026-09-11", 20, "d", "2026-10-08"),
        ("2026-02-06", 10, "d", "2026-02-24"),
        ("2026-04-30", 5, "wd", "2026-05-11"),
        ("2026-09-16", 15, "wd", "2026-10-13"),
        ("2026-09-02", 30, "d", "2026-10-08"),
        ("2026-09-16", 7, "wd", "2026-09-24"),  # L0.1 edge 1
        ("2026-08-20", 30, "d", "2026-09-20"),  # L0.1 edge 2: onto a make-up Sunday
        ("2026-09-21", 10, "wd", "2026-10-12"),  # L1.1 edge 1
        ("2026-11-27", 5, "wd", "2026-12-04"),  # L2.3 edge 2
        ("2026-09-24", 1, "wd", "2026-09-28"),  # L5.3 edge 1
        ("2026-09-22", 5, "wd", "2026-09-30"),  # L7.5 edge 1
        ("2026-09-24", 30, "d", "2026-10-26"),  # L7.5 edge 3
        ("2026-09-28", 7, "wd", "2026-10-13"),  # L10.1 edge 1
        ("2026-09-30", 5, "wd", "2026-10-13"),  # L11.2 edge 1
        ("2026-08-17", 30, "wd", "2026-09-28"),  # L0.2 edge 1
        ("2026-10-01", 0, "d", "2026-10-08"),  # same day, on a holiday
        ("2024-02-29", 1, "y", "2025-02-28"),
    ],
)
def test_deadlines_of_the_digest(start, length, unit, last_day):
    end = deadline(date.fromisoformat(start), length, unit)
    assert end.last_day == date.fromisoformat(last_day)
    assert end.ends_at == datetime.combine(end.last_day + timedelta(days=1), datetime.min.time(), SHANGHAI)
    assert not end.provisional


def test_caps_that_burden_others_do_not_roll():
    assert deadline(date(2026, 8, 20), 30, Unit.DAYS, rolls=False).last_day == date(2026, 9, 19)  # L0.1 edge 2
    assert fixed_deadline(date(2025, 11, 30)).last_day == date(2025, 11, 30)  # a Sunday; L2.1 edge 2
    assert fixed_deadline(date(2025, 11, 30), rolls=True).last_day == date(2025, 12, 1)


def test_the_day_of_an_event_is_the_day_in_shanghai():
    late_evening = datetime(2026, 9, 28, 23, 59, tzinfo=SHANGHAI)
    assert deadline(late_evening, 2).last_day == date(2026, 9, 30)
    assert deadline(late_evening + timedelta(minutes=1), 2).last_day == date(2026, 10, 8)


def test_minutes_are_counted_from_the_moment():
    asked = datetime(2026, 9, 28, 11, 50, tzinfo=SHANGHAI)
    assert deadline(asked, 30, Unit.MINUTES).ends_at == asked + timedelta(minutes=30)
    with pytest.raises(TypeError):
        deadline(asked.date(), 30, Unit.MINUTES)


def test_an_unknown_year_raises_in_every_counting_function():
    for count in (
        lambda: is_working_day(date(2027, 1, 4)),
        lambda: is_working_day(date(2003, 12, 31)),
        lambda: add_working_days(date(2026, 12, 25), 7),
        lambda: working_days_between(date(2026, 12, 25), date(2027, 1, 4)),
        lambda: working_day_before(date(2004, 1, 5), 9),
    ):
        with pytest.raises(UnknownYear):
            count()


def test_a_deadline_into_an_unknown_year_is_provisional():
    end = deadline(date(2026, 12, 25), 7)  # L0.1 edge 3: four days in 2026, three in 2027
    assert end.provisional
    assert end.last_day == date(2027, 1, 6)  # by 1 January alone
    assert deadline(date(2026, 12, 25), 4).last_day == date(2026, 12, 31)
    assert not deadline(date(2026, 12, 25), 4).provisional
    assert not deadline(date(2026, 12, 15), 30, Unit.DAYS, rolls=False).provisional  # no calendar is asked


def test_a_year_that_is_loaded_later_is_known_at_once():
    assert deadline(date(2026, 12, 25), 7).provisional
    load_year(2027, {date(2027, 1, 1): "元旦", date(2027, 1, 4): "元旦"}, {date(2027, 1, 9): "元旦调休"}, source="通知", reference="号")
    end = deadline(date(2026, 12, 25), 7)
    assert not end.provisional
    assert end.last_day == date(2027, 1, 7)
    assert is_working_day(date(2027, 1, 9))


def test_another_process_is_noticed(django_assert_num_queries):
    assert is_working_day(date(2026, 10, 8))
    calendar = Calendar.objects.get(year=2026)
    CalendarDay.objects.create(calendar=calendar, day=date(2026, 10, 8), worked=False, name="延长")
    Calendar.objects.filter(year=2026).update(loaded_at=calendar.loaded_at + timedelta(seconds=1))
    assert is_working_day(date(2026, 10, 8))  # not asked yet
    assert deadline(date(2026, 9, 29), 2).last_day == date(2026, 10, 9)
    with django_assert_num_queries(0):
        assert not is_working_day(date(2026, 10, 8))


def test_leads_are_counted_back():
    review = date(2026, 10, 8)
    assert working_day_before(review, 2) == date(2026, 9, 29)  # L7.1 edge 1
    assert workdays.latest_day_before(review, 2) == date(2026, 9, 29)
    assert lead_kept(date(2026, 9, 23), date(2026, 10, 8), 15, Unit.DAYS)
    assert not lead_kept(date(2026, 9, 25), date(2026, 10, 8), 15, Unit.DAYS)  # L5.2 edge 2: 13 days
    assert lead_kept(date(2026, 9, 25), date(2026, 10, 10), 15, Unit.DAYS)


def test_demonstration_calendars_exist_in_demonstration_mode_alone(settings):
    settings.DEMO = False
    with pytest.raises(RuntimeError):
        load_demonstration_year(2027)
    settings.DEMO = True
    load_demonstration_year(2027)
    assert Calendar.objects.get(year=2027).demonstration
    assert not is_working_day(date(2027, 2, 5))  # the eve of spring festival
    assert not is_working_day(date(2027, 10, 1))
    assert is_working_day(date(2027, 2, 9))
    end = deadline(date(2026, 12, 25), 7)
    assert end.demonstration
    assert not end.provisional


def test_loading_the_reference_brings_every_year_once(settings, capsys):
    from django.core.management import call_command

    settings.DEMO = True
    call_command("load_reference")
    first = list(Calendar.objects.values_list("year", "demonstration", "loaded_at"))
    assert [year for year, demonstration, _at in first if demonstration] == list(range(2027, 2037))
    assert [year for year, demonstration, _at in first if not demonstration] == list(range(2004, 2027))
    call_command("load_reference")
    assert list(Calendar.objects.values_list("year", "demonstration", "loaded_at")) == first
    assert "2004–2036, 10 for demonstration" in capsys.readouterr().out


def test_a_calendar_takes_only_days_that_differ():
    with pytest.raises(ValueError, match="cannot stand"):
        load_year(2027, {date(2027, 1, 2): "周末"}, {}, source="通知")
    with pytest.raises(ValueError, match="cannot stand"):
        load_year(2027, {}, {date(2027, 1, 4): "工作日"}, source="通知")
    with pytest.raises(ValueError, match="cannot stand"):
        load_year(2027, {date(2026, 1, 1): "元旦"}, {}, source="通知")


within_the_calendars = st.dates(date(2005, 1, 1), date(2025, 6, 30))
on_loaded_calendars = hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)


@on_loaded_calendars
@given(within_the_calendars, st.integers(1, 120))
def test_the_counting_functions_agree(start, count):
    end = add_working_days(start, count)
    assert is_working_day(end)
    assert working_days_between(start, end) == count
    assert working_days_between(end, start) == -count
    if is_working_day(start):
        assert working_day_before(end, count) == start


@on_loaded_calendars
@given(within_the_calendars, st.integers(1, 90))
def test_a_deadline_never_ends_before_its_length_or_on_a_day_off(start, length):
    by_days = deadline(start, length, Unit.DAYS)
    assert by_days.last_day >= start + timedelta(days=length)
    assert is_working_day(by_days.last_day)
    rolled_over = counting.days_after(start + timedelta(days=length - 1), by_days.last_day - counting.ONE_DAY)
    assert not any(is_working_day(day) for day in rolled_over)
    assert deadline(start, length, Unit.DAYS, rolls=False).last_day == start + timedelta(days=length)
    assert deadline(start, length).last_day == add_working_days(start, length)


def test_nothing_is_counted_backwards_or_by_nothing():
    with pytest.raises(ValueError, match="negative"):
        deadline(date(2026, 1, 5), -1)
    with pytest.raises(ValueError, match="at least"):
        add_working_days(date(2026, 1, 5), 0)
