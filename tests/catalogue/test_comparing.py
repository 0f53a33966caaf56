"""What one version changes against another, and what strays from the list above."""
from catalogue.rules import Line, compare, unexplained


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
    assert difference.counts == {"added": 1, "retired": 1, "renamed": 1, "moved": 1}


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
