"""What may be put into another's hands, by whom, into whose, and until when (DLG-01 to DLG-05)."""
from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.accounts.demo import organisation
from portal.accounts.models import Membership
from portal.accounts.roles import PERSONAL_ROLES
from portal.administration.verbs import people
from portal.delegations.models import Delegation
from portal.rules.jurisdiction import decide
from portal.workflow import NotYours, Refused, all_lifecycles, due, perform
from portal.workflow.standing_in import acting, delegable, personal
from tests.factories.delegations import make_delegation, terms
from tests.factories.people import actor, also


def refused(principal: str = "planner", **changes) -> set[tuple[str, str]]:
    """Rules and fields of what is said against a draft."""
    with pytest.raises(Refused) as error:
        perform(Delegation(), "draft", actor=actor(principal), **terms(**changes))
    return {(refusal.rule, refusal.field) for refusal in error.value.refusals}


def test_a_role_is_drafted_then_granted_and_both_see_it():
    draft = make_delegation(state="DRAFTED")
    visible = Delegation.objects.visible_to
    assert list(visible(actor("planner"))) == [draft]
    assert not visible(actor("project_officer"))
    granted = perform(draft, "grant", actor=actor("planner"))
    assert granted.state == "GRANTED"
    for reader, sees in (("planner", True), ("project_officer", True), ("auditor", True), ("head", False), ("hongshan_buyer", False)):
        assert visible(actor(reader)).exists() == sees, reader


def test_only_a_role_that_is_ones_own_is_delegated():
    assert refused(role="HEAD") == {("DLG-01", "role")}


def test_a_delegate_delegates_nothing_further():
    make_delegation()
    assert refused("project_officer", delegate="acceptor") == {("DLG-02", "role")}


@pytest.mark.parametrize(("username", "role"), [("opener_a", "OPENER"), ("witness", "WITNESS"), ("administrator", "ADMINISTRATOR"),
                                                ("expert_1", "EXPERT")])  # fmt: skip
def test_what_is_sealed_or_a_persons_own_is_refused_by_its_rule(username, role):
    other = {"opener_a": "buyer", "witness": "buyer", "administrator": "administrator", "expert_1": "expert_2"}[username]
    assert (PERSONAL_ROLES[role], "role") in refused(username, delegate=other, role=role)


@pytest.mark.parametrize(("username", "role", "code", "rule"), [
    ("buyer", "OFFICER", "bids.bid", "R87-12"), ("buyer", "OFFICER", "bids.key", "SEAL-01"), ("buyer", "OFFICER", "awards.draw", "R87-28"),
    ("buyer", "OFFICER", "awards.report", "R87-47"), ("head", "HEAD", "bids.opening", "SEAL-01"),
    ("planner", "PLANNER", "reports.job", "JOB-01"), ("planner", "PLANNER", "delegations.delegation", "DLG-02"),
    ("planner", "PLANNER", "payments.request", "DLG-01"),
])  # fmt: skip
def test_kinds_of_matters_that_are_sealed_or_not_of_the_role_are_refused(username, role, code, rule):
    assert refused(username, role=role, codes=["plans.item", code] if username == "planner" else [code]) == {(rule, "codes")}


def test_no_row_that_is_a_persons_own_is_ever_done_for_another():
    """Whatever a delegation says: keys, seats, scores, signatures stay with the person."""
    holders = {
        "OFFICER": "buyer", "HEAD": "head", "ACCEPTOR": "acceptor", "SUPPLIER_HEAD": "supplier_a_head", "EVALUATOR_HEAD": "evaluator_head",
    }
    for role, holder in holders.items():
        other = {"supplier_a_head": "supplier_a_officer", "evaluator_head": "evaluator"}.get(holder, "project_officer")
        make_delegation(holder, other, role)
        delegate = actor(other)
        assert [mandate.role for mandate in delegate.mandates if mandate.role == role]
        own = frozenset(delegate.roles)
        for cycle in all_lifecycles():
            for row in cycle.rows:
                if personal(cycle, row) and not any(str(who.role) in own for who in row.who):
                    assert acting(row, cycle.model(), delegate) is None or row.system, f"{cycle.code} {row.name}"
    assert {"bids.key", "bids.opening", "awards.sheet", "awards.member"} <= {cycle.code for cycle in all_lifecycles() if cycle.personal}
    signing = {(cycle.code, row.name) for cycle in all_lifecycles() for row in cycle.rows if row.signs}
    assert signing
    assert all(personal(cycle, row) for cycle in all_lifecycles() for row in cycle.rows if (cycle.code, row.name) in signing)
    assert not any(delegable(role) for role in PERSONAL_ROLES)


def test_the_delegate_is_another_active_colleague_without_the_role():
    assert refused(delegate="planner") == {("DLG-03", "delegate")}
    assert refused(delegate="finance_officer") == {("DLG-03", "delegate")}
    also("project_officer", "PLANNER")
    assert refused() == {("DLG-03", "delegate")}
    people.disable(actor=actor("administrator"), person=actor("acceptor").user, reason="离职")
    assert refused(delegate="acceptor") == {("DLG-03", "delegate")}


