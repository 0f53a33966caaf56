"""L2.4 row by row: agenda, quorum, decisions, minutes that apply all at once."""
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from portal import clock
from portal.accounts.models import User
from portal.workbench import todo
from portal.workflow import NotYours, Refused, WrongState, available_actions, perform
from procurement.plans.models import Meeting
from tests.factories.catalogue import make_version
from tests.factories.people import actor
from tests.factories.plans import (
    COMPILED_AT,
    MEETING_AT,
    decide,
    make_meeting,
    make_plan,
    make_plan_item,
    one_year,
    pass_reviews,
)

pytestmark = pytest.mark.django_db


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=clock.SHANGHAI)


@pytest.fixture
def items():
    plan = make_plan("SUBMITTED", items=[one_year("1000000.00", title="甲"), one_year("2000000.00", title="乙")])
    with clock.at(COMPILED_AT):
        return [pass_reviews(item) for item in plan.items.order_by("id")]


def test_called_for_a_time_to_come():
    with clock.at(MEETING_AT):
        with pytest.raises(Refused) as refused:
            perform(Meeting(), "call", actor=actor("secretary"), title="会", scheduled_at=MEETING_AT, place="室",
                    members=[{"organisation_name": "甲", "name": "乙"}])  # fmt: skip
        assert rules(refused) == ["S-185"]
        with pytest.raises(NotYours):
            perform(Meeting(), "call", actor=actor("convener"), title="会", scheduled_at=at(2025, 12, 9), place="室", members=[])


def test_only_what_the_departments_passed_is_listed_and_once():
    item = make_plan_item("SUBMITTED")
    meeting = make_meeting()
    with clock.at(MEETING_AT):
        with pytest.raises(Refused) as refused:
            perform(meeting, "list_item", actor=actor("secretary"), items=[], versions=[])
        assert rules(refused) == ["S-24"]
        with pytest.raises(Refused) as refused:
            perform(meeting, "list_item", actor=actor("secretary"), items=[item], versions=[])
        assert rules(refused) == ["S-24"]
        item = pass_reviews(item)
        perform(meeting, "list_item", actor=actor("secretary"), items=[item], versions=[])
        other = make_meeting()
        with pytest.raises(Refused) as refused:
            perform(other, "list_item", actor=actor("secretary"), items=[item], versions=[])
        assert rules(refused) == ["S-24"]


def test_quorum_is_half_and_the_agenda_is_not_empty(items):
    empty = make_meeting()
    with clock.at(MEETING_AT):
        with pytest.raises(Refused) as refused:
            perform(empty, "convene", actor=actor("convener"), present=list(empty.members.all()))
        assert rules(refused) == ["S-24"]
        meeting = make_meeting(*items)
        with pytest.raises(Refused) as refused:
            perform(meeting, "convene", actor=actor("convener"), present=list(meeting.members.all()[:1]))
        assert rules(refused) == ["S-185"]
        meeting = perform(meeting, "convene", actor=actor("convener"), present=list(meeting.members.all()[:2]))
    assert [member.present for member in meeting.members.all()] == [True, True, False]


def test_every_decision_but_approval_has_a_reason_and_a_part_is_less(items):
    meeting = make_meeting(*items, state="CONVENED")
    with clock.at(MEETING_AT):
        for decision, data in (("REJECT", {}), ("APPROVE_IN_PART", {"why": "核减"}),
                               ("APPROVE_IN_PART", {"why": "核减", "approved_amount": Decimal("1000000.00")})):  # fmt: skip
            with pytest.raises(Refused) as refused:
                decide(meeting, items[0], decision, **data)
            assert rules(refused) == ["S-24"]
        decide(meeting, items[0], "APPROVE_IN_PART", why="核减两成", approved_amount=Decimal("800000.00"))
        with pytest.raises(Refused) as refused:
            perform(meeting, "minute", actor=actor("convener"))
        assert rules(refused) == ["S-24"]
        decide(meeting, items[1], "DEFER", why="补充论证")
        with pytest.raises(NotYours):
            perform(meeting, "minute", actor=actor("secretary"))
        meeting = perform(meeting, "minute", actor=actor("convener"))
    for item in items:
        item.refresh_from_db()
    assert [(item.state, item.approved_amount) for item in items] == [("APPROVED", Decimal("800000.00")), ("DEFERRED", None)]
    assert items[0].plan.__class__.objects.get(pk=items[0].plan_id).state == "DECIDED"
    with pytest.raises(WrongState):
        decide(meeting, items[0], "REJECT", why="改主意")


