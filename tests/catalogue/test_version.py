"""L1.1, row by row: the refusal first, then the act."""
from datetime import timedelta

import pytest
from django.db import IntegrityError

from catalogue.forms import Start
from catalogue.models import CatalogueItem, CatalogueVersion
from catalogue.verbs import load_reference_catalogue
from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.models import Region
from portal.audit.models import Entry
from portal.rules.jurisdiction import decide
from portal.workflow import NotYours, Refused, WrongState, due, perform
from tests.factories.catalogue import SMALL, catalogue_file, days_from_today, issue, make_version
from tests.factories.people import actor, also, colleague

pytestmark = pytest.mark.django_db


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def draft(**data):
    return perform(CatalogueVersion(), "draft", actor=actor("finance_officer"), **{
        "year": 2027, "title": "目录", "start": Start.COPY, "file": None, **data,
    })


# --- draft -------------------------------------------------------------------------------------------------------
def test_nothing_to_copy_is_said_and_afterwards_the_version_in_force_is_copied():
    actor("finance_officer")
    with pytest.raises(Refused) as refused:
        draft()
    assert rules(refused) == ["S-07"]
    reference = load_reference_catalogue()
    version = draft()
    assert version.state == "DRAFTED"
    assert version.previous == reference
    assert version.items.count() == 146
    assert version.items.get(code="A1002").evidence == "P"
    assert version.issuer == actor("finance_officer").organisation


def test_a_copy_leaves_out_what_is_retired_and_what_then_stands_empty():
    lines = [f"{line},{'1' if line.startswith('B0101') else ''}" for line in SMALL]
    with clock.at(clock.now() - timedelta(days=60)):
        first = make_version("APPROVED", header="code,parent_code,level,name_zh,retired", lines=tuple(lines))
    issue(first, clock.today())
    assert sorted(draft().items.values_list("code", flat=True)) == ["A", "A10", "A1001", "A1002"]


def test_a_file_with_broken_rows_imports_nothing_and_lists_all_faults():
    with pytest.raises(Refused) as refused:
        draft(start=Start.FILE, file=catalogue_file(*SMALL, "A1002,A10,3,重复", "Z9,,2,"))
    assert rules(refused) == ["S-06", "S-06"]
    assert [refusal.params["line"] for refusal in refused.value.refusals] == [9, 10]
    assert {refusal.field for refusal in refused.value.refusals} == {"file"}
    assert "第 9 行 code 列" in refused.value.refusals[0].message
    assert not CatalogueVersion.objects.exists()
    assert not CatalogueItem.objects.exists()
    assert draft(start=Start.FILE, file=catalogue_file()).items.count() == len(SMALL)


def test_townships_compile_no_catalogue():
    officer = actor("finance_officer")
    load_reference_catalogue()
    Region.objects.filter(pk=officer.organisation.region_id).update(level=Region.Level.TOWN)
    with pytest.raises(Refused) as refused:
        perform(
            CatalogueVersion(), "draft", actor=actor("finance_officer"), year=2027, title="目录", start=Start.COPY, file=None
        )
    assert rules(refused) == ["R102-16"]


def test_only_the_finance_officer_drafts():
    for who in ("finance_head", "head", "convener", "auditor", "supplier_a_head"):
        with pytest.raises(NotYours):
            perform(CatalogueVersion(), "draft", actor=actor(who), year=2027, title="目录", start=Start.COPY)


# --- replace_items -----------------------------------------------------------------------------------------------
def test_items_are_replaced_wholly_or_not_at_all():
    version = make_version()
    with pytest.raises(Refused) as refused:
        perform(version, "replace_items", actor=actor("finance_officer"), file=catalogue_file("A,,1,公共服务", "A9,A,5,坏"))
    assert rules(refused) == ["RCT-01"]
    assert version.items.count() == len(SMALL)
    version = perform(version, "replace_items", actor=actor("finance_officer"), file=catalogue_file(*SMALL[:4]))
    assert version.items.count() == version.item_count == 4
    assert Entry.objects.latest("id").facts["retired"] == 3


# --- consult -----------------------------------------------------------------------------------------------------
def test_a_consultation_needs_leaves_reasons_for_deviations_and_departments():
    version = make_version(lines=(*SMALL, "A1009,A10,3,社区食堂服务"))
    with pytest.raises(Refused) as refused:
        perform(version, "consult", actor=actor("finance_head"), departments="")
    assert rules(refused) == ["R102-16", "R102-17"]
    assert "A1009" in refused.value.refusals[0].message
    explained = catalogue_file(*(f"{line}," for line in SMALL), "A1009,A10,3,社区食堂服务,本市老龄化需要",
                               header="code,parent_code,level,name_zh,deviation")
    version = perform(version, "replace_items", actor=actor("finance_officer"), file=explained)
    version = perform(version, "consult", actor=actor("finance_head"), departments="民政局")
    assert version.state == "CONSULTING"
    assert version.consultation.is_live


