"""Settings of the jurisdiction: typed, dated, with paper and reason; everything wrong is said at its field (ADM-07, G5)."""
from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.accounts.demo import organisation
from portal.administration.settings import GROUPS, group_with, rows_for
from portal.administration.verbs.settings import decide_chain, decide_settings
from portal.audit.models import Entry
from portal.rules.jurisdiction import declared, setting
from portal.rules.models import JurisdictionSetting
from portal.workflow import NotYours, Refused
from procurement.plans.verbs.reviews import chain_of
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
WHY = {"source": "市政府令第1号", "reason": "全市统一"}


@pytest.fixture
def region():
    return organisation("agency").region if actor("administrator") else None


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(actor("administrator").user)
    return client


def rules_of(error) -> set[str]:
    return {refusal.rule for refusal in error.value.refusals}


def test_every_declared_setting_stands_in_one_group():
    names = [each.name for group in GROUPS for each in group.settings()]
    assert sorted(names) == sorted(declared())
    assert group_with("clock.REVIEW_STEP").code == "clocks"


def test_a_value_holds_from_its_day_and_what_has_begun_keeps_its_own(region):
    day = clock.today() + timedelta(days=30)
    before = setting("procurement_threshold", region)
    decide_settings(actor=actor("administrator"), region=region, values={"procurement_threshold": Decimal(800_000)}, valid_from=day, **WHY)
    assert setting("procurement_threshold", region) == before
    assert setting("procurement_threshold", region, day - timedelta(days=1)) == before
    assert setting("procurement_threshold", region, day) == Decimal(800_000)
    row = JurisdictionSetting.objects.get()
    assert (row.decided_by, row.source, row.reason) == (actor("administrator").user, WHY["source"], WHY["reason"])
    entry = Entry.objects.get(transition="setting_decided")
    assert entry.facts["before"] == str(before)
    assert entry.facts["after"] == "800000"
    assert "市政府令第1号" in entry.sentence


def test_everything_wrong_is_said_at_once(region):
    with pytest.raises(Refused) as error:
        decide_settings(actor=actor("administrator"), region=region, valid_from=clock.today() - timedelta(days=1), **WHY,
                        values={"procurement_threshold": Decimal(9_000_000), "exit_years": 7})  # fmt: skip
    assert {refusal.field for refusal in error.value.refusals} == {"valid_from", "exit_years", "procurement_threshold"}
    with pytest.raises(Refused) as error:
        decide_settings(actor=actor("administrator"), region=region, valid_from=clock.today(), values={}, **WHY)
    assert rules_of(error) == {"ADM-07"}
    with pytest.raises(Refused) as error:
        decide_settings(actor=actor("administrator"), region=organisation("hongshan_civil").region, valid_from=clock.today(), **WHY,
                        values={"exit_years": 2})  # fmt: skip
    assert rules_of(error) == {"ADM-01"}
    with pytest.raises(NotYours):
        decide_settings(actor=actor("finance_head"), region=region, valid_from=clock.today(), values={"exit_years": 2}, **WHY)
    assert not JurisdictionSetting.objects.exists()


