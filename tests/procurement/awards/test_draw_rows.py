"""L7.1 Draw: conditions, sealed seed, witnessed draw; what evaluation waits for."""
from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.accounts.models import Membership
from portal.audit.models import Entry
from portal.workflow import NotYours, perform
from portal.workflow.inputs import inputs_form
from procurement.awards import rules
from procurement.awards.models import Draw, Expert, ExpertTie, PanelMember
from procurement.awards.workflow import DRAW
from procurement.bids.models import Bid
from procurement.tenders.models import Tender
from tests.factories import awards as factory
from tests.factories.bids import make_opened_tender, qualify
from tests.factories.people import actor
from tests.factories.tampering import nothing_kept

pytestmark = pytest.mark.django_db


def build() -> Tender:
    factory.load_demo_experts_with_people()
    return make_opened_tender(prices=factory.PRICES)


@pytest.fixture(autouse=True)
def two_hours_after_closing():
    with clock.at(factory.DRAWN_AT):
        yield


def draft(stage, **changes) -> Draw:
    return perform(Draw(), "draft", actor=actor("buyer"), tender=stage, **factory.conditions(**changes))


def sealed(stage, **changes) -> Draw:
    return perform(draft(stage, **changes), "seal_seed", actor=actor("buyer"))


def attested(stage, **changes) -> Draw:
    return perform(sealed(stage, **changes), "attest", actor=actor("witness"), words="7 月 4 日 3817")


def entry_of(draw: Draw, row: str) -> Entry:
    return Entry.objects.of_subject(DRAW.code, draw.pk).filter(transition=row).latest("id")


class TestDraft:
    def test_the_officer_sets_the_conditions(self, stage):
        draw = draft(stage)
        assert draw.state == "DRAFTED"
        assert draw.experts_wanted == 5

    def test_another_agency_cannot_draw_for_this_tender(self, stage, refused):
        refused("G1", perform, Draw(), "draft", actor=actor("buyer_2"), tender=stage, **factory.conditions())

    def test_one_draw_a_tender(self, stage, refused):
        draft(stage)
        refused("G7", draft, stage)

    def test_the_review_lies_ahead_and_after_the_opening(self, stage, refused):
        refused("R87-21", draft, stage, review_at=factory.DRAWN_AT - timedelta(minutes=1))

    def test_nobody_else_starts_a_draw(self, stage):
        for username in ("head", "planner", "expert_1", "witness"):
            with pytest.raises(NotYours):
                perform(Draw(), "draft", actor=actor(username), tender=stage, **factory.conditions())

    def test_who_opens_watches_organises_or_decides_cannot_represent_the_purchaser(self, stage):
        form = inputs_form(DRAW["draft"], subject=Draw(), actor=actor("buyer"))
        names = set(form.fields["representatives"].queryset.values_list("username", flat=True))
        assert "project_officer" in names
        assert not names & {"buyer", "head", "opener_a", "opener_b", "witness", "reviewer_supervision", "head_2"}


