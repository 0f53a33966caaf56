"""L4.1 registration, row by row: the refusal first, then the act."""
from datetime import date, datetime, timedelta

import pytest

from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.demo import organisation
from portal.accounts.models import Organisation
from portal.audit.models import Entry
from portal.workflow import NotYours, Refused, due, perform
from procurement.suppliers.conditions import Authority, Condition, SupplierType
from procurement.suppliers.demo import registration
from procurement.suppliers.models import RelatedPerson, Supplier
from procurement.suppliers.verbs import record_outcome, standing
from tests.factories.people import actor, also
from tests.factories.suppliers import confirm_papers, draft_supplier, make_supplier, submit_paper

pytestmark = pytest.mark.django_db


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def at(year, month, day, hour=10):
    return clock.at(datetime(year, month, day, hour, tzinfo=clock.SHANGHAI))


def run_until(moment):
    """Let everything due fire at its own moment, as if the clock had come from the beginning of 2026."""
    with at(2026, 1, 2):
        due.run(until=moment)


# --- draft, revise, register -------------------------------------------------------------------------------------
def test_an_organisation_registers_once():
    draft_supplier()
    with pytest.raises(Refused) as refused:
        draft_supplier()
    assert rules(refused) == ["S-162", "RCV-20"]


def test_a_code_belongs_to_one_registration():
    draft_supplier()
    with pytest.raises(Refused) as refused:
        draft_supplier("supplier_b", code=organisation("supplier_a").code)
    assert rules(refused) == ["RCV-20"]


def test_after_closing_the_same_organisation_may_register_anew():
    make_supplier("CLOSED")
    assert draft_supplier().state == "DRAFTED"


@pytest.mark.parametrize(("changes", "expected"), [
    ({"code": "91360199MA3A00001A"}, ["RCV-21"]),
    ({"code": "９１３６０１９９"}, ["RCV-21"]),
    ({"code": "52150402MJY0000038"}, ["RCV-20", "RCV-23"]),
    ({"type": SupplierType.CLASS_ONE_INSTITUTION}, ["R102-07", "RCV-23"]),
    ({"type": SupplierType.MASS_BODY}, ["R102-07", "RCV-23"]),
    ({"type": SupplierType.FOUNDATION}, ["RCV-23", "R-011"]),
    ({"authority": Authority.CIVIL_AFFAIRS}, ["R-011"]),
    ({"registered_on": date(2099, 1, 1)}, ["R-011"]),
    ({"size": "", "staff": None}, ["R46-11"]),
])
def test_a_registration_that_cannot_be_is_refused_with_every_reason(changes, expected):
    supplier = draft_supplier(**changes)
    with pytest.raises(Refused) as refused:
        perform(supplier, "register", actor=actor("supplier_a_head"))
    assert sorted(rules(refused)) == sorted(expected)
    supplier = perform(supplier, "revise", actor=actor("supplier_a_officer"), **registration("supplier_a"))
    assert perform(supplier, "register", actor=actor("supplier_a_head")).state == "REGISTERED"


def test_any_one_changed_character_of_the_code_is_refused():
    """Edge (1) of L4.1."""
    draft = draft_supplier()
    good = organisation("supplier_a").code
    for place in range(18):
        wrong = good[:place] + ("1" if good[place] != "1" else "2") + good[place + 1:]
        draft = perform(draft, "revise", actor=actor("supplier_a_officer"), **{**registration("supplier_a"), "code": wrong})
        with pytest.raises(Refused) as refused:
            perform(draft, "register", actor=actor("supplier_a_head"))
        assert "RCV-21" in rules(refused)


def test_an_institution_says_its_class():
    """Edge (5) of L4.1: a code that begins with 12 asks for the institution's class; organs of state supply nothing."""
    from portal.identifiers import check_character

    draft, answers = draft_supplier(), registration("supplier_a")
    for stem, kind, expected in (
        ("12360199491000009", SupplierType.ENTERPRISE, ["RCV-23"]),
        ("12360199491000009", SupplierType.CLASS_ONE_INSTITUTION, ["R102-07"]),
        ("11360199491000009", SupplierType.ENTERPRISE, ["R102-05"]),
    ):
        code = stem + check_character(stem)
        Organisation.objects.filter(pk=draft.organisation_id).update(code=code)
        draft = perform(draft, "revise", actor=actor("supplier_a_officer"), **{
            **answers, "code": code, "type": kind,
        })
        with pytest.raises(Refused) as refused:
            perform(draft, "register", actor=actor("supplier_a_head"))
        assert rules(refused) == expected


