"""A cost shared by region, prefecture and county, exact to the fen from the ratio to the last payment (W-02, S-98, S-99)."""
import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.demo import organisation
from portal.workflow import Act, NotYours, Refused, perform
from procurement.budgets import verbs
from procurement.budgets.forms import SharingForm
from procurement.budgets.ledger import unbalanced
from procurement.budgets.models import BudgetLine, Share, Sharing
from procurement.budgets.workflow import ENCUMBRANCE
from procurement.plans.models import PlanItem, Project, Stage
from tests.factories.budgets import ALLOCATED_AT, make_line, make_sharing
from tests.factories.people import actor
from tests.factories.plans import make_plan_item, one_year

pytestmark = pytest.mark.django_db
VALUES = {"beneficiary": Decimal(0), "document": "财农〔2025〕12号", "function_class": "2130234", "economic_class": "30227"}


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def yuan(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


@pytest.fixture(autouse=True)
def in_january():
    with clock.at(ALLOCATED_AT):
        yield


def county_item(amount: str) -> PlanItem:
    """An approved item of a county's agency: three levels stand above its money."""
    item = make_plan_item("APPROVED", **one_year("1000.00"))
    item.years.update(amount=Decimal(amount), approved_amount=Decimal(amount))
    agency = organisation("hongshan_civil")
    PlanItem.objects.filter(pk=item.pk).update(agency=agency)
    Project.objects.filter(pk=item.project_id).update(agency=agency)
    return PlanItem.objects.get(pk=item.pk)


def share(item: PlanItem, ratio: str = "6:2:2", *, who: str = "hongshan_planner", **values) -> Sharing:
    return perform(Sharing(), "draft", actor=actor(who), item=item, **{"year": item.year, "ratio": ratio, **VALUES, **values})


def submitted(amount: str, ratio: str = "6:2:2", **values) -> Sharing:
    return perform(share(county_item(amount), ratio, **values), "submit", actor=actor("hongshan_head"))


def allocate(sharing: Sharing) -> Project:
    for part in sharing.shares.exclude(line=None):
        perform(part.line, "allocate", actor=actor("hongshan_finance_head"), approval_document="红财预〔2026〕3号")
    return Project.objects.get(pk=sharing.item.project_id)


@pytest.mark.parametrize(("amount", "ratio", "wanted"), [
    ("1000000.00", "6:2:2", ("600000.00", "200000.00", "200000.00")),
    ("1000000.00", "8.5:0.5:1", ("850000.00", "50000.00", "100000.00")),
    ("100.03", "6:2:2", ("60.02", "20.01", "20.00")),
    ("0.10", "8.5:0.5:1", ("0.09", "0.00", "0.01")),
])  # fmt: skip
def test_the_numbers_of_the_worked_case_come_out_to_the_fen_and_stand_on_lines(amount, ratio, wanted):
    """R-037: 6:2:2 with the poorer counties; R-038: 8.5:0.5:1 elsewhere."""
    sharing = submitted(amount, ratio)
    parts = list(sharing.shares.select_related("line", "region"))
    assert [part.amount for part in parts] == yuan(*wanted)
    assert [part.region.level for part in parts] == ["PROVINCE", "CITY", "COUNTY"]
    assert [part.source for part in parts] == ["SUPERIOR", "SUPERIOR", "GENERAL"]
    assert [part.line.requested if part.line else 0 for part in parts] == yuan(*wanted)
    assert {part.line.state for part in parts if part.line} == {"SUBMITTED"}
    assert allocate(sharing).state == Stage.FUNDED  # the parts are the whole: nothing is left uncovered


def test_those_who_benefit_bear_a_sum_of_their_own():
    """R-039."""
    sharing = submitted("100.03", beneficiary=Decimal("0.03"))
    assert [(part.party, part.amount) for part in sharing.shares.all()] == [
        ("省级", 60), ("市级", 20), ("县级", 20), ("受益人负担", Decimal("0.03")),
    ]  # fmt: skip
    last = sharing.shares.last().line
    assert (last.source, last.level) == ("BENEFICIARY", "OTHER")


def test_what_cannot_be_shared_is_refused_with_its_rule():
    """G1, R-037, R-039: a county's item by its own people; those who benefit bear no more than the whole."""
    item = county_item("100.00")
    with pytest.raises(NotYours):
        share(item, who="hongshan_head")
    for values, rule in (
        ({"who": "planner"}, "G1"), ({"function_class": "1"}, "RTR-06"), ({"year": 2031}, "R1787-05"),
        ({"beneficiary": Decimal("100.01")}, "R-039"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            share(item, **values)
        assert rule in rules(refused)
    city = make_plan_item("APPROVED", year=2027, **one_year("100.00", year=2027))
    with pytest.raises(Refused) as refused:
        share(city, who="planner")
    assert rules(refused) == ["R-037"]  # a city's agency lies in no county
    assert share(city, "6:4:0", who="planner").shares.count() == 2
    with pytest.raises(Refused) as refused:
        share(city, "6:4:0", who="planner")
    assert rules(refused) == ["S-98"]
    unapproved = make_plan_item("REVIEWED", year=2028, **one_year("100.00", year=2028))
    with pytest.raises(Refused) as refused:
        share(unapproved, "6:4:0", who="planner")
    assert rules(refused) == ["R-002"]
    asked = make_plan_item("APPROVED", year=2029, **one_year("100.00", year=2029))
    make_line("SUBMITTED", item=asked, amount="100.00", year=2029)
    with pytest.raises(Refused) as refused:
        share(asked, "6:4:0", who="planner")
    assert rules(refused) == ["S-27"]


def test_another_head_than_the_drafter_submits_what_is_still_approved():
    item = county_item("100.00")
    sharing = share(item)
    item.years.update(approved_amount=Decimal("90.00"))
    with pytest.raises(Refused) as refused:
        perform(sharing, "submit", actor=actor("hongshan_head"))
    assert rules(refused) == ["S-27"]
    item.years.update(approved_amount=Decimal("100.00"))
    line = BudgetLine.objects.get(pk=make_line("SUBMITTED").pk)
    BudgetLine.objects.filter(pk=line.pk).update(item=item)
    with pytest.raises(Refused) as refused:
        perform(sharing, "submit", actor=actor("hongshan_head"))
    assert rules(refused) == ["S-27"]
    BudgetLine.objects.filter(pk=line.pk).update(item=None)
    with pytest.raises(NotYours):
        perform(sharing, "submit", actor=actor("hongshan_planner"))
    assert perform(sharing, "submit", actor=actor("hongshan_head")).state == "SUBMITTED"


def test_a_part_is_allocated_whole_and_falls_only_with_the_sharing():
    sharing = submitted("100.03")
    line = sharing.shares.first().line
    with pytest.raises(Refused) as refused:
        perform(line, "allocate", actor=actor("hongshan_finance_head"), approval_document="号", amount=Decimal("60.01"))
    assert rules(refused) == ["R-037"]
    with pytest.raises(Refused) as refused:
        perform(line, "cancel", actor=actor("hongshan_budget_officer"), reason="重复")
    assert rules(refused) == ["R-037"]
    with pytest.raises(Refused):
        perform(sharing, "cancel", actor=actor("hongshan_budget_officer"))
    again = perform(sharing, "cancel", actor=actor("hongshan_budget_officer"), reason="分担文件修订")
    assert again.state == "CANCELLED"
    assert set(BudgetLine.objects.filter(share__sharing=sharing).values_list("state", flat=True)) == {"CANCELLED"}
    second = perform(share(sharing.item), "submit", actor=actor("hongshan_head"))
    allocate(second)
    with pytest.raises(Refused) as refused:
        perform(second, "cancel", actor=actor("hongshan_budget_officer"), reason="再改")
    assert rules(refused) == ["R-037"]


def test_levels_save_and_pay_as_they_share_to_the_fen():
    """Signed for 80.01 of 100.03 and paid in two parts: no level saves or pays for another."""
    sharing = submitted("100.03")
    project = allocate(sharing)
    act = Act(row=ENCUMBRANCE["commit"], lifecycle=ENCUMBRANCE, actor=system_actor(), now=clock.now())
    verbs.commit(act, project, {2026: Decimal("80.01")})
    assert list(project.encumbrances.order_by("id").values_list("committed", flat=True)) == yuan("48.01", "16.00", "16.00")
    expected = [amount for _line, amount in verbs.payment_shares(project, Decimal("30.00"), year=2026)]
    verbs.pay(act, project, Decimal("30.00"), year=2026, reference="V1")
    assert [part.paid for part in sharing.shares.select_related("line")] == expected == yuan("18.00", "6.00", "6.00")
    verbs.pay(act, project, Decimal("50.01"), year=2026, reference="V2")
    assert [part.paid for part in sharing.shares.select_related("line")] == yuan("48.01", "16.00", "16.00")
    assert not unbalanced().exists()


def test_what_comes_in_is_noted_party_by_party_and_never_more_than_its_part():
    """S-99."""
    sharing = submitted("100.03")
    part, other = sharing.shares.all()[:2]
    receipt = {"share": part, "amount": Decimal("60.00"), "voucher": "2026-001", "received_on": date(2026, 1, 19)}
    with pytest.raises(NotYours):
        perform(sharing, "receive", actor=actor("hongshan_planner"), **receipt)
    sharing = perform(sharing, "receive", actor=actor("hongshan_budget_officer"), **receipt)
    for values in ({"amount": Decimal("0.03")}, {"amount": Decimal(0)}, {"amount": Decimal("0.01")},
                   {"amount": Decimal("0.01"), "voucher": "2", "received_on": date(2026, 1, 21)}):  # fmt: skip
        with pytest.raises(Refused) as refused:
            perform(sharing, "receive", actor=actor("hongshan_budget_officer"), **{**receipt, **values})
        assert set(rules(refused)) == {"S-99"}
    perform(sharing, "receive", actor=actor("hongshan_budget_officer"), **{**receipt, "amount": Decimal("0.02"), "voucher": "2026-002"})
    part.refresh_from_db()
    assert (part.received, part.missing, part.receipts.count()) == (Decimal("60.02"), 0, 2)
    with pytest.raises(Refused) as refused:
        perform(sharing, "cancel", actor=actor("hongshan_budget_officer"), reason="再改")
    assert rules(refused) == ["R-037"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Share.objects.filter(pk=other.pk).update(received=Decimal("20.02"))


def test_the_form_reads_a_ratio_as_people_write_it_and_begins_with_the_regions_own():
    who, item = actor("hongshan_planner"), county_item("100.03")
    form = SharingForm(subject=None, actor=who)
    assert form.fields["ratio"].initial == "6:2:2"
    data = {"item": item.pk, "year": 2026, "document": "号", "function_class": "2130234", "economic_class": "30227"}
    form = SharingForm({**data, "ratio": "8.50∶0.5∶1"}, subject=None, actor=who)
    assert form.is_valid(), form.errors
    assert (form.cleaned_data["ratio"], form.cleaned_data["beneficiary"]) == ("8.5:0.5:1", 0)
    assert "ratio" in SharingForm({**data, "ratio": "六二二"}, subject=None, actor=who).errors


def test_pages_and_programs_show_every_party(client):
    sharing = submitted("100.03")
    allocate(sharing)
    client.force_login(actor("hongshan_budget_officer").user, backend="django.contrib.auth.backends.ModelBackend")
    assert "100.03" in client.get(reverse("budgets:sharings")).content.decode()
    page = client.get(sharing.get_absolute_url()).content.decode()
    for amount in ("60.02", "20.01", "20.00", "100.03"):
        assert amount in page
    line = sharing.shares.first().line
    assert f'href="{sharing.get_absolute_url()}"' in client.get(line.get_absolute_url()).content.decode()
    found = json.loads(client.get(f"/api/v1/cost-sharings/{sharing.pk}/").content)
    assert [row["amount"] for row in found["shares"]] == ["60.02", "20.01", "20.00"]
    client.force_login(actor("planner_2").user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(sharing.get_absolute_url()).status_code == 404
    client.force_login(actor("supplier_a_officer").user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("budgets:sharings")).status_code == 403


def test_money_carried_over_still_counts_for_its_party():
    sharing = make_sharing("SUBMITTED", item=make_plan_item("APPROVED", **one_year("100.00")))
    for part in sharing.shares.all():
        perform(part.line, "allocate", actor=actor("finance_head"), approval_document="号")
    project = Project.objects.get(pk=sharing.item.project_id)
    act = Act(row=ENCUMBRANCE["commit"], lifecycle=ENCUMBRANCE, actor=system_actor(), now=clock.now())
    verbs.commit(act, project, {2026: Decimal("100.00")})
    verbs.pay(act, project, Decimal("50.00"), year=2026, reference="V1")
    with clock.at(datetime(2026, 12, 20, 10, tzinfo=clock.SHANGHAI)):
        for part in sharing.shares.all():
            line = perform(part.line, "carry_over", actor=actor("finance_head"), document="号", reason="跨年")
            assert verbs.is_shared(line.carried_to)
        verbs.pay(act, project, Decimal("50.00"), year=2026, reference="V2")
    assert [part.paid for part in Share.objects.filter(sharing=sharing).order_by("order")] == [60, 40]