def test_nothing_takes_effect_before_the_minutes(items):
    meeting = make_meeting(*items, state="CONVENED")
    with clock.at(MEETING_AT):
        decide(meeting, items[0], "REJECT", why="理由不充分")
    items[0].refresh_from_db()
    assert items[0].state == "REVIEWED"


def test_an_item_withdrawn_a_second_before_is_named_and_the_rest_applies(items):
    meeting = make_meeting(*items, state="CONVENED")
    with clock.at(MEETING_AT):
        for item in items:
            decide(meeting, item)
        perform(items[0], "withdraw", actor=actor("head"))
        perform(meeting, "minute", actor=actor("convener"))
    items[1].refresh_from_db()
    assert items[1].state == "APPROVED"
    assert "已撤回" in meeting.agenda.get(item=items[0]).not_applied


def test_the_secretary_or_the_agency_takes_an_item_off(items):
    meeting = make_meeting(*items, state="CONVENED")
    with clock.at(MEETING_AT):
        perform(meeting, "remove_item", actor=actor("secretary"), agenda=meeting.agenda.get(item=items[0]), reason="材料不齐")
        with pytest.raises(Refused):
            perform(meeting, "record_decision", actor=actor("secretary"), agenda=meeting.agenda.get(item=items[0]), decision="APPROVE")
        with pytest.raises(NotYours):
            perform(meeting.agenda.get(item=items[1]), "remove_item", actor=actor("head_2"), reason="x")
        perform(meeting.agenda.get(item=items[1]), "remove_item", actor=actor("head"), reason="需再论证")
    assert set(meeting.agenda.values_list("state", flat=True)) == {"REMOVED"}


def test_minutes_are_supplemented_and_a_called_meeting_is_cancelled(items):
    meeting = make_meeting(items[0], state="CONVENED")
    with clock.at(MEETING_AT):
        decide(meeting, items[0])
        meeting = perform(meeting, "minute", actor=actor("convener"))
        with pytest.raises(Refused):
            perform(meeting, "supplement", actor=actor("convener"))
        assert perform(meeting, "supplement", actor=actor("convener"), reason="姓名更正").supplement == "姓名更正"
        other = make_meeting(items[1])
        other = perform(other, "cancel", actor=actor("convener"), reason="改期")
    assert (other.state, other.agenda.get().state) == ("CANCELLED", "REMOVED")


def test_a_catalogue_version_comes_when_it_was_submitted_and_is_approved_or_sent_back():
    """S-12, S-24: nothing of it is approved in part or put off."""
    meeting = make_meeting()
    with clock.at(MEETING_AT):
        version = make_version("CONSULTING")
        with pytest.raises(Refused) as refused:
            perform(meeting, "list_item", actor=actor("secretary"), items=[], versions=[version])
        assert rules(refused) == ["S-12"]
    with clock.at(version.consultation.ends_at):
        version = perform(version, "submit", actor=actor("finance_head"), consultation_summary="没有不同意见")
        meeting = perform(meeting, "list_item", actor=actor("secretary"), items=[], versions=[version])
        meeting = perform(meeting, "convene", actor=actor("convener"), present=list(meeting.members.all()))
        agenda = meeting.agenda.get(version=version)
        for decision in ("DEFER", "APPROVE_IN_PART"):
            with pytest.raises(Refused) as refused:
                perform(meeting, "record_decision", actor=actor("secretary"), agenda=agenda, decision=decision, why="再议")
            assert rules(refused) == ["S-24"]
        perform(meeting, "record_decision", actor=actor("secretary"), agenda=agenda, decision="APPROVE")
        perform(meeting, "minute", actor=actor("convener"))
    version.refresh_from_db()
    assert version.state == "APPROVED"


