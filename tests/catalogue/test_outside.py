"""L1.2, row by row: the refusal first, then the act (S-19, R1787-07)."""
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from catalogue.models import OutOfCatalogueRequest
from catalogue.nearest import nearest
from catalogue.rules import start_of
from catalogue.usage import in_use
from catalogue.verbs import load_reference_catalogue
from portal import clock
from portal.accounts.actor import system_actor
from portal.audit.models import Entry
from portal.workdays.verbs import clocks_of
from portal.workflow import NotYours, Refused, WrongState, available_actions, due, perform
from tests.factories.catalogue import SMALL, catalogue_file, issue, make_outside, make_version, outside_content
from tests.factories.people import actor, also

pytestmark = pytest.mark.django_db


def rules(refused) -> list[tuple[str, str]]:
    return [(refusal.rule, refusal.field) for refusal in refused.value.refusals]


def refuse_submit(**changes) -> list[tuple[str, str]]:
    request = make_outside(**changes)
    with pytest.raises(Refused) as refused:
        perform(request, "submit", actor=actor("head"))
    return rules(refused)


# --- submit ------------------------------------------------------------------------------------------------------
def test_everything_that_is_missing_is_said_at_once():
    request = perform(OutOfCatalogueRequest(), "draft", actor=actor("planner"), title="社区老年助餐服务", year=2099)
    with pytest.raises(Refused) as refused:
        perform(request, "submit", actor=actor("head"))
    assert rules(refused) == [
        ("R1787-07", "content"), ("R1787-07", "need"), ("R1787-07", "duty_basis"), ("S-19", "amount"),
        ("R102-09", "outside_duty"), ("R102-10", "must_perform_itself"), ("R102-11", "goods_or_works"), ("R102-12", "financing"),
        ("R102-13", "labour_hire"), ("R102-14", "otherwise_barred"),
    ]  # no catalogue is in force, so none of its leaves can be named


def test_three_nearest_leaves_are_named_each_with_its_reason():
    rows = outside_content()["nearest"]
    assert refuse_submit(nearest=rows[:2]) == [("S-19", "nearest")]
    assert refuse_submit(nearest=[*rows[:2], {**rows[2], "reason": " "}]) == [("S-19", "nearest")]


def test_a_leaf_of_a_list_no_longer_in_force_is_not_a_nearest_one():
    request = make_outside()
    issue(make_version("APPROVED"), clock.today())
    with pytest.raises(Refused) as refused:
        perform(request, "submit", actor=actor("head"))
    assert set(rules(refused)) == {("S-19", "nearest")}
    assert "不在现行目录中" in refused.value.refusals[0].message


@pytest.mark.parametrize(("changes", "rule", "field"), [
    ({"financing": None}, "R102-12", "financing"), ({"goods_or_works": True}, "R102-11", "goods_or_works"),
    ({"labour_hire_reason": ""}, "R102-13", "labour_hire_reason"),
    ({"hard_to_price": True}, "S-19", "pricing_note"), ({"amount": None}, "S-19", "amount"),
    ({"content": "聘用劳务派遣人员 20 名"}, "R102-13", "content"), ({"need": "由企业垫资建设"}, "R1787-03", "need"),
    ({"year": 2020}, "R1787-07", "year"),
])
def test_what_is_wrong_is_named_with_its_rule_at_its_place(changes, rule, field):
    assert (rule, field) in refuse_submit(**changes)


def test_a_price_that_is_hard_to_fix_is_explained_and_flagged():
    request = make_outside("SUBMITTED", amount=None, hard_to_price=True, pricing_note="供餐人数随申请变化，拟按份数据实结算。")
    assert request.state == "SUBMITTED"


def test_who_wrote_it_does_not_hand_it_in():
    request = make_outside()
    both = also("planner", "HEAD")
    with pytest.raises(Refused) as refused:
        perform(request, "submit", actor=both)
    assert rules(refused) == [("G2", "")]


def test_the_review_has_its_legal_time_and_finance_bears_it():
    request = make_outside("SUBMITTED")
    running = clocks_of(request).get()
    assert (running.name, running.state, running.bearer.kind) == ("OUT_OF_CATALOGUE_REVIEW", "RUNNING", "FINANCE")
    perform(request, "send_back", actor=actor("finance_officer"), reason_code="use_leaf", reason="请用 A1001。")
    assert clocks_of(request).get().state == "MET"


