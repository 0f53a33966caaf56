"""L1.3, row by row: the refusal first, then the act (S-08, S-09, S-10, R-005)."""
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from catalogue.entry_files import csv_of, read_entries, rows_of, xlsx_of
from catalogue.forms.implementation import Begin
from catalogue.models import ImplementationEntry, ImplementationList
from catalogue.verbs import load_reference_catalogue
from catalogue.verbs.implementation import known_to
from portal import clock
from portal.audit.models import Entry
from portal.notifications.models import Message
from portal.workflow import NotYours, Refused, WrongState, due, perform
from tests.factories.catalogue import make_outside
from tests.factories.implementation import (
    AGENCY,
    SMALL,
    agency,
    draft_list,
    entry,
    entry_content,
    entry_file,
    make_implementation,
)
from tests.factories.people import actor, also

pytestmark = pytest.mark.django_db


def refused_by(call) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        call()
    return [(refusal.rule, refusal.field) for refusal in refused.value.refusals]


def edited(catalogue, row, **data):
    return perform(catalogue, row, actor=actor("finance_officer"), **data)


# --- draft, replace_entries --------------------------------------------------------------------------------------
def test_a_region_has_one_list_a_year_and_none_for_a_year_that_is_over():
    first = draft_list()
    assert (first.state, first.entry_count, first.region) == ("DRAFTED", 2, actor("finance_officer").organisation.region)
    assert refused_by(draft_list) == [("S-08", "year")]
    assert refused_by(lambda: draft_list(year=clock.today().year - 1)) == [("S-08", "year")]


def test_a_list_begins_empty_or_with_the_last_one_that_was_published():
    assert refused_by(lambda: draft_list(start=Begin.COPY)) == [("S-08", "start")]
    assert draft_list(start=Begin.EMPTY, year=clock.today().year + 5).entries.count() == 0
    make_implementation("ISSUED", year=clock.today().year)
    copy = draft_list(start=Begin.COPY)
    assert list(copy.entries.values_list("title", "method", "pilot")) == [
        ("城市保洁绿化道路养护", "OPEN_TENDER", ""), ("法律顾问服务", "CONSULTATION", ""),
    ]


def test_a_file_with_broken_lines_imports_nothing_and_names_every_fault_at_its_cell():
    broken = entry_file(
        *SMALL, ",Z99,,没有的单位,摇号,十万元,也许,,,,第四批", f"两处都填,A1001,X-1,{AGENCY},公开招标,,,,,,", SMALL[1],
    )
    with pytest.raises(Refused) as refused:
        draft_list(file=broken)
    found = {(r.params["line"], r.params["column"], r.rule) for r in refused.value.refusals}
    assert found >= {
        (4, "title", "S-08"), (4, "leaf", "S-08"), (4, "agency", "S-08"), (4, "method", "S-08"), (4, "amount", "S-08"),
        (4, "livelihood", "S-09"), (4, "pilot", "S-10"), (5, "filed_request", "R1787-07"), (5, "leaf", "S-08"), (6, "title", "S-08"),
    }
    assert not ImplementationList.objects.exists()


@pytest.mark.parametrize(("header", "lines", "column"), [
    ("title,leaf,agency", ["x,A1001,y"], "method"), ("title,agency,method,颜色", ["x,y,z,u"], "颜色"),
    ("title,agency,method,title", ["x,y,z,u"], "title"), ("title,agency,method,leaf", ["x,y"], ""), ("title,agency,method", [], ""),
])
def test_a_file_must_have_the_columns(header, lines, column):
    faults = read_entries("\n".join([header, *lines]).encode(), known_to(draft_list())).faults
    assert column in [fault.column for fault in faults]
    assert {fault.rule for fault in faults} == {"S-08"}


def test_what_is_no_table_or_empty_or_too_long_is_said():
    known = known_to(draft_list())
    for content in (b"", b"PK\x03\x04nothing", b"title,agency,method\n"):
        assert [fault.rule for fault in read_entries(content, known).faults] == ["S-08"]
    long = "title,agency,method,leaf\n" + "\n".join(["x,y,z,A1001"] * 5001)
    assert "最多" in str(read_entries(long.encode(), known).faults[0].text)
    wide = entry_file(f"{'长' * 121},A1001,,{AGENCY},公开招标,,,,,{'长' * 301},").read()
    assert [fault.column for fault in read_entries(wide, known).faults] == ["grounds", "title"]


