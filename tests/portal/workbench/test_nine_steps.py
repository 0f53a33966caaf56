"""S-02: the nine things a purchaser sees to, computed from the record; what was passed over is named with its rule and act."""
from __future__ import annotations

import pytest
from django.test import Client

from portal.workbench.nine_steps import STEPS, Checklist, lines_of, wanting
from portal.workbench.record import Sight, sight_of
from procurement.plans.models import Project
from tests.factories.people import actor
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(actor(username).user)
    return client


def nothing_told(**fields) -> Checklist:
    """A project of which the record says nothing."""
    return Checklist(Sight(Project(**fields), actor("auditor"), [], {}, {}))


def test_there_are_nine_and_each_names_an_act_that_exists():
    assert [step.code for step in STEPS] == [
        "budget", "method", "release", "selection", "contract", "tracking", "acceptance", "evaluation", "payment",
    ]
    assert all(str(step.act.label) and step.act.rules for step in STEPS)


def test_what_was_done_has_date_person_and_paper():
    project = make_tender("PUBLISHED").project
    lines = {line.step.code: line for line in lines_of(sight_of(project, actor("buyer")))}
    assert {code for code, line in lines.items() if line.state == "done"} == {"budget", "method", "release"}
    assert not wanting(list(lines.values()))
    assert lines["release"].at
    assert lines["release"].thing
    assert lines["release"].person == "林晓东"  # the system published for him: the duty of buying is his
    assert lines["method"].paper is not None
    assert {line.state for code, line in lines.items() if code not in ("budget", "method", "release")} == {"coming"}


def test_a_step_that_was_passed_over_is_wanting_with_rule_and_next_act():
    lines = nothing_told(state="EVALUATED").lines
    missing = wanting(lines)
    assert [line.step.code for line in missing] == [
        "budget", "method", "release", "selection", "contract", "tracking", "acceptance",
    ]
    assert "验收合格" in missing[-1].advice
    assert missing[-1].rules == ["S-02", "R-GP-46"]
    assert [line.state for line in lines[-2:]] == ["coming", "coming"]


def test_a_case_of_the_past_is_not_accused_of_what_was_never_told():
    assert {line.state for line in nothing_told(state="CLOSED", is_history=True).lines} == {"unknown"}


def test_page_and_api_show_them_to_government_alone():
    project = make_tender("PUBLISHED").project
    page = client_of("finance_officer").get(project.get_absolute_url()).content.decode()
    assert "九项组织实施事项" in page
    assert "九项中已办 3 项" in page
    told = client_of("buyer").get(f"/api/v1/project-steps/{project.number}/").json()
    assert (told["project"], told["wanting"]) == (project.number, 0)
    assert [step["state"] for step in told["steps"]].count("done") == 3
    assert "九项组织实施事项" not in client_of("supplier_a_officer").get(project.get_absolute_url()).content.decode()
    assert client_of("supplier_a_officer").get(f"/api/v1/project-steps/{project.number}/").status_code in (403, 404)
    assert client_of("planner_2").get(f"/api/v1/project-steps/{project.number}/").status_code == 404


def test_the_list_takes_the_same_few_questions(django_assert_max_num_queries):
    sight = sight_of(make_tender("PUBLISHED").project, actor("buyer"))
    with django_assert_max_num_queries(4):
        assert len(lines_of(sight)) == 9