# --- wording -----------------------------------------------------------------------------------------------------
def test_finance_lets_single_words_pass_and_others_go_on_stopping():
    request = make_outside(content="为居民代办银行贷款贴息审核，不含垫资。")
    with pytest.raises(Refused) as refused:
        perform(make_outside(), "ask_wording", actor=actor("planner"), question="无")
    assert rules(refused) == [("R102-13", "")]
    assert request not in OutOfCatalogueRequest.objects.visible_to(actor("finance_officer"))
    request = perform(request, "ask_wording", actor=actor("planner"), question="只审核材料，不放款。")
    assert request in OutOfCatalogueRequest.objects.visible_to(actor("finance_officer"))
    with pytest.raises(Refused) as refused:
        perform(request, "overrule_wording", actor=actor("finance_officer"), words=["银行贷款"])
    assert rules(refused) == [("S-172", "reason")]
    request = perform(request, "overrule_wording", actor=actor("finance_officer"), words=["银行贷款"], reason="系材料审核服务。")
    assert Entry.objects.latest("id").facts["words"] == ["银行贷款"]
    with pytest.raises(Refused) as refused:
        perform(request, "submit", actor=actor("head"))
    assert rules(refused) == [("R1787-03", "content")]
    assert refused.value.refusals[0].params["word"] == "垫资"
    request = perform(request, "overrule_wording", actor=actor("finance_officer"), words=["垫资"], reason="系否定表述。")
    with pytest.raises(Refused) as refused:
        perform(request, "overrule_wording", actor=actor("finance_officer"), words=[], reason="无")
    assert rules(refused) == [("R102-13", "")]
    assert perform(request, "submit", actor=actor("head")).state == "SUBMITTED"


def test_only_finance_lets_words_pass():
    request = make_outside(content="含融资服务。")
    for who in ("head", "planner", "finance_head", "establishment", "hongshan_finance_officer"):
        with pytest.raises(NotYours):
            perform(request, "overrule_wording", actor=actor(who), words=["融资服务"], reason="可以")


# --- deciding ----------------------------------------------------------------------------------------------------
def test_filing_waits_for_the_establishment_office_and_the_reviewers_word():
    request = make_outside("SUBMITTED")

    def refused_rules():
        with pytest.raises(Refused) as refused:
            perform(request, "file", actor=actor("finance_head"), reason="同意")
        return [rule for rule, _field in rules(refused)]

    assert refused_rules() == ["R102-09", "R1787-07"]
    request = perform(request, "review", actor=actor("finance_officer"), opinion="确需购买", hard_to_price=True)
    request = perform(request, "confirm_duty", actor=actor("establishment"), confirmed=False, opinion="属民政局职责。")
    assert refused_rules() == ["R102-09"]
    request = perform(request, "confirm_duty", actor=actor("establishment"), confirmed=True, opinion="经核对属于职责。")
    request = perform(request, "file", actor=actor("finance_head"), reason="同意备案")
    assert (request.state, request.number) == ("FILED", f"MW-360199-{request.year}-0001")
    assert request.hard_to_price
    assert clocks_of(request).get().state == "MET"


def test_who_reviewed_does_not_file():
    request = perform(make_outside("SUBMITTED"), "confirm_duty", actor=actor("establishment"), confirmed=True, opinion="属于")
    both = also("finance_officer", "FINANCE_HEAD")
    request = perform(request, "review", actor=both, opinion="确需购买", hard_to_price=False)
    with pytest.raises(Refused) as refused:
        perform(request, "file", actor=both, reason="同意")
    assert rules(refused) == [("G2", "")]
    with pytest.raises(Refused) as refused:
        perform(request, "reject", actor=both, reason_code="merits", reason="不同意")
    assert rules(refused) == [("G2", "")]


