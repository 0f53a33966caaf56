"""Acting in another's place: what the delegate may, which bars meet him, what record, papers and lists say."""
from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from portal import clock
from portal.accounts.actor import actor_for, system_actor
from portal.accounts.models import ApiToken, Membership
from portal.audit.models import Entry
from portal.audit.record import verify
from portal.notifications.events import people as readers
from portal.notifications.models import Message
from portal.notifications.reminders import told_as
from portal.reports.models import Paper
from portal.reports.verbs import make_paper
from portal.workbench.todo import counts_for, waiting_for
from portal.workflow import Act, NotYours, Refused, Who, available_actions, perform
from procurement.payments.guards import not_the_acceptor
from procurement.payments.models import PaymentRequest
from procurement.payments.workflow import PAYMENT
from procurement.plans.models import PlanItem, ProjectDuty
from procurement.plans.workflow.item import ITEM
from procurement.plans.workflow.standing import four_duties_are_four_people, note_duty
from procurement.tenders.models import Tender
from procurement.tenders.workflow import TENDER
from tests.factories.contracts import make_contract
from tests.factories.delegations import make_delegation
from tests.factories.people import actor, also, colleague
from tests.factories.plans import make_plan, make_plan_item, pass_reviews


def rules(error) -> set[str]:
    return {refusal.rule for refusal in error.value.refusals}


def test_the_delegate_acts_and_the_record_says_for_whom():
    item = make_plan_item("DRAFTED")
    with pytest.raises(NotYours):
        perform(item.plan, "propose", actor=actor("project_officer"))
    delegation = make_delegation()
    perform(item.plan, "propose", actor=actor("project_officer"))
    entry = Entry.objects.filter(lifecycle="plans.plan", transition="propose").get()
    assert entry.user_id == actor("project_officer").user_id
    assert entry.facts["on_behalf_of"] == {"user": actor("planner").user_id, "name": "陈思远", "delegation": delegation.pk}
    assert f"吴建国（代陈思远办理，第 {delegation.pk} 号授权）" in entry.sentence
    with translation.override("en"):
        assert f"for 陈思远 (delegation {delegation.pk})" in entry.sentence
    assert not list(verify())


def test_his_own_right_goes_first_and_is_recorded_as_his_own():
    make_delegation()
    delegate = also("project_officer", "HEAD")
    plan = make_plan("PROPOSED")
    perform(plan, "submit", actor=delegate)
    assert Entry.objects.get(lifecycle="plans.plan", transition="submit").behalf is None


def test_named_matters_alone_are_in_his_hands():
    item = make_plan_item("DRAFTED")
    make_delegation(codes=["budgets.line"])
    delegate = actor("project_officer")
    assert not available_actions(item, delegate)
    assert not delegate.has("PLANNER")
    assert "PLANNER" in delegate.reach
    with pytest.raises(NotYours):
        perform(item, "discard", actor=delegate)


def test_nothing_is_in_his_hands_before_and_after():
    item = make_plan_item("DRAFTED")
    delegation = make_delegation()
    assert {action.name for action in available_actions(item, actor("project_officer"))} >= {"edit", "discard"}
    for moment in (delegation.starts_at.replace(day=delegation.starts_at.day - 1), delegation.ends_at):
        with clock.at(moment):
            assert not available_actions(item, actor("project_officer"))


def test_a_token_that_only_reads_does_nothing_for_another():
    make_delegation()
    item = make_plan_item("DRAFTED")
    assert not available_actions(item, actor_for(actor("project_officer").user, read_only=True))


# --- bars ------------------------------------------------------------------------------------------------------------
def test_who_did_the_step_for_another_does_not_approve_it_himself():
    item = make_plan_item("DRAFTED")
    make_delegation(delegate="head")
    perform(item.plan, "propose", actor=actor("head"))
    item.plan.refresh_from_db()
    with pytest.raises(Refused) as error:
        perform(item.plan, "submit", actor=actor("head"))
    assert rules(error) == {"G2"}


