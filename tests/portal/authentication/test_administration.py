"""Administration happens in periods with a reason; outside them the right sleeps, and the auditors read who, when, why and what."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from portal.accounts.access import RoleSleeps, audience
from portal.accounts.actor import actor_for
from portal.accounts.presence import StepUpNeeded
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.authentication.administration import close_period, done_in, open_period
from portal.authentication.models import Administration
from tests.factories.authentication import Browser, person, sign_in, stepped_up
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(settings):
    settings.SECOND_FACTOR = "none"
    return person("administrator")


def test_the_right_sleeps_until_a_period_is_opened_and_again_when_it_is_over(user):
    assert actor_for(user).roles == frozenset()
    assert actor_for(user).dormant == {Role.ADMINISTRATOR}
    period = open_period(actor=stepped_up(user), reason="为新进人员开通账号", minutes=30)
    assert actor_for(user).has(Role.ADMINISTRATOR)
    Administration.objects.filter(pk=period.pk).update(
        opened_at=timezone.now() - timedelta(minutes=40), ends_at=timezone.now() - timedelta(minutes=10)
    )
    assert not actor_for(user).has(Role.ADMINISTRATOR)


def test_a_period_is_no_longer_than_the_installation_allows_and_one_replaces_the_other(user, settings):
    settings.ADMINISTRATION_MINUTES = 20
    first = open_period(actor=stepped_up(user), reason="一", minutes=480)
    assert first.ends_at - first.opened_at == timedelta(minutes=20)
    open_period(actor=stepped_up(user), reason="二", minutes=5)
    assert [p.reason for p in Administration.objects.running()] == ["二"]
    close_period(actor=actor_for(user))
    assert not actor_for(user).has(Role.ADMINISTRATOR)
    assert close_period(actor=actor_for(user)) is None


def test_opening_one_asks_for_the_person_and_stands_in_the_record(user):
    with pytest.raises(StepUpNeeded):
        open_period(actor=actor_for(user), reason="x", minutes=5)
    open_period(actor=stepped_up(user), reason="为新进人员开通账号", minutes=5)
    assert "为新进人员开通账号" in Entry.objects.get(transition="administration_opened").sentence


def test_programs_of_an_administrator_sleep_too(user):
    assert not actor_for(user, is_program=True).has(Role.ADMINISTRATOR)


def test_where_periods_are_off_and_for_one_click_people_the_right_is_awake(user, settings):
    assert actor("administrator").has(Role.ADMINISTRATOR)
    settings.ADMINISTRATION_MINUTES = 0
    assert actor_for(user).has(Role.ADMINISTRATOR)


def test_a_page_of_administrators_leads_to_opening_a_period_and_back(user):
    @audience(Role.ADMINISTRATOR)
    def page(request):
        return HttpResponse("administered")

    request = RequestFactory().get("/somewhere/?page=2")
    request.actor = actor_for(user)
    with pytest.raises(RoleSleeps):
        page(request)
    client = Browser()
    sign_in(client, user)
    opened = client.post("/account/administration/", {"reason": "核对日历", "minutes": "15", "next": "/account/"})
    assert opened["Location"] == "/account/"
    assert "核对日历" in client.get("/account/administration/").content.decode()
    request.actor = actor_for(user)
    assert page(request).content == b"administered"
    assert client.post("/account/administration/end/").status_code == 302
    assert client.post("/account/administration/end/").status_code == 404


def test_the_navigation_still_leads_there_while_the_right_sleeps(user):
    client = Browser()
    sign_in(client, user)
    assert 'href="/administration/"' in client.get("/account/").content.decode()
    assert client.get("/administration/")["Location"] == "/account/administration/?next=%2Fadministration%2F"


def test_a_reason_is_asked_for_and_nobody_else_opens_one(user, settings):
    client = Browser()
    sign_in(client, user)
    assert client.post("/account/administration/", {"reason": " ", "minutes": "15"}).status_code == 422
    assert client.post("/account/administration/", {"reason": "x", "minutes": "9999"}).status_code == 422
    other = Browser()
    sign_in(other, person("planner", "other"))
    assert other.get("/account/administration/").status_code == 404
    assert not Administration.objects.exists()


def test_the_auditor_reads_who_when_why_and_what_and_others_do_not(user):
    client = Browser()
    sign_in(client, user)
    client.post("/account/administration/", {"reason": "核对日历", "minutes": "15"})
    client.post("/account/", {"name": "对账程序", "scope": "READ"})
    period = Administration.objects.get()
    assert done_in(period).filter(transition="token_issued").exists()
    auditor = Browser()
    auditor.force_login(actor("auditor").user)
    listed = auditor.get("/administration-periods/").content.decode()
    assert "核对日历" in listed
    assert user.name in listed
    assert "生成接口令牌：对账程序" in auditor.get(f"/administration-periods/{period.pk}/").content.decode()
    stranger = Browser()
    stranger.force_login(actor("head").user)
    assert stranger.get("/administration-periods/").status_code == 403
    assert client.get("/administration-periods/").status_code == 403


def test_what_administrators_alone_may_do_asks_for_the_person_before_it_changes_anything(user):
    @audience(Role.ADMINISTRATOR)
    def page(request):
        return HttpResponse(request.method)

    open_period(actor=stepped_up(user), reason="核对日历", minutes=15)
    for method, actor_now, content in (("get", actor_for(user), b"GET"), ("post", stepped_up(user), b"POST")):
        request = getattr(RequestFactory(), method)("/somewhere/")
        request.actor = actor_now
        assert page(request).content == content
    request = RequestFactory().post("/somewhere/")
    request.actor = actor_for(user)
    with pytest.raises(StepUpNeeded):
        page(request)