def test_what_is_exported_is_imported_again_as_it_was():
    filed = make_outside("FILED", year=clock.today().year + 1)
    catalogue = draft_list(file=entry_file(*SMALL, f"=助餐,,{filed.number},{AGENCY},单一来源,680000,是,是,是,独居老人多,深化"))
    before = list(rows_of(catalogue))
    assert before[2]["filed_request"] == filed.number
    for name, content in (("entries.csv", csv_of(catalogue).encode()), ("entries.xlsx", xlsx_of(catalogue))):
        assert read_entries(content, known_to(catalogue)).faults == []
        catalogue = edited(catalogue, "replace_entries", file=SimpleUploadedFile(name, content))
        assert list(rows_of(catalogue)) == before
    assert Entry.objects.latest("id").facts["entries"] == 3


# --- one entry ---------------------------------------------------------------------------------------------------
def test_an_entry_is_added_changed_and_dropped_and_stands_once():
    catalogue = edited(draft_list(), "add_entry", **entry_content())
    assert refused_by(lambda: edited(catalogue, "add_entry", **entry_content())) == [("S-08", "title")]
    added = entry(catalogue, "社区矫正辅助服务")
    edited(catalogue, "change_entry", entry=added, **entry_content(method="SINGLE_SOURCE"))
    assert Entry.objects.latest("id").facts["changed"] == {"method": ["OPEN_TENDER", "SINGLE_SOURCE"]}
    taken = entry_content(title="法律顾问服务", leaf=entry(catalogue, "法律顾问服务").leaf)
    assert refused_by(lambda: edited(catalogue, "change_entry", entry=added, **taken)) == [("S-08", "title")]
    catalogue = edited(catalogue, "drop_entry", entry=added)
    assert (catalogue.entry_count, catalogue.entries.count()) == (2, 2)
    with pytest.raises(NotYours):
        perform(catalogue, "add_entry", actor=actor("finance_head"), **entry_content())


def test_the_database_keeps_an_entry_on_one_thing_and_once():
    catalogue = draft_list()
    first = catalogue.entries.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        ImplementationEntry.objects.create(catalogue=catalogue, position=9, title="无", agency=agency(), method="OPEN_TENDER")
    with pytest.raises(IntegrityError), transaction.atomic():
        ImplementationEntry.objects.create(
            catalogue=catalogue, position=9, title=first.title, leaf=first.leaf, agency=first.agency, method="OPEN_TENDER"
        )


# --- submit ------------------------------------------------------------------------------------------------------
def test_an_empty_list_is_not_handed_in():
    catalogue = draft_list(start=Begin.EMPTY)
    assert refused_by(lambda: perform(catalogue, "submit", actor=actor("finance_head"))) == [("S-08", "")]


def test_inquiry_and_posts_are_no_ways_to_buy_a_service_and_flags_need_their_reason():
    catalogue = draft_list(file=entry_file(
        f"甲,A1001,,{AGENCY},询价,,是,,,理由,", f"乙,A1001,,{AGENCY},公开招聘,,是,,,理由,", f"丙,A1001,,{AGENCY},公益性岗位,,,,,,",
    ))
    with pytest.raises(Refused) as refused:
        perform(catalogue, "submit", actor=actor("finance_head"))
    said = {refusal.rule: refusal.message for refusal in refused.value.refusals}
    assert [refusal.rule for refusal in refused.value.refusals] == ["R-GP-27", "R102-13", "S-09", "S-09"]
    assert "甲" in said["R-GP-27"]
    assert "乙、丙" in said["R102-13"]
    for each, method in (("甲", "OPEN_TENDER"), ("乙", "CONSULTATION"), ("丙", "FRAMEWORK")):
        change = entry_content(title=each, method=method, easy=True)
        catalogue = edited(catalogue, "change_entry", entry=entry(catalogue, each), **change)
    assert perform(catalogue, "submit", actor=actor("finance_head")).state == "SUBMITTED"


def test_an_entry_rests_on_a_leaf_in_force_or_on_a_filing_of_its_year():
    catalogue = draft_list()
    leaf = entry(catalogue, "法律顾问服务").leaf
    type(leaf).objects.filter(pk=leaf.pk).update(retired=True)
    with pytest.raises(Refused) as refused:
        perform(catalogue, "submit", actor=actor("finance_head"))
    assert [refusal.rule for refusal in refused.value.refusals] == ["R102-18"]
    assert "法律顾问服务" in refused.value.refusals[0].message
    filed = make_outside("FILED", year=catalogue.year)
    change = entry_content(title="助餐", leaf=None, filed_request=filed)
    catalogue = edited(catalogue, "change_entry", entry=entry(catalogue, "法律顾问服务"), **change)
    assert perform(catalogue, "submit", actor=actor("finance_head")).state == "SUBMITTED"