def test_for_whom_it_was_done_does_not_approve_it_either():
    item = make_plan_item("DRAFTED")
    make_delegation()
    perform(item.plan, "propose", actor=actor("project_officer"))
    item.plan.refresh_from_db()
    with pytest.raises(Refused) as error:
        perform(item.plan, "submit", actor=also("planner", "HEAD"))
    assert rules(error) == {"G2"}


def test_the_delegate_inherits_the_bars_of_his_principal():
    also("planner", "HEAD")
    plan = make_plan("PROPOSED")
    make_delegation(role="HEAD")
    with pytest.raises(Refused) as error:
        perform(plan, "submit", actor=actor("project_officer"))
    assert rules(error) == {"G2"}
    assert "受托人同样受限" in str(error.value.refusals[0].sentence)
    assert perform(plan, "submit", actor=actor("head")).state == "SUBMITTED"


def test_the_duties_of_both_are_counted_and_both_take_the_duty():
    project = make_plan_item("SUBMITTED").project
    also("planner", "OFFICER")
    make_delegation(role="OFFICER")
    capacity = actor("project_officer").capacities[-1]
    act = Act(row=TENDER["draft"], lifecycle=TENDER, actor=capacity, now=clock.now())
    assert [refusal.rule for refusal in four_duties_are_four_people(Tender(project=project), act)] == ["S-125"]
    note_duty(Tender(project=project), act)
    taken = ProjectDuty.objects.filter(project=project, duty="BUYING").values_list("user_id", flat=True)
    assert set(taken) == {actor("planner").user_id, actor("project_officer").user_id}


def test_who_reviewed_decides_neither_himself_nor_through_another():
    item = pass_reviews(make_plan_item("SUBMITTED"))
    also("finance_officer", "FINANCE_HEAD")
    make_delegation("finance_officer", "budget_officer", "FINANCE_HEAD")
    guard = next(guard for guard in ITEM["approve"].guards if guard.__name__ == "not_his_own_review")
    act = Act(row=ITEM["approve"], lifecycle=ITEM, actor=actor("budget_officer").capacities[-1], now=clock.now())
    assert [refusal.rule for refusal in guard(item, act)] == ["G2"]
    act.actor = actor("budget_officer").capacities[0]
    assert not list(guard(item, act))


def test_for_whom_was_reviewed_does_not_decide():
    item = make_plan_item("SUBMITTED")
    make_delegation("finance_officer", "budget_officer", "FINANCE_OFFICER")
    reviewers = {"ESTABLISHMENT": "establishment", "HUMAN_RESOURCES": "human_resources", "FINANCE": "budget_officer"}
    while step := item.steps.filter(state="PENDING").order_by("group", "id").first():
        perform(step, "approve", actor=actor(reviewers[step.kind]), opinion="同意")
    guard = next(guard for guard in ITEM["approve"].guards if guard.__name__ == "not_his_own_review")
    act = Act(row=ITEM["approve"], lifecycle=ITEM, actor=actor("finance_officer"), now=clock.now())
    assert [refusal.rule for refusal in guard(PlanItem.objects.get(pk=item.pk), act)] == ["G2"]
    act.actor = system_actor()
    assert not list(guard(item, act))


def beside(username: str, role: str) -> str:
    """Another person of the same organisation, with a role of his own."""
    other = colleague(username)
    Membership.objects.filter(user=other.user).delete()
    Membership.objects.create(user=other.user, organisation=actor(username).organisation, role=role)
    return other.user.username


def test_what_the_principal_has_claimed_is_in_the_delegates_hands():
    step = make_plan_item("SUBMITTED").steps.get(state="PENDING", kind="ESTABLISHMENT")
    step = perform(step, "claim", actor=actor("establishment"))
    with pytest.raises(Refused) as error:
        perform(step, "approve", actor=also(beside("establishment", "MEETING_SECRETARY"), "ESTABLISHMENT_REVIEWER"), opinion="同意")
    assert rules(error) == {"S-166"}
    Membership.objects.filter(user__username="establishment_colleague", role="ESTABLISHMENT_REVIEWER").delete()
    make_delegation("establishment", "establishment_colleague", "ESTABLISHMENT_REVIEWER")
    assert perform(step, "approve", actor=actor("establishment_colleague"), opinion="同意").state == "APPROVED"


