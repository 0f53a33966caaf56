"""Targets by stage: set by finance, compared with what was bought, changed on record (S-11)."""
from decimal import Decimal

import pytest

from catalogue.models import StageTarget
from catalogue.stages import progress_of
from portal import clock
from portal.audit.models import Entry
from portal.workflow import NotYours, Refused, perform
from tests.catalogue.test_surfaces import signed_in
from tests.factories.people import actor
from tests.factories.plans import leaf, make_plan, one_year

pytestmark = pytest.mark.django_db


def refused_by(call) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        call()
    return [(refusal.rule, refusal.field) for refusal in refused.value.refusals]


def make_target(who: str = "finance_officer", **changes) -> StageTarget:
    given = {
        "year": clock.today().year + 1, "stage": "EXTEND", "measure": "PROJECTS", "target": Decimal(4),
        "document": "赣江府办发〔2025〕6 号", "note": "", **changes,
    }  # fmt: skip
    return perform(StageTarget(), "set", actor=actor(who), **given)


def test_a_year_has_one_figure_of_a_kind_and_things_are_counted_whole():
    with pytest.raises(NotYours):
        make_target("planner")
    target = make_target()
    assert refused_by(make_target) == [("S-11", "measure")]
    assert refused_by(lambda: make_target(measure="ITEMS", target=Decimal("2.5"))) == [("S-11", "target")]
    assert make_target(measure="MONEY", target=Decimal("2000000.50")).state == "SET"
    said = {"stage": "FULL", "target": Decimal(6), "document": "", "note": "新方案"}
    perform(target, "change", actor=actor("finance_officer"), reason="方案调整", **said)
    facts = Entry.objects.of_subject("catalogue.target", target.pk).last().facts
    assert (Decimal(facts["before"]), Decimal(facts["target"])) == (4, 6)
    assert perform(target, "drop", actor=actor("finance_head"), reason="不再考核").state == "DROPPED"
    assert make_target().state == "SET"


def test_what_was_reached_is_what_published_plans_come_to(client):
    plan = make_plan("DECIDED", items=[one_year("1000000.00"), one_year("200000.00", leaf=leaf("B0801")),
                                       one_year("300000.00", leaf=leaf("B0801"))])  # fmt: skip
    targets = [make_target(year=plan.year), make_target(year=plan.year, measure="ITEMS", target=Decimal(2)),
               make_target(year=plan.year, measure="MONEY", target=Decimal(3000000))]  # fmt: skip
    region = plan.agency.region
    assert [each.reached for each in progress_of(region, targets)] == [0, 0, 0]
    perform(plan, "publish", actor=actor("head"))
    found = progress_of(region, targets)
    assert [(each.reached, each.percent) for each in found] == [(3, 75), (2, 100), (Decimal(1500000), 50)]
    page = client.get("/catalogue/pilots/targets/")
    assert [each.reached for each, _acts in page.context["rows"]] == [2, Decimal(1500000), 3]
    assert not any(acts for _each, acts in page.context["rows"])
    assert "75 %" in page.content.decode()
    assert "办理记录" not in page.content.decode()
    assert "/catalogue/pilots/targets/" in client.get("/catalogue/pilots/").content.decode()


def test_finance_sets_and_changes_on_the_page_and_others_read():
    target = make_target()
    page = signed_in("finance_officer").get(target.get_absolute_url()).content.decode()
    assert "确定目标" in page
    assert f"/act/catalogue.target/{target.pk}/change/" in page
    assert "办理记录" in page
    assert 'value="4.00"' in signed_in("finance_officer").get(f"/act/catalogue.target/{target.pk}/change/").content.decode()
    other = signed_in("hongshan_finance_officer").get("/catalogue/pilots/targets/").content.decode()
    assert f"/act/catalogue.target/{target.pk}/change/" not in other
    perform(target, "drop", actor=actor("finance_head"), reason="不再考核")
    assert "还没有分阶段目标" in signed_in("planner").get("/catalogue/pilots/targets/").content.decode()
    listed = signed_in("planner").get("/api/v1/stage-targets/").json()["results"]
    assert listed == []
