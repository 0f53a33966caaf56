"""Items and the implementation catalogue of their year: free to name an entry, bound where the jurisdiction plans by lists (S-08)."""
import pytest

from catalogue.models import ImplementationList
from portal import clock
from portal.rules.jurisdiction import decide as decide_setting
from portal.workflow import Refused, perform
from procurement.plans.listed import against, lacking, sole_entry
from procurement.plans.models import PlanItem
from tests.catalogue.test_surfaces import signed_in
from tests.factories.implementation import AGENCY, agency, entry, make_implementation
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, YEAR, leaf, make_plan, make_plan_item

pytestmark = pytest.mark.django_db


def rules(found) -> list[tuple[str, str]]:
    return [(refusal.rule, refusal.field) for refusal in found]


def published(*lines: str, year: int = YEAR) -> ImplementationList:
    first = leaf()
    with clock.at(COMPILED_AT):
        return make_implementation("ISSUED", year=year, lines=lines or (
            f"城市保洁绿化道路养护,{first.code},,{AGENCY},公开招标,11664000,是,,,群众反映集中,首批",
        ))


def required() -> None:
    decide_setting(
        "implementation_catalogue", True, source="赣江府办〔2025〕1号", valid_from=COMPILED_AT.date().replace(month=1),
        region=agency().region,
    )


@pytest.fixture
def item(db) -> PlanItem:
    return make_plan_item()


def test_where_no_list_is_asked_for_an_item_needs_none_and_one_that_fits_is_shown(item):
    assert rules(against(item)) == []
    assert sole_entry(item) is None
    catalogue = published()
    assert rules(against(item)) == []
    assert sole_entry(item) == entry(catalogue, item.title)
    page = signed_in("planner").get(item.get_absolute_url()).content.decode()
    assert entry(catalogue, item.title).get_absolute_url() in page


def test_where_a_list_is_asked_for_an_item_matches_an_entry(item):
    required()
    assert rules(against(item)) == [("S-08", "listed")]
    assert ("S-08", "listed") in rules(lacking(item))
    with clock.at(COMPILED_AT), pytest.raises(Refused) as refused:
        perform(item.plan, "propose", actor=actor("planner"), service_budget="1", department_budget="1", procurement_budget="1")
    assert f"item-{item.pk}" in [refusal.field for refusal in refused.value.refusals if refusal.rule == "S-08"]
    published()
    assert rules(against(item)) == []


def test_an_item_keeps_to_the_entry_it_names(item):
    catalogue = published()
    item.listed = entry(catalogue, item.title)
    assert rules(against(item)) == []
    item.method = "CONSULTATION"
    assert rules(against(item)) == [("S-08", "method")]
    item.method, item.leaf = "OPEN_TENDER", leaf("B0101")
    assert rules(against(item)) == [("S-08", "listed")]
    item.leaf, item.year = leaf(), YEAR + 1
    assert rules(against(item)) == [("S-08", "listed")]


def test_of_several_entries_under_one_leaf_the_one_of_its_name_is_meant(item):
    code = leaf().code
    published(f"甲,{code},,{AGENCY},公开招标,1,是,,,理由,", f"乙,{code},,{AGENCY},公开招标,1,是,,,理由,")
    assert sole_entry(item) is None
    item.title = "乙"
    assert sole_entry(item).title == "乙"


def test_put_forward_an_item_rests_on_its_entry_which_shows_how_far_it_is(client):
    catalogue = published()
    required()
    plan = make_plan("SUBMITTED")
    item = plan.items.get()
    assert item.listed == entry(catalogue, item.title)
    assert signed_in("planner").get(item.listed.get_absolute_url()).context["uses"][0].title == item.title
    assert client.get(item.listed.get_absolute_url()).context["uses"] == []  # not yet decided: not for the public


def test_the_form_offers_the_entries_of_the_agency():
    with clock.at(COMPILED_AT):
        item = make_plan_item()
        assert 'name="listed"' not in signed_in("planner").get(f"/plans/items/{item.pk}/edit/").content.decode()
        published()
        page = signed_in("planner").get(f"/plans/items/{item.pk}/edit/").content.decode()
    assert 'name="listed"' in page
    assert "公开招标）" in page
