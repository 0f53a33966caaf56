"""L2.2 row by row: completeness by rule, routes, decisions, ends."""
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from portal import clock
from portal.accounts.actor import system_actor
from portal.rules.jurisdiction import decide as decide_setting
from portal.workflow import NotYours, Refused, due, perform
from procurement.plans.completeness import QUESTIONS, missing
from procurement.plans.models import PlanItem, Project, Stage
from procurement.plans.verbs import close_gate, open_gate, record_outcome, revoke_outcome, set_ceiling
from tests.factories.budgets import make_line
from tests.factories.people import actor
from tests.factories.plans import (
    COMPILED_AT,
    YEAR,
    content,
    decide,
    leaf,
    make_meeting,
    make_plan,
    make_plan_item,
    make_project,
    one_year,
    pass_reviews,
)
from tests.factories.tampering import behind_the_back
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=clock.SHANGHAI)


def faults(**changes) -> set[tuple[str, str]]:
    with clock.at(COMPILED_AT):
        item = make_plan(items=[content(**changes)]).items.get()
        return {(refusal.rule, refusal.field) for refusal in missing(item)}


def test_a_complete_item_lacks_nothing():
    assert faults() == set()


@pytest.mark.parametrize(("changes", "rule", "place"), [
    ({"content": ""}, "R-006", "content"),
    ({"leaf": None}, "R102-18", "leaf"),
    ({"kind": "POST"}, "S-16", "posts"),
    ({"basic_public_service": None}, "R102-19", "basic_public_service"),
    ({"basic_public_service": True}, "R102-19", "national_standard"),
    ({"guide_price": Decimal(10)}, "S-30", "price_reason"),
    ({"outside_duty": True}, "R102-09", "outside_duty"),
    ({"must_perform_itself": None}, "R102-10", "must_perform_itself"),
    ({"goods_or_works": True}, "R102-11", "goods_or_works"),
    ({"financing": True}, "R102-12", "financing"),
    ({"labour_hire": True}, "R102-13", "labour_hire"),
    ({"otherwise_barred": True}, "R102-14", "otherwise_barred"),
    ({"financing_reason": " "}, "R102-12", "financing_reason"),
    ({"security": True}, "R-009", "security"),
    ({"secret": True}, "R-009", "secret"),
    ({"content": "服务外包人员 20 名，由我局管理"}, "R102-13", "content"),
    ({"content": "含设备购置"}, "R1787-01", "content"),
    ({"scheme": "基础设施建设"}, "R1787-02", "scheme"),
    ({"scheme": "由承接主体垫资"}, "R1787-03", "scheme"),
    ({"scheme": ""}, "S-20", "scheme"),
    ({"assessment": ""}, "R102-24", "assessment"),
    ({"supplier_conditions": ""}, "R-008", "supplier_conditions"),
    ({"sme_policy": ""}, "R46-04", "sme_policy"),
    ({"sme_statement": ""}, "R46-05", "sme_statement"),
    ({"method": "INQUIRY"}, "R-GP-27", "method"),
    ({"price_stable": False}, "R102-28", "term_months"),
    ({"term_months": 37}, "R102-28", "term_months"),
    ({"survey": ""}, "R22-05", "survey"),
    ({"risk_list": ""}, "R22-11", "risk_list"),
    ({"public_opinion": ""}, "R-GP-51", "public_opinion"),
    ({"factors": []}, "R-032", "factors"),
    ({"unit_price": Decimal("13.51")}, "R-032", "factors"),
    ({"sources": []}, "S-32", "sources"),
    ({"years": [{"year": YEAR, "amount": Decimal(1)}]}, "R1787-05", "years"),
    ({"years": [{"year": YEAR - 1, "amount": Decimal("23328000.00")}]}, "R1787-05", "years"),
    ({"years": [{"year": YEAR + 5, "amount": Decimal("23328000.00")}]}, "R1787-05", "years"),
    ({"evaluation_standard": ""}, "R-006", "evaluation_standard"),
    ({"indicators": []}, "RPE-08", "indicators"),
    ({"feasibility": None}, "R-006", "feasibility"),
])  # fmt: skip
def test_what_is_wrong_is_named_with_its_rule_at_its_place(changes, rule, place):
    assert (rule, place) in faults(**changes)


