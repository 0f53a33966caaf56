"""L11.1: every row, each refusal first."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from evaluation.schemes.frames import PROJECT_SPENDING
from evaluation.schemes.models import Scheme
from portal.workflow import NotYours, Refused, WrongState, perform
from procurement.plans.models import Project
from tests.factories.evaluation import make_scheme
from tests.factories.keeping import made, rolled_back
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _project_key(django_db_setup, django_db_blocker) -> Iterator[int]:
    from tests.factories.budgets import make_funded_project

    with django_db_blocker.unblock(), rolled_back():
        yield made(lambda: make_funded_project().pk)


@pytest.fixture
def project(_project_key: int, db) -> Project:
    return Project.objects.get(pk=_project_key)


def refused_rules(scheme, row: str, who: str, **data) -> set[str]:
    with pytest.raises(Refused) as refused:
        perform(scheme, row, actor=actor(who), **data)
    return {refusal.rule for refusal in refused.value.refusals}


def without(*codes: str, **changed) -> list[dict]:
    """The frame without some codes, values of others changed ({"3.1.1": {"weight": "9"}})."""
    return [
        {**row, **changed.get("values", {}).get(row["code"], {})}
        for row in PROJECT_SPENDING
        if row["code"] not in codes
    ]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"purchaser_weight": Decimal(31)}, "S-106"),
        ({"recipients_weight": Decimal(5), "third_party_weight": Decimal(65)}, "S-109"),
        ({"indicators": []}, "S-108"),
        ({"indicators": without("4.2.1")}, "S-108"),
        ({"indicators": without("4.2")}, "S-108"),
        ({"indicators": without(values={"3.1.1": {"weight": "9.99"}})}, "S-108"),
        ({"indicators": without(values={"1": {"dimension": "PROCESS"}})}, "RPE-F01"),
        ({"indicators": without(values={"2.1": {"dimension": "EFFECT"}})}, "RPE-F01"),
        ({"indicators": without(values={"3.1.2": {"aspect": "TIME"}})}, "R-051"),
        ({"indicators": without(values={"4.1.3": {"aspect": "SOCIAL"}})}, "R-052"),
        ({"indicators": without(values={"3.1.1": {"rule": ""}})}, "S-108"),
        ({"pays_by_result": True, "percent_fair": Decimal(100), "percent_good": Decimal(90)}, "S-95"),
    ],
)
def test_propose_is_refused(project, changes: dict, rule: str) -> None:
    scheme = make_scheme(project, "DRAFTED", **changes)
    assert rule in refused_rules(scheme, "propose", "buyer")
    assert Scheme.objects.get(pk=scheme.pk).state == "DRAFTED"


def test_every_party_with_a_weight_scores_something(project) -> None:
    rows = [{**row, "scored_by": "THIRD_PARTY" if row["scored_by"] else ""} for row in PROJECT_SPENDING]
    assert refused_rules(make_scheme(project, "DRAFTED", indicators=rows), "propose", "buyer") == {"S-106"}


def test_sent_back_mended_and_approved_by_another(project) -> None:
    proposed = make_scheme(project, "PROPOSED")
    assert refused_rules(proposed, "send_back", "head") == {"S-172"}
    back = perform(
        proposed, "send_back", actor=actor("finance_officer"), reason_code="NOT_MEASURABLE", reason="完成率没有口径"
    )
    assert back.state == "SENT_BACK"
    edited = perform(back, "edit", actor=actor("buyer"), title="修订方案", indicators=PROJECT_SPENDING)
    again = perform(edited, "propose", actor=actor("buyer"))
    with pytest.raises(NotYours):
        perform(again, "approve", actor=actor("buyer"))
    with pytest.raises(NotYours):
        perform(again, "approve", actor=actor("head_2"))
    approved = perform(again, "approve", actor=actor("head"))
    assert (approved.state, approved.title, approved.indicators.count()) == (
        "APPROVED",
        "修订方案",
        len(PROJECT_SPENDING),
    )
    with pytest.raises(WrongState):
        perform(approved, "edit", actor=actor("buyer"), title="再改")


def test_who_compiled_does_not_approve(project) -> None:
    from portal.accounts.models import Membership

    Membership.objects.create(user=actor("buyer").user, organisation=project.agency, role="HEAD")
    assert "G2" in refused_rules(make_scheme(project, "PROPOSED"), "approve", "buyer")


def test_one_approved_scheme_at_a_time_and_retired_to_make_room(project) -> None:
    first = make_scheme(project)
    second = make_scheme(project, "PROPOSED", title="另一方案")
    assert refused_rules(second, "approve", "head") == {"S-108"}
    assert perform(first, "retire", actor=actor("buyer")).state == "RETIRED"
    assert perform(second, "approve", actor=actor("head")).state == "APPROVED"


def test_who_sees_a_scheme(project) -> None:
    scheme = make_scheme(project)
    assert all(
        Scheme.objects.visible_to(actor(who)).filter(pk=scheme.pk).exists()
        for who in ("head", "finance_officer", "auditor")
    )
    assert not any(
        Scheme.objects.visible_to(actor(who)).exists()
        for who in ("head_2", "supplier_a_head", "evaluator", "hongshan_head")
    )