class TestSeal:
    def test_pool_exclusions_and_seed_are_frozen_by_their_digests(self, stage):
        draw = sealed(stage)
        left_out = draw.pool.get(excluded="R-GP-20")
        assert left_out.expert.user.username == "expert_7"
        assert draw.pool.filter(excluded="").count() == 6
        facts = entry_of(draw, "seal_seed").facts
        assert facts["seed_hash"] == rules.sha256(draw.seed) == draw.seed_hash
        assert facts["pool_digest"] == draw.pool_digest
        assert draw.seed not in str(facts)

    def test_too_small_even_or_with_too_few_experts_is_refused(self, stage, refused):
        refused("R87-27", sealed, stage, size=5)
        with nothing_kept():
            Draw.objects.all().delete()
        refused("R87-26", sealed, stage, size=8)
        with nothing_kept():
            Draw.objects.all().delete()
        three = [actor(name).user for name in ("project_officer", "reviewer_business", "planner")]
        refused("R87-26", sealed, stage, representatives=three)

    def test_an_officer_does_not_witness_himself(self, stage, refused):
        Membership.objects.create(user=actor("buyer").user, organisation=actor("buyer").organisation, role="WITNESS")
        draw = draft(stage, witness=actor("buyer").user)
        refused("G2", perform, draw, "seal_seed", actor=actor("buyer"))

    def test_a_pool_smaller_than_the_panel_is_refused_never_a_smaller_panel(self, stage, refused):
        draw = draft(stage)
        Expert.objects.filter(user__username__in=["expert_1", "expert_2"]).update(status=Expert.Status.SUSPENDED)
        refused("R87-29", perform, draw, "seal_seed", actor=actor("buyer"))

    def test_experts_of_another_subject_or_region_are_not_in_the_pool(self, stage):
        assert Expert.objects.drawable(stage.agency.region, "法律").count() == 0
        assert Expert.objects.drawable(actor("hongshan_head").organisation.region, "").count() == 0

    def test_own_staff_and_a_bidders_staff_are_left_out(self, stage):
        Expert.objects.filter(user__username="expert_1").update(employer_organisation=stage.agency)
        Expert.objects.filter(user__username="expert_2").update(employer_organisation=actor("supplier_a_head").organisation)
        from procurement.awards.verbs.panel import candidates

        reasons = {expert.user.username: why and why[0] for expert, why in candidates(draft(stage), factory.DRAWN_AT.date())}
        assert reasons["expert_1"] == "R87-28"
        assert reasons["expert_2"] == "REX-03"
        assert reasons["expert_3"] is None

    def test_after_sealing_only_time_and_place_move(self, stage, refused):
        draw = sealed(stage)
        later = factory.REVIEW_AT + timedelta(hours=1)
        moved = perform(draw, "edit", actor=actor("buyer"), **factory.conditions(review_at=later))
        assert moved.review_at == later
        refused("R87-29", perform, draw, "edit", actor=actor("buyer"), **factory.conditions(subject="环境卫生"))
        refused("R87-29", perform, draw, "edit", actor=actor("buyer"), **factory.conditions(representatives=[]))

    def test_nothing_is_prepared_any_more_once_the_tender_has_ended(self, stage, refused):
        draw = draft(stage)
        perform(stage, "fail", actor=actor("head"), reason="发现泄露评审信息。", reason_code="VIOLATION")
        refused("R87-29", perform, draw, "seal_seed", actor=actor("buyer"))
        refused("G1", perform, Draw(), "draft", actor=actor("buyer"), tender=Tender.objects.get(pk=stage.pk), **factory.conditions())


class TestAttest:
    def test_only_the_named_witness(self, stage):
        draw = sealed(stage)
        for username in ("buyer", "head", "expert_1"):
            with pytest.raises(NotYours):
                perform(draw, "attest", actor=actor(username), words="1234")

    def test_once(self, stage, refused):
        refused("G7", perform, attested(stage), "attest", actor=actor("witness"), words="5678")

    def test_the_words_stand_in_the_record(self, stage):
        assert entry_of(attested(stage), "attest").facts["words"] == "7 月 4 日 3817"


