"""What a thing calls for stands on its page and on the to-do list of whoever may begin it, until it is begun."""
from __future__ import annotations

import pytest

from portal import clock
from portal.accounts.models import Membership
from portal.workbench.todo import counts_for, waiting_for, waits_of
from portal.workflow import available_actions, begun_from, perform
from procurement.bids.models import OpeningKey
from procurement.plans.models import Project
from procurement.tenders.models import Tender
from tests.factories.people import actor
from tests.factories.tenders import DRAFTED_AT, make_key, make_tender, published_project

pytestmark = pytest.mark.django_db


def verbs(username: str) -> list[str]:
    return [item.row.name for group in waiting_for(actor(username), clock.now()) for item in group.items]


def test_a_funded_project_calls_for_its_tender():
    project = published_project()
    with clock.at(DRAFTED_AT):
        buyer = actor("buyer")
        project = Project.objects.get(pk=project.pk)
        begun = list(begun_from(project, buyer))
        assert [action.name for action in begun] == ["draft"]
        assert begun[0].url == f"/act/tenders.tender/new/draft/?project={project.pk}"
        assert not list(begun_from(project, actor("buyer_2"))), "another agency's officer"
        item = waiting_for(buyer, clock.now())[0].items[0]
        assert (item.row.name, item.url) == ("draft", begun[0].url)
        assert counts_for(buyer) == {"plans.project": 1}
        people = list(Membership.objects.live().select_related("user", "organisation__region"))
        assert waits_of(people)[buyer.user_id, buyer.organisation_id] == 1
        perform(Tender(), "draft", actor=buyer, project=project)
        project = Project.objects.get(pk=project.pk)
        assert not list(begun_from(project, buyer))
        assert "plans.project" not in counts_for(actor("buyer"))  # asked once a request: this is the next one


def test_a_reviewed_tender_calls_for_its_openers():
    tender = make_tender("REVIEWED")
    with clock.at(DRAFTED_AT):
        assert "name_openers" in verbs("buyer")
        assert [action.name for action in begun_from(tender, actor("buyer"))] == ["name_openers"]
        make_key(tender)
        assert "name_openers" not in verbs("buyer")


def test_an_opener_who_has_done_his_part_is_not_asked_again():
    tender = make_tender("REVIEWED")
    with clock.at(DRAFTED_AT):
        make_key(tender)
        assert not {"set_passphrase", "prove"} & set(verbs("opener_a"))
        key = OpeningKey.objects.get(tender=tender)
        assert "prove" in [action.name for action in available_actions(key, actor("opener_a"))], "he may still, and is told why not"
