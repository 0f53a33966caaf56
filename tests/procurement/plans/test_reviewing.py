"""Reviews as a desk: questions at fields, what has changed, the former reviewer first, hands changed, many at once (L2.3)."""
from datetime import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.models import Membership
from portal.audit.models import Entry
from portal.notifications.models import Message
from portal.workdays.calendars import load_calendars
from portal.workflow import NotYours, Refused, perform
from procurement.plans.batch import act_on_several
from procurement.plans.content import Change, changes_of, snapshot
from procurement.plans.models import PlanItem, ReviewComment, ReviewedContent, ReviewStep
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, content, decide_all, make_plan, make_plan_item, one_year, pass_reviews

pytestmark = pytest.mark.django_db


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=clock.SHANGHAI)


@pytest.fixture
def item():
    load_calendars()
    with clock.at(COMPILED_AT):
        yield make_plan_item("SUBMITTED")


@pytest.fixture
def sign_in(client):
    def as_(username: str):
        client.force_login(actor(username).user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_


def step_of(item, kind="FINANCE") -> ReviewStep:
    return item.steps.filter(kind=kind).order_by("-round").first()


def second_reviewer(item):
    """Another officer of the finance department."""
    Membership.objects.create(user=actor("budget_officer").user, organisation=step_of(item).department, role="FINANCE_OFFICER")
    return actor("budget_officer")


def sent_back(item, reason="请补充") -> PlanItem:
    perform(step_of(item), "send_back", actor=actor("finance_officer"), codes=["price"], reason=reason)
    perform(step_of(item, "ESTABLISHMENT"), "approve", actor=actor("establishment"), opinion="")
    return PlanItem.objects.get(pk=item.pk)


def resubmitted(item, **changes) -> PlanItem:
    if changes:
        values = {name: value for name, value in content(feasibility=None).items() if name != "feasibility"} | changes
        item = perform(item, "edit", actor=actor("planner"), **values)
    return perform(perform(item, "propose", actor=actor("planner")), "submit", actor=actor("head"))


def asked(item, field="unit_price", words="单价依据？") -> ReviewComment:
    perform(step_of(item), "ask", actor=actor("finance_officer"), field=field, reason=words)
    return item.comments.get(text=words)


# --- questions at fields ----------------------------------------------------------------------------------------
def test_a_question_stands_at_its_field_is_answered_and_settled(item):
    comment = asked(item)
    assert (comment.state, comment.field_label, comment.asked_by) == ("OPEN", "单价", actor("finance_officer").user)
    with pytest.raises(NotYours):
        perform(comment, "answer", actor=actor("planner_2"), answer="x")
    with pytest.raises(NotYours):
        perform(comment, "answer", actor=actor("finance_officer"), answer="x")
    comment = perform(comment, "answer", actor=actor("planner"), answer="见附件二")
    assert (comment.state, comment.answered_by) == ("ANSWERED", actor("planner").user)
    with pytest.raises(Refused):
        perform(comment, "ask_again", actor=actor("finance_officer"))
    comment = perform(comment, "ask_again", actor=actor("finance_officer"), reason="附件二没有单价")
    assert (comment.state, comment.text, comment.answer) == ("OPEN", "附件二没有单价", "")
    comment = perform(comment, "answer", actor=actor("planner"), answer="已补")
    with pytest.raises(NotYours):
        perform(comment, "resolve", actor=actor("establishment"))
    assert perform(comment, "resolve", actor=actor("finance_officer")).state == "RESOLVED"
    assert step_of(item).state == "PENDING"  # it stops nothing


def test_the_agency_is_told_of_the_question_and_the_department_of_the_answer(item):
    Message.objects.all().delete()
    comment = asked(item)
    assert Message.objects.filter(user=actor("planner").user, event="plans.step/ask").exists()
    perform(comment, "answer", actor=actor("planner"), answer="见附件二")
    assert Message.objects.filter(user=actor("finance_officer").user, event="plans.comment/answer").exists()


def test_what_is_agreed_to_is_settled_for_that_department_alone(item):
    mine = asked(item)
    perform(step_of(item, "ESTABLISHMENT"), "ask", actor=actor("establishment"), field="content", reason="职责？")
    perform(step_of(item), "approve", actor=actor("finance_officer"), opinion="")
    mine.refresh_from_db()
    assert mine.state == "RESOLVED"
    assert item.comments.get(field="content").state == "OPEN"


def test_with_the_item_its_questions_are_settled(item):
    comment = asked(item)
    perform(item, "withdraw", actor=actor("head"))
    comment.refresh_from_db()
    assert comment.state == "RESOLVED"


def test_what_is_sent_back_names_the_fields(item):
    asked(item, words="没有依据")
    item = sent_back(item)
    assert "单价：没有依据" in item.decision_reason


def test_pages_show_the_question_at_its_field(item, sign_in):
    comment = asked(item, words="单价从何而来")
    page = sign_in("planner").get(item.get_absolute_url()).content.decode()
    assert "单价从何而来" in page
    assert f"/act/plans.comment/{comment.pk}/answer/" in page
    assert "单价从何而来" in sign_in("finance_officer").get(step_of(item).get_absolute_url()).content.decode()
    item = sent_back(item)
    form = sign_in("planner").get(reverse("plans:edit_item", args=[item.pk]))
    assert "审核意见（市财政局" in form.content.decode() or "单价从何而来" in form.context["form"].fields["unit_price"].help_text
    assert "单价从何而来" in form.content.decode()


def test_outsiders_never_see_what_was_asked_said_or_changed(sign_in):
    load_calendars()
    with clock.at(COMPILED_AT):
        item = make_plan_item("SUBMITTED")
        asked(item, words="内部意见")
        item = resubmitted(sent_back(item, "退回的理由"), objective="改过的目标")
        pass_reviews(item)
    decide_all(item.plan)
    page = sign_in("supplier_a_officer").get(item.get_absolute_url())
    assert page.status_code == 200
    for words in ("内部意见", "退回的理由", "退回后改了什么", "打印审核记录", "编办审核"):
        assert words not in page.content.decode(), words
    assert not ReviewComment.objects.visible_to(actor("supplier_a_officer")).exists()
    assert not ReviewComment.objects.visible_to(actor("planner_2")).exists()


# --- what has changed -------------------------------------------------------------------------------------------
def test_the_next_round_shows_what_changed_before_and_after(item, sign_in):
    item = sent_back(item)
    rows = content()["indicators"]
    rows[0]["target"] = Decimal(95)
    again = resubmitted(item, objective="道路整洁，绿地完好，群众满意。", unit_price=Decimal("13.40"), indicators=rows, factors=[
        *content()["factors"][:3], {"factor": "TAX", "unit_amount": Decimal("0.84"), "basis": "增值税 6%"}],
        sources=[{"kind": "GENERAL", "level": "CITY", "name": "城市维护", "amount": Decimal("23155200.00")}],
        years=[{"year": 2026, "amount": Decimal("11577600.00")}, {"year": 2027, "amount": Decimal("11577600.00")}])  # fmt: skip
    changes = {change.name: change for change in changes_of(again)}
    assert set(changes) == {"objective", "unit_price", "amount", "indicators", "factors", "sources", "years"}
    assert (changes["unit_price"].before, changes["unit_price"].after) == (["13.50"], ["13.40"])
    assert ("new", "，群众满意") in changes["objective"].pieces
    assert "92" in changes["indicators"].before[0]
    assert "95" in changes["indicators"].after[0]
    assert "工资水平 5.74 最低工资标准" in changes["factors"].after
    entry = Entry.objects.of_subject("plans.item", again.pk).filter(transition="submit").order_by("-id").first()
    assert set(entry.facts["changed"]) == set(changes)
    page = sign_in("finance_officer").get(step_of(again).get_absolute_url()).content.decode()
    assert "退回后改了什么" in page
    assert "<ins>" in page


def test_a_figure_is_struck_out_whole():
    change = Change("amount", "金额", ["一般公共预算 23,328,000.00"], ["一般公共预算 22,809,600.00"])
    assert change.pieces == [("same", "一般公共预算 "), ("gone", "23,328,000.00"), ("new", "22,809,600.00")]


def test_a_round_without_a_change_says_so(item, sign_in):
    again = resubmitted(sent_back(item))
    assert changes_of(again) == []
    assert "内容没有改动" in sign_in("finance_officer").get(step_of(again).get_absolute_url()).content.decode()


def test_the_first_round_is_compared_with_nothing(item, sign_in):
    assert not ReviewedContent.objects.exists()
    assert changes_of(item) == []
    assert "退回后改了什么" not in sign_in("finance_officer").get(step_of(item).get_absolute_url()).content.decode()


def test_every_answer_of_the_form_is_kept(item):
    from procurement.plans.completeness import QUESTIONS

    kept = snapshot(item)
    asked_for = {name for _label, names in QUESTIONS.values() for name in names} - {"plan", "year", "route"}
    assert asked_for <= set(kept)
    assert kept["feasibility"][0][0] == "feasibility.pdf"
    assert kept["leaf"][1] == str(item.leaf)


# --- the former reviewer first ----------------------------------------------------------------------------------
def test_what_comes_again_goes_first_to_who_read_it_before(item):
    other = second_reviewer(item)
    again = resubmitted(sent_back(item), objective="改过")
    step = step_of(again)
    assert step.reserved_for == actor("finance_officer").user
    assert step.reserved_until == at(2025, 12, 2)  # one working day after Friday 28 November
    for row, given in (("claim", {}), ("approve", {"opinion": ""}), ("send_back", {"codes": ["price"], "reason": "x"}),
                       ("reject", {"reason": "x", "reason_code": "no_money"})):  # fmt: skip
        with pytest.raises(Refused) as refused:
            perform(step, row, actor=other, **given)
        assert rules(refused) == ["S-166"], row
    with clock.at(at(2025, 12, 2)):
        assert perform(step, "claim", actor=other).claimed_by == other.user


def test_the_former_reviewer_alone_hears_of_it(item):
    other = second_reviewer(item)
    item = sent_back(item)
    Message.objects.all().delete()
    resubmitted(item, objective="改过")
    told = Message.objects.filter(event="plans.step/activate").values_list("user__username", flat=True)
    assert list(told) == ["finance_officer"]
    assert other.user.username not in told


def test_who_reviews_no_more_is_not_waited_for(item):
    other = second_reviewer(item)
    item = sent_back(item)
    Membership.objects.filter(user=actor("finance_officer").user, role="FINANCE_OFFICER").delete()
    step = step_of(resubmitted(item, objective="改过"))
    assert step.reserved_for is None
    assert perform(step, "approve", actor=other, opinion="").state == "APPROVED"


# --- hands ------------------------------------------------------------------------------------------------------
def test_a_claim_is_put_into_a_colleagues_hands(item):
    other = second_reviewer(item)
    step = perform(step_of(item), "claim", actor=actor("finance_officer"))
    with pytest.raises(Refused) as refused:
        perform(step, "delegate", actor=other, colleague=other.user, reason="我来办")
    assert rules(refused) == ["S-168"]
    with pytest.raises(Refused):
        perform(step, "delegate", actor=actor("finance_officer"), colleague=other.user)
    step = perform(step, "delegate", actor=actor("finance_officer"), colleague=other.user, reason="出差")
    assert (step.state, step.claimed_by) == ("CLAIMED", other.user)
    assert Message.objects.filter(user=other.user, event="plans.step/delegate").exists()
    step = perform(step, "delegate", actor=actor("finance_head"), colleague=actor("finance_officer").user, reason="调整分工")
    assert step.claimed_by == actor("finance_officer").user


def test_nobody_is_given_what_he_compiled(item):
    planner = actor("planner").user
    Membership.objects.create(user=planner, organisation=step_of(item).department, role="FINANCE_OFFICER")
    with pytest.raises(Refused) as refused:
        perform(step_of(item), "delegate", actor=actor("finance_head"), colleague=planner, reason="调整分工")
    assert rules(refused) == ["G2"]


def test_only_reviewers_of_the_department_are_offered(item):
    from portal.workflow.inputs import inputs_form
    from procurement.plans.workflow import STEP

    form = inputs_form(STEP["delegate"], subject=step_of(item), actor=actor("finance_officer"))
    names = {user.username for user in form.fields["colleague"].queryset}
    assert "finance_officer" in names
    assert not names & {"planner", "head", "establishment", "supplier_a_officer"}


# --- many at once -----------------------------------------------------------------------------------------------
@pytest.fixture
def three():
    load_calendars()
    with clock.at(COMPILED_AT):
        plan = make_plan("SUBMITTED", items=[one_year(f"{number}000.00", title=f"项目{number}") for number in (1, 2, 3)])
        yield list(ReviewStep.objects.filter(item__plan=plan, kind="FINANCE").order_by("item"))


def test_each_has_its_own_outcome_and_what_is_refused_leaves_the_others_alone(three):
    other = second_reviewer(three[0].item)
    perform(three[1], "claim", actor=other)
    foreign = ReviewStep.objects.get(item=three[0].item, kind="ESTABLISHMENT")
    keys = [three[0].pk, three[1].pk, foreign.pk, 999999, three[2].pk]
    outcomes = act_on_several(actor("finance_officer"), keys, "approve", {"opinion": "同意"})
    assert [outcome.done for outcome in outcomes] == [True, False, False, False, True]
    assert [[refusal.rule for refusal in outcome.refusals] for outcome in outcomes] == [[], ["S-166"], ["G1"], ["G1"], []]
    assert [ReviewStep.objects.get(pk=step.pk).state for step in three] == ["APPROVED", "CLAIMED", "APPROVED"]
    again = act_on_several(actor("finance_officer"), keys[:1], "approve", {"opinion": "同意"})
    assert [refusal.rule for refusal in again[0].refusals] == ["G7"]


def test_several_are_sent_back_with_one_list_of_reasons(three, sign_in):
    client = sign_in("finance_officer")
    keys = [step.pk for step in three]
    page = client.post(reverse("plans:decide_several"), {"step": keys, "act": "send_back", "reason": "x"})
    assert page.status_code == 422
    given = {"step": keys, "act": "send_back", "codes": ["price", "targets"], "reason": "依据不足"}
    page = client.post(reverse("plans:decide_several"), given)
    assert page.status_code == 200
    assert {(s.state, tuple(s.reason_codes)) for s in ReviewStep.objects.filter(pk__in=keys)} == {("SENT_BACK", ("price", "targets"))}
    page = client.post(reverse("plans:decide_several"), given)
    assert page.status_code == 409
    assert page.content.decode().count("没有办") >= 3
    for wrong in ({}, {"step": ["²", "x", "-1", "9" * 30]}):
        assert client.post(reverse("plans:decide_several"), {"act": "approve", **wrong}).status_code == 422
    assert client.get(reverse("plans:decide_several")).status_code == 302


def test_what_was_ticked_stays_ticked_and_nothing_ticked_is_said(three, sign_in):
    client, url = sign_in("finance_officer"), reverse("plans:decide_several")
    page = client.post(url, {"step": [three[1].pk], "act": "send_back", "reason": "x"})
    assert f'value="{three[1].pk}" checked' in page.content.decode()
    assert f'value="{three[0].pk}" checked' not in page.content.decode()
    assert "没有勾选项目" not in page.content.decode()
    assert "没有勾选项目" in client.post(url, {"act": "approve"}).content.decode()


def test_who_heads_the_department_is_offered_no_decision_of_his_reviewers(three, sign_in):
    agrees = 'name="act" value="approve"'
    waiting = sign_in("finance_officer").get(reverse("plans:waiting")).content.decode()
    assert agrees in waiting
    several = waiting[waiting.index('<form id="several"'):]
    assert " novalidate " in several[:several.index(">")], "the reason for sending back, folded away, must not stop an agreement"
    page = sign_in("finance_head").get(reverse("plans:waiting")).content.decode()
    assert agrees not in page
    assert 'name="act" value="release"' in page
    assert agrees not in sign_in("finance_head").get(three[0].get_absolute_url()).content.decode()


def test_the_list_of_what_waits_is_narrowed(three, sign_in):
    client = sign_in("finance_officer")
    perform(three[0], "claim", actor=actor("finance_officer"))

    def titles(**asked):
        return {step.item.title for step in client.get(reverse("plans:waiting"), asked).context["page"].object_list}

    assert titles() == {"项目1", "项目2", "项目3"}
    assert titles(which="mine") == {"项目1"}
    assert titles(which="free") == {"项目2", "项目3"}
    assert titles(which="late") == titles(which="again") == titles(which="soon") == set()
    assert titles(q="项目2") == {"项目2"}
    with clock.at(at(2025, 12, 5, 9)):
        assert titles(which="soon") == {"项目1", "项目2", "项目3"}
    with clock.at(at(2025, 12, 8, 9)):
        assert titles(which="late") == {"项目1", "项目2", "项目3"}


def test_programs_decide_several_with_the_outcome_of_each(three, sign_in):
    client = sign_in("finance_officer")
    address = "/api/v1/review-steps/several/"
    keys = [step.pk for step in three]
    answer = client.post(address, {"act": "approve", "steps": [*keys, 999999]}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["done"] == 3
    assert [each["done"] for each in body["outcomes"]] == [True, True, True, False]
    assert body["outcomes"][3]["refusals"][0]["rule"] == "G1"
    for wrong in ({"act": "void", "steps": keys}, {"act": "approve", "steps": []}, {"act": "approve", "steps": ["a"]},
                  {"act": "send_back", "steps": keys}, {"act": "approve"}):  # fmt: skip
        assert client.post(address, wrong, content_type="application/json").status_code == 400, wrong


def test_programs_read_what_changed_and_answer_questions(item, sign_in):
    comment = asked(item)
    client = sign_in("planner")
    answer = client.post(f"/api/v1/review-comments/{comment.pk}/answer/", {"answer": "见附件"}, content_type="application/json")
    assert answer.json()["state"] == "ANSWERED"
    assert client.get("/api/v1/review-comments/", {"item": item.pk}).json()["results"][0]["field_label"] == "单价"
    again = resubmitted(sent_back(item), objective="改过的目标")
    body = sign_in("finance_officer").get(f"/api/v1/review-steps/{step_of(again).pk}/").json()
    assert [change["field"] for change in body["changes"]] == ["objective"]
    assert client.get(f"/api/v1/plan-items/{again.pk}/").json()["changes"][0]["after"] == ["改过的目标"]


def test_nobody_but_the_system_notes_a_question(item):
    comment = ReviewComment(item=item, step=step_of(item), kind="FINANCE", text="x")
    with pytest.raises(NotYours):
        perform(comment, "note", actor=actor("finance_officer"))
    assert perform(comment, "note", actor=system_actor()).state == "OPEN"


def test_what_lies_on_a_departments_desk_is_what_it_sees_of_it_and_nothing_of_others():
    """The short way over the desk finds what the long one over the region finds, for each department and for nobody else."""
    make_plan_item("SUBMITTED")
    for account in ("establishment", "finance_officer", "hongshan_finance_head", "auditor", "planner", "planner_2", "supplier_a_officer"):
        who = actor(account)
        short = ReviewStep.objects.owed_to(who).awaiting(who.organisation_id)
        long = ReviewStep.objects.visible_to(who).awaiting(who.organisation_id)
        assert list(short.order_by("pk")) == list(long.order_by("pk"))
        assert short.exists() == (account in ("establishment", "finance_officer"))
    for step in ReviewStep.objects.select_related("department__region", "item__agency__region"):
        assert step.department.region == step.item.agency.region