class TestDraw:
    def test_the_order_can_be_computed_again(self, stage):
        draw = perform(attested(stage), "draw", actor=actor("buyer"))
        mixed = rules.mixed_value(draw.seed, stage.closing_digest, "7 月 4 日 3817")
        assert mixed == draw.mixed
        numbers = draw.pool.filter(excluded="").values_list("number", flat=True)
        order = rules.drawn_order(mixed, numbers)
        assert order == list(draw.pool.filter(place__isnull=False).order_by("place").values_list("number", flat=True))
        asked = list(draw.members.filter(capacity="EXPERT").order_by("seat").values_list("expert__number", flat=True))
        assert asked == order[:5]
        assert draw.members.filter(capacity="REPRESENTATIVE", state="CONFIRMED").count() == 2

    def test_not_without_the_witness(self, stage, refused):
        refused("R87-29", perform, sealed(stage), "draw", actor=actor("buyer"))

    def test_not_before_the_second_working_day_ahead_of_the_review(self, stage, refused):
        """Review on Friday 27 March: drawn from Wednesday 25 March on (REX-01, lifecycles 15.5)."""
        friday = factory.REVIEW_AT + timedelta(days=3)
        draw = attested(stage, review_at=friday)
        refused("REX-01", perform, draw, "draw", actor=actor("buyer"))
        with clock.at(factory.DRAWN_AT + timedelta(days=1)):
            assert perform(draw, "draw", actor=actor("buyer")).state == "DRAWN"

    def test_not_after_the_review_should_have_begun(self, stage, refused):
        draw = attested(stage)
        with clock.at(factory.REVIEW_AT):
            refused("REX-01", perform, draw, "draw", actor=actor("buyer"))

    def test_not_where_the_calendar_is_unknown(self, stage, refused):
        draw = attested(stage)
        Draw.objects.filter(pk=draw.pk).update(review_at=factory.REVIEW_AT.replace(year=2090))
        refused("RCV-02", perform, draw, "draw", actor=actor("buyer"))

    def test_who_turns_out_to_be_tied_between_sealing_and_drawing_is_left_out_on_record(self, stage):
        draw = attested(stage)
        tied = Expert.objects.get(user__username="expert_1")
        ExpertTie.objects.create(expert=tied, organisation=actor("supplier_b_head").organisation, kind="KINSHIP")
        draw = perform(draw, "draw", actor=actor("buyer"))
        entry = draw.pool.get(expert=tied)
        assert (entry.excluded, entry.excluded_at_draw, entry.place) == ("R-GP-20", True, None)
        assert not draw.members.filter(expert=tied).exists()

    def test_a_hold_on_the_procurement_stops_it(self, stage, refused):
        from procurement.plans.models import Hold

        draw = attested(stage)
        hold = Hold(project=stage.project, scope="PROCUREMENT", cause="投诉处理")
        from portal.accounts.actor import system_actor

        perform(hold, "impose", actor=system_actor())
        refused("G3", perform, draw, "draw", actor=actor("buyer"))

    def test_the_projects_record_names_no_member(self, stage):
        """Members are secret until the result (R87-28)."""
        draw = perform(attested(stage), "draw", actor=actor("buyer"))
        names = [member.user.name for member in draw.members.select_related("user")]
        told = " ".join(f"{entry.actor_name} {entry.subject_label} {entry.facts}"
                        for entry in Entry.objects.of_chain(draw.chain_key).filter(lifecycle__startswith="awards."))
        assert draw.chain_key == f"project:{stage.project_id}"
        assert not [name for name in names if name in told]
        member = draw.members.first()
        assert member.chain_key == f"panel:{draw.pk}"
        assert Entry.objects.of_chain(member.chain_key).exists()


def test_before_the_opening_nobody_is_drawn(stage, refused):
    """The digest the seed is mixed with is held at the opening (R87-29)."""
    draw = attested(stage)
    Tender.objects.filter(pk=stage.pk).update(opened_at=None)
    refused("R87-29", perform, draw, "draw", actor=actor("buyer"))


class TestStartOfEvaluation:
    def start(self, stage):
        return perform(Tender.objects.get(pk=stage.pk), "start_evaluation", actor=actor("buyer"))

    def test_qualification_comes_first_and_three_must_pass(self, stage, refused):
        refused("R87-24", self.start, stage)
        first, *others = Bid.objects.opened().filter(tender=stage)
        for bid in others:
            qualify(bid)
        perform(first, "invalidate", actor=actor("buyer"), reason="没有缴纳社会保险的证明。", reason_code="NOT_QUALIFIED")
        assert "不足三家" in next(r.message for r in refused("R87-24", self.start, stage) if r.rule == "R87-24")

    def test_the_panel_must_be_whole_and_led(self, stage, refused):
        for bid in Bid.objects.opened().filter(tender=stage):
            qualify(bid)
        refused("R-GP-20", self.start, stage)
        draw = factory.make_draw("SEATED", tender=stage)
        refused("R-GP-20", self.start, stage)
        with clock.at(factory.SEATED_AT):
            refused("R87-25", perform, draw, "close_draw", actor=_system())
            factory.elect(draw)
            member = factory.seated(draw)[0]
            perform(member, "recuse", actor=factory.who(member), reason="亲属在投标人处任职。", reason_code="KINSHIP")
            found = refused("R-GP-20", self.start, stage)
            assert "R87-25" in [refusal.rule for refusal in found]

    def test_then_every_member_gets_a_sheet(self, stage):
        for bid in Bid.objects.opened().filter(tender=stage):
            qualify(bid)
        factory.make_draw("CLOSED", tender=stage)
        tender = self.start(stage)
        assert tender.state == "EVALUATING"
        assert tender.score_sheets.filter(state="ISSUED").count() == 7
        assert tender.evaluation_reports.get().state == "DRAFTED"


def _system():
    from portal.accounts.actor import system_actor

    return system_actor()


def test_a_panel_without_all_seats_is_not_closed(stage, refused):
    draw = factory.make_draw("CONFIRMED", tender=stage)
    refused("R-GP-20", perform, draw, "close_draw", actor=_system())
    assert PanelMember.objects.filter(draw=draw, state="CONFIRMED").count() == 7
