"""L7.1 Panel members: asked, accepted, declared, led, recused, replaced; and who may know them."""
from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.accounts.actor import PUBLIC, system_actor
from portal.audit.models import Entry
from portal.notifications.models import Message
from portal.workflow import NotYours, due, perform
from procurement.awards.models import Draw, PanelMember
from tests.factories import awards as factory
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def build() -> Draw:
    return factory.make_draw("DRAWN")


@pytest.fixture(autouse=True)
def soon_after_the_draw():
    with clock.at(factory.DRAWN_AT + MINUTE):
        yield


def drawn(stage) -> list[PanelMember]:
    return list(stage.members.filter(state="DRAWN").select_related("user", "draw").order_by("seat"))


def spare(stage) -> str:
    """The expert who was neither asked nor left out."""
    asked = stage.members.exclude(expert=None).values("expert")
    return stage.pool.filter(excluded="").exclude(expert__in=asked).get().expert.user.username


def seat_everybody(stage, leader: int | None = 0) -> Draw:
    for member in drawn(stage):
        factory.confirm(member)
    for member in stage.members.filter(state="CONFIRMED"):
        factory.declare(member)
    if leader is not None:
        factory.elect(stage, leader)
    return Draw.objects.get(pk=stage.pk)


class TestAnswer:
    def test_the_expert_himself_accepts_and_then_learns_the_project(self, stage):
        member = drawn(stage)[0]
        assert stage.tender.title not in str(member)
        member = factory.confirm(member)
        assert member.state == "CONFIRMED"
        assert stage.tender.title in str(member)

    def test_the_invitation_does_not_name_the_project(self, stage):
        member = drawn(stage)[0]
        told = Message.objects.filter(user=member.user, event="awards.member/invite").get()
        assert stage.tender.title not in str(told.values)
        assert stage.tender.number not in str(told.values)

    def test_nobody_answers_for_another(self, stage):
        first, second = drawn(stage)[:2]
        for who in (factory.who(second), actor("buyer"), actor(spare(stage))):
            with pytest.raises(NotYours):
                perform(first, "confirm", actor=who)

    def test_after_two_hours_it_is_too_late(self, stage, refused):
        member = drawn(stage)[0]
        with clock.at(factory.DRAWN_AT + timedelta(hours=2) - MINUTE):
            factory.confirm(member)
        with clock.at(factory.DRAWN_AT + timedelta(hours=2)):
            refused("REX-01", factory.confirm, drawn(stage)[0])

    def test_silence_is_a_no_and_the_next_steps_up(self, stage, refused):
        waiting = spare(stage)
        refused("REX-01", perform, drawn(stage)[0], "lapse", actor=system_actor())
        for member in drawn(stage)[1:]:
            factory.confirm(member)
        silent = drawn(stage)[0]
        with clock.at(factory.DRAWN_AT + timedelta(hours=2)):
            due.run()
        silent.refresh_from_db()
        assert silent.state == "DECLINED"
        assert [member.user.username for member in drawn(stage)] == [waiting]
        assert drawn(stage)[0].seat == silent.seat

    def test_who_declines_says_why_and_the_next_steps_up(self, stage, refused):
        waiting, member = spare(stage), drawn(stage)[0]
        refused("S-172", perform, member, "decline", actor=factory.who(member))
        perform(member, "decline", actor=factory.who(member), reason_code="BUSY", reason="当日有课。")
        assert waiting in [one.user.username for one in drawn(stage)]

    def test_when_nobody_is_left_the_seat_stays_empty(self, stage):
        for _ in range(2):
            member = drawn(stage)[0]
            perform(member, "decline", actor=factory.who(member), reason_code="ILL", reason="发烧。")
        assert stage.sitting().count() == 6
        assert len(drawn(stage)) == 4


class TestDeclare:
    def test_the_statement_names_the_bidders_and_its_digest_is_recorded(self, stage):
        member = factory.declare(factory.confirm(drawn(stage)[0]))
        assert member.state == "SEATED"
        assert actor("supplier_a_head").organisation.name in member.statement
        entry = Entry.objects.of_subject("awards.member", member.pk).latest("id")
        assert entry.facts["statement"] == member.statement_digest

    def test_a_representative_declares_like_everybody(self, stage):
        member = stage.members.get(user=actor("project_officer").user)
        assert factory.declare(member).state == "SEATED"


