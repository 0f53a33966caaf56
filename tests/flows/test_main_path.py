"""W-09 by clicking alone: from the plan to the use of the evaluation's result, and the case file in the auditor's hands."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from script.running import running_portal

from . import path_award, path_buying, path_contract, path_delivery, path_evaluation, path_payment, path_planning
from .clicks import Clicks
from .path_planning import TITLE


@pytest.fixture(scope="module")
def portal_address(tmp_path_factory) -> Iterator[str]:
    """A portal of its own: on everybody's list stands this purchase alone."""
    with running_portal(tmp_path_factory.mktemp("portal") / "var") as address:
        yield address


@pytest.fixture
def clicks(page) -> Clicks:
    page.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    return Clicks(page)


def test_a_purchase_goes_from_its_plan_to_the_case_file_by_clicking(clicks):
    year = plan_and_fund(clicks)
    closes = buy(clicks, year)
    review = evaluate(clicks, closes)
    contract(clicks, review)
    clicks.sign_in("planner")
    clicks.go("采购项目", TITLE)
    clicks.state("已签约")
    path_payment.pay(clicks, "26362000000000000001")
    path_delivery.deliver(clicks, year)
    path_delivery.accept(clicks, year)
    path_payment.pay(clicks, "26362000000000000002")
    path_evaluation.engage(clicks)
    path_evaluation.evaluate(clicks, year)
    path_evaluation.settle(clicks)
    path_evaluation.use(clicks)
    path_evaluation.bind_next_plan(clicks, year)
    path_evaluation.take_case_file(clicks)


def plan_and_fund(clicks: Clicks) -> int:
    year = path_planning.begin(clicks)
    path_planning.plan(clicks, year)
    path_planning.item(clicks, year)
    path_planning.submit(clicks, year)
    path_planning.review(clicks)
    path_planning.meet(clicks, year)
    path_planning.publish(clicks)
    path_planning.fund(clicks, year)
    return year


def buy(clicks: Clicks, year: int):
    path_buying.write_tender(clicks, year)
    closes = path_buying.publish(clicks, year)
    path_buying.hand_in_bids(clicks)
    path_buying.open_bids(clicks, closes)
    return closes


def evaluate(clicks: Clicks, closes):
    review = closes + timedelta(hours=4)
    path_award.qualify(clicks, closes)
    panel = path_award.draw_panel(clicks, review)
    path_award.seat_panel(clicks, panel, review)
    path_award.evaluate(clicks, panel, review)
    path_award.award(clicks, review)
    return review


def contract(clicks: Clicks, review) -> None:
    path_contract.approve_scheme(clicks, review)
    path_contract.write_contract(clicks)
    path_contract.sign(clicks, review)
    path_contract.publish_and_file(clicks, review)
