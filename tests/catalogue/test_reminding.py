"""A catalogue is renewed every year: its issuer is told when the year begins and at its half, once each (R-004)."""
from datetime import date, datetime

import pytest

from catalogue.models import CatalogueVersion
from catalogue.reminding import RENEW, remind
from catalogue.tasks import remind as remind_task
from portal import clock
from portal.celery import app
from portal.notifications.models import Message
from portal.workdays.calendars import load_calendars
from tests.factories.catalogue import make_version

pytestmark = pytest.mark.django_db


def remind_at(*moment: int) -> int:
    with clock.at(datetime(*moment, tzinfo=clock.SHANGHAI)):
        return remind()


def told() -> list[str]:
    return sorted(Message.objects.filter(event=RENEW).values_list("user__username", flat=True))


@pytest.fixture
def version(settings) -> CatalogueVersion:
    """The city's list of 2026, in force; the working days of the years to come are those of the demonstration calendar."""
    settings.DEMO = True
    load_calendars()
    found = make_version("ISSUED")
    CatalogueVersion.objects.filter(pk=found.pk).update(year=2026, valid_from=date(2026, 1, 1))
    found.refresh_from_db()
    return found


def test_the_issuer_hears_of_it_once_when_the_year_begins_and_once_at_its_half(version):
    assert remind_at(2026, 12, 31, 9) == 0  # its own year
    assert remind_at(2027, 1, 1, 9) == 0  # a holiday
    assert remind_at(2027, 1, 4, 9) == 2
    assert told() == ["finance_head", "finance_officer"]
    assert remind_at(2027, 1, 5, 9) == 0
    message = Message.objects.filter(event=RENEW).first()
    assert message.title == "2027 年度指导性目录还没有更新"
    assert version.title in message.body
    assert "目录年度更新" in message.body
    assert message.link == version.get_absolute_url()
    with clock.at(datetime(2027, 7, 1, 9, tzinfo=clock.SHANGHAI)):
        remind_task()
    assert len(told()) == 4


def test_who_is_working_on_the_next_is_left_alone_until_the_half_of_the_year(version):
    draft = make_version("DRAFTED")
    CatalogueVersion.objects.filter(pk=draft.pk).update(year=2027)
    assert remind_at(2027, 1, 4, 9) == 0
    assert remind_at(2027, 7, 1, 9) == 2


def test_a_region_without_a_list_of_its_own_is_not_asked_for_one():
    load_calendars()
    assert remind_at(2030, 1, 7, 9) == 0


def test_the_clockwork_asks_every_hour():
    assert app.conf.beat_schedule["remind-of-catalogues"]["task"] == "catalogue.tasks.remind"
