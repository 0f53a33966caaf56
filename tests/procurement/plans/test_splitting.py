"""R-GP-08: purchases of one branch and year by other methods, each under the threshold, together above it: a warning."""
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from portal import clock
from portal.audit.models import Entry
from portal.rules.jurisdiction import decide
from portal.workflow import Refused, perform
from procurement.plans.models import PlanItem
from procurement.plans.splitting import sign_of, signs_among
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, make_plan, one_year

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def in_november():
    with clock.at(COMPILED_AT):
        yield


def items_of(*amounts: str, method: str = "CONSULTATION", state: str = "SUBMITTED") -> list[PlanItem]:
    rows = [one_year(amount, title=f"保洁 {number}", method=method) for number, amount in enumerate(amounts)]
    return list(make_plan(state, items=rows).items.order_by("id"))


def test_two_of_3_9_million_are_a_sign_and_the_threshold_itself_is_not():
    """Edge 4 of L4.6: the same twice at 3.9 million with a threshold of 4 million."""
    first, second = items_of("3900000.00", "3900000.00")
    sign = sign_of(first)
    assert (sign.count, sign.total, sign.threshold) == (2, Decimal(7_800_000), Decimal(4_000_000))
    assert sign_of(second).items == [first, second]
    assert [found.total for found in signs_among(PlanItem.objects.all())] == [Decimal(7_800_000)]
    assert "7,800,000.00" in sign.sentence


@pytest.mark.parametrize(("amounts", "method"), [
    (("2000000.00", "2000000.00"), "CONSULTATION"), (("3900000.00", "3900000.00"), "OPEN_TENDER"),
    (("5000000.00", "3900000.00"), "CONSULTATION"), (("3900000.00",), "CONSULTATION"),
])  # fmt: skip
def test_what_is_no_splitting(amounts, method):
    """Together not above it; open tender; one above it by itself leaves one; one alone."""
    assert [sign_of(item) for item in items_of(*amounts, method=method)] == [None] * len(amounts)
    assert signs_among(PlanItem.objects.all()) == []


def test_the_regions_threshold_decides_and_drafts_do_not_count():
    items = items_of("1900000.00", "1900000.00")
    assert sign_of(items[0]) is None
    decide("open_tender_threshold", Decimal(2_000_000), source="号", valid_from=date(2025, 1, 1), region=items[0].agency.region)
    assert sign_of(items[0]).threshold == Decimal(2_000_000)
    assert signs_among(PlanItem.objects.all())[0].threshold == Decimal(2_000_000)


def test_drafts_are_no_purchases_yet():
    assert sign_of(items_of("3900000.00", "3900000.00", state="DRAFTED")[0]) is None


def test_finance_agrees_with_a_reason_that_is_recorded():
    first, second = items_of("3900000.00", "3900000.00")
    finance = first.steps.get(kind="FINANCE")
    perform(first.steps.get(kind="ESTABLISHMENT"), "approve", actor=actor("establishment"), opinion="")
    with pytest.raises(Refused) as refused:
        perform(finance, "approve", actor=actor("finance_officer"), opinion=" ")
    assert [(refusal.rule, refusal.field) for refusal in refused.value.refusals] == [("R-GP-08", "opinion")]
    perform(finance, "approve", actor=actor("finance_officer"), opinion="两个作业区相距甚远，需求不同。")
    facts = Entry.objects.of_subject("plans.step", finance.pk).get(transition="approve").facts
    assert facts["splitting"]["projects"] == [first.project.number, second.project.number]
    assert facts["splitting_reason"] == "两个作业区相距甚远，需求不同。"


def test_it_is_shown_where_the_plan_is_reviewed_and_where_the_budget_is(client):
    first, _second = items_of("3900000.00", "3900000.00")
    client.force_login(actor("finance_officer").user, backend=BACKEND)
    page = client.get(first.steps.get(kind="FINANCE").get_absolute_url()).content.decode()
    assert "疑似化整为零规避招标" in page
    assert "第二十八条" in page
    for asked in (f"?year={first.year}", f"?year={first.year}&agency={first.agency_id}"):
        page = client.get(f"{reverse('budgets:use')}{asked}").content.decode()
        assert "合计 7,800,000.00 元" in page
        assert "第二十八条" in page
    assert "疑似" not in client.get(f"{reverse('budgets:use')}?year=2031").content.decode()
