"""Pages, addresses and paper of the implementation catalogue: public once published, closed before (S-08…S-10)."""
import pytest
from django.urls import reverse

from catalogue.models import ImplementationList
from catalogue.verbs import load_reference_catalogue
from portal import clock
from portal.reports.models import ReportJob
from portal.reports.runner import run_job
from portal.reports.verbs import queue_report
from portal.workflow import perform
from tests.catalogue.test_surfaces import signed_in
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
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_draft_is_closed_and_a_published_list_is_everybodys(client):
    catalogue = make_implementation("APPROVED")
    first = catalogue.entries.first()
    addresses = [
        catalogue.get_absolute_url(), first.get_absolute_url(), reverse("catalogue:implementation-csv", args=[catalogue.pk]),
        reverse("catalogue:implementation-workbook", args=[catalogue.pk]),
    ]
    for url in addresses:
        assert client.get(url).status_code == 404
        assert signed_in("planner").get(url).status_code == 404
        assert signed_in("hongshan_finance_head").get(url).status_code == 404
        assert signed_in("finance_officer").get(url).status_code == 200
    perform(catalogue, "issue", actor=actor("finance_head"))
    for url in addresses:
        assert client.get(url).status_code == 200
    page = text_of(client.get(catalogue.get_absolute_url()))
    assert "城市保洁绿化道路养护" in page
    assert "赣江府办批〔2026〕12 号" in page
    assert "办理记录" not in page
    assert catalogue.title in text_of(client.get("/catalogue/implementation/"))


def test_a_list_is_searched_and_narrowed(client):
    catalogue = make_implementation("ISSUED")
    for query, found in (
        ({"q": "法律"}, ["法律顾问服务"]), ({"q": "a1001"}, ["城市保洁绿化道路养护"]), ({"method": "CONSULTATION"}, ["法律顾问服务"]),
        ({"flag": "livelihood"}, ["城市保洁绿化道路养护"]), ({"q": "没有"}, []),
    ):
        page = client.get(catalogue.get_absolute_url(), query)
        assert [row["cells"][0] for row in page.context["rows"]] == found
    figures = client.get(catalogue.get_absolute_url()).context["figures"]
    assert (figures["count"], figures["pilots"], f"{figures['amount']:.2f}") == (2, 1, "11664000.00")
    assert [count for _word, count in figures["flags"]] == [1, 1, 1]


def test_pilots_are_counted_by_batch_and_show_only_published_lists(client):
    draft_list(year=clock.today().year + 2)
    assert client.get("/catalogue/pilots/").context["rows"] == []
    make_implementation("ISSUED", lines=(*SMALL, f"乙,A1002,,{AGENCY},竞争性磋商,100,,是,,理由,扩面"))
    page = client.get("/catalogue/pilots/")
    assert page.context["figures"]["batches"] == [("首批", 1), ("扩面", 1)]
    assert [kind for kind, _label in page.context["figures"]["kinds"]] == ["公共服务", "政府履职辅助性服务"]
    assert [row["cells"][0] for row in client.get("/catalogue/pilots/", {"pilot": "EXTENDED"}).context["rows"]] == ["乙"]
    assert client.get("/catalogue/pilots/", {"year": 2001}).context["rows"] == []


