"""Every rule that catalogue, plans and budgets hold people to is named by a test that performs it."""
import ast
from textwrap import dedent

import pytest

from portal.rules.citing import citations, named_by_tests

STAGES = ("catalogue/", "procurement/plans/", "procurement/budgets/")


def held_to() -> list[str]:
    """Rules enforced in these stages, and those by which results of evaluation bear on the next year (NYR), wherever they stand."""
    return [
        rule_id for rule_id, where in citations().items()
        if where.enforced and (rule_id.startswith("NYR-") or any(path.startswith(STAGES) for path in where.enforced))
    ]


@pytest.mark.parametrize("rule_id", held_to())
def test_a_rule_that_is_enforced_is_named_by_a_test(rule_id):
    assert citations()[rule_id].tests, f"{rule_id} is cited in {', '.join(citations()[rule_id].enforced)} and no test names it"


def test_enough_rules_are_found_to_mean_something():
    assert len(held_to()) > 100
    assert {"S-22", "R102-13", "R1787-04", "R-GP-08", "RYX-02", "BOOK-03", "NYR-01", "NYR-02", "NYR-03"} <= set(held_to())


def test_what_refuses_is_enforced_and_what_only_tells_is_a_source(tmp_path):
    write(tmp_path / "catalogue" / "checking.py", '''
        """An item is named (S-06)."""
        CEILING = "NYR-01"
        LIFECYCLE = Lifecycle("x", reference="R-001", rows=[Transition("draft", rules=["S-22"])])

        def check(line):
            # R-003 stands in a comment alone
            yield refuse("S-30", "…", "R-002")
            print(cite("S-31"), "see S-07")
        ''')  # fmt: skip
    write(tmp_path / "portal" / "workbench" / "help.py", 'TASK = ("draft", "S-18")')
    found = {rule_id: (bool(where.enforced), bool(where.source)) for rule_id, where in citations(tmp_path).items()}
    assert {rule_id for rule_id, told in found.items() if told == (True, False)} == {"NYR-01", "S-22", "S-30", "R-002"}
    assert {rule_id for rule_id, told in found.items() if told == (False, True)} == {"S-06", "R-001", "S-31", "S-07", "S-18"}


def test_a_test_names_what_it_asserts_and_nothing_else():
    named = named_by_tests(ast.parse(dedent('''
        """S-01: a heading names nothing."""
        CASES = ["S-02"]

        def refused(rule):
            assert rule

        def passed_over(rule):
            return rule

        @pytest.mark.parametrize("rule", CASES)
        def test_cases(rule):
            assert rule

        def test_said():
            """S-03."""
            assert True

        def test_said_in_vain():
            """S-04."""
            passed_over("S-05")

        def test_asserted():
            # S-06
            make(reason="S-07")
            with pytest.raises(Refused, match="S-08"):
                pass
            refused("S-09")
            assert rules() == ["S-10"], passed_over("S-11")
        ''')))  # fmt: skip
    assert named == {
        "test_cases": {"S-02"}, "test_said": {"S-03"}, "test_said_in_vain": set(), "test_asserted": {"S-08", "S-09", "S-10", "S-11"},
    }


def write(path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), "utf-8")