@pytest.mark.parametrize(("question", "changes"), [
    ("what", {"content": ""}), ("who", {"scheme": ""}), ("from_whom", {"supplier_conditions": ""}), ("how", {"factors": []}),
    ("worth", {"evaluation_standard": ""}),
])  # fmt: skip
def test_none_of_the_five_questions_stays_unanswered(question, changes):
    """S-18: what, who, from whom, how and worth it; a gap stands under the question that it leaves open."""
    assert list(QUESTIONS) == ["what", "who", "from_whom", "how", "worth"]
    open_fields = {field for _rule, field in faults(**changes)}
    assert [name for name, (_label, fields) in QUESTIONS.items() if open_fields & set(fields)] == [question]


def test_every_cost_factor_says_what_it_rests_on():
    rows = content()["factors"]
    rows[1]["basis"] = ""
    assert ("R-032", "factors") in faults(factors=rows)


def test_only_a_leaf_in_force_is_planned():
    """R102-18: no branch of the catalogue."""
    branch = leaf().version.items.exclude(pk__in=leaf().version.items.leaves()).first()
    assert ("R102-18", "leaf") in faults(leaf=branch)


def test_what_was_taken_out_of_the_catalogue_is_chosen_anew():
    item = make_plan_item()
    behind_the_back("UPDATE catalogue_catalogueitem SET retired = %s WHERE id = %s", True, item.leaf_id)
    with clock.at(COMPILED_AT):
        assert {(r.rule, r.field) for r in missing(PlanItem.objects.get(pk=item.pk))} == {("R102-18", "leaf")}


def test_weights_must_make_a_hundred():
    rows = content()["indicators"]
    rows[0]["weight"] = Decimal(55)
    assert ("S-31", "indicators") in faults(indicators=rows)


def test_twelve_months_need_no_ticks_and_thirty_six_need_five():
    assert ("R102-28", "term_months") not in faults(term_months=12, price_stable=False)
    with clock.at(COMPILED_AT.replace(year=2027)):
        item = make_plan(year=2028, items=[content(term_months=36)]).items.get()
        assert "R102-28" not in {refusal.rule for refusal in missing(item)}


def test_the_amount_is_quantity_times_price():
    item = make_plan_item()
    assert item.amount == Decimal("23328000.00")


def test_finance_lets_single_words_pass_with_a_reason():
    with clock.at(COMPILED_AT):
        plain = make_plan_item()
        for row, who in (("ask_wording", "planner"), ("overrule_wording", "finance_officer")):
            with pytest.raises(Refused) as refused:
                perform(plain, row, actor=actor(who), reason="无", question="无", words=[])
            assert rules(refused) == ["R102-13"]
        item = make_plan(items=[content(content="清运土建垃圾，由企业垫资")], planner="planner_2").items.get()
        with pytest.raises(NotYours):
            perform(item, "overrule_wording", actor=actor("planner_2"), reason="自行放行", words=["土建"])
        item = perform(item, "ask_wording", actor=actor("planner_2"), question="所指为垃圾种类")
        assert item.wording_question
        item = perform(item, "overrule_wording", actor=actor("finance_officer"), reason="所指为垃圾种类，不是工程", words=["土建"])
        assert [(refusal.rule, refusal.params["word"]) for refusal in missing(item)] == [("R1787-03", "垫资")]
        assert (item.wording_cleared, item.wording_question) == (["土建"], "")
        item = perform(item, "overrule_wording", actor=actor("finance_officer"), reason="已改为据实结算", words=["垫资"])
        assert missing(item) == []


def test_an_annual_item_travels_with_its_plan():
    item = make_plan_item()
    with clock.at(COMPILED_AT), pytest.raises(Refused) as refused:
        perform(item, "propose", actor=actor("planner"))
    assert rules(refused) == ["S-25"]
    with clock.at(COMPILED_AT), pytest.raises(Refused) as refused:
        perform(PlanItem(), "draft", actor=actor("planner"), plan=None, **content())
    assert rules(refused) == ["R-003"]
    with clock.at(COMPILED_AT), pytest.raises(Refused) as refused:
        perform(PlanItem(), "draft", actor=actor("planner_2"), plan=item.plan, **content())
    assert rules(refused) == ["R-003"]