def test_a_leaf_that_came_meanwhile_is_used_instead():
    request = make_outside("SUBMITTED", year=clock.today().year + 2)
    issue(_with_canteen(), clock.today())
    request = perform(request, "confirm_duty", actor=actor("establishment"), confirmed=True, opinion="属于")
    request = perform(request, "review", actor=actor("finance_officer"), opinion="确需购买", hard_to_price=False)
    with pytest.raises(Refused) as refused:
        perform(request, "file", actor=actor("finance_head"), reason="同意")
    assert rules(refused) == [("R102-18", "")]
    assert "A1003" in refused.value.refusals[0].message
    assert perform(request, "send_back", actor=actor("finance_officer"), reason_code="use_leaf", reason="请用 A1003").state == "SENT_BACK"


def _with_canteen(state: str = "APPROVED"):
    lines = (*(f"{line}," for line in SMALL), "A1003,A10,3,社区老年助餐服务,本市老龄化需要")
    return make_version(state, lines=lines, header="code,parent_code,level,name_zh,deviation")


def test_one_need_of_three_agencies_is_decided_together_in_three_rows():
    first, second = make_outside("SUBMITTED"), make_outside("SUBMITTED", planner="planner_2", head="head_2")
    third = make_outside("SUBMITTED", planner="planner_2", head="head_2", title="老年食堂")
    second = perform(second, "link", actor=actor("finance_officer"), other=first)
    third = perform(third, "link", actor=actor("finance_officer"), other=second)
    assert {second.linked_id, third.linked_id} == {first.pk}
    for request in (first, second):
        perform(request, "confirm_duty", actor=actor("establishment"), confirmed=True, opinion="属于")
        perform(request, "review", actor=actor("finance_officer"), opinion="确需购买", hard_to_price=False)
    with pytest.raises(Refused) as refused:  # one of them is not ready: none is filed
        perform(first, "file", actor=actor("finance_head"), reason="同意", together=[second, third])
    assert {rule for rule, _field in rules(refused)} == {"R102-09", "R1787-07"}
    assert not OutOfCatalogueRequest.objects.filter(state="FILED").exists()
    perform(first, "file", actor=actor("finance_head"), reason="同意", together=[second])
    numbers = OutOfCatalogueRequest.objects.filter(state="FILED").order_by("number").values_list("number", flat=True)
    assert [number[-4:] for number in numbers] == ["0001", "0002"]
    third.refresh_from_db()
    assert perform(third, "reject", actor=actor("finance_head"), reason_code="merits", reason="可并入前两项。").state == "REJECTED"


def test_linking_the_first_to_one_that_points_at_it_changes_nothing_but_the_first():
    first, second = make_outside("SUBMITTED"), make_outside("SUBMITTED", planner="planner_2", head="head_2")
    second = perform(second, "link", actor=actor("finance_officer"), other=first)
    first = perform(first, "link", actor=actor("finance_officer"), other=second)
    second.refresh_from_db()
    assert (first.linked_id, second.linked_id) == (None, first.pk)


def test_sent_back_mended_and_handed_in_again_asks_everybody_anew():
    request = perform(make_outside("SUBMITTED"), "confirm_duty", actor=actor("establishment"), confirmed=True, opinion="属于")
    request = perform(request, "send_back", actor=actor("finance_officer"), reason_code="content", reason="写明人数")
    request = perform(request, "edit", actor=actor("planner"), **outside_content(content="每日供餐 3,200 份。"))
    assert Entry.objects.latest("id").facts["changed"] == ["content"]
    request = perform(request, "submit", actor=actor("head"))
    assert (request.duty_confirmed, request.duty_opinion) == (None, "")


def test_a_request_is_withdrawn_by_the_head_and_a_draft_dropped_by_its_writer():
    assert make_outside("WITHDRAWN").state == "WITHDRAWN"
    draft = make_outside()
    with pytest.raises(WrongState):
        perform(draft, "withdraw", actor=actor("head"))
    assert perform(draft, "discard", actor=actor("planner")).state == "WITHDRAWN"


