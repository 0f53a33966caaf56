"""What stands against publishing without a leaf and against buying again after a tender failed (R102-18, R-GP-50)."""
from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.workflow import Refused, perform
from procurement.plans.models import Project
from procurement.tenders.models import Tender
from tests.factories.catalogue import make_outside
from tests.factories.people import actor
from tests.factories.tampering import behind_the_back
from tests.factories.tenders import CLOSES_AT, PUBLISHED_AT, make_key, make_tender, publish

pytestmark = pytest.mark.django_db


def rules_of(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


@pytest.fixture
def failed() -> Tender:
    tender = make_tender("CLOSED")
    with clock.at(CLOSES_AT + timedelta(hours=1)):
        yield perform(tender, "fail", actor=actor("head"), reason="截止时无人投标", reason_code="NOBODY_BID")


def restart(tender: Tender) -> Tender:
    return perform(Tender.objects.get(pk=tender.pk), "restart", actor=actor("buyer"), reason="放宽服务期")


def test_while_another_procedure_runs_the_old_one_has_no_successor(failed) -> None:
    """G7: begun anew by hand, not as its successor."""
    other = perform(Tender(), "draft", actor=actor("buyer"), project=Project.objects.get(pk=failed.project_id))
    with pytest.raises(Refused) as refused:
        restart(failed)
    assert rules_of(refused) == ["G7"]
    perform(other, "cancel", actor=actor("head"), reason="改用原文件")
    assert restart(failed).successors.count() == 1


def test_a_project_that_was_given_up_is_not_bought(failed) -> None:
    item = failed.project.item
    perform(item, "ask_cancel", actor=actor("head"), reason="机构合并")
    perform(item, "cancel", actor=actor("finance_head"))
    with pytest.raises(Refused) as refused:
        restart(failed)
    assert rules_of(refused) == ["R-002"]


def test_what_another_contract_serves_is_not_bought_twice(failed) -> None:
    behind_the_back("UPDATE plans_project SET state = 'CONTRACTED' WHERE id = %s", failed.project_id)
    with pytest.raises(Refused) as refused:
        restart(failed)
    assert rules_of(refused) == ["S-01"]


def test_nothing_goes_out_without_its_place_in_the_catalogue() -> None:
    """R102-18: plans are complete only with a leaf; should a project have lost it, the notice does not go out."""
    tender = make_tender("REVIEWED")
    leaf = tender.project.leaf_id
    with clock.at(PUBLISHED_AT):
        make_key(tender)
        behind_the_back("UPDATE plans_project SET leaf_id = NULL WHERE id = %s", tender.project_id)
        with pytest.raises(Refused) as refused:
            publish(Tender.objects.get(pk=tender.pk))
        assert rules_of(refused) == ["R102-18"]
        behind_the_back("UPDATE plans_project SET leaf_id = %s WHERE id = %s", leaf, tender.project_id)
        assert publish(Tender.objects.get(pk=tender.pk)).state == "PUBLISHED"


def test_what_was_filed_outside_the_catalogue_is_bought_while_its_filing_stands() -> None:
    """R1787-07: a filed request carries its project into the market; one whose filing is gone does not."""
    tender = make_tender("REVIEWED")
    item = tender.project.item
    with clock.at(PUBLISHED_AT):
        request = make_outside("FILED", year=item.year)
        make_key(tender)
        behind_the_back("UPDATE plans_project SET leaf_id = NULL WHERE id = %s", tender.project_id)
        behind_the_back("UPDATE plans_planitem SET leaf_id = NULL, filed_request_id = %s WHERE id = %s", request.pk, item.pk)
        behind_the_back("UPDATE catalogue_outofcataloguerequest SET state = 'LAPSED' WHERE id = %s", request.pk)
        with pytest.raises(Refused) as refused:
            publish(Tender.objects.get(pk=tender.pk))
        assert rules_of(refused) == ["R1787-07"]
        behind_the_back("UPDATE catalogue_outofcataloguerequest SET state = 'FILED' WHERE id = %s", request.pk)
        assert publish(Tender.objects.get(pk=tender.pk)).state == "PUBLISHED"