def test_the_rest_is_agreed_to_at_once_and_what_was_decided_stays(items):
    meeting = make_meeting(*items, state="CONVENED")
    with clock.at(MEETING_AT):
        decide(meeting, items[0], "DEFER", why="再论证")
        meeting = perform(meeting, "agree_to_rest", actor=actor("secretary"))
        decisions = dict(meeting.agenda.values_list("item_id", "decision"))
        assert decisions.pop(items[0].pk) == "DEFER"
        assert set(decisions.values()) == {"APPROVE"}
        with pytest.raises(Refused) as refused:
            perform(meeting, "agree_to_rest", actor=actor("secretary"))
        assert rules(refused) == ["S-24"]
        with pytest.raises(NotYours):
            perform(meeting, "agree_to_rest", actor=actor("convener"))
        perform(meeting, "minute", actor=actor("convener"))
    items[1].refresh_from_db()
    assert items[1].state == "APPROVED"


def test_nothing_is_taken_from_an_empty_agenda():
    meeting = make_meeting()
    with clock.at(MEETING_AT - timedelta(days=1)):
        [taking] = [action for action in available_actions(meeting, actor("secretary")) if action.name == "remove_item"]
    assert [refusal.rule for refusal in taking.refusals] == ["S-24"]


def test_the_secretary_hears_of_what_waits_for_a_meeting_until_it_is_listed(items):
    """S-23, S-24: the plan calls for a meeting, the called meeting for its agenda, the convened one for decisions, once each."""
    secretary, convener = actor("secretary"), actor("convener")

    def waits(who) -> list[tuple[str, str]]:
        return [(item.row.name, str(item.obj)) for group in todo.waiting_for(who.of_no_request(), clock.now()) for item in group.items]

    with clock.at(MEETING_AT - timedelta(days=2)):
        assert waits(secretary) == [("call", str(items[0].plan))]
        meeting = make_meeting(state="CALLED")
        assert waits(secretary) == [("list_item", str(meeting))]
        perform(meeting, "list_item", actor=secretary, items=items, versions=[])
        assert waits(secretary) == []
    with clock.at(MEETING_AT):
        perform(meeting, "convene", actor=convener, present=list(meeting.members.all()))
        assert waits(secretary) == [("record_decision", str(meeting))]
        assert waits(convener) == []
        perform(meeting, "agree_to_rest", actor=secretary)
        assert waits(secretary) == []
        assert waits(convener) == [("minute", str(meeting))]


def test_items_of_a_plan_wait_with_it_and_not_one_by_one_besides():
    """S-25: the head signs one plan; an item that came back alone is counted alone."""
    with clock.at(COMPILED_AT):
        plan = make_plan("PROPOSED")
        assert todo.counts_for(actor("head").of_no_request()) == {"plans.plan": 1}
        assert todo.counts_for(actor("planner").of_no_request()) == {}
    assert plan.items.get().state == "PROPOSED"


def test_an_act_stands_under_the_entry_of_its_thing_and_each_matter_leads_to_its_decision(items, client):
    meeting = make_meeting(*items, state="CONVENED")
    with clock.at(MEETING_AT):
        client.force_login(User.objects.get(username="secretary"))
        page = client.get(meeting.get_absolute_url()).content.decode()
        agenda = meeting.agenda.get(item=items[1])
        assert f"/act/plans.meeting/{meeting.pk}/record_decision/?agenda={agenda.pk}" in page
        form = client.get(f"/act/plans.meeting/{meeting.pk}/record_decision/?agenda={agenda.pk}")
    assert f'<option value="{agenda.pk}" selected>' in form.content.decode()
    assert [entry["url"] for entry in form.context["navigation"] if entry["current"]] == ["/meetings/"]


def test_what_its_agency_takes_back_is_neither_on_the_agenda_of_a_coming_meeting_nor_in_its_papers(items):
    meeting = make_meeting(*items)
    editions = meeting.papers.count()
    with clock.at(MEETING_AT - timedelta(days=1)):
        perform(items[0], "withdraw", actor=actor("head"))
    assert dict(meeting.agenda.values_list("item_id", "state")) == {items[0].pk: "REMOVED", items[1].pk: "LISTED"}
    assert meeting.agenda.get(item=items[0]).reason == "项目已撤回"
    assert meeting.papers.count() == editions + 1
    assert meeting.papers.filter(replaced_at=None).count() == 1