def test_the_leader_of_the_acceptance_confirms_no_payment_through_another():
    contract = make_contract("ACCEPTED")
    request = PaymentRequest(contract=contract)
    leader = contract.acceptances.first().leader
    also(leader.username, "PAYER")
    make_delegation(leader.username, "project_officer", "PAYER")
    act = Act(row=PAYMENT["confirm"], lifecycle=PAYMENT, actor=actor("project_officer").capacities[-1], now=clock.now())
    assert [refusal.rule for refusal in not_the_acceptor(request, act)] == ["S-125"]


# --- lists, messages, pages, programs ------------------------------------------------------------------------------------
def test_the_workbench_shows_the_principals_duties_marked_and_counts_them():
    make_plan("DRAFTED")
    assert not counts_for(actor("project_officer")).get("plans.plan")
    delegation = make_delegation()
    delegate = actor("project_officer")
    items = [item for group in waiting_for(delegate, clock.now()) for item in group.items]
    assert {item.mark for item in items if item.obj._meta.label == "plans.Plan"} == {"代陈思远办理"}
    assert counts_for(delegate) == {code: count for code, count in counts_for(actor("planner")).items() if code != "reports.job"}
    client = Client()
    client.force_login(delegate.user)
    assert "代陈思远办理" in client.get("/workbench/").content.decode()
    perform(delegation, "revoke", actor=actor("planner"), reason="提前返回")
    assert "代陈思远办理" not in client.get("/workbench/").content.decode()


def test_what_is_his_in_two_ways_waits_once_and_as_his_own():
    make_plan_item("SUBMITTED")
    principal = counts_for(actor("establishment"))
    delegate = beside("establishment", "HUMAN_RESOURCES_REVIEWER")  # either role may do these rows
    make_delegation("establishment", delegate, "ESTABLISHMENT_REVIEWER")
    assert counts_for(actor(delegate)) == principal
    marks = {item.mark for group in waiting_for(actor(delegate), clock.now()) for item in group.items}
    assert marks == {""}


def test_messages_for_the_holder_of_a_role_reach_his_delegate_in_those_matters():
    plan = make_plan("DRAFTED")
    make_delegation(codes=["plans.plan"])
    to_planners = [Who("PLANNER", at="agency")]
    names = set(readers(to_planners, plan).values_list("username", flat=True))
    assert names == {"planner", "project_officer"}
    assert set(readers(to_planners, plan.items.get()).values_list("username", flat=True)) == {"planner"}
    members = Membership.objects.live().filter(role="PLANNER", organisation=plan.agency)
    assert set(told_as(members, "plans.plan").values_list("username", flat=True)) == {"planner", "project_officer"}
    assert set(told_as(members, "").values_list("username", flat=True)) == {"planner"}


def test_both_are_told():
    delegation = make_delegation()
    told = lambda: set(Message.objects.filter(event__startswith="delegations.").values_list("event", "user__username"))  # noqa: E731
    assert told() == {("delegations.delegation/grant", "project_officer")}
    perform(delegation, "give_back", actor=actor("project_officer"), reason="工作饱和")
    assert ("delegations.delegation/give_back", "planner") in told()


def test_a_message_says_for_whom_it_was_done():
    make_delegation(delegate="acceptor", role="HEAD", principal="head")
    plan = make_plan("PROPOSED")
    perform(plan, "send_back", actor=actor("acceptor"), reason="请补充测算。")
    message = Message.objects.filter(event="plans.plan/send_back", user__username="planner").first()
    assert message is not None
    assert "代周海涛办理" in message.body


