"""The announced award of a whole evaluation lays a draft on the officer's desk (L7.5, L9.1)."""
from datetime import date, timedelta

import pytest

from evaluation.schemes.models import Scheme
from portal import clock
from portal.audit.models import Entry
from portal.workflow import Refused, perform
from procurement.budgets.models import BudgetLine, Encumbrance
from procurement.budgets.verbs import uncovered
from procurement.contracts.models import Contract
from procurement.plans.models import Project
from procurement.tenders.models import Tender
from tests.factories.awards import PRICES, make_award
from tests.factories.bids import make_qualified_tender
from tests.factories.contracts import SIGNED_AT, STARTS_ON, TENDER, make_contract
from tests.factories.contracts import make_award as make_award_over_closed_tender
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


def test_announcing_an_award_drafts_its_contract():
    award = make_award("ANNOUNCED")
    contract = Contract.objects.get(award=award)
    assert (contract.state, contract.amount, contract.supplier) == ("DRAFTED", award.amount, award.supplier)
    assert contract.deliverables.count() == award.tender.deliverables.count()
    assert Contract.objects.visible_to(actor("buyer")).filter(pk=contract.pk).exists()


def test_signed_the_tender_is_complete_and_what_ends_early_is_bought_again_on_the_same_scheme():
    """R-GP-39, R-055, L2.5: one way through, from the second signature to another contract of the same project."""
    first = make_contract("SIGNED", award=make_award("ANNOUNCED", tender=make_qualified_tender(prices=PRICES, **TENDER)))
    assert Tender.objects.get(pk=first.tender_id).state == "COMPLETED"
    scheme = Scheme.objects.get(project=first.project_id)
    with clock.at(SIGNED_AT + timedelta(days=1)):
        with pytest.raises(Refused) as refused:
            perform(Tender(), "draft", actor=actor("buyer"), project=Project.objects.get(pk=first.project_id))
        assert [refusal.rule for refusal in refused.value.refusals] == ["S-01"]
        perform(first, "terminate", actor=actor("head"), reason_code="PUBLIC_INTEREST", reason="作业区调整", need_remains=True)
        project = Project.objects.get(pk=first.project_id)
        assert project.state == "PREPARING"
        fund_again(project)
    second = make_contract("SIGNED", award=make_second_award(project, later=HALF_A_YEAR), later=HALF_A_YEAR)
    assert set(scheme.bindings.values_list("contract", flat=True)) == {first.pk, second.pk}
    assert Scheme.objects.get(pk=scheme.pk).digest == scheme.digest
    assert Entry.objects.of_subject("schemes.scheme", scheme.pk).filter(transition="bind_further").count() == 1


HALF_A_YEAR = timedelta(weeks=26)  # the same days of the week


def fund_again(project: Project) -> None:
    """What the ended contract let go is reserved and pledged anew."""
    line = BudgetLine.objects.get(item=project.item, year=project.year)
    gaps = uncovered(project)
    perform(Encumbrance(), "reserve", actor=actor("finance_officer"), project=project, line=line, amount=gaps.pop(project.year))
    for year, amount in gaps.items():
        perform(Encumbrance(), "pledge", actor=actor("finance_head"), project=project, year=year, amount=amount)


def make_second_award(project: Project, *, later: timedelta):
    term = {"service_from": STARTS_ON + later, "service_until": date(2027, 10, 29)}
    return make_award_over_closed_tender(project=project, later=later, **term)
