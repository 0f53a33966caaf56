"""Mail as people wish it: at once, once a day, or not; in their language; always in the inbox."""
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from portal.accounts.models import Membership, User
from portal.clock import SHANGHAI
from portal.notifications import daily, events
from portal.notifications.daily import gather
from portal.notifications.delivery import deliver
from portal.notifications.events import write
from portal.notifications.kinds import kinds, kinds_for
from portal.notifications.models import Correspondence, Mail, Message, Preference
from portal.notifications.preferences import prefer, preferences_of
from portal.workflow.table import lifecycle
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
PLAN, BID = "plans.plan/send_back", "bids.bid/unseal"


@pytest.fixture
def reader():
    actor("buyer")
    Membership.objects.update(since=timezone.now() - timedelta(days=1))  # before this morning
    who = actor("buyer")
    who.user.email = "buyer@example.org"
    who.user.save()
    return who


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    """Nine o'clock in Shanghai of today, in real time."""
    moment = timezone.now().astimezone(SHANGHAI).replace(hour=9, minute=0)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment


def tell(who, code: str = PLAN, thing: str = "2027 年度购买计划") -> Message:
    values = {"thing": thing, "who": "财政局", "at": "2026-11-20T09:00:00+08:00", "reason": ""}
    write(code, User.objects.filter(pk=who.user_id), lambda: values, link="/plans/1/", project_id=None, moment=timezone.now())
    return Message.objects.latest("pk")


def wish(who, kind: str, how: str, language: str = "zh-hans") -> None:
    prefer(actor=who, language=language, mails={kind: how})


def test_without_a_wish_mail_goes_out_at_once(reader):
    tell(reader)
    assert (deliver(), gather()) == (1, 0)
    assert mail.outbox[0].to == ["buyer@example.org"]


def test_who_wishes_none_still_has_it_in_the_inbox(reader):
    wish(reader, "plans", Mail.NEVER)
    message = tell(reader)
    assert (deliver(), gather(), mail.outbox) == (0, 0, [])
    assert message in Message.objects.visible_to(reader).unread()


def test_a_wish_holds_for_its_kind_alone(reader):
    wish(reader, "plans", Mail.NEVER)
    tell(reader, "contracts.contract/offer")
    assert deliver() == 1


def test_what_has_legal_effect_cannot_be_wished_away(reader):
    wish(reader, "bids", Mail.NEVER)
    Preference.objects.create(user=reader.user, kind="bids", mail=Mail.NEVER)
    tell(reader, BID)
    assert deliver() == 1
    assert preferences_of(reader.user)["bids"] == Mail.AT_ONCE


def test_the_day_comes_in_one_letter_after_eight(reader, morning, monkeypatch):
    wish(reader, "plans", Mail.DAILY)
    for number in range(3):
        tell(reader, thing=f"计划{number}")
    assert deliver() == 0
    monkeypatch.setattr("django.utils.timezone.now", lambda: morning.replace(hour=7))
    assert gather() == 0
    monkeypatch.setattr("django.utils.timezone.now", lambda: morning)
    assert (gather(), gather()) == (1, 0)
    letter = mail.outbox[0]
    assert all(f"计划{number}" in letter.body for number in range(3))
    assert "/inbox/" in letter.body


def test_what_comes_after_the_letter_waits_for_the_next_day(reader, morning, monkeypatch):
    wish(reader, "plans", Mail.DAILY)
    tell(reader, thing="早上的")
    gather()
    tell(reader, thing="下午的")
    assert gather() == 0
    monkeypatch.setattr("django.utils.timezone.now", lambda: morning + timedelta(days=1))
    assert gather() == 1
    assert "下午的" in mail.outbox[1].body
    assert "早上的" not in mail.outbox[1].body


def test_what_was_read_is_not_written_again(reader):
    wish(reader, "plans", Mail.DAILY)
    Message.objects.filter(pk=tell(reader).pk).update(read_at=timezone.now())
    assert gather() == 0


