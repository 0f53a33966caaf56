"""Opening, signing and paying ask for the person himself: every row of the hand-written list, at the one door (AUTH-01, AUTH-02)."""
from __future__ import annotations

from dataclasses import replace

import pytest
from django import forms
from django.db import transaction

from portal import clock
from portal.accounts.actor import actor_for, system_actor
from portal.accounts.models import Membership, User
from portal.accounts.presence import StepUpNeeded, Way, is_present
from portal.audit.models import Entry
from portal.authentication.stepping_up import TYPED_BLIND
from portal.workflow import Refused, all_lifecycles, available_actions, engine, lifecycle, perform
from portal.workflow.stepping_up import asked_first, roles_that_step_up
from tests.factories.authentication import person, stepped_up
from tests.factories.examples import make_examples
from tests.factories.keeping import made
from tests.factories.people import actor
from tests.permission_table import STEP_UP

pytestmark = pytest.mark.django_db
ROWS = [(code, row) for code, rows in STEP_UP.items() for row in sorted(rows)]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One purchase for the whole module, undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield made(make_examples)
        transaction.set_rollback(True)


@pytest.fixture
def open_row(monkeypatch):
    """A row that starts where the example stands, for anybody, with no guard and no effect but its own asking."""

    def opened(code: str, name: str, obj):
        cycle = lifecycle(code)
        row = replace(cycle[name], sources=[obj.state], target=None, guards=[], checks=[], effect=None, clocks=[], tells=[], not_by=[],
                      not_by_of=[], reason=False, hold="", duty="")
        monkeypatch.setitem(cycle._by_name, name, row)
        monkeypatch.setattr(engine, "acting", lambda row, obj, actor: actor)
        for kept in ("_handlers", "_guards"):
            monkeypatch.setattr(engine, kept, {})
        for kept in ("_standing", "_watchers"):
            monkeypatch.setattr(engine, kept, [])

    return opened


def test_the_list_is_that_of_the_tables():
    assert {c.code: names for c in all_lifecycles() if (names := {row.name for row in c.rows if row.step_up})} == STEP_UP


def test_files_and_passphrases_are_asked_for_after_the_person_because_they_cannot_wait_in_a_page():
    first = {(code, name) for code, name in ROWS if (form := lifecycle(code)[name].inputs) and asked_first(form.base_fields.values())}
    assert first == {
        ("contracts.contract", "sign"), ("contracts.contract", "terminate"), ("payments.request", "correct_account"),
        ("bids.opening", "start"), ("bids.opening", "open_bids"),
        *(("bids.key", name) for name in STEP_UP["bids.key"]),
    }
    assert not [pair for pair in first if lifecycle(pair[0])[pair[1]].page]  # only the general page knows how


def test_what_is_typed_blind_is_known_by_its_name_wherever_it_is_asked_for():
    asked = {
        name for cycle in all_lifecycles() for row in cycle.rows if row.inputs
        for name, field in row.inputs.base_fields.items() if isinstance(field.widget, forms.PasswordInput)
    }
    assert "passphrase" in asked
    assert not [name for name in asked if not TYPED_BLIND.search(name)]


def test_nobody_but_people_does_them_and_their_roles_are_known():
    assert not [(code, name) for code, name in ROWS if not lifecycle(code)[name].who]
    assert {"HEAD", "OPENER", "EXPERT", "BUDGET_OFFICER", "SUPPLIER_HEAD", "CONVENER"} <= roles_that_step_up()
    assert not roles_that_step_up() & {"AUDITOR", "REGISTRAR", "FINANCE_OFFICER", "SUPPLIER_OFFICER"}


@pytest.mark.parametrize(("code", "name"), ROWS)
def test_the_row_is_done_only_by_who_has_shown_himself_lately(world, open_row, code, name):
    obj = world[code].obj
    open_row(code, name, obj)
    user = person("head")
    entries = Entry.objects.of_subject(code, obj.pk).filter(transition=name)
    before = entries.count()
    for absent in (actor_for(user), stepped_up(user, minutes_ago=10.1)):
        with pytest.raises(StepUpNeeded):
            perform(obj, name, actor=absent)
    assert entries.count() == before
    perform(obj, name, actor=stepped_up(user, minutes_ago=9.5, by=Way.KEY))
    facts = entries.latest("pk").facts
    assert facts["confirmed_by"] == "key"
    assert facts["confirmed_at"]


@pytest.mark.parametrize(("code", "name"), ROWS)
def test_a_program_is_refused_unless_its_token_was_made_for_it(world, open_row, code, name):
    obj = world[code].obj
    open_row(code, name, obj)
    user = person("head")
    with pytest.raises(Refused) as refused:
        perform(obj, name, actor=actor_for(user, is_program=True))
    assert [r.rule for r in refused.value.refusals] == ["AUTH-02"]
    signing = replace(stepped_up(user, by=Way.TOKEN), is_program=True)
    perform(obj, name, actor=signing)
    assert Entry.objects.of_subject(code, obj.pk).filter(transition=name).latest("pk").facts["confirmed_by"] == "token"


def test_a_program_of_a_demonstration_person_is_barred_like_any(world):
    obj = world["contracts.contract"].obj
    head = actor("head")
    program = actor_for(head.user, is_program=True)
    barred = {a.name for a in available_actions(obj, program) if "AUTH-02" in [r.rule for r in a.refusals]}
    assert barred == {a.name for a in available_actions(obj, program) if a.row.step_up}
    assert not [a for a in available_actions(obj, head) if "AUTH-02" in [r.rule for r in a.refusals]]


def test_a_password_does_where_the_installation_lets_it(settings):
    user = person("head")
    settings.STEP_UP_BY_PASSWORD = True
    assert is_present(stepped_up(user, by=Way.PASSWORD))
    settings.STEP_UP_BY_PASSWORD = False
    assert not is_present(stepped_up(user, by=Way.PASSWORD))
    assert is_present(stepped_up(user, by=Way.PASSWORD), password_will_do=True)
    assert is_present(stepped_up(user, by=Way.APP))


def test_system_history_and_one_click_people_are_not_asked(world, open_row):
    obj = world["plans.meeting"].obj
    open_row("plans.meeting", "minute", obj)
    perform(obj, "minute", actor=system_actor())
    perform(obj, "minute", actor=actor("convener"))
    assert Entry.objects.of_subject("plans.meeting", obj.pk).filter(transition="minute").latest("pk").facts["confirmed_by"] == (
        "demonstration"
    )
    with clock.history(clock.now()):
        perform(obj, "minute", actor=actor_for(person("convener")))
    with pytest.raises(StepUpNeeded):
        perform(obj, "minute", actor=actor_for(User.objects.get(username="chen")))


def test_who_may_not_is_told_so_before_anything_is_asked(world):
    from portal.workflow import NotYours

    stranger = person("planner")
    assert not Membership.objects.filter(user=stranger, role="CONVENER").exists()
    with pytest.raises(NotYours):
        perform(world["plans.meeting"].obj, "minute", actor=actor_for(stranger))