def make_ad_hoc(line, amount="8000.00", **changes) -> PlanItem:
    values = one_year(amount, route="AD_HOC", urgency="暴雨后突发清淤", existing_line=line.number if line else "无",
        no_extra_expenditure=True)
    return perform(PlanItem(), "draft", actor=actor("planner"), plan=None, year=YEAR, **{**values, **changes})


def test_ad_hoc_names_existing_money_and_is_decided_by_finance():
    line = make_line(amount="10000.00")
    with clock.at(at(2026, 7, 1, 9)):
        dear = make_ad_hoc(line, no_extra_expenditure=False)
        assert ("R-036", "no_extra_expenditure") in {(r.rule, r.field) for r in missing(dear)}
        bare = make_ad_hoc(line, urgency="", existing_line="")
        assert {("S-26", "urgency"), ("R-030", "existing_line")} <= {(r.rule, r.field) for r in missing(bare)}
        over = perform(make_ad_hoc(line, "10100.00"), "propose", actor=actor("planner"))
        with pytest.raises(Refused) as refused:
            perform(over, "submit", actor=actor("head"))
        assert rules(refused) == ["R-036"]
        unknown = perform(make_ad_hoc(None), "propose", actor=actor("planner"))
        with pytest.raises(Refused) as refused:
            perform(unknown, "submit", actor=actor("head"))
        assert rules(refused) == ["R-036"]
        item = perform(perform(make_ad_hoc(line), "propose", actor=actor("planner")), "submit", actor=actor("head"))
        item = pass_reviews(item)
        assert item.state == "REVIEWED"
        item = perform(item, "approve", actor=actor("finance_head"))
        assert (item.state, item.project.state) == ("APPROVED", Stage.APPROVED)


def test_in_year_needs_a_line_or_an_adjustment():
    with clock.at(at(2026, 7, 1, 9)):
        item = perform(PlanItem(), "draft", actor=actor("planner"), plan=None, year=YEAR, **one_year("8000.00", route="IN_YEAR"))
        assert ("R102-20", "adjustment_document") in {(r.rule, r.field) for r in missing(item)}
        PlanItem.objects.filter(pk=item.pk).update(adjustment_document="赣江财预〔2026〕30号")
        item = perform(PlanItem.objects.get(pk=item.pk), "propose", actor=actor("planner"))
        assert perform(item, "submit", actor=actor("head")).state == "SUBMITTED"


def test_an_annual_item_is_decided_by_the_meeting_unless_the_region_has_none():
    item = make_plan_item("REVIEWED")
    with clock.at(COMPILED_AT):
        with pytest.raises(Refused) as refused:
            perform(item, "approve", actor=actor("finance_head"))
        assert rules(refused) == ["R-002"]
        decide_setting("joint_meeting", False, source="赣江府办〔2025〕1号", valid_from=at(2025, 1, 1).date(), region=item.agency.region)
        assert perform(item, "approve", actor=actor("finance_head")).state == "APPROVED"


def test_who_reviewed_does_not_decide():
    from portal.accounts.models import Membership

    officer = actor("finance_officer")
    Membership.objects.create(user=officer.user, organisation=officer.organisation, role="FINANCE_HEAD")
    with clock.at(COMPILED_AT):
        item = make_plan_item("REVIEWED")
        decide_setting("joint_meeting", False, source="赣江府办〔2025〕1号", valid_from=at(2025, 1, 1).date())
        with pytest.raises(Refused) as refused:
            perform(item, "approve", actor=actor("finance_officer"))
    assert rules(refused) == ["G2"]