def test_a_letter_that_does_not_go_out_waits(reader, monkeypatch):
    wish(reader, "plans", Mail.DAILY)
    tell(reader)

    def refused(self, **kwargs):
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(daily.EmailMessage, "send", refused)
        assert gather() == 0
    assert gather() == 1


def test_mail_is_written_in_the_language_of_the_reader(reader):
    wish(reader, "plans", Mail.AT_ONCE, language="en")
    tell(reader)
    deliver()
    with override("en"):
        heading = f"{lifecycle('plans.plan')['send_back'].label}: 2027 年度购买计划"
    assert heading in mail.outbox[0].subject


def test_disabled_people_get_no_mail(reader):
    tell(reader)
    wish(reader, "plans", Mail.DAILY)
    tell(reader)
    User.objects.filter(pk=reader.user_id).update(is_active=False)
    assert (deliver(), gather()) == (0, 0)


# --- the page and the API ----------------------------------------------------------------------------------------


def test_the_page_keeps_every_wish(reader):
    client = Client()
    client.force_login(reader.user)
    page = client.get("/inbox/settings/").content.decode()
    assert all(str(kind.name) in page for kind in kinds_for(reader.roles))
    sent = {"language": "en", **{f"mail_{kind.code}": Mail.DAILY for kind in kinds()}}
    assert client.post("/inbox/settings/", sent).status_code == 302
    told = {kind.code for kind in kinds_for(reader.roles) if not kind.owed}
    assert len(told) > 5
    assert {code for code, mail in preferences_of(reader.user).items() if mail == Mail.DAILY} == told
    assert Correspondence.objects.get(user=reader.user).language == "en"


def test_the_page_asks_only_what_the_roles_are_told_of(reader):
    expert = {kind.code for kind in kinds_for({"EXPERT"})}
    assert "awards" in expert
    assert not expert & {"plans", "budgets", "payments", "suppliers"}
    assert {"contracts", "payments", "workdays"} <= {kind.code for kind in kinds_for({"SUPPLIER_HEAD"})}
    assert {"tenders", "bids"} <= {kind.code for kind in kinds_for({"SUPPLIER_OFFICER"})}
    assert {"workdays", "administration"} <= {kind.code for kind in kinds_for({"FINANCE_HEAD"})}
    client = Client()
    client.force_login(actor("expert_1").user)
    page = client.get("/inbox/settings/").content.decode()
    assert 'name="mail_budgets"' not in page
    assert 'name="mail_reports"' in page
    assert "<legend>平台</legend>" in page
    assert "如：" in page


def test_every_role_that_an_event_tells_beside_its_table_is_named():
    """An event with readers of its own says which roles they have, or its kind would be missing on their pages."""
    silent = [
        code for code, told in events._events.items()
        if type(told).recipients is not events.TransitionEvent.recipients and not told.besides
    ]
    assert not silent


def test_a_choice_that_does_not_exist_is_refused_at_its_field(reader):
    client = Client()
    client.force_login(reader.user)
    response = client.post("/inbox/settings/", {"language": "zh-hans", "mail_plans": "SOMETIMES"})
    assert response.status_code == 422
    assert "SOMETIMES" in response.content.decode()
    assert not Preference.objects.exists()


def test_programs_read_and_change_the_wishes(reader):
    client = Client()
    client.force_login(reader.user)
    assert client.get("/api/v1/inbox/preferences/").json()["mails"]["plans"] == Mail.AT_ONCE
    changed = client.post("/api/v1/inbox/preferences/", {"mails": {"plans": "NEVER"}}, content_type="application/json")
    assert changed.json()["mails"]["plans"] == Mail.NEVER
    refused = client.post("/api/v1/inbox/preferences/", {"mails": {"weather": "NEVER"}}, content_type="application/json")
    assert refused.status_code == 400
    assert "weather" in refused.content.decode()


def test_everybody_has_wishes_of_his_own(reader):
    wish(reader, "plans", Mail.NEVER)
    assert preferences_of(actor("head").user)["plans"] == Mail.AT_ONCE
