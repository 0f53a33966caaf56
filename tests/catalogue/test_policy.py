"""The policy library: taken in, published, replaced, ended; found by everybody, shown where it bears on something (S-13)."""
from datetime import date

import pytest

from catalogue.models import Policy
from catalogue.verbs import load_reference_catalogue
from portal import clock
from portal.accounts.actor import system_actor
from portal.files.models import Document
from portal.workflow import Refused, due, perform
from tests.catalogue.test_surfaces import signed_in
from tests.factories.people import actor, also
from tests.factories.plans import make_plan_item, report_file
from tests.factories.policies import make_policy, policy_content

pytestmark = pytest.mark.django_db


def rules(call) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [refusal.rule for refusal in refused.value.refusals]


def publish(policy, who="finance_head") -> Policy:
    return perform(policy, "publish", actor=actor(who))


def test_a_document_is_published_by_another_than_who_took_it_in_and_only_if_it_can_be_read():
    both = also("finance_officer", "FINANCE_HEAD")
    empty = make_policy(text=" ")
    assert rules(lambda: publish(empty)) == ["S-13"]
    assert rules(lambda: perform(make_policy(), "publish", actor=both)) == ["G2"]
    policy = perform(empty, "edit", actor=actor("finance_officer"), **policy_content(text="", paper=report_file()))
    assert publish(policy).state == "PUBLISHED"
    assert Document.objects.of_subject(policy).get().public
    assert rules(lambda: publish(make_policy())) == ["S-13"]  # the number was published before
    assert perform(make_policy(), "discard", actor=actor("finance_officer")).state == "DISCARDED"


def test_a_successor_a_decision_and_its_last_day_end_a_document():
    first = make_policy("PUBLISHED")
    second = make_policy("PUBLISHED", document_number="赣江府办发〔2026〕1 号", title="新办法", supersedes=first)
    first.refresh_from_db()
    assert (first.state, first.ended_reason) == ("ENDED", "由“新办法”替代")
    assert perform(second, "end", actor=actor("finance_head"), reason="清理规范性文件").ended_reason == "清理规范性文件"
    short = make_policy("PUBLISHED", document_number="三号", valid_to=date(2028, 1, 1))
    assert rules(lambda: perform(short, "expire", actor=system_actor())) == ["S-13"]
    with clock.at(short.ends_at):
        due.run(clock.now())
        short.refresh_from_db()
    assert (short.state, short.ended_reason) == ("ENDED", "有效期满")


def test_everybody_finds_it_by_number_and_words_and_drafts_stay_closed(client):
    policy = make_policy()
    assert client.get(policy.get_absolute_url()).status_code == 404
    assert policy.title not in client.get("/catalogue/policies/").content.decode()
    assert signed_in("finance_officer").get(policy.get_absolute_url()).status_code == 200
    publish(policy)
    asked = (({"q": "6 号"}, 1), ({"q": "制定本办法"}, 1), ({"q": "没有"}, 0), ({"kind": "NOTICE"}, 0), ({"state": "ENDED"}, 0))
    for query, found in asked:
        assert len(client.get("/catalogue/policies/", query).context["rows"]) == found
    load_reference_catalogue()
    page = client.get(policy.get_absolute_url())
    assert [line.code for line in page.context["lines"]] == ["A10"]
    assert [each.id for each in page.context["carried"]] == ["R102-16", "S-07"]
    listed = client.get("/api/v1/policies/", {"kind": "MEASURES"}).json()["results"]
    assert [(row["document_number"], row["codes"]) for row in listed] == [(policy.document_number, ["A10"])]


def test_it_is_shown_at_the_lines_below_its_code_and_at_the_items_that_rest_on_them(client):
    policy = make_policy("PUBLISHED", codes=["A10"])
    version = load_reference_catalogue()
    for code, shown in (("A1001", True), ("A10", True), ("B0101", False)):
        page = client.get(version.items.get(code=code).get_absolute_url()).content.decode()
        assert (policy.get_absolute_url() in page) is shown
    item = make_plan_item(leaf=version.items.get(code="A1002"))
    assert policy.get_absolute_url() in signed_in("planner").get(item.get_absolute_url()).content.decode()


def test_rules_codes_and_days_are_checked_at_their_fields():
    given = policy_content(rules="R102-16，没有 X-99", codes="A10 a1", valid_to=date(2025, 1, 1))
    answer = signed_in("finance_officer").post("/api/v1/policies/", {k: v for k, v in given.items() if v is not None})
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"rules", "codes", "valid_to"}