def test_approved_within_what_was_asked_and_a_cut_is_named():
    item = make_plan_item("REVIEWED")
    with clock.at(COMPILED_AT):
        for amount, reason in ((item.amount + 1, ""), (item.amount - 1, "")):
            with pytest.raises(Refused) as refused:
                perform(item, "approve", actor=system_actor(), approved_amount=amount, cut_reason=reason)
            assert rules(refused) == ["S-24"]
        item = perform(item, "approve", actor=system_actor(), approved_amount=Decimal("20000000.01"), cut_reason="核减机械作业")
    assert [row.approved_amount for row in item.years.all()] == [Decimal("10000000.01"), Decimal("10000000.00")]
    assert item.project.amount == Decimal("20000000.01")


def test_deferred_is_listed_again():
    item = make_plan_item("REVIEWED")
    with clock.at(COMPILED_AT):
        item = perform(item, "defer", actor=system_actor(), reason="补充论证")
        with pytest.raises(NotYours):
            perform(item, "relist", actor=actor("planner"))
        assert perform(item, "relist", actor=actor("secretary")).state == "REVIEWED"


@pytest.mark.parametrize("state", ["PROPOSED", "SUBMITTED", "REVIEWED"])
def test_the_head_withdraws_and_the_project_ends(state):
    item = make_plan_item(state)
    with clock.at(COMPILED_AT):
        item = perform(item, "withdraw", actor=actor("head"))
    assert item.state == "WITHDRAWN"
    assert not item.steps.filter(state__in=["WAITING", "PENDING", "CLAIMED"]).exists()
    assert item.project is None or item.project.state == Stage.ABORTED


def test_a_draft_is_discarded_by_its_planner():
    item = make_plan_item()
    with clock.at(COMPILED_AT):
        assert perform(item, "discard", actor=actor("planner")).state == "WITHDRAWN"


def test_cancelled_only_when_asked_and_agreed():
    item = make_plan_item("APPROVED")
    with clock.at(at(2026, 2, 1)):
        with pytest.raises(Refused) as refused:
            perform(item, "cancel", actor=actor("finance_head"))
        assert rules(refused) == ["S-27"]
        item = perform(item, "ask_cancel", actor=actor("head"), reason="机构合并")
        item = perform(item, "cancel", actor=actor("finance_head"))
    assert (item.state, item.project.state, item.project.abort_reason) == ("CANCELLED", Stage.ABORTED, "机构合并")


def test_an_approved_item_lapses_with_its_year_unless_it_reached_the_market():
    item = make_plan_item("APPROVED")
    due.run(at(2027, 1, 1))
    item.refresh_from_db()
    assert (item.state, Project.objects.get(pk=item.project_id).state) == ("LAPSED", Stage.ABORTED)


def test_what_reached_the_market_does_not_lapse():
    item = make_tender("PUBLISHED").project.item
    with clock.at(item.lapses_at), pytest.raises(Refused) as refused:
        perform(item, "lapse", actor=system_actor())
    assert rules(refused) == ["S-01"]
    assert PlanItem.objects.get(pk=item.pk).state == "APPROVED"
    year_after = item.lapses_at + timedelta(days=1)
    assert not [event for event in due.upcoming(year_after) if event.lifecycle.code == "plans.item"], "it would be refused for ever"


def test_what_is_signed_is_not_cancelled():
    """S-24: signing makes an item executed; even one that somebody set back is held by its project."""
    item = make_plan_item("APPROVED")
    with clock.at(at(2026, 2, 1)):
        with pytest.raises(Refused) as refused:
            perform(item, "execute", actor=system_actor())
        assert rules(refused) == ["S-01"]
        behind_the_back("UPDATE plans_project SET state = 'CONTRACTED' WHERE id = %s", item.project_id)
        with pytest.raises(Refused) as refused:
            perform(item, "ask_cancel", actor=actor("head"), reason="机构合并")
        assert rules(refused) == ["S-24"]
        behind_the_back("UPDATE plans_project SET state = 'APPROVED' WHERE id = %s", item.project_id)
        assert perform(item, "ask_cancel", actor=actor("head"), reason="机构合并").cancel_asked_reason == "机构合并"