def test_a_list_whose_leaves_are_all_retired_is_not_consulted_on():
    version = make_version()
    retired = [f"{line},{'1' if line.split(',')[2] == '3' else ''}" for line in SMALL]
    version = perform(version, "replace_items", actor=actor("finance_officer"),
                      file=catalogue_file(*retired, header="code,parent_code,level,name_zh,retired"))
    with pytest.raises(Refused) as refused:
        perform(version, "consult", actor=actor("finance_head"), departments="民政局")
    assert rules(refused) == ["S-06"]


def test_who_compiled_the_list_does_not_send_it_out():
    version = make_version()
    both = also("finance_officer", "FINANCE_HEAD")
    with pytest.raises(Refused) as refused:
        perform(version, "consult", actor=both, departments="民政局")
    assert rules(refused) == ["G2"]


# --- submit ------------------------------------------------------------------------------------------------------
def test_nothing_is_handed_in_before_the_consultation_is_over():
    version = make_version("CONSULTING")
    ends_at = version.consultation.ends_at
    with clock.at(ends_at - timedelta(seconds=1)), pytest.raises(Refused) as refused:
        perform(version, "submit", actor=actor("finance_head"), consultation_summary="无意见")
    assert rules(refused) == ["S-17"]
    with clock.at(ends_at):
        with pytest.raises(Refused) as refused:
            perform(version, "submit", actor=actor("finance_head"), consultation_summary=" ")
        assert rules(refused) == ["S-17"]
        assert refused.value.refusals[0].field == "consultation_summary"
        assert perform(version, "submit", actor=actor("finance_head"), consultation_summary="无意见").state == "SUBMITTED"


def test_the_consultation_lasts_ten_working_days_over_holidays_and_make_up_days():
    """Edge (1) of L1.1: opened 2026-09-21 it ends with 2026-10-12."""
    from datetime import date, datetime

    with clock.at(datetime(2026, 9, 21, 10, tzinfo=clock.SHANGHAI)):
        version = make_version("CONSULTING")
    assert version.consultation.last_day == date(2026, 10, 12)


def test_a_list_changed_after_the_consultation_is_consulted_on_again():
    version = make_version("SUBMITTED")
    version = perform(version, "send_back", actor=actor("secretary"), reason="补充法律服务")
    assert version.state == "SENT_BACK"
    version = perform(version, "replace_items", actor=actor("finance_officer"), file=catalogue_file(*SMALL[:4]))
    with clock.at(clock.now() + timedelta(days=40)):
        with pytest.raises(Refused) as refused:
            perform(version, "submit", actor=actor("finance_head"), consultation_summary="无意见")
        assert rules(refused) == ["S-17"]
        version = perform(version, "consult", actor=actor("finance_head"), departments="民政局")
        assert version.state == "CONSULTING"


def test_a_list_sent_back_unchanged_may_be_handed_in_again():
    version = perform(make_version("SUBMITTED"), "send_back", actor=actor("secretary"), reason="请补意见汇总")
    with clock.at(clock.now() + timedelta(days=40)):
        version = perform(version, "submit", actor=actor("finance_head"), consultation_summary="两条意见均已采纳")
    assert version.state == "SUBMITTED"


def test_a_consultation_that_was_broken_off_counts_for_nothing():
    version = make_version("SENT_BACK")
    assert version.consultation is None
    with pytest.raises(Refused) as refused:
        perform(version, "submit", actor=actor("finance_head"), consultation_summary="无意见")
    assert rules(refused) == ["R102-17"]


# --- send back, approve ------------------------------------------------------------------------------------------
def test_sending_back_needs_a_reason():
    version = make_version("SUBMITTED")
    with pytest.raises(Refused) as refused:
        perform(version, "send_back", actor=actor("secretary"))
    assert rules(refused) == ["S-172"]
    assert perform(version, "send_back", actor=actor("secretary"), reason="法律服务漏项").state == "SENT_BACK"