def test_the_pages_lead_from_the_account_to_the_grant():
    client = Client()
    client.force_login(actor("planner").user)
    assert "/account/delegations/" in client.get("/account/").content.decode()
    assert "没有授权" in client.get("/account/delegations/").content.decode()
    page = client.get("/act/delegations.delegation/new/draft/").content.decode()
    assert "计划编制人" in page
    assert "吴建国" in page
    assert "开标密钥" not in page
    sent = {"role": "PLANNER", "codes": ["plans.item"], "delegate": actor("project_officer").user_id,
            "starts_on": clock.today().isoformat(), "ends_on": clock.today().isoformat(), "note": "出差"}  # fmt: skip
    made = client.post("/act/delegations.delegation/new/draft/", sent)
    assert made.status_code == 302
    shown = client.get(made["Location"]).content.decode()
    assert "年度计划项目" in shown or "计划项目" in shown
    number = made["Location"].rstrip("/").rsplit("/", 1)[1]
    assert "出差" in client.get(f"/act/delegations.delegation/{number}/edit/").content.decode()
    assert client.post(f"/act/delegations.delegation/{number}/grant/").status_code == 302
    other = Client()
    other.force_login(actor("project_officer").user)
    assert "您现在受陈思远委托代办" in other.get("/account/delegations/").content.decode()
    item = make_plan_item("DRAFTED")
    assert "您代陈思远办理" in other.get(f"/act/plans.item/{item.pk}/discard/").content.decode()
    perform(item, "discard", actor=actor("project_officer"))
    assert "代陈思远办理" in other.get(made["Location"]).content.decode()
    stranger = Client()
    stranger.force_login(actor("head").user)
    assert stranger.get(made["Location"]).status_code == 404


def test_programs_meet_the_same_refusals():
    planner = actor("planner")
    _token, secret = ApiToken.issue(user=planner.user, organisation=planner.organisation, name="oa", scope=ApiToken.Scope.ACT)
    headers = {"Authorization": f"Bearer {secret}"}

    def send(path: str = "", **body):
        return Client().post(f"/api/v1/delegations/{path}", json.dumps(body), content_type="application/json", headers=headers)

    given = {"role": "PLANNER", "delegate": actor("project_officer").user_id, "starts_on": clock.today().isoformat(),
             "ends_on": clock.today().isoformat(), "note": "出差"}  # fmt: skip
    refusal = send(**given | {"codes": ["bids.key"], "role": "OFFICER"})
    assert refusal.status_code == 409
    assert {each["rule"] for each in refusal.json()["refusals"]} == {"DLG-01", "SEAL-01"}
    assert send(**given | {"role": "EMPEROR"}).status_code == 400
    made = send(**given)
    assert made.status_code == 201
    assert made.json()["state"] == "DRAFTED"
    assert send(f"{made.json()['id']}/grant/").json()["state"] == "GRANTED"


def test_delegations_cost_one_query_and_nothing_who_has_none():
    user = actor("project_officer").user
    with CaptureQueriesContext(connection) as none:
        actor_for(user)
    assert len(none) == 1
    for principal, role in (("planner", "PLANNER"), ("buyer", "OFFICER"), ("head", "HEAD")):
        make_delegation(principal, role=role)
    with CaptureQueriesContext(connection) as three:
        acting = actor_for(user)
    assert len(acting.mandates) == 3
    assert len(three) == 2
    with CaptureQueriesContext(connection) as free:
        assert len(acting.capacities) == 4
        assert acting.has("HEAD")
        assert not acting.holds("HEAD")
    assert len(free) == 0


def test_a_paper_says_who_did_it_for_whom():
    delegation = make_delegation("buyer", role="OFFICER")
    capacity = actor("project_officer").capacities[-1]
    with translation.override("en"):
        document = make_paper("paper/record.html", {"heading": "样件"}, title="样件", data={"rows": [], "damage": []}, name="样件.pdf",
                              actor=capacity, kind="report")  # fmt: skip
    paper = Paper.objects.get(document=document)
    assert json.loads(paper.content)["on_behalf_of"]["delegation"] == delegation.pk
    assert f"吴建国（代林晓东办理，第 {delegation.pk} 号授权）" in (paper.sheet or document.name) or not paper.sheet