class TestLeader:
    def test_more_than_half_elect_and_the_panel_is_complete(self, stage):
        draw = seat_everybody(stage, leader=None)
        members = factory.seated(draw)
        for member in members[:3]:
            perform(member, "nominate", actor=factory.who(member), candidate=members[0])
        assert Draw.objects.get(pk=draw.pk).leader is None
        perform(members[3], "nominate", actor=factory.who(members[3]), candidate=members[0])
        draw = Draw.objects.get(pk=draw.pk)
        assert (draw.state, draw.leader) == ("CLOSED", members[0])

    def test_the_last_word_of_each_counts(self, stage):
        draw = seat_everybody(stage, leader=None)
        members = factory.seated(draw)
        for candidate in members[:2]:
            for member in members[:3]:
                perform(member, "nominate", actor=factory.who(member), candidate=candidate)
        assert Draw.objects.get(pk=draw.pk).leader is None

    def test_not_before_all_are_seated(self, stage, refused):
        member = factory.declare(factory.confirm(drawn(stage)[0]))
        refused("R87-25", perform, member, "nominate", actor=factory.who(member), candidate=member)

    def test_the_purchasers_representative_does_not_lead(self, stage, refused):
        draw = seat_everybody(stage, leader=None)
        member = factory.seated(draw)[0]
        representative = draw.members.get(user=actor("project_officer").user)
        refused("R87-25", perform, member, "nominate", actor=factory.who(member), candidate=representative)

    def test_only_a_seated_member_leads(self, stage, refused):
        waiting = drawn(stage)[0]
        perform(waiting, "decline", actor=factory.who(waiting), reason_code="BUSY", reason="当日有课。")
        draw = seat_everybody(stage, leader=None)
        member = factory.seated(draw)[0]
        refused("R87-25", perform, member, "nominate", actor=factory.who(member), candidate=waiting)

    def test_one_leader(self, stage, refused):
        draw = seat_everybody(stage)
        last = factory.seated(draw)[-1]
        refused("G7", perform, last, "nominate", actor=factory.who(last), candidate=factory.seated(draw)[0])


class TestLeaving:
    def test_who_recuses_himself_is_followed_by_the_next(self, stage):
        waiting, member = spare(stage), factory.confirm(drawn(stage)[0])
        member = perform(member, "recuse", actor=factory.who(member), reason_code="EMPLOYED", reason="两年前在投标人处任职。")
        assert (member.state, member.end_code) == ("RECUSED", "EMPLOYED")
        assert waiting in [one.user.username for one in drawn(stage)]

    def test_the_head_recuses_on_a_bidders_reasoned_request(self, stage):
        member = factory.confirm(drawn(stage)[0])
        with pytest.raises(NotYours):
            perform(member, "recuse", actor=actor("buyer"), reason_code="KINSHIP", reason="投标人申请回避。")
        assert perform(member, "recuse", actor=actor("head"), reason_code="KINSHIP", reason="投标人申请回避。").state == "RECUSED"

    def test_a_leader_who_leaves_is_elected_anew(self, stage):
        draw = seat_everybody(stage)
        leader = draw.leader
        perform(leader, "recuse", actor=factory.who(leader), reason_code="OTHER_TIE", reason="与投标人有合作。")
        draw.refresh_from_db()
        assert draw.leader is None
        assert draw.state == "CLOSED"

    def test_the_officer_replaces_who_stays_away(self, stage):
        waiting, member = spare(stage), factory.confirm(drawn(stage)[0])
        member = perform(member, "replace", actor=actor("buyer"), reason_code="ABSENT", reason="未到场。")
        assert member.state == "REPLACED"
        assert waiting in [one.user.username for one in drawn(stage)]

    def test_nobody_is_replaced_when_nobody_is_left(self, stage, refused):
        first, second = drawn(stage)[:2]
        perform(first, "decline", actor=factory.who(first), reason_code="BUSY", reason="当日有课。")
        refused("R87-30", perform, factory.confirm(second), "replace", actor=actor("buyer"), reason_code="ABSENT", reason="未到场。")

    def test_a_representative_is_not_replaced_by_draw(self, stage, refused):
        member = stage.members.get(user=actor("project_officer").user)
        refused("R87-26", perform, member, "replace", actor=actor("buyer"), reason_code="ILL", reason="住院。")


class TestSecrecy:
    """Members are secret until the result (R87-28); nobody is told before he has accepted (L7.1)."""

    def test_organisers_and_auditors_of_the_region_see_the_panel(self, stage):
        for username in ("buyer", "head", "witness", "reviewer_supervision", "auditor"):
            assert PanelMember.objects.visible_to(actor(username)).filter(draw=stage).count() == 7, username

    def test_nobody_else_does(self, stage):
        outside = ["planner", "acceptor", "payer", "department", "buyer_2", "supplier_a_head", "supplier_b_officer", "finance_officer",
                   "evaluator", "registrar", "administrator", "hongshan_auditor", "expert_7", spare(stage)]
        for username in outside:
            assert not PanelMember.objects.visible_to(actor(username)).filter(draw=stage).exists(), username
            assert not Draw.objects.visible_to(actor(username)).filter(pk=stage.pk).exists(), username
        assert not PanelMember.objects.visible_to(PUBLIC).exists()
        assert not Draw.objects.visible_to(PUBLIC).exists()

    def test_members_see_each_other_when_all_know_the_bidders(self, stage):
        first, second = drawn(stage)[:2]
        who = factory.who(first)
        assert list(PanelMember.objects.visible_to(who)) == [first]
        assert not Draw.objects.visible_to(who).exists()
        factory.confirm(first)
        assert list(PanelMember.objects.visible_to(who)) == [first]
        factory.declare(PanelMember.objects.get(pk=first.pk))
        assert second in PanelMember.objects.visible_to(who)

    def test_a_panel_at_work_is_not_sent_home(self, stage, refused):
        draw = seat_everybody(stage)
        with clock.at(factory.REVIEW_AT):
            perform(draw.tender, "start_evaluation", actor=actor("buyer"))
            refused("R87-28", perform, factory.seated(draw)[0], "release", actor=system_actor())