def test_the_minutes_of_the_joint_meeting_approve_and_are_named():
    version = make_version("SUBMITTED")
    with pytest.raises(NotYours):
        perform(version, "approve", actor=actor("convener"), decision="纪要")
    with pytest.raises(Refused) as refused:
        perform(version, "approve", actor=system_actor(), decision="")
    assert rules(refused) == ["S-12"]
    version = perform(version, "approve", actor=system_actor(), decision="纪要〔2026〕3 号")
    assert (version.state, version.decision) == ("APPROVED", "纪要〔2026〕3 号")


def test_the_finance_head_decides_only_where_the_jurisdiction_has_it_so():
    version = make_version("SUBMITTED")
    with pytest.raises(Refused) as refused:
        perform(version, "approve", actor=colleague("finance_head"), decision="局务会纪要")
    assert rules(refused) == ["S-12"]
    decide("catalogue_by_meeting", False, source="赣江府办〔2025〕1 号", valid_from=clock.today(), region=version.region)
    with pytest.raises(Refused) as refused:
        perform(version, "approve", actor=actor("finance_head"), decision="局务会纪要")
    assert rules(refused) == ["G2"]
    assert perform(version, "approve", actor=colleague("finance_head"), decision="局务会纪要").state == "APPROVED"


# --- issue, supersede --------------------------------------------------------------------------------------------
def test_issuing_needs_a_number_and_a_day_that_is_not_past():
    version = make_version("APPROVED")
    with pytest.raises(Refused) as refused:
        issue(version, days_from_today(-1), number="  ")
    assert rules(refused) == ["R102-15", "S-07"]
    version = issue(version, clock.today())
    assert version.state == "ISSUED"
    assert CatalogueVersion.objects.in_force(version.region, clock.today()).get() == version


def test_the_successor_ends_its_predecessor_at_midnight_of_its_day():
    first = make_version("ISSUED")
    start = first.valid_from + timedelta(days=30)
    second = make_version("APPROVED", title="后一版本")
    with pytest.raises(Refused) as refused:
        issue(second, first.valid_from, number="赣江财购〔2026〕9 号")
    assert "S-07" in rules(refused)
    second = issue(second, start)
    first.refresh_from_db()
    assert (first.state, first.valid_to) == ("ISSUED", start)
    in_force = CatalogueVersion.objects.in_force
    assert in_force(first.region, start - timedelta(days=1)).get() == first
    assert in_force(first.region, start).get() == second
    with pytest.raises(Refused) as refused:
        perform(first, "supersede", actor=system_actor())
    assert rules(refused) == ["S-07"]
    due.run(until=first.ends_at)
    first.refresh_from_db()
    assert first.state == "SUPERSEDED"
    assert Entry.objects.of_subject("catalogue.version", first.pk).latest("id").occurred_at == first.ends_at


def test_two_versions_never_begin_on_one_day():
    first = make_version("ISSUED")
    second = make_version("APPROVED", title="同日版本")
    with pytest.raises(Refused) as refused:
        issue(second, first.valid_from if first.valid_from >= clock.today() else clock.today())
    assert rules(refused)[-1] == "S-07"
    with pytest.raises(IntegrityError):
        CatalogueVersion.objects.filter(pk=load_reference_catalogue().pk).update(is_reference=False)


# --- cancel, import ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", ["DRAFTED", "CONSULTING", "SUBMITTED", "SENT_BACK", "APPROVED"])
def test_a_version_is_given_up_with_a_reason_before_it_is_issued(state):
    version = make_version(state)
    with pytest.raises(Refused) as refused:
        perform(version, "cancel", actor=actor("finance_head"))
    assert rules(refused) == ["S-172"]
    version = perform(version, "cancel", actor=actor("finance_head"), reason="上级目录即将调整")
    assert version.state == "CANCELLED"
    assert version.consultation is None or not version.consultation.is_live


def test_an_issued_version_is_closed_to_edits():
    version = make_version("ISSUED")
    for row, data in (("cancel", {"reason": "x"}), ("replace_items", {"file": catalogue_file()}), ("issue", {})):
        who = "finance_officer" if row == "replace_items" else "finance_head"
        with pytest.raises(WrongState):
            perform(version, row, actor=actor(who), **data)


def test_nobody_loads_the_reference_list_by_hand():
    with pytest.raises(NotYours):
        perform(CatalogueVersion(), "import_reference", actor=actor("administrator"))


def test_a_foreign_finance_department_neither_sees_nor_touches_a_draft():
    version = make_version()
    stranger = actor("hongshan_finance_head")
    assert version not in CatalogueVersion.objects.visible_to(stranger)
    with pytest.raises(NotYours):
        perform(version, "cancel", actor=stranger, reason="x")
