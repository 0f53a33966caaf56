"""The to-do list: derived from tables and states, bounded in queries, the same in list, navigation and sign-in page."""
from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.accounts.demo import PEOPLE
from portal.accounts.models import Membership
from portal.workbench.navigation import MOST
from portal.workbench.todo import counts_for, waiting_for, waits_of
from portal.workflow.surfaces import arranged_for
from procurement.bids.models import Bid
from procurement.plans.models import Project
from tests.factories.people import actor
from tests.factories.tenders import PUBLISHED_AT, make_tender

pytestmark = pytest.mark.django_db


def test_what_waits_is_the_same_wherever_it_is_counted():
    tender = make_tender("PROPOSED")
    with clock.at(PUBLISHED_AT):
        reviewer = actor("reviewer_finance")
        groups = waiting_for(reviewer, clock.now())
        assert [(group.code, group.count) for group in groups] == [("tenders.tender", 1)]
        assert groups[0].items[0].obj == tender
        assert counts_for(reviewer) == {"tenders.tender": 1}
        entry = next(each for each in arranged_for(reviewer) if each.entry.url_name == "tenders:list")
        assert entry.count == 1
        people = list(Membership.objects.live().select_related("user", "organisation__region"))
        waits = waits_of(people)
    assert waits[reviewer.user_id, reviewer.organisation_id] == 1
    assert not waits.get((actor("planner_2").user_id, actor("planner_2").organisation_id))


def test_a_done_thing_waits_no_longer():
    make_tender("REVIEWED")
    assert "tenders.tender" not in counts_for(actor("reviewer_finance"))
    assert counts_for(actor("head"))["tenders.tender"] == 1


def test_nobody_else_learns_from_a_count_that_there_is_a_bid():
    from tests.factories.bids import make_bid_tender

    tender, _bids = make_bid_tender(2)
    assert Bid.objects.filter(tender=tender).count() == 2
    people = list(Membership.objects.live().select_related("user", "organisation__region"))
    assert not [who for who, number in waits_of(people).items() if who[1] == actor("supplier_a_head").organisation_id and number]
    for name in ("buyer", "head", "auditor", "supplier_c_head"):
        assert "bids.bid" not in counts_for(actor(name))


@pytest.mark.parametrize("username", [person[0] for person in PEOPLE])
def test_nobody_has_more_than_eight_entries(username):
    entries = arranged_for(actor(username))
    front = [each for each in entries if not each.more]
    assert len(front) + any(each.more for each in entries) <= MOST
    assert front[0].entry.url_name == "workbench:home"


def copies(project: Project, number: int) -> None:
    """More projects of the same kind, written in bulk: only their number matters."""
    start = Project.objects.count()
    values = {
        field.attname: getattr(project, field.attname)
        for field in Project._meta.concrete_fields if field.name not in ("id", "number", "made_by_key")
    }
    Project.objects.bulk_create([Project(**values, number=f"COPY-{start + n}") for n in range(number)])


@pytest.mark.parametrize("path", ["/workbench/", "/projects/", "/search/?q=城市"])
@pytest.mark.parametrize("username", ["finance_officer", "head", "auditor"])
def test_queries_do_not_grow_with_the_projects(path, username):
    project = make_tender("PROPOSED").project
    client = Client()
    client.force_login(actor(username).user)

    def queries() -> int:
        client.get(path)  # caches of the process are filled
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    copies(project, 30)
    few = queries()
    copies(project, 1000)
    assert queries() <= few


def test_the_sign_in_page_asks_once_a_lifecycle(settings):
    settings.DEMO = True
    actor("buyer")
    client = Client()
    client.get("/sign-in/")
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/sign-in/").content.decode()
    assert "林晓东" in page
    assert "件待办" not in page.split("林晓东")[1].split("</button>")[0]
    before = len(captured)
    make_tender("DRAFTED")
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/sign-in/").content.decode()
    assert "1 件待办" in page.split("林晓东")[1].split("</button>")[0]
    assert len(captured) == before


def test_the_line_of_a_waiting_thing_is_read_with_the_thing():
    """Columns that no name, address or light is made of are left out; none that is."""
    from tests.factories.contracts import make_contract

    contract = make_contract("PROPOSED")
    seen = set()
    for username, *_rest in PEOPLE:
        with clock.at(contract.state_since):
            items = [item for group in waiting_for(actor(username), clock.now()) for item in group.items]
            with CaptureQueriesContext(connection) as asked:
                for item in items:
                    seen.add(type(item.obj))
                    assert all((item.verb, item.title, item.url))
                    assert [item.meta, item.light, item.due]
            assert not [query["sql"] for query in asked]
    assert seen