def test_the_head_registers_and_nobody_else():
    supplier = draft_supplier()
    for who in ("supplier_a_officer", "supplier_b_head", "registrar", "finance_head", "auditor"):
        with pytest.raises(NotYours):
            perform(supplier, "register", actor=actor(who))


def test_a_young_organisation_registers_like_an_old_one():
    """Edge (3) of L4.1: age is no bar (R-073)."""
    supplier = draft_supplier(registered_on=clock.today())
    assert perform(supplier, "register", actor=actor("supplier_a_head")).state == "REGISTERED"


# --- confirm, confirm_year, lapse --------------------------------------------------------------------------------
def test_six_of_seven_do_not_confirm_and_the_seventh_does():
    supplier = make_supplier("REGISTERED")
    confirm_papers(conditions=list(Condition)[:6])
    supplier.refresh_from_db()
    assert supplier.state == "REGISTERED"
    with pytest.raises(Refused) as refused:
        perform(supplier, "confirm", actor=system_actor())
    assert rules(refused) == ["R-012"]
    confirm_papers(conditions=[Condition.OTHER])
    supplier.refresh_from_db()
    assert supplier.state == "CONFIRMED"
    assert supplier.conditions_open(clock.today()) == []
    with pytest.raises(NotYours):
        perform(supplier, "lapse", actor=actor("registrar"))


def test_the_year_is_confirmed_between_january_and_june_and_once():
    with at(2025, 3, 3):
        supplier = make_supplier()
        assert supplier.confirmed_year == 2025
        with pytest.raises(Refused) as refused:
            perform(supplier, "confirm_year", actor=actor("supplier_a_head"), truthful=True)
        assert rules(refused) == ["G7"]
    with at(2025, 12, 31, 23), pytest.raises(Refused) as refused:
        perform(supplier, "confirm_year", actor=actor("supplier_a_head"), truthful=True)
    assert rules(refused) == ["R-014", "G7"]
    with at(2026, 1, 1, 0):
        with pytest.raises(Refused) as refused:
            perform(supplier, "confirm_year", actor=actor("supplier_a_head"), truthful=False)
        assert rules(refused) == ["R46-11"]
        supplier = perform(supplier, "confirm_year", actor=actor("supplier_a_head"), truthful=True, staff=190)
    assert (supplier.confirmed_year, supplier.staff) == (2026, 190)
    assert Entry.objects.latest("id").facts["changed"] == ["staff"]
    assert supplier.lapses_at == datetime(2027, 7, 1, tzinfo=clock.SHANGHAI)


def test_a_year_that_nobody_confirmed_lapses_at_its_own_moment_and_asks_for_the_yearly_check():
    with at(2025, 3, 3):
        supplier = make_supplier(valid_to=date(2030, 1, 1))
    with at(2026, 6, 30, 23), pytest.raises(Refused) as refused:
        perform(supplier, "lapse", actor=system_actor())
    assert rules(refused) == ["R-012"]
    run_until(datetime(2026, 7, 2, tzinfo=clock.SHANGHAI))
    supplier.refresh_from_db()
    assert supplier.state == "OUTDATED"
    lapsed = Entry.objects.get(lifecycle="suppliers.supplier", transition="lapse")
    assert (lapsed.occurred_at, lapsed.facts["cause"]) == (datetime(2026, 7, 1, tzinfo=clock.SHANGHAI), "YEAR")
    with at(2026, 7, 2):
        assert standing(supplier.organisation) == []  # edge (2): it may bid all the same
        assert supplier.conditions_open(clock.today()) == [Condition.CLEAN_RECORD]
        confirm_papers(conditions=[Condition.CLEAN_RECORD])
        supplier.refresh_from_db()
        assert (supplier.state, supplier.confirmed_year) == ("CONFIRMED", 2026)


def test_a_paper_that_runs_out_takes_the_confirmation_with_it():
    with at(2026, 3, 3):
        supplier = make_supplier("REGISTERED")
        confirm_papers(conditions=list(Condition)[:6], valid_to=date(2028, 1, 1))
        confirm_papers(conditions=[Condition.OTHER], valid_to=date(2026, 5, 31))
        supplier.refresh_from_db()
        assert supplier.state == "CONFIRMED"
    run_until(datetime(2026, 5, 31, 23, 59, tzinfo=clock.SHANGHAI))
    supplier.refresh_from_db()
    assert supplier.state == "CONFIRMED"
    run_until(datetime(2026, 6, 1, tzinfo=clock.SHANGHAI))
    supplier.refresh_from_db()
    assert supplier.state == "OUTDATED"
    assert Entry.objects.get(lifecycle="suppliers.supplier", transition="lapse").facts["cause"] == "EVIDENCE"


