"""What one version changes against another, and what strays from the list above."""
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from catalogue.rules import Line, compare, side_by_side, unexplained
from portal.reports.models import ReportJob
from portal.reports.runner import run_job
from portal.reports.verbs import queue_report
from tests.catalogue.test_surfaces import signed_in
from tests.factories.catalogue import SMALL, make_version
from tests.factories.people import actor


def line(code, name, **facts):
    return Line(code, name, facts.pop("parent_code", ""), **facts)


def test_added_retired_renamed_and_moved_are_told_apart():
    before = [line("A01", "甲"), line("A02", "乙"), line("A03", "丙"), line("A04", "丁")]
    after = [line("A01", "甲"), line("A02", "乙乙"), line("A05", "丙"), line("A06", "戊")]
    difference = compare(before, after)
    assert [each.code for each in difference.added] == ["A06"]
    assert [each.code for each in difference.retired] == ["A04"]
    assert [(old.name, new.name) for old, new in difference.renamed] == [("乙", "乙乙")]
    assert [(old.code, new.code) for old, new in difference.moved] == [("A03", "A05")]
    assert difference.counts == {"added": 1, "retired": 1, "renamed": 1, "moved": 1, "changed": 0}


def test_a_line_marked_retired_counts_as_gone():
    assert [each.code for each in compare([line("A01", "甲")], [line("A01", "甲", retired=True)]).retired] == ["A01"]


def test_names_that_stand_twice_are_not_taken_for_moved():
    difference = compare([line("A01", "同名"), line("A02", "同名")], [line("A03", "同名")])
    assert difference.moved == []
    assert len(difference.added) == 1


def test_the_same_list_changes_nothing():
    assert not compare([line("A01", "甲")], [line("A01", "甲")])


def test_leaves_that_stray_need_a_reason():
    above = [line("A01", "甲"), line("A02", "乙", retired=True)]
    own = [line("A01", "甲"), line("A02", "乙"), line("A03", "丙", deviation="本市需要"), line("A04", "类", is_leaf=False)]
    assert [each.code for each in unexplained(own, above)] == ["A02"]


# --- side by side ------------------------------------------------------------------------------------------------
LINES = st.lists(
    st.builds(Line, st.sampled_from([f"A{n}" for n in range(9)]), st.sampled_from("甲乙丙丁戊己"), st.just(""), st.booleans(),
              details=st.sampled_from([(), ("说明",)])),
    unique_by=lambda line: line.code, max_size=9,
)


def test_lists_stand_side_by_side_and_what_is_gone_stands_where_it_stood():
    before = [line("A01", "甲"), line("A02", "乙"), line("A03", "丙"), line("A04", "丁", details=("旧",))]
    after = [line("A01", "甲"), line("A05", "丙"), line("A04", "丁", details=("新",)), line("A06", "戊")]
    assert [(p.before and p.before.code, p.after and p.after.code, p.kind) for p in side_by_side(before, after)] == [
        ("A01", "A01", ""), ("A02", None, "retired"), ("A03", "A05", "moved"), ("A04", "A04", "changed"), (None, "A06", "added"),
    ]


def test_what_stood_first_and_is_gone_stands_first():
    assert [pair.kind for pair in side_by_side([line("A01", "甲"), line("A02", "乙")], [line("A02", "乙")])] == ["retired", ""]


@given(LINES, LINES)
def test_side_by_side_shows_every_line_of_both_lists_once(before, after):
    pairs = side_by_side(before, after)
    assert sorted(pair.before.code for pair in pairs if pair.before) == sorted(each.code for each in before if not each.retired)
    assert [pair.after.code for pair in pairs if pair.after] == [each.code for each in after if not each.retired]
    counts = compare(before, after).counts
    assert {kind: sum(pair.kind == kind for pair in pairs) for kind in counts} == counts
    assert not [pair.kind for pair in side_by_side(before, before) if pair.kind]


# --- page, workbook, paper ---------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_any_two_versions_are_compared_by_page_workbook_and_paper(client):
    old = make_version("ISSUED")
    lines = tuple(each.replace("社区治理服务", "社区治理与服务") for each in SMALL if "B0101" not in each)
    new = make_version("DRAFTED", title="下一版", lines=lines)
    url = f"/catalogue/compare/?before={old.pk}&after={new.pk}"
    assert client.get(url).status_code == 422  # a draft is nothing a visitor may choose
    finance = signed_in("finance_officer")
    text = finance.get(url).content.decode()
    assert "<del>社区治理服务</del>" in text
    assert "<ins>社区治理与服务</ins>" in text
    assert "社会组织建设与管理服务" not in text
    assert "社会组织建设与管理服务" in finance.get(url + "&everything=on").content.decode()
    assert finance.get(f"/catalogue/compare/?before={old.pk}&after={old.pk}").status_code == 422
    assert finance.get("/catalogue/compare/").status_code == 200
    address = f"/catalogue/compare/{old.pk}/{new.pk}/comparison.xlsx"
    assert client.get(address).status_code == 404
    sheet = load_workbook(io.BytesIO(finance.get(address).content)).worksheets[0]
    kinds = [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert (kinds.count("更名"), kinds.count("取消"), kinds.count("相同")) == (1, 1, 5)
    for who, state in (("finance_officer", "COMPLETED"), ("buyer", "FAILED")):
        job = queue_report("catalogue-comparison", parameters={"before": old.pk, "after": new.pk}, actor=actor(who))
        run_job(job.pk)
        assert ReportJob.objects.get(pk=job.pk).state == state