def test_the_days_begin_today_or_later_in_order_and_are_not_too_many():
    yesterday = clock.today() - timedelta(days=1)
    assert refused(starts_on=yesterday, days=5) == {("DLG-04", "starts_on")}
    assert refused(days=0) == {("DLG-04", "ends_on")}
    assert refused(days=91) == {("DLG-04", "ends_on")}
    assert make_delegation(state="DRAFTED", days=90)
    decide("delegation_days", 30, source="试点办法", valid_from=clock.today())
    assert refused(days=31) == {("DLG-04", "ends_on")}


def test_what_waited_too_long_or_lost_its_ground_is_not_granted():
    draft = make_delegation(state="DRAFTED", days=2)
    with clock.at(draft.ends_at), pytest.raises(Refused) as error:
        perform(draft, "grant", actor=actor("planner"))
    assert [(refusal.rule, refusal.field) for refusal in error.value.refusals] == [("DLG-04", "ends_on")]
    people.disable(actor=actor("administrator"), person=actor("project_officer").user, reason="离职")
    with pytest.raises(Refused):
        perform(draft, "grant", actor=actor("planner"))


def test_one_matter_is_in_one_pair_of_hands():
    first = make_delegation(codes=["plans.item"])
    assert refused(delegate="acceptor") == {("DLG-05", "starts_on")}
    assert refused(delegate="acceptor", codes=["plans.item"]) == {("DLG-05", "starts_on")}
    assert make_delegation(delegate="acceptor", codes=["budgets.line"])
    assert make_delegation(delegate="buyer", codes=["plans.item"], starts_on=first.ends_on + timedelta(days=1))
    perform(first, "revoke", actor=actor("planner"), reason="提前返回")
    assert make_delegation(delegate="acceptor", codes=["plans.item"])


def test_a_draft_is_changed_or_given_up_by_its_principal_alone():
    draft = make_delegation(state="DRAFTED")
    with pytest.raises(NotYours):
        perform(draft, "edit", actor=actor("project_officer"), **terms(delegate="acceptor"))
    draft = perform(draft, "edit", actor=actor("planner"), **terms(delegate="acceptor", codes=["plans.item"], days=3))
    assert (draft.delegate, draft.codes, draft.state) == (actor("acceptor").user, ["plans.item"], "DRAFTED")
    assert perform(draft, "cancel", actor=actor("planner")).state == "CANCELLED"


# --- ends ------------------------------------------------------------------------------------------------------------
def test_it_begins_and_ends_with_its_days():
    tomorrow = clock.today() + timedelta(days=1)
    delegation = make_delegation(starts_on=tomorrow, days=2)
    assert not actor("project_officer").mandates
    assert due.run() == 0
    with clock.at(delegation.starts_at):
        assert actor("project_officer").mandates  # by the day itself, whether the task has run or not
        due.run()
        delegation.refresh_from_db()
        assert delegation.state == "IN_FORCE"
        assert actor("project_officer").mandates
    with clock.at(delegation.ends_at):
        assert not actor("project_officer").mandates
        due.run()
        delegation.refresh_from_db()
        assert (delegation.state, delegation.ending) == ("ENDED", "DAY")


def test_either_may_end_it():
    delegation = make_delegation()
    with pytest.raises(NotYours):
        perform(delegation, "revoke", actor=actor("project_officer"), reason="不想办")
    assert perform(delegation, "give_back", actor=actor("project_officer"), reason="工作饱和").ending == "GIVEN_BACK"
    delegation = make_delegation()
    with pytest.raises(NotYours):
        perform(delegation, "give_back", actor=actor("planner"), reason="代退")
    assert perform(delegation, "revoke", actor=actor("planner"), reason="提前返回").state == "REVOKED"
    assert not actor("project_officer").mandates


def ended(delegation: Delegation) -> str:
    assert not any(mandate.number == delegation.pk for mandate in actor("project_officer").mandates), "still in hand"
    assert due.run() >= 1
    delegation.refresh_from_db()
    assert delegation.state == "ENDED"
    return delegation.ending


def test_it_ends_when_either_is_disabled():
    delegation = make_delegation()
    people.disable(actor=actor("administrator"), person=actor("planner").user, reason="被调查")
    assert ended(delegation) == "ROLE"


def test_it_ends_when_the_delegate_is_disabled():
    delegation = make_delegation()
    people.disable(actor=actor("administrator"), person=actor("project_officer").user, reason="被调查")
    assert ended(delegation) == "DELEGATE"


def test_it_ends_when_the_principal_loses_the_role():
    delegation = make_delegation()
    people.end(actor=actor("administrator"), membership=Membership.objects.get(user=actor("planner").user, role="PLANNER"), reason="轮岗")
    assert ended(delegation) == "ROLE"
    people.grant(actor=actor("administrator"), person=actor("planner").user, organisation=organisation("agency"), roles=["PLANNER"],
                 since=people.today())  # fmt: skip
    assert not actor("project_officer").mandates, "what has ended does not come back with the role"