def test_who_compiled_it_does_not_hand_it_in():
    both = also("finance_officer", "FINANCE_HEAD")
    catalogue = draft_list()
    with pytest.raises(Refused) as refused:
        perform(catalogue, "submit", actor=both)
    assert {refusal.rule for refusal in refused.value.refusals} == {"G2"}


# --- decision, publication ---------------------------------------------------------------------------------------
def test_the_government_sends_back_or_approves_by_a_paper_that_exists():
    catalogue = make_implementation("SENT_BACK")
    assert catalogue.state == "SENT_BACK"
    catalogue = perform(edited(catalogue, "add_entry", **entry_content()), "submit", actor=actor("finance_head"))
    with pytest.raises(NotYours):
        perform(catalogue, "approve", actor=actor("finance_head"), decision="批复", decided_on=clock.today())
    tomorrow = clock.today() + timedelta(days=1)
    given = {"decision": "赣江府办批〔2026〕12 号", "decided_on": tomorrow}
    assert refused_by(lambda: perform(catalogue, "approve", actor=actor("convener"), **given)) == [("R-005", "decided_on")]
    catalogue = perform(catalogue, "approve", actor=actor("convener"), **{**given, "decided_on": clock.today()})
    assert (catalogue.state, catalogue.decision) == ("APPROVED", given["decision"])


def test_publication_tells_the_agencies_and_is_too_late_when_the_year_is_over():
    catalogue = make_implementation("APPROVED")
    with clock.at(catalogue.ends_at):
        assert refused_by(lambda: perform(catalogue, "issue", actor=actor("finance_head"))) == [("S-08", "")]
    with pytest.raises(WrongState):
        edited(catalogue, "add_entry", **entry_content())
    catalogue = perform(catalogue, "issue", actor=actor("finance_head"))
    assert catalogue.issued_at is not None
    assert Message.objects.filter(user=actor("planner").user, event="catalogue.implementation/issue").exists()


def test_entries_of_a_published_list_are_only_added_by_a_decision_of_their_own():
    catalogue = make_implementation("ISSUED")
    for row, more in (("change_entry", entry_content()), ("drop_entry", {})):
        with pytest.raises(WrongState):
            edited(catalogue, row, entry=catalogue.entries.first(), **more)

    def add(*rows, on=None):
        return perform(
            catalogue, "add_entries", actor=actor("finance_head"), reason="年中新增民生任务", decision="赣江府办批〔2026〕30 号",
            decided_on=on or clock.today(), entries=list(rows),
        )

    barred = entry_content(title="保安", method="INQUIRY", grounds="")
    assert refused_by(lambda: add(barred)) == [("R-GP-27", ""), ("S-09", "")]
    assert refused_by(lambda: add(entry_content(), entry_content())) == [("S-08", "title")]
    assert refused_by(lambda: add(entry_content(), on=clock.today() + timedelta(days=2))) == [("R-005", "decided_on")]
    catalogue = add(entry_content())
    added = entry(catalogue, "社区矫正辅助服务")
    assert (added.decision, added.position, catalogue.entry_count) == ("赣江府办批〔2026〕30 号", 3, 3)
    assert Entry.objects.latest("id").facts["titles"] == ["社区矫正辅助服务"]


def test_a_list_ends_with_its_year():
    catalogue = make_implementation("ISSUED")
    assert refused_by(lambda: perform(catalogue, "supersede", actor=_system())) == [("S-08", "")]
    assert catalogue.ends_at == datetime(catalogue.year + 1, 1, 1, tzinfo=clock.SHANGHAI)
    with clock.at(catalogue.ends_at):
        due.run(clock.now())
        catalogue.refresh_from_db()
        assert catalogue.state == "SUPERSEDED"
        assert refused_by(lambda: perform(
            ImplementationList(), "draft", actor=actor("finance_officer"), year=catalogue.year, title="补编", start=Begin.EMPTY,
        )) == [("S-08", "year"), ("S-08", "year")]


def _system():
    from portal.accounts.actor import system_actor

    return system_actor()


def test_livelihood_comes_first_then_key_points_then_what_is_easy():
    catalogue = draft_list(file=entry_file(
        f"易,A1001,,{AGENCY},公开招标,,,,是,理由,", f"重,A1001,,{AGENCY},公开招标,,,是,,理由,", f"民,A1001,,{AGENCY},公开招标,,是,,,理由,",
    ))
    assert [each.title for each in catalogue.entries.by_priority()] == ["民", "重", "易"]
    assert load_reference_catalogue().valid_from < date(2027, 1, 1)
