"""What a payment says each level bears is what leaves that level's line (S-98, R-037)."""
import pytest

from portal import clock
from portal.workflow import perform
from procurement.budgets.ledger import unbalanced
from procurement.budgets.models import BudgetLine
from tests.factories import budgets
from tests.factories.payments import make_request
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


def shared_lines(*, item, moment, **line) -> None:
    """In place of one line of the city: a part of the province and a part of the city, both allocated."""
    sharing = budgets.make_sharing("SUBMITTED", item=item, ratio="6:4:0")
    with clock.at(moment):
        for part in sharing.shares.all():
            perform(part.line, "allocate", actor=actor("finance_head"), approval_document="赣江财预〔2026〕1号")


def test_each_level_pays_its_part_from_its_own_line(monkeypatch):
    monkeypatch.setattr(budgets, "make_line", shared_lines)
    request = make_request("PAID")
    tiers = list(request.tiers.all())
    assert [tier.level for tier in tiers] == ["PROVINCE", "CITY"]
    assert sum(tier.amount for tier in tiers) == request.amount
    for tier in tiers:
        assert BudgetLine.objects.get(number=tier.name).paid == tier.amount
    assert not unbalanced().exists()
