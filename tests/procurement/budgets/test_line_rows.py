"""L3.1 row by row."""
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal import clock
from portal.workflow import Act, NotYours, Refused, due, perform
from procurement.budgets.forms import AdjustForm
from procurement.budgets.ledger import locked, post, totals_from_postings
from procurement.budgets.models import BudgetLine, Encumbrance, Immutable, Posting
from procurement.budgets.workflow import LINE
from tests.factories.budgets import ALLOCATED_AT, fund, make_line
from tests.factories.people import actor
from tests.factories.plans import make_plan_item, one_year

pytestmark = pytest.mark.django_db


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


@pytest.fixture(autouse=True)
def in_january():
    with clock.at(ALLOCATED_AT):
        yield


def test_class_codes_must_be_known():
    with pytest.raises(Refused) as refused:
        make_line("DRAFTED", function_class="999", economic_class="1")
    assert rules(refused) == ["RTR-06", "RTR-06"]


def test_money_is_asked_for_only_after_approval():
    line = make_line("DRAFTED", item=make_plan_item("REVIEWED"), amount="1.00")
    with pytest.raises(Refused) as refused:
        perform(line, "submit", actor=actor("head"))
    assert rules(refused) == ["R-002"]


def test_no_more_is_asked_for_than_was_approved_for_the_year():
    item = make_plan_item("APPROVED", **one_year("1000.00"))
    for values, rule in (({"amount": "1000.01"}, "S-27"), ({"amount": "1.00", "year": 2031}, "R1787-05")):
        with pytest.raises(Refused) as refused:
            perform(make_line("DRAFTED", item=item, **values), "submit", actor=actor("head"))
        assert rules(refused) == [rule]
    assert perform(make_line("DRAFTED", item=item, amount="1000.00"), "submit", actor=actor("head")).state == "SUBMITTED"


def test_the_finance_head_allocates_with_a_document_and_within_the_request():
    line = make_line("SUBMITTED", amount="100.00")
    with pytest.raises(NotYours):
        perform(line, "allocate", actor=actor("budget_officer"), approval_document="号")
    with pytest.raises(Refused) as refused:
        perform(line, "allocate", actor=actor("finance_head"), approval_document="号", amount=Decimal("100.01"))
    assert rules(refused) == ["RTR-03"]
    line = perform(line, "allocate", actor=actor("finance_head"), approval_document="号", amount=Decimal("90.00"))
    assert (line.state, line.allocated, line.free) == ("ALLOCATED", 90, 90)
    posting = line.postings.get()
    assert (posting.source_bucket, posting.target_bucket, posting.amount) == ("OUTSIDE", "FREE", 90)


def test_adjusted_never_below_what_is_used_and_earmarked_keeps_its_purpose():
    item = make_plan_item("APPROVED", **one_year("1000.00"))
    project = fund(item)
    line = project.encumbrances.get().line
    values = {"document": "调整号", "reason": "核减", "reason_code": "cut"}
    with pytest.raises(Refused) as refused:
        perform(line, "adjust", actor=actor("finance_head"), amount=Decimal("999.99"), **values)
    assert rules(refused) == ["R1787-04"]
    with pytest.raises(Refused) as refused:
        perform(line, "adjust", actor=actor("finance_head"), amount=Decimal("1000.00"), **values)
    assert rules(refused) == ["S-172"]
    line = perform(line, "adjust", actor=actor("finance_head"), amount=Decimal("1500.00"), **values)
    assert line.free == 500
    line = perform(line, "adjust", actor=actor("finance_head"), amount=Decimal("1000.00"), **values)
    assert (line.free, line.allocated) == (0, 1000)
    assert totals_from_postings(line)["allocated"] == 1000
    special = make_line(purpose="林业有害生物防治")
    with pytest.raises(Refused) as refused:
        perform(special, "adjust", actor=actor("finance_head"), amount=Decimal(1), purpose="修路", **values)
    assert rules(refused) == ["R-035"]


def test_an_increase_enters_the_budget_by_its_paper_and_with_its_posting():
    """R-031: without the number of the paper nothing is raised; with it the difference is booked from outside."""
    line = make_line(amount="1000.00")
    given = {"amount": Decimal("1500.00"), "reason": "追加", "reason_code": "added"}
    form = AdjustForm(data={"amount": "1500.00"}, subject=line, actor=actor("finance_head"))
    assert list(form.errors) == ["document"]
    with pytest.raises(NotYours):
        perform(line, "adjust", actor=actor("budget_officer"), document="赣江财预〔2026〕31号", **given)
    line = perform(line, "adjust", actor=actor("finance_head"), document="赣江财预〔2026〕31号", **given)
    posting = line.postings.order_by("-pk").first()
    assert (posting.source_bucket, posting.target_bucket, posting.amount) == ("OUTSIDE", "FREE", Decimal("500.00"))
    assert (line.allocated, line.free, posting.reference) == (1500, 1500, "赣江财预〔2026〕31号")


