"""What a newcomer finds in a fresh demonstration, beside the two worked cases' own tests."""
from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.verbs import load_reference_catalogue
from portal import clock
from portal.accounts.demo import load_people, organisation
from portal.notices.models import Notice
from portal.workbench.cases.w01 import load_w01
from portal.workbench.cases.w09 import LATE, REFUSED, load_w09
from portal.workbench.demo import move_clock
from portal.workflow import due, perform
from portal.workflow.models import ClockOffset
from procurement.contracts.models import Contract
from procurement.plans.completeness import missing
from procurement.plans.models import Plan, PlanItem
from procurement.suppliers.demo import load_demo_suppliers
from procurement.suppliers.models import Supplier
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
BEGINS = datetime(2025, 11, 28, 8, 30, tzinfo=clock.SHANGHAI)
FIRST_OF_DECEMBER = datetime(2025, 12, 1, 9, tzinfo=clock.SHANGHAI)


@pytest.fixture
def plan() -> Plan:
    load_people()
    load_reference_catalogue()
    with clock.at(BEGINS):
        return load_w09()


def test_the_item_that_touches_national_security_cannot_go_out(plan):
    refused, late = plan.items.get(title=REFUSED), plan.items.get(title=LATE)
    with clock.at(BEGINS):
        assert [(refusal.rule, refusal.field) for refusal in missing(refused)] == [("R-009", "security")]
        assert not list(missing(late))
        page = Client()
        page.force_login(actor("planner_2").user)
        assert "国家安全" in page.get(refused.get_absolute_url()).content.decode()


def test_who_lets_the_day_pass_asks_for_the_other_by_itself(plan):
    due.run(until=FIRST_OF_DECEMBER)
    with clock.at(FIRST_OF_DECEMBER):
        late = PlanItem.objects.get(title=LATE)
        assert late.state == "LAPSED"
        assert Plan.objects.get(pk=plan.pk).state == "LAPSED"
        perform(late, "copy", actor=actor("planner_2"), route="AD_HOC")
    assert PlanItem.objects.get(title=LATE, route="AD_HOC").state == "DRAFTED"


def test_it_is_loaded_once_and_only_while_the_year_can_be_planned(plan):
    with clock.at(BEGINS):
        assert load_w09() == plan
    Plan.objects.filter(pk=plan.pk).update(year=2031)
    with clock.at(FIRST_OF_DECEMBER):
        assert load_w09() is None


def test_moved_past_the_thirtieth_of_june_the_demonstration_still_has_suppliers(settings):
    settings.DEMO = True
    load_people()
    with clock.at(BEGINS):
        load_demo_suppliers()
    ClockOffset.objects.create(pk=1, seconds=(BEGINS - timezone.now()).total_seconds())
    move_clock(actor("administrator"), datetime(2026, 3, 3, 9, tzinfo=clock.SHANGHAI))  # to the very moment
    assert Supplier.objects.of(organisation("supplier_a")).confirmed_year == 2026
    move_clock(actor("administrator"), datetime(2027, 7, 2, 9, tzinfo=clock.SHANGHAI))
    found = {key: Supplier.objects.of(organisation(key)) for key in ("supplier_a", "supplier_b", "supplier_c")}
    assert [(row.state, row.confirmed_year) for row in found.values()] == [("CONFIRMED", 2027), ("CONFIRMED", 2027), ("OUTDATED", 2025)]


def test_everybody_can_read_what_was_bought_in_w01():
    project = load_w01()
    contract = Contract.objects.get(project=project)
    notice = Notice.objects.get(project_id=project.pk, kind="N-10")
    assert notice.published_at.astimezone(clock.SHANGHAI).date().isoformat() == "2020-07-14"
    page = Client().get(f"/public/projects/{project.number}/").content.decode()
    for text in (contract.number, "弘益", "468,000.00", "能力建设培训", notice.title):
        assert text in page, text
    assert Client().get(notice.get_absolute_url()).status_code == 200
    assert load_w01().pk == project.pk
    assert Notice.objects.filter(project_id=project.pk).count() == 1