# --- adopt, lapse ------------------------------------------------------------------------------------------------
def test_the_version_that_has_the_leaf_adopts_the_request_when_it_is_issued():
    request = make_outside("FILED")
    version = _with_canteen()
    with pytest.raises(Refused) as refused:
        perform(request, "take_up", actor=actor("finance_officer"), version=version, code="A1009")
    assert rules(refused) == [("S-19", "code")]
    request = perform(request, "take_up", actor=actor("finance_officer"), version=version, code="A1003")
    with pytest.raises(Refused) as refused:
        perform(request, "adopt", actor=system_actor())
    assert rules(refused) == [("S-07", "")]
    issue(version, clock.today())
    request.refresh_from_db()
    assert (request.state, request.adopted_leaf.code) == ("ADOPTED", "A1003")
    assert Entry.objects.of_subject("catalogue.outside", request.pk).latest("id").user_id is None


def test_a_request_whose_line_was_taken_out_again_stays_filed():
    request = make_outside("FILED")
    version = _with_canteen("DRAFTED")
    request = perform(request, "take_up", actor=actor("finance_officer"), version=version, code="A1003")
    version = perform(version, "replace_items", actor=actor("finance_officer"), file=catalogue_file())
    version = perform(version, "consult", actor=actor("finance_head"), departments="民政局")
    with clock.at(version.consultation.ends_at):
        version = perform(version, "submit", actor=actor("finance_head"), consultation_summary="没有意见")
        version = perform(version, "approve", actor=system_actor(), decision="纪要")
        issue(version, clock.today())
    request.refresh_from_db()
    assert request.state == "FILED"


def test_a_filing_that_nobody_used_ends_with_its_year():
    request = make_outside("FILED", year=clock.today().year)
    assert request.lapses_at == start_of(date(request.year + 1, 1, 1))
    with pytest.raises(Refused) as refused:
        perform(request, "lapse", actor=system_actor())
    assert rules(refused) == [("R1787-07", "")]
    due.run(until=request.lapses_at - timedelta(seconds=1))
    request.refresh_from_db()
    assert request.state == "FILED"
    due.run(until=request.lapses_at)
    request.refresh_from_db()
    assert request.state == "LAPSED"
    assert not OutOfCatalogueRequest.objects.filter(in_use()).exists()


# --- who sees it, what the database keeps --------------------------------------------------------------------------
def test_who_sees_a_request():
    request = make_outside("SUBMITTED")

    def sees(who):
        return request in OutOfCatalogueRequest.objects.visible_to(actor(who))

    assert all(sees(who) for who in ("planner", "head", "department", "finance_officer", "establishment", "auditor", "secretary"))
    assert not any(sees(who) for who in ("planner_2", "supplier_a_head", "expert_1", "hongshan_finance_head"))
    draft = make_outside()
    assert draft not in OutOfCatalogueRequest.objects.visible_to(actor("finance_officer"))


def test_the_database_refuses_what_the_rows_would_not_do():
    first, second = make_outside("FILED"), make_outside("FILED", planner="planner_2", head="head_2")
    for values in ({"number": first.number}, {"number": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OutOfCatalogueRequest.objects.filter(pk=second.pk).update(**values)


def test_duties_disappear_from_the_list_once_the_word_is_given():
    from portal.workbench.todo import waiting_for

    request = make_outside("SUBMITTED")

    def asked(who):
        return {item.row.name for group in waiting_for(actor(who), clock.now()) for item in group.items if item.obj == request}

    assert asked("establishment") == {"confirm_duty"}
    perform(request, "confirm_duty", actor=actor("establishment"), confirmed=True, opinion="属于")
    assert asked("establishment") == set()
    assert asked("finance_officer") == {"review"}
    request.refresh_from_db()
    assert "confirm_duty" in {action.name for action in available_actions(request, actor("establishment"))}


def test_nearest_leaves_share_the_most_words():
    named = [(1, "基本养老服务"), (2, "社区治理服务"), (3, "餐饮服务"), (4, "气象服务")]
    assert nearest("社区餐饮", named, 2) == [3, 2]
    assert nearest("", named, 2) == [1, 2]


def test_numbers_count_within_region_and_year():
    load_reference_catalogue()
    this_year = make_outside("FILED", year=clock.today().year, amount=Decimal("1.00"))
    next_year = make_outside("FILED")
    assert (this_year.number[-4:], next_year.number[-4:]) == ("0001", "0001")