def test_a_frozen_line_takes_no_reserve_and_thaws():
    item = make_plan_item("APPROVED", **one_year("1000.00"))
    line = make_line(amount="1000.00")
    with pytest.raises(Refused):
        perform(line, "freeze", actor=actor("finance_head"))
    line = perform(line, "freeze", actor=actor("finance_head"), reason="审计要求")
    reserve = {"project": item.project, "line": line, "amount": Decimal("1000.00")}
    with pytest.raises(Refused) as refused:
        perform(Encumbrance(), "reserve", actor=actor("finance_officer"), **reserve)
    assert rules(refused) == ["S-98"]
    line = perform(line, "unfreeze", actor=actor("finance_head"), reason="审计结束")
    assert perform(Encumbrance(), "reserve", actor=actor("finance_officer"), **reserve).reserved == 1000


def test_cancelled_before_it_is_allocated():
    line = make_line("SUBMITTED")
    with pytest.raises(NotYours):
        perform(line, "cancel", actor=actor("head"), reason="重复")
    assert perform(line, "cancel", actor=actor("budget_officer"), reason="重复").state == "CANCELLED"


def test_the_year_ends_and_what_is_reserved_goes_free():
    item = make_plan_item("APPROVED", **one_year("1000.00"))
    line = fund(item).encumbrances.get().line
    due.run(datetime(2027, 1, 1, tzinfo=clock.SHANGHAI))
    line.refresh_from_db()
    assert (line.state, line.reserved, line.free, line.allocated) == ("CLOSED", 0, 0, 0)
    assert Encumbrance.objects.get(line=line).state == "RELEASED"


def test_the_database_refuses_to_go_over():
    line = make_line(amount="100.00")
    with pytest.raises(IntegrityError), transaction.atomic():
        BudgetLine.objects.filter(pk=line.pk).update(reserved=Decimal("100.01"))
    with pytest.raises(IntegrityError), transaction.atomic():
        BudgetLine.objects.filter(pk=line.pk).update(paid=Decimal("-0.01"))


def test_the_last_fen_may_be_used_on_any_database():
    """0.10 + 0.20 is a little more than 0.30 where a database counts in binary; to the fen it is not."""
    line = make_line(amount="0.30")
    BudgetLine.objects.filter(pk=line.pk).update(reserved=Decimal("0.10"), committed=Decimal("0.20"))
    assert BudgetLine.objects.with_free().get(pk=line.pk, free_amount__gte=0).free_amount == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        BudgetLine.objects.filter(pk=line.pk).update(reserved=Decimal("0.11"))


def test_no_more_is_asked_for_on_several_lines_together_than_was_approved():
    """S-27: what other lines of the item ask for or hold counts."""
    item = make_plan_item("APPROVED", **one_year("1000.00"))
    make_line(item=item, amount="600.00")
    with pytest.raises(Refused) as refused:
        perform(make_line("DRAFTED", item=item, amount="400.01"), "submit", actor=actor("head"))
    assert rules(refused) == ["S-27"]
    assert make_line(item=item, amount="400.00").state == "ALLOCATED"


def test_postings_are_never_changed():
    posting = make_line(amount="100.00").postings.get()
    for attempt in (posting.save, posting.delete, posting.__class__.objects.all().delete):
        with pytest.raises(Immutable):
            attempt()
    with pytest.raises(Immutable):
        posting.__class__.objects.update(amount=1)


def test_pages_of_money(client):
    item = make_plan_item("APPROVED", **one_year("1000.00"))
    project = fund(item)
    row = project.encumbrances.get()
    client.force_login(actor("finance_officer").user, backend="django.contrib.auth.backends.ModelBackend")
    for url in (reverse("budgets:list"), reverse("budgets:use"), row.line.get_absolute_url(), row.get_absolute_url()):
        page = client.get(url)
        assert page.status_code == 200
        assert "1,000.00" in page.content.decode()
    client.force_login(actor("planner_2").user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(row.line.get_absolute_url()).status_code == 404
    client.force_login(actor("supplier_a_officer").user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("budgets:list")).status_code == 403


def test_the_ledger_moves_no_more_than_a_bucket_holds_whoever_asks():
    """S-27: under every guard the posting itself looks, and says what is there."""
    line = make_line(amount="100.00")
    act = Act(row=LINE["adjust"], lifecycle=LINE, actor=actor("finance_head"), now=ALLOCATED_AT)
    with transaction.atomic():
        for source, target, there in (("FREE", "OUTSIDE", "100.00"), ("RESERVED", "COMMITTED", "0.00")):
            with pytest.raises(Refused) as refused:
                post(act, locked(line.pk), source, target, Decimal("100.01"))
            assert rules(refused) == ["S-27"]
            assert refused.value.refusals[0].params["available"] == there
        assert Posting.objects.filter(line=line).count() == 1  # the allocation
        post(act, locked(line.pk), "FREE", "OUTSIDE", Decimal("100.00"))
    assert BudgetLine.objects.get(pk=line.pk).free == 0
