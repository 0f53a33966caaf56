"""S-184: the leading group of a region and its office, told by finance, for everybody to read, and on the papers of meetings."""
from __future__ import annotations

import pytest
from django.test import Client

from portal.audit.models import Entry
from portal.workflow import NotYours, Refused, perform
from procurement.plans.meeting_papers import office_of
from procurement.plans.models import LeadingGroup
from tests.factories.offices import MEMBERS, group_data, make_leading_group
from tests.factories.people import actor
from tests.factories.plans import make_meeting

pytestmark = pytest.mark.django_db


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(actor(username).user)
    return client


def test_finance_tells_it_once_a_region_with_one_leader():
    with pytest.raises(NotYours):
        perform(LeadingGroup(), "establish", actor=actor("planner"), **group_data())
    with pytest.raises(Refused) as refused:
        make_leading_group(members=[{**row, "place": "LEADER"} for row in MEMBERS])
    assert [refusal.rule for refusal in refused.value.refusals] == ["S-184"]
    group = make_leading_group()
    assert (group.region, group.office) == (actor("finance_head").organisation.region, actor("finance_head").organisation)
    with pytest.raises(Refused) as refused:
        make_leading_group(title="另一个领导小组")
    assert [refusal.rule for refusal in refused.value.refusals] == ["S-184"]


def test_what_changes_is_recorded_and_another_region_may_not():
    group = make_leading_group()
    with pytest.raises(NotYours):
        perform(group, "revise", actor=actor("hongshan_finance_head"), **group_data())
    with pytest.raises(Refused):
        perform(group, "revise", actor=actor("finance_officer"), **group_data(members=MEMBERS[1:]))
    group = perform(group, "revise", actor=actor("finance_officer"), **group_data(section="政府采购科", members=MEMBERS[:2]))
    assert (group.section, group.members.count()) == ("政府采购科", 2)
    changed = Entry.objects.of_subject("plans.leading_group", group.pk).get(transition="revise").facts["changed"]
    assert changed["section"] == {"before": "综合科", "after": "政府采购科"}
    assert set(changed) == {"section", "members"}


def test_everybody_reads_it_and_finance_alone_may_change_it():
    assert "还没有登记领导小组" in Client().get("/leading-groups/").content.decode()
    group = make_leading_group()
    for address in ("/leading-groups/", group.get_absolute_url()):
        page = Client().get(address)
        assert page.status_code == 200
        assert group.title in page.content.decode()
        assert "综合科" in page.content.decode()
        assert "修改登记" not in page.content.decode()
    assert "修改登记" in client_of("finance_officer").get(group.get_absolute_url()).content.decode()
    assert Client().get(f"{group.get_absolute_url()[:-2]}99/").status_code == 404
    told = Client().get("/api/v1/leading-groups/").json()["results"][0]
    assert (told["office_name"], next(row["name"] for row in told["members"])) == (group.office.name, "周明远")


def test_the_papers_of_a_meeting_name_group_and_office():
    meeting = make_meeting()
    assert office_of(meeting) == []
    make_leading_group()
    assert ("责任科室", "综合科") in office_of(meeting)