def test_finance_compiles_a_list_through_the_pages():
    load_reference_catalogue()
    finance = signed_in("finance_officer")
    url = reverse("workflow:create", args=["catalogue.implementation", "draft"])
    assert url in text_of(finance.get("/catalogue/implementation/"))
    given = {"year": clock.today().year + 1, "title": "新目录"}
    assert finance.post(url, {**given, "start": "FILE"}).status_code == 422
    refused = finance.post(url, {**given, "start": "FILE", "file": entry_file("甲,Z99,,无此单位,公开招标,,,,,,")})
    assert refused.status_code == 409
    assert "第 2 行 agency 列" in text_of(refused)
    assert finance.post(url, {**given, "start": "EMPTY", "made_by": "once"}).status_code == 302
    catalogue = ImplementationList.objects.get(title="新目录")
    edit = reverse("catalogue:implementation-edit", args=[catalogue.pk])
    assert edit in text_of(finance.get(catalogue.get_absolute_url()))
    leaf = load_reference_catalogue().items.get(code="A1001")
    said = {"title": "甲", "leaf": leaf.pk, "agency": agency().pk, "method": "OPEN_TENDER", "livelihood": "on", "grounds": "理由"}
    assert finance.post(edit, {**said, "leaf": ""}).status_code == 422
    assert finance.post(edit, said).status_code == 302
    assert finance.post(edit, said).status_code == 409
    first = entry(catalogue, "甲")
    change = reverse("catalogue:implementation-edit-entry", args=[catalogue.pk, first.pk])
    assert change in text_of(finance.get(edit))
    assert 'value="甲"' in text_of(finance.get(change))
    assert finance.post(change, {**said, "row": "change_entry", "entry": first.pk, "title": "乙"}).status_code == 302
    assert finance.post(change, {"row": "drop_entry", "entry": first.pk}).status_code == 302
    assert catalogue.entries.count() == 0
    assert finance.get(change).status_code == 404
    assert signed_in("finance_head").get(edit).status_code == 403
    assert signed_in("hongshan_finance_officer").get(edit).status_code == 404


def test_a_list_that_was_handed_in_is_edited_no_more():
    catalogue = make_implementation("SUBMITTED")
    finance = signed_in("finance_officer")
    assert finance.get(reverse("catalogue:implementation-edit", args=[catalogue.pk])).status_code == 404


def test_a_barred_way_of_an_imported_list_stays_to_be_seen_and_changed():
    catalogue = draft_list(file=entry_file(f"乙,A1001,,{AGENCY},公开招聘,,是,,,理由,"))
    first = catalogue.entries.get()
    page = signed_in("finance_officer").get(reverse("catalogue:implementation-edit-entry", args=[catalogue.pk, first.pk]))
    assert "RECRUITMENT" in text_of(page)
    new = signed_in("finance_officer").get(reverse("catalogue:implementation-edit", args=[catalogue.pk]))
    assert "RECRUITMENT" not in text_of(new)


def test_the_list_is_printed_for_who_may_read_it():
    catalogue = make_implementation("ISSUED")
    job = queue_report("implementation-catalogue", actor=actor("planner"), parameters={"catalogue": catalogue.pk})
    run_job(job.pk)
    job = ReportJob.objects.get(pk=job.pk)
    assert (job.state, job.rows) == ("COMPLETED", 2)
    draft = draft_list(year=clock.today().year + 3)
    job = queue_report("implementation-catalogue", actor=actor("planner"), parameters={"catalogue": draft.pk})
    run_job(job.pk)
    assert ReportJob.objects.get(pk=job.pk).state == "FAILED"


def test_programs_read_lists_and_entries_and_act(client):
    catalogue = make_implementation("ISSUED")
    listed = client.get("/api/v1/implementation-catalogues/", {"year": catalogue.year}).json()["results"]
    assert [(row["id"], row["state_label"], row["entry_count"]) for row in listed] == [(catalogue.pk, "现行", 2)]
    entries = client.get("/api/v1/implementation-entries/", {"catalogue": catalogue.pk, "livelihood": "true"}).json()["results"]
    assert [(row["title"], row["pilot"]) for row in entries] == [("城市保洁绿化道路养护", "FIRST")]
    row = {**entry_content(), "leaf": entry_content()["leaf"].pk, "agency": agency().pk, "amount": "300000.00"}
    given = {"decision": "批复", "decided_on": f"{clock.today()}", "reason": "新增任务", "entries": [row]}
    url = f"/api/v1/implementation-catalogues/{catalogue.pk}/add_entries/"
    assert signed_in("finance_officer").post(url, given, content_type="application/json").status_code == 403
    answer = signed_in("finance_head").post(url, given, content_type="application/json")
    assert (answer.status_code, answer.json()["entry_count"]) == (200, 3)


def test_queries_do_not_grow_with_the_entries(client, django_assert_max_num_queries):
    lines = [f"项目{number},A1001,,{AGENCY},公开招标,1,是,,,理由,首批" for number in range(60)]
    catalogue = make_implementation("ISSUED", lines=tuple(lines))
    for url in (catalogue.get_absolute_url(), "/catalogue/pilots/"):
        with django_assert_max_num_queries(16):
            client.get(url)
