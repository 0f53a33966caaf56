"""The search box: everything one may see, by name, pinyin, number and amount, on whichever database the suite runs."""
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.actor import PUBLIC
from portal.accounts.models import Organisation, User
from portal.search import models as rooms
from portal.search.models import Entry
from portal.search.sources import find_all, source_of, sources
from procurement.plans.models import Project
from procurement.suppliers.models import Supplier
from procurement.tenders.models import Tender
from tests.factories.bids import officer, register
from tests.factories.people import actor
from tests.factories.plans import make_plan_item
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_plan_item("APPROVED").project


def copies(project: Project, count: int, **changes) -> None:
    """Projects made past the verbs, as a simulated province is."""
    known = ("agency", "region", "year", "rules_as_of", "state", "state_since", "created_at", "amount")
    values = {name: getattr(project, name) for name in known} | changes
    Project.objects.bulk_create([Project(number=f"PL-{n}", **values) for n in range(count)])


def found(query: str, who, model=Project) -> list[str]:
    return [find.url for find in source_of(model).find(query, who)]


@pytest.mark.parametrize("query", [
    "保洁绿化", "城市保洁绿化道路养护", "csbj", "CSBJLH", "23328000", "23,328,000.00", "¥23328000", "2332.8万", "保洁 养护",
    "保洁 23328000",
])  # fmt: skip
def test_a_project_is_found_by_name_pinyin_and_amount(project, query):
    assert found(query, actor("finance_officer")) == [project.get_absolute_url()]


def test_a_number_is_found_with_and_without_its_dashes_and_by_its_end(project):
    for query in (project.number, project.number.replace("-", ""), project.number.lower(), project.number[-6:]):
        assert found(query, actor("finance_officer")) == [project.get_absolute_url()]


@pytest.mark.parametrize("query", ["保绿", "绿保", "养护 医院", "3328000", "2332800", "%", "__", '"', "' OR 1=1 --", "保", "", "-"])
def test_what_does_not_stand_there_is_not_found(project, query):
    assert find_all(query, actor("finance_officer")) == []


def test_one_finds_only_what_one_may_see():
    tender = make_tender("DRAFTED")
    assert found(tender.title, actor("buyer"), Tender) == [tender.get_absolute_url()]
    assert found(tender.title, officer("supplier_a"), Tender) == []
    assert found(tender.title, PUBLIC, Tender) == []


def test_everybody_finds_what_is_published():
    published = make_tender("PUBLISHED")
    assert found(published.title, PUBLIC, Tender) == [published.get_public_url()]


def test_a_supplier_finds_no_other_supplier():
    register("supplier_a")
    supplier = Supplier.objects.get()
    assert found(supplier.organisation.name, actor("finance_officer"), Supplier) == [supplier.get_absolute_url()]
    assert found(supplier.organisation.name, officer("supplier_a"), Supplier) == []


def test_the_line_follows_the_thing(project):
    who = actor("finance_officer")
    project.title = "河道巡查"
    project.save()
    assert found("河道巡查", who) == [project.get_absolute_url()]
    assert found("hdxc", who) == [project.get_absolute_url()]
    assert found("保洁绿化", who) == []


def test_saving_what_has_not_changed_writes_nothing(project):
    with CaptureQueriesContext(connection) as captured:
        project.save()
    assert not [query for query in captured if "search_" in query["sql"] and not query["sql"].startswith("SELECT")]


def test_what_was_copied_in_bulk_is_indexed_afterwards(project):
    known = Entry.objects.filter(kind="plans.project").count()
    copies(project, 30, title="养老服务", approved_at=project.approved_at)
    assert found("养老服务", actor("finance_officer")) == []
    call_command("search_index")
    assert Entry.objects.filter(kind="plans.project").count() == known + 30
    assert len(found("养老服务", actor("finance_officer"))) == 10
    call_command("search_index", anew=True)
    assert Entry.objects.filter(kind="plans.project").count() == known + 30


def test_what_one_may_see_is_found_behind_much_that_one_may_not(project, monkeypatch):
    monkeypatch.setattr(rooms, "NEWEST", 3)
    copies(project, 30, title=project.title, state="PROPOSED")
    call_command("search_index")
    assert found("保洁绿化", PUBLIC) == [project.get_absolute_url()]


def test_a_removed_line_is_gone(project):
    version = project.leaf.version
    item = version.items.leaves().last()
    kind = source_of(type(item)).kind
    assert Entry.objects.filter(kind=kind, object_id=item.pk).exists()
    pk = item.pk
    item.delete()
    assert not Entry.objects.filter(kind=kind, object_id=pk).exists()


def test_no_kind_of_thing_is_found_whose_existence_is_secret():
    assert not {source.kind for source in sources()} & {"bids.bid", "bids.envelope", "awards.draw", "awards.panelmember"}


def test_the_page_shows_what_was_found_by_kind(project):
    client = Client()
    client.force_login(actor("finance_officer").user)
    page = client.get("/search/", {"q": "csbjlh"}).content.decode()
    assert project.get_absolute_url() in page
    assert "23,328,000.00" in page
    assert "没有找到" in client.get("/search/", {"q": "绝无此事"}).content.decode()


@pytest.mark.parametrize("query", ["林晓东", "lxd", "buyer"])
def test_an_administrator_finds_people_and_nobody_else_does(query):
    person = actor("buyer").user
    assert person.name in [find.label for find in source_of(User).find(query, actor("administrator"))]
    assert source_of(User).find(query, actor("finance_officer")) == []


def test_an_administrator_finds_organisations_by_name_and_code():
    organisation = actor("buyer").organisation
    for query in (organisation.name, organisation.code):
        assert organisation.name in [find.label for find in source_of(Organisation).find(query, actor("administrator"))]
    assert source_of(Organisation).find(organisation.code, PUBLIC) == []


def test_of_a_word_that_stands_everywhere_the_newest_are_found(project, monkeypatch):
    """Two characters in every title: answered from the end of the index, older things only where the newest do not suffice."""
    monkeypatch.setattr(rooms, "NEWEST", 12)
    copies(project, 40, title="保洁服务", approved_at=project.created_at)
    call_command("search_index")
    newest = Project.objects.order_by("-pk")[:10]
    assert found("保洁", actor("finance_officer")) == [each.get_absolute_url() for each in newest]


def test_a_kind_is_looked_for_among_its_own_alone(project):
    """What other kinds are called does not take a kind's place among the newest."""
    body = project.agency
    body.name = "保洁处"
    body.save()
    assert Entry.objects.newest_matching("保洁", source_of(Project).kind) == ([project.pk], False)
    assert Entry.objects.newest_matching("保洁", source_of(Organisation).kind) == ([body.pk], False)
    assert Entry.objects.newest_matching(source_of(Project).kind.replace(".", ""), source_of(Project).kind) == ([], False)
