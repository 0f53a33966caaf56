"""The function list: compiled by a department, approved by the establishment office; what is kept is not bought (S-14, R102-10)."""
from datetime import timedelta

import pytest

from catalogue.functions import SHEET, read_functions, rows_of
from catalogue.models import FunctionList
from portal import clock
from portal.workflow import NotYours, Refused, perform
from procurement.plans.completeness import missing
from tests.catalogue.test_surfaces import signed_in
from tests.factories.functions import approve, draft_functions, function, function_file, make_functions
from tests.factories.people import actor, also
from tests.factories.plans import make_plan_item

pytestmark = pytest.mark.django_db


def refused_by(call) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        call()
    return [(refusal.rule, refusal.field) for refusal in refused.value.refusals]


def by_planner(found, row, **data):
    return perform(found, row, actor=actor("planner"), **data)


def test_a_file_is_taken_whole_or_refused_with_every_fault():
    bad = function_file("C-1,,保留,,", "C-2,评价,外包,,", ",清扫,购买,,", "C-4,甲,购买,,", "C-4,乙,购买,,", f"{'9' * 21},丙,购买,,")
    assert refused_by(lambda: draft_functions(file=bad)) == [("S-14", "file")] * 5
    assert refused_by(lambda: draft_functions(start="COPY")) == [("S-14", "start")]
    assert not FunctionList.objects.exists()
    found = draft_functions()
    assert list(found.functions.values_list("number", "status")) == [("C-1", "KEEP"), ("C-2", "TRANSFER"), ("C-3", "BUY")]
    wanted = list(rows_of(found))
    for content in (SHEET.csv_of(wanted).encode(), SHEET.xlsx_of(wanted, "清单")):
        again = read_functions(content)
        assert not again.faults
        assert [each["name"] for each in again.rows] == [each["name"] for each in wanted]


def test_functions_are_edited_on_a_page_and_long_lists_as_a_file():
    found = draft_functions(start="EMPTY")
    client, url = signed_in("planner"), f"/api/v1/function-lists/{found.pk}/edit/"
    row = {"number": "C-1", "name": "清扫保洁", "status": "BUY"}
    given = {"title": "新名称", "basis": "三定规定"}
    assert client.post(url, {**given, "functions": [row, row]}, content_type="application/json").status_code == 400
    assert client.post(url, {**given, "functions": [row]}, content_type="application/json").status_code == 200
    found.refresh_from_db()
    assert (found.title, found.function_count) == ("新名称", 1)
    assert "清扫保洁" in client.get(f"/act/catalogue.functions/{found.pk}/edit/").content.decode()
    by_planner(found, "replace_functions", file=function_file())
    assert found.functions.count() == 3
    FunctionList.objects.filter(pk=found.pk).update(function_count=101)
    found.refresh_from_db()
    assert refused_by(lambda: by_planner(found, "edit", **given, functions=[])) == [("S-14", "")]
    assert by_planner(found, "discard").state == "DISCARDED"


def test_the_department_hands_in_and_the_establishment_office_approves_or_sends_back():
    empty = draft_functions(start="EMPTY")
    assert refused_by(lambda: perform(empty, "submit", actor=actor("head"))) == [("S-14", "")]
    both = also("planner", "HEAD")
    assert refused_by(lambda: perform(draft_functions(), "submit", actor=both)) == [("G2", "")]
    found = make_functions("SUBMITTED")
    with pytest.raises(NotYours):
        perform(found, "approve", actor=actor("hongshan_establishment"), decision="甲", decided_on=clock.today())
    found = perform(found, "send_back", actor=actor("establishment"), reason="C-2 的承接方不明确")
    found = perform(found, "submit", actor=actor("head"))
    assert refused_by(lambda: approve(found, decided_on=clock.today() + timedelta(days=1))) == [("S-14", "decided_on")]
    assert approve(found).published_on == clock.today()
    second = approve(perform(draft_functions(start="COPY"), "submit", actor=actor("head")))
    found.refresh_from_db()
    assert (found.state, second.function_count) == ("SUPERSEDED", 3)


def test_everybody_reads_published_lists_with_their_counts_and_drafts_stay_closed(client):
    found = make_functions("SUBMITTED")
    addresses = [found.get_absolute_url(), *(f"{found.get_absolute_url()}functions.{kind}" for kind in ("csv", "xlsx"))]
    for url in addresses:
        assert client.get(url).status_code == 404
        assert signed_in("planner_2").get(url).status_code == 404
        assert signed_in("establishment").get(url).status_code == 200
    approve(found)
    for url in addresses:
        assert client.get(url).status_code == 200
    page = client.get("/catalogue/functions/")
    assert [count for _status, _word, count in page.context["counts"]] == [1, 1, 1]
    assert page.context["departments"] == 1
    assert len(client.get("/catalogue/functions/", {"q": "没有"}).context["rows"]) == 0
    one = client.get(found.get_absolute_url(), {"status": "TRANSFER"})
    assert [row["cells"][0] for row in one.context["rows"]] == ["市容环境评价"]
    assert "办理记录" not in one.content.decode()
    listed = client.get("/api/v1/government-functions/", {"status": "BUY"}).json()["results"]
    assert [each["number"] for each in listed] == ["C-3"]


def test_an_item_cites_what_it_fulfils_and_what_government_keeps_is_not_bought():
    make_functions("PUBLISHED")
    item = make_plan_item(function=function("C-3"))
    assert not [each for each in missing(item) if each.field == "function"]
    page = signed_in("planner").get(item.get_absolute_url()).content.decode()
    assert "C-3 城市道路清扫保洁（购买）" in page
    item.function = function("C-1")
    assert [(each.rule, each.field) for each in missing(item) if each.field == "function"] == [("R102-10", "function")]
    form = signed_in("planner").get(f"/plans/items/{item.pk}/edit/").content.decode()
    assert 'name="function"' in form
    approve(perform(draft_functions(start="COPY"), "submit", actor=actor("head")))
    item.function.catalogue.refresh_from_db()
    assert [(each.rule, each.field) for each in missing(item) if each.field == "function"] == [("S-14", "function")]


def test_an_item_without_a_function_list_is_not_asked_for_one():
    item = make_plan_item()
    assert 'name="function"' not in signed_in("planner").get(f"/plans/items/{item.pk}/edit/").content.decode()
    assert not [each for each in missing(item) if each.field == "function"]