# --- freeze, unfreeze, close -------------------------------------------------------------------------------------
def test_freezing_names_one_of_two_reasons_and_another_person_lifts_it():
    supplier = make_supplier()
    with pytest.raises(Refused) as refused:
        perform(supplier, "freeze", actor=actor("finance_officer"), reason="投诉多", reason_code="BAD")
    assert rules(refused) == ["S-172"]
    supplier = perform(supplier, "freeze", actor=actor("finance_officer"), reason="查无此人", reason_code="FALSE_IDENTITY")
    assert [refusal.rule for refusal in standing(supplier.organisation)] == ["G6"]
    with pytest.raises(Refused) as refused:
        perform(supplier, "unfreeze", actor=actor("finance_officer"), reason="查清")
    assert rules(refused) == ["G2"]
    supplier = perform(supplier, "unfreeze", actor=actor("finance_head"), reason="查清")
    assert supplier.state == "OUTDATED"
    assert supplier.conditions_open(clock.today()) == [Condition.CIVIL_LIABILITY]  # who it is must be proved anew
    submitted = submit_paper(condition=Condition.CIVIL_LIABILITY)
    perform(submitted, "confirm_evidence", actor=actor("registrar"))
    supplier.refresh_from_db()
    assert supplier.state == "CONFIRMED"


def test_a_department_of_another_region_freezes_nobody():
    supplier = make_supplier("REGISTERED")
    with pytest.raises(NotYours):
        perform(supplier, "freeze", actor=actor("hongshan_finance_head"), reason="x", reason_code="FALSE_IDENTITY")


def test_closing_needs_a_reason_and_ends_the_standing():
    supplier = make_supplier("REGISTERED")
    with pytest.raises(Refused) as refused:
        perform(supplier, "close", actor=actor("supplier_a_head"))
    assert rules(refused) == ["S-172"]
    for who, key in (("supplier_a_head", "supplier_a"), ("registrar", "supplier_b")):
        supplier = Supplier.objects.of(organisation(key)) or make_supplier("REGISTERED", key)
        supplier = perform(supplier, "close", actor=actor(who), reason="单位注销")
        assert supplier.state == "CLOSED"
        assert [refusal.rule for refusal in standing(supplier.organisation)] == ["G6"]


# --- standing, outcomes, scope -----------------------------------------------------------------------------------
def test_who_has_not_registered_may_not_act():
    draft_supplier()
    assert [refusal.rule for refusal in standing(organisation("supplier_a"))] == ["S-04"]
    assert [refusal.rule for refusal in standing(organisation("supplier_b"))] == ["S-04"]


def test_who_was_not_founded_yet_may_not_act():
    supplier = make_supplier("REGISTERED")
    assert [r.rule for r in standing(supplier.organisation, supplier.registered_on - timedelta(days=1))] == ["S-04"]
    assert standing(supplier.organisation, supplier.registered_on) == []


def test_an_outcome_is_kept_once(settings):
    from types import SimpleNamespace

    supplier = make_supplier("REGISTERED")

    class Project(SimpleNamespace):
        def __str__(self):
            return "道路清扫"

    act = SimpleNamespace(now=clock.now())
    for _again in range(2):
        record_outcome(act, supplier.organisation, project=Project(pk=7), contract_ref="CG-HT-2026-0001", grade="GOOD",
                       score=None, cited="绩效评价报告")
    assert supplier.outcomes.get().project_name == "道路清扫"


def test_related_persons_are_for_finance_audit_and_the_supplier_alone():
    supplier = make_supplier("REGISTERED")
    sees = {who: RelatedPerson.objects.visible_to(actor(who)).filter(supplier=supplier).exists() for who in (
        "supplier_a_officer", "finance_head", "auditor", "registrar", "supplier_b_head", "head", "hongshan_finance_head",
    )}
    assert [who for who, seen in sees.items() if seen] == ["supplier_a_officer", "finance_head", "auditor"]


def test_a_supplier_is_seen_by_itself_and_the_departments_of_its_region():
    supplier = make_supplier("REGISTERED")
    sees = {who: supplier in Supplier.objects.visible_to(actor(who)) for who in (
        "supplier_a_head", "supplier_b_head", "registrar", "finance_officer", "auditor", "buyer", "hongshan_auditor", "expert_1",
    )}
    assert [who for who, seen in sees.items() if seen] == ["supplier_a_head", "registrar", "finance_officer", "auditor"]


def test_a_draft_is_nobodys_business_but_its_own():
    supplier = draft_supplier()
    assert supplier in Supplier.objects.visible_to(actor("supplier_a_officer"))
    assert supplier not in Supplier.objects.visible_to(also("registrar", "REGISTRAR"))