def test_a_group_is_decided_on_one_page_and_only_changes_are_stored(admin, region):
    page = reverse("administration:decide_group", args=["thresholds"])
    shown = admin.get(page).context["form"]
    values = {name: shown[name].value() for name in shown.fields} | {"evaluate_above": "300000", **WHY}
    assert admin.post(page, values | {"valid_from": clock.today()}).status_code == 302
    assert JurisdictionSetting.objects.get().name == "evaluate_above"
    assert setting("evaluate_above", region) == Decimal(300_000)
    listed = admin.get("/administration/settings/").content.decode()
    assert "300,000" in listed
    assert "市政府令第1号" in listed
    answer = admin.post(page, values | {"valid_from": "", "procurement_threshold": "很多", "open_tender_threshold": "-1"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"valid_from", "procurement_threshold", "open_tender_threshold"}
    assert "很多" in answer.content.decode()


@pytest.mark.parametrize(("name", "typed", "stored"), [
    ("joint_meeting", "False", False), ("resubmit_until", "12-20", [12, 20]), ("meeting_quorum", "0.6667", "0.6667"),
    ("clock.REVIEW_STEP", "7", 7), ("carry_over", "all", "all"), ("rule.R00-03", "checked", "checked"),
])
def test_each_kind_of_setting_has_its_box_and_its_history(admin, name, typed, stored):
    page = reverse("administration:decide_one", args=[name])
    box = name.replace(".", "-")
    assert admin.post(page, {box: typed, "valid_from": clock.today(), **WHY}).status_code == 302
    assert JurisdictionSetting.objects.get().value == stored
    history = admin.get(reverse("administration:setting", args=[name])).content.decode()
    assert "全市统一" in history
    assert "潘运维" in history


def test_a_wrong_day_of_the_year_and_an_unknown_setting(admin):
    answer = admin.post(reverse("administration:decide_one", args=["resubmit_until"]), {"resubmit_until": "13-40", **WHY})
    assert answer.context["form"].errors["resubmit_until"]
    for path in ("no_such/", "no_such/decide/", "group/no_such/", "group/unchecked/"):
        assert admin.get(f"/administration/settings/{path}").status_code == 404
    assert admin.get("/administration/settings/?region=99999").status_code == 404


def test_what_is_decided_for_later_is_shown_beside_what_holds(region):
    day = clock.today() + timedelta(days=10)
    decide_settings(actor=actor("administrator"), region=region, values={"exit_years": 2}, valid_from=day, **WHY)
    decide_settings(actor=actor("administrator"), region=region, values={"exit_years": 3}, valid_from=day + timedelta(days=1), **WHY)
    [row] = rows_for([declared()["exit_years"]], region, clock.today())
    assert (row.shown, row.coming_shown, row.source) == ("1", "2", "")


def test_finance_and_auditors_read_but_do_not_decide():
    for username, status in (("finance_head", 200), ("auditor", 200), ("head", 403)):
        client = Client()
        client.force_login(actor(username).user)
        assert client.get("/administration/settings/").status_code == status
        assert client.get(reverse("administration:decide_group", args=["thresholds"])).status_code == 403


def test_the_review_chain_is_decided_for_a_day(admin, region):
    day = clock.today() + timedelta(days=5)
    sent = {
        "steps-0-kind": "FINANCE", "steps-0-group": "2", "steps-0-may_reject": "on", "steps-1-kind": "ESTABLISHMENT", "steps-1-group": "1",
        "valid_from": day, **WHY,
    }
    assert admin.post("/administration/settings/chain/", sent).status_code == 302
    assert admin.post("/administration/settings/chain/", sent).status_code == 302  # the later of one day holds
    assert [(step.kind, step.group) for step in chain_of(region, day)] == [("ESTABLISHMENT", 1), ("FINANCE", 2)]
    assert len(chain_of(region, clock.today())) == 3
    assert Entry.objects.filter(transition="chain_decided").count() == 2


def test_a_chain_without_finance_with_gaps_or_twice_is_refused(region):
    step = {"only_posts": False, "may_reject": True}
    with pytest.raises(Refused) as error:
        decide_chain(actor=actor("administrator"), region=region, valid_from=clock.today(), **WHY, steps=[
            {"kind": "ESTABLISHMENT", "group": 1, **step}, {"kind": "ESTABLISHMENT", "group": 3, **step}])  # fmt: skip
    assert rules_of(error) == {"S-23", "S-25", "S-166"}
    with pytest.raises(Refused) as error:
        decide_chain(actor=actor("administrator"), region=region, valid_from=clock.today(), **WHY,
                     steps=[{"kind": "FINANCE", "group": 1, "only_posts": True, "may_reject": True}])  # fmt: skip
    assert rules_of(error) == {"S-25"}
