"""The main way: compiled, submitted in time, reviewed side by side, decided by the meeting, funded (W-09)."""
import pytest

from procurement.plans.models import Stage
from tests.factories.budgets import make_funded_project
from tests.factories.plans import make_plan, make_plan_item

pytestmark = pytest.mark.django_db


def test_submitting_opens_the_project_and_lays_out_the_reviews():
    plan = make_plan("SUBMITTED")
    item = plan.items.get()
    assert item.state == "SUBMITTED"
    assert item.round == 1
    assert item.project.number.endswith("2026-0001")
    assert item.project.state == Stage.PROPOSED
    assert {(step.kind, step.group, step.state) for step in item.steps.all()} == {
        ("ESTABLISHMENT", 1, "PENDING"), ("HUMAN_RESOURCES", 1, "SKIPPED"), ("FINANCE", 1, "PENDING"),
    }


def test_the_meeting_approves_and_the_plan_is_decided():
    item = make_plan_item("APPROVED")
    item.plan.refresh_from_db()
    assert item.plan.state == "DECIDED"
    assert item.project.state == Stage.APPROVED
    assert item.project.amount == item.amount


def test_reserve_and_pledge_fund_the_project():
    project = make_funded_project()
    assert project.state == Stage.FUNDED
    assert {(row.year, row.state, row.held) for row in project.encumbrances.all()} == {
        (2026, "RESERVED", 11664000), (2027, "PLEDGED", 11664000),
    }
