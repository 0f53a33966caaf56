"""What goes wrong around a plan ends in a clear state: nothing is lost, nothing doubled (G7, S-166, S-168, R102-18, BOOK-02)."""
import os
import signal
import subprocess
import sys
import time
from datetime import date, datetime

import pytest
from django.db import connection

from portal import clock
from portal.administration.verbs import people
from portal.audit.models import Entry
from portal.rules.jurisdiction import decide
from portal.workdays.calendars import load_calendars
from portal.workflow import Refused, due, perform
from procurement.plans.completeness import missing
from procurement.plans.forms.workbooks import CommitForm, UploadForm
from procurement.plans.models import Plan, PlanItem, PlanWorkbook, ReviewStep
from procurement.plans.workbooks.reading import read_workbook
from tests.factories.catalogue import make_version
from tests.factories.hands import together
from tests.factories.people import actor, colleague
from tests.factories.plans import COMPILED_AT, make_plan, make_plan_item, one_year, pass_reviews
from tests.factories.workbooks import book, hand_in, put_in, upload, values


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=clock.SHANGHAI)


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


# --- at the same moment ------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_who_decide_at_once_one_is_told_what_the_other_decided():
    """G7: one opinion counts, one entry stands; the other reads who was first, whatever he wanted to say."""
    load_calendars()
    with clock.at(COMPILED_AT):
        step = make_plan_item("SUBMITTED").steps.get(kind="FINANCE")
    officer, other, answers = actor("finance_officer"), colleague("finance_officer"), []

    def decide_as(who, row: str, **data):
        def work() -> None:
            try:
                answers.append(perform(ReviewStep.objects.get(pk=step.pk), row, actor=who, **data).state)
            except Refused as refused:
                answers.append(refused.refusals[0].rule)

        return work

    assert together(decide_as(officer, "approve", opinion="同意"),
                    decide_as(other, "send_back", codes=["price"], reason="价格偏高"), moment=COMPILED_AT) == []
    step.refresh_from_db()
    assert sorted(answers) == sorted(["G7", step.state])
    assert step.state in ("APPROVED", "SENT_BACK")
    entry = Entry.objects.of_subject("plans.step", step.pk).get(transition__in=["approve", "send_back"])
    assert entry.to_state == step.state


@pytest.mark.django_db(transaction=True)
def test_one_workbook_sent_and_put_in_twice_at_the_same_moment_is_in_the_plan_once():
    """BOOK-02: two hands send the same file at once, and put in at once what was taken; its items stand there once."""
    with clock.at(COMPILED_AT):
        plan, content = make_plan(items=[]), book(values(1), values(2))
    hands, sent, done = (actor("planner"), colleague("planner")), [], []

    def send(who):
        def work() -> None:
            form = UploadForm({"plan": plan.pk}, {"file": upload(content)}, subject=PlanWorkbook(), actor=who)
            assert form.is_valid(), form.errors
            try:
                sent.append(perform(PlanWorkbook(), "upload", actor=who, **form.cleaned_data).pk)
            except Refused as refused:
                sent.append(refused.refusals[0].rule)

        return work

    assert together(*(send(who) for who in hands), moment=COMPILED_AT) == []
    [key] = [key for key in sent if key != "BOOK-02"]
    with clock.at(COMPILED_AT):
        read_workbook(key)
    _await_read(key)

    def put(key: int, who):
        def work() -> None:
            found = PlanWorkbook.objects.get(pk=key)
            form = CommitForm({}, subject=found, actor=who)
            assert form.is_valid(), form.errors
            try:
                done.append(perform(found, "commit", actor=who, **form.cleaned_data).state)
            except Refused as refused:
                done.append(refused.refusals[0].rule)

        return work

    assert together(*(put(key, who) for who in hands), moment=COMPILED_AT) == []
    assert done.count("COMMITTED") == 1
    assert len(done) == 2
    assert sorted(PlanItem.objects.filter(plan=plan).values_list("title", flat=True)) == ["社区服务 1", "社区服务 2"]
    assert Entry.objects.filter(lifecycle="plans.workbook", transition="commit").count() == 1


def _await_read(key: int) -> None:
    """Another test's worker may have taken it from the queue first, and is still reading."""
    until = time.monotonic() + 30
    while PlanWorkbook.objects.get(pk=key).state != "READ":
        assert time.monotonic() < until, PlanWorkbook.objects.get(pk=key).state
        time.sleep(0.1)


# --- a process that dies ------------------------------------------------------------------------------------------------
COMMITTER = """
import sys, time, django
django.setup()
from django.db.models import QuerySet
from portal import clock
from procurement.plans.models import PlanItem, PlanWorkbook
from tests.factories.plans import COMPILED_AT
from tests.factories.workbooks import put_in

insert = QuerySet.bulk_create

def and_wait(self, rows, *given, **named):
    done = insert(self, rows, *given, **named)
    if self.model is PlanItem:
        print("the items are in, their rows are not", flush=True)
        time.sleep(300)
    return done

QuerySet.bulk_create = and_wait
with clock.at(COMPILED_AT):
    put_in(PlanWorkbook.objects.get(pk=int(sys.argv[1])))
"""


