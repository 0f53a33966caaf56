"""An item that rests on a filed request instead of a leaf: one request, one item, one year (R102-18, R1787-07, X-02)."""
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from catalogue.models import OutOfCatalogueRequest
from catalogue.usage import in_use
from portal import clock
from portal.accounts.actor import system_actor
from portal.workflow import perform
from procurement.plans.completeness import missing
from procurement.plans.models import PlanItem
from procurement.plans.outside import usable_requests
from tests.factories.catalogue import make_outside
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, YEAR, make_plan, one_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def filed() -> OutOfCatalogueRequest:
    with clock.at(COMPILED_AT):
        return make_outside("FILED", year=YEAR)


def faults(item: PlanItem) -> list[tuple[str, str]]:
    with clock.at(COMPILED_AT):
        return [(refusal.rule, refusal.field) for refusal in missing(PlanItem.objects.get(pk=item.pk))]


def test_a_filed_request_stands_for_the_leaf_of_one_item(filed):
    plan = make_plan(items=[one_year(leaf=None), one_year(leaf=None, filed_request=filed)])
    without, resting = plan.items.order_by("pk")
    assert faults(without) == [("R102-18", "leaf")]
    assert faults(resting) == []
    assert resting.catalogue_words == f"目录外：{filed.title}（{filed.number}）"
    assert resting.catalogue_kind == "A"
    assert filed not in usable_requests(None, filed.agency)
    assert filed in usable_requests(resting, filed.agency)
    assert OutOfCatalogueRequest.objects.filter(in_use()).get() == filed


def test_one_request_serves_one_live_item(filed):
    first, second = make_plan(items=[one_year(leaf=None, filed_request=filed), one_year(leaf=None)]).items.order_by("pk")
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanItem.objects.filter(pk=second.pk).update(filed_request=filed)
    second.filed_request = filed
    assert [(refusal.rule, refusal.field) for refusal in missing(second)] == [("R1787-07", "filed_request")]
    with clock.at(COMPILED_AT):
        perform(first, "discard", actor=actor("planner"))
    PlanItem.objects.filter(pk=second.pk).update(filed_request=filed)
    assert faults(second) == []


def test_leaf_and_request_together_are_one_too_many(filed):
    item = make_plan(items=[one_year(filed_request=filed)]).items.get()
    assert faults(item) == [("S-19", "filed_request")]


def test_a_request_of_another_year_or_without_filing_is_none(filed):
    with clock.at(COMPILED_AT):
        other_year, draft = make_outside("FILED", year=YEAR + 1), make_outside(year=YEAR)
    items = [one_year(leaf=None, filed_request=request) for request in (other_year, draft)]
    one, two = make_plan(items=items).items.order_by("pk")
    assert faults(one) == [("R1787-07", "filed_request")]
    assert faults(two) == [("R1787-07", "filed_request")]


def test_a_request_in_use_does_not_lapse_and_the_project_names_it(filed):
    plan = make_plan("SUBMITTED", items=[one_year(leaf=None, filed_request=filed)])
    project = plan.items.get().project
    assert project.leaf_name.startswith("目录外：")
    assert project.catalogue_kind == "A"
    with clock.at(datetime(YEAR + 1, 1, 2, 9, tzinfo=clock.SHANGHAI)):
        from portal.workflow import Refused

        with pytest.raises(Refused) as refused:
            perform(filed, "lapse", actor=system_actor())
    assert [refusal.rule for refusal in refused.value.refusals] == ["R1787-07"]


def test_an_adopted_request_sends_the_item_to_its_new_leaf(filed):
    from tests.catalogue.test_outside import _with_canteen
    from tests.factories.catalogue import issue

    item = make_plan(items=[one_year(leaf=None, filed_request=filed)]).items.get()
    with clock.at(COMPILED_AT):
        version = _with_canteen()
        perform(filed, "take_up", actor=actor("finance_officer"), version=version, code="A1003")
        issue(version, clock.today())
    assert faults(item) == [("R102-18", "leaf")]
