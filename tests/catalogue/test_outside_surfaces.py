"""Pages and addresses of what the catalogue lacks: the words are marked, the article quoted, programs do the same."""
import pytest
from django.urls import reverse

from catalogue.models import OutOfCatalogueRequest
from tests.catalogue.test_surfaces import signed_in
from tests.factories.catalogue import NEAREST, SIX, make_outside, outside_content

pytestmark = pytest.mark.django_db


def test_words_are_marked_and_the_article_is_quoted_with_the_way_out():
    request = make_outside(content="<b>购置设备</b>后供餐，由企业垫 资。")
    text = signed_in("head").get(request.get_absolute_url()).content.decode()
    assert '&lt;b&gt;<mark lang="zh-CN">购置设备</mark>&lt;/b&gt;' in text
    assert '<mark lang="zh-CN">垫 资</mark>' in text
    assert "原材料、燃料、设备、产品" in text
    assert "财预〔2017〕87号" in text
    assert "不得以购买服务名义融资" in text


def test_a_planner_writes_it_down_by_the_page_and_the_nearest_leaves_are_suggested():
    make_outside()
    planner = signed_in("planner")
    url = reverse("workflow:create", args=["catalogue.outside", "draft"])
    assert url in planner.get("/catalogue/outside/").content.decode()
    made = planner.post(url, {"title": "社区老年餐饮服务", "year": 2027, "kind": "A", "made_by": "once"})
    request = OutOfCatalogueRequest.objects.get(title="社区老年餐饮服务")
    assert made["Location"] == request.get_absolute_url()
    edit = planner.get(reverse("workflow:act", args=["catalogue.outside", request.pk, "edit"]))
    rows = edit.context["form"].fields["nearest"].initial
    assert len(rows) == 3
    assert "B1105" in edit.content.decode()
    for who, status in (("buyer", 403), ("supplier_a_head", 403)):
        assert signed_in(who).get(url).status_code == status


def test_the_list_counts_what_waits_and_what_is_hard_to_price(client):
    make_outside("SUBMITTED", amount=None, hard_to_price=True, pricing_note="按份结算")
    make_outside("FILED", title="助浴服务")
    text = signed_in("finance_officer").get("/catalogue/outside/").content.decode()
    assert "待审核 1 项，已备案 1 项，已纳入目录 0 项；其中价格难以核定 1 项。" in text
    assert "难以核定" in text
    assert "助浴服务" not in signed_in("finance_officer").get("/catalogue/outside/", {"state": "SUBMITTED"}).content.decode()
    assert client.get("/catalogue/outside/").status_code == 302
    assert signed_in("planner_2").get("/catalogue/outside/").context["rows"] == []


def test_a_foreign_agency_meets_404():
    request = make_outside("SUBMITTED")
    assert signed_in("planner_2").get(request.get_absolute_url()).status_code == 404
    assert signed_in("supplier_a_head").get(request.get_absolute_url()).status_code == 403


def test_programs_file_a_request_whole():
    make_outside()
    planner, head = signed_in("planner"), signed_in("head")
    body = outside_content() | {"nearest": [
        {"leaf": row["leaf"].pk, "reason": row["reason"]} for row in outside_content()["nearest"]
    ]}
    made = planner.post("/api/v1/out-of-catalogue/", body, content_type="application/json")
    assert made.status_code == 201, made.content
    assert [row["reason"] for row in made.json()["nearest"]] == list(NEAREST.values())
    assert {made.json()[name] for name in SIX} == {False}
    done = head.post(f"/api/v1/out-of-catalogue/{made.json()['id']}/submit/", {}, content_type="application/json")
    assert done.json()["state"] == "SUBMITTED"
    twice = planner.post("/api/v1/out-of-catalogue/", body | {"nearest": [body["nearest"][0]] * 2}, content_type="application/json")
    assert "nearest" in twice.json()["errors"]


def test_queries_do_not_grow_with_the_list(django_assert_max_num_queries):
    for number in range(4):
        make_outside("SUBMITTED", title=f"事项 {number}")
    finance = signed_in("finance_officer")
    finance.get("/catalogue/outside/")
    with django_assert_max_num_queries(30):
        finance.get("/catalogue/outside/")