def test_what_was_sent_back_comes_again_before_the_plans_last_day():
    """S-22."""
    item = make_plan_item("SUBMITTED")
    with clock.at(COMPILED_AT):
        item = perform(item, "send_back_reviewed", actor=system_actor(), reason="测算依据不足")
        item = perform(item, "propose", actor=actor("planner"))
    lapses_at = item.plan.lapses_at
    with clock.at(lapses_at), pytest.raises(Refused) as refused:
        perform(item, "submit", actor=actor("head"))
    assert rules(refused) == ["S-22"]
    with clock.at(lapses_at - timedelta(seconds=1)):
        assert perform(item, "submit", actor=actor("head")).state == "SUBMITTED"


def test_the_first_draft_is_edited_before_and_only_by_its_agency():
    item = make_plan_item()
    with clock.at(COMPILED_AT):
        with pytest.raises(NotYours):
            perform(item, "edit", actor=actor("planner_2"), **content())
        item = perform(item, "edit", actor=actor("planner"), **one_year("500.00", feasibility=None))
    assert (item.amount, item.years.count()) == (Decimal("500.00"), 1)


class Acting:
    """What a higher floor hands down."""

    def __init__(self):
        self.now = at(2026, 12, 1)


def test_the_successor_answers_the_result_of_what_it_continues():
    project = make_project()
    changes = {"predecessor": project, "years": [{"year": 2027, "amount": Decimal("900.00")}]}
    with clock.at(at(2026, 11, 1)):
        item = make_plan(year=2027, items=[one_year("900.00", year=2027, **changes)]).items.get()
        assert ("NYR-03", "predecessor") in {(r.rule, r.field) for r in missing(item)}
        record_outcome(Acting(), project, reference="a:1", title="2026 年度评价", grade="良", score=Decimal("85.30"))
        item = PlanItem.objects.get(pk=item.pk)
        assert {(r.rule, r.field) for r in missing(item)} == {("S-110", "result_response")}
        PlanItem.objects.filter(pk=item.pk).update(result_response="按意见改进补飞时效")
        item = PlanItem.objects.get(pk=item.pk)
        assert missing(item) == []
        set_ceiling(Acting(), project, amount=Decimal("899.99"), reference="a:1")
        assert {r.rule for r in missing(PlanItem.objects.get(pk=item.pk))} == {"NYR-01"}
        set_ceiling(Acting(), project, amount=Decimal("900.00"), reference="a:1")
        close_gate(Acting(), project, reason="整改未完成", reference="a:1")
        assert {r.rule for r in missing(PlanItem.objects.get(pk=item.pk))} == {"NYR-02"}
        open_gate(Acting(), project, reference="a:1")
        assert missing(PlanItem.objects.get(pk=item.pk)) == []
        revoke_outcome(Acting(), project, reference="a:1")
        assert missing(PlanItem.objects.get(pk=item.pk)) != []


def test_a_case_of_the_past_is_loaded_as_it_was():
    agency = actor("planner").organisation
    values = {"title": "社区养老", "content": "养老", "quantity": Decimal(10), "unit": "人", "unit_price": Decimal(100), "term_months": 12}
    with pytest.raises(Refused) as refused:
        perform(PlanItem(agency=agency, year=2020), "record_history", actor=system_actor(), **values)
    assert rules(refused) == ["G4"]
    with clock.history(at(2020, 7, 1)):
        item = perform(PlanItem(agency=agency, year=2020), "record_history", actor=system_actor(), **values, as_of=at(2021, 1, 13).date())
        project = perform(item.project, "fund", actor=system_actor())
    assert (project.state, project.is_history, project.amount) == (Stage.FUNDED, True, Decimal(1000))
    due.run(at(2026, 1, 1))
    assert PlanItem.objects.get(pk=item.pk).state == "APPROVED"


def test_the_meeting_may_send_a_reviewed_item_back():
    item = make_plan_item("REVIEWED")
    meeting = make_meeting(item, state="CONVENED")
    with clock.at(at(2025, 12, 8, 11)):
        decide(meeting, item, "SEND_BACK", why="测算依据不足")
        perform(meeting, "minute", actor=actor("convener"))
    item.refresh_from_db()
    assert (item.state, item.decision_reason) == ("SENT_BACK", "测算依据不足")