def database_url() -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    return f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_a_server_killed_in_the_middle_of_putting_a_workbook_in_leaves_nothing_and_the_second_try_works():
    """BOOK-04: killed between the items and what hangs on them; no half item stands, and the same workbook goes in whole."""
    with clock.at(COMPILED_AT):
        plan = make_plan(items=[])
        found = hand_in(plan, book(values(1), values(2)))
    entries = Entry.objects.count()
    server = subprocess.Popen(
        [sys.executable, "-c", COMMITTER, str(found.pk)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "portal.settings"},
    )
    with server:
        assert server.stdout.readline().strip() == "the items are in, their rows are not"
        assert not PlanItem.objects.filter(plan=plan).exists()  # nobody saw them half done
        server.send_signal(signal.SIGKILL)
    found.refresh_from_db()
    assert (found.state, found.item_count) == ("READ", 2)
    assert not PlanItem.objects.filter(plan=plan).exists()
    assert Entry.objects.count() == entries
    with clock.at(COMPILED_AT):
        assert put_in(found).state == "COMMITTED"
    items = PlanItem.objects.filter(plan=plan)
    assert [(item.factors.count(), item.years.count(), item.indicators.count()) for item in items] == [(4, 1, 2)] * 2
    assert Entry.objects.count() == entries + 1


# --- a reviewer who leaves ---------------------------------------------------------------------------------------------
@pytest.fixture
def claimed(db) -> ReviewStep:
    """Held by the reviewer of the establishment office, who asked something: no day of his counts until it is answered."""
    load_calendars()
    with clock.at(COMPILED_AT):
        step = perform(make_plan_item("SUBMITTED").steps.get(kind="ESTABLISHMENT"), "claim", actor=actor("establishment"))
        perform(step, "ask", actor=actor("establishment"), field="", reason="请说明人数")
        yield ReviewStep.objects.get(pk=step.pk)


def test_what_a_disabled_reviewer_held_lies_on_the_desk_of_his_department_at_once(claimed):
    """S-168: nothing waits for somebody who cannot come; his question and the limit stay."""
    other, limit = colleague("establishment"), claimed.limit_at
    with pytest.raises(Refused) as refused:
        perform(claimed, "approve", actor=other, opinion="同意")
    assert rules(refused) == ["S-166"]
    people.disable(actor=actor("administrator"), person=actor("establishment").user, reason="调离")
    claimed.refresh_from_db()
    assert (claimed.state, claimed.claimed_by, claimed.idle_until, claimed.limit_at) == ("PENDING", None, None, limit)
    assert claimed.comments.get().state == "OPEN"
    entry = Entry.objects.of_subject("plans.step", claimed.pk).get(transition="release")
    assert (entry.reason, entry.user_id) == ("调离", None)
    note = Entry.objects.filter(transition="person_disabled").get()
    assert note.facts["things"] == [str(claimed)]
    assert perform(claimed, "approve", actor=other, opinion="同意").state == "APPROVED"


def test_with_the_role_goes_what_was_held_by_it(claimed):
    """S-168: the role ends, the account stays."""
    membership = actor("establishment").user.memberships.get(role="ESTABLISHMENT_REVIEWER")
    people.end(actor=actor("administrator"), membership=membership, reason="轮岗", until=people.today())
    claimed.refresh_from_db()
    assert claimed.state == "CLAIMED"  # until his last day is over
    membership.refresh_from_db()
    membership.ends_at = None
    membership.save()
    people.end(actor=actor("administrator"), membership=membership, reason="轮岗")
    claimed.refresh_from_db()
    assert (claimed.state, claimed.claimed_by) == ("PENDING", None)


def test_in_a_region_that_waits_for_nobody_a_disabled_reviewer_still_blocks_nothing(db):
    """S-168: also where claims are never put back by themselves."""
    load_calendars()
    with clock.at(COMPILED_AT):
        item = make_plan_item("SUBMITTED")
        decide("reviewer_absent_wd", 0, source="赣江府办〔2025〕1号", valid_from=date(2025, 1, 1), region=item.agency.region)
        other = colleague("finance_officer")
        step = perform(item.steps.get(kind="FINANCE"), "claim", actor=actor("finance_officer"))
        assert step.idle_until is None
        people.disable(actor=actor("administrator"), person=actor("finance_officer").user, reason="停职")
        assert perform(step, "approve", actor=other, opinion="同意").state == "APPROVED"


# --- a catalogue that changes under an open plan ---------------------------------------------------------------------
def test_a_catalogue_superseded_under_an_open_plan_sends_drafts_to_the_new_list_and_lets_the_submitted_go_on(db):
    """R102-18: a draft chooses anew from the list in force, what was submitted is decided by the list of its day; nothing is lost."""
    load_calendars()
    with clock.at(at(2025, 8, 1, 9)):
        before = make_version("ISSUED")
    old = before.items.leaves().order_by("path").first()
    open_plan = make_plan(items=[one_year("5000.00", leaf=old)])
    sent = make_plan("SUBMITTED", items=[one_year("7000.00", leaf=old)], planner="planner_2", head="head_2").items.get()
    with clock.at(at(2025, 10, 9, 9)):
        after = make_version("ISSUED", valid_from=date(2025, 11, 29))
    due.run(at(2025, 11, 29))
    before.refresh_from_db()
    assert (before.state, after.state) == ("SUPERSEDED", "ISSUED")
    with clock.at(at(2025, 11, 29, 9)):
        draft = open_plan.items.get()
        assert {(refusal.rule, refusal.field) for refusal in missing(draft)} == {("R102-18", "leaf")}
        with pytest.raises(Refused) as refused:
            perform(open_plan, "propose", actor=actor("planner"))
        assert rules(refused) == ["R102-18"]
        assert Plan.objects.get(pk=open_plan.pk).state == "DRAFTED"
        new = after.items.get(code=old.code)
        PlanItem.objects.filter(pk=draft.pk).update(leaf=new)
        assert perform(open_plan, "propose", actor=actor("planner")).state == "PROPOSED"
        assert pass_reviews(sent).state == "REVIEWED"
        assert sent.leaf == old
