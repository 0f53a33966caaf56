"""Pages and addresses of suppliers: who sees what, what can be pressed, queries counted."""
import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Organisation, User
from portal.files.models import Document
from procurement.suppliers.conditions import Condition
from procurement.suppliers.demo import registration
from procurement.suppliers.models import Evidence, Supplier
from tests.factories.people import actor
from tests.factories.suppliers import make_supplier, paper_file, submit_paper

pytestmark = pytest.mark.django_db


def signed_in(username: str) -> Client:
    actor(username)
    client = Client()
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_list_is_for_the_departments_of_the_region():
    make_supplier("REGISTERED")
    for who, status in (("finance_officer", 200), ("registrar", 200), ("auditor", 200), ("buyer", 403),
                        ("supplier_a_head", 403)):
        assert signed_in(who).get("/suppliers/").status_code == status
    assert "赣江清源环境服务有限公司" in signed_in("registrar").get("/suppliers/").content.decode()
    assert "赣江清源环境服务有限公司" not in signed_in("hongshan_auditor").get("/suppliers/").content.decode()


def test_the_list_is_searched_and_filtered():
    make_supplier("REGISTERED")
    finance = signed_in("finance_officer")
    for query, found in (({"q": "清源"}, 1), ({"q": "9136"}, 1), ({"q": "别家"}, 0), ({"state": "CONFIRMED"}, 0),
                         ({"type": "ENTERPRISE"}, 1)):
        assert len(finance.get("/suppliers/", query).context["rows"]) == found


def test_a_supplier_goes_to_its_own_page_or_to_its_registration():
    officer = signed_in("supplier_a_officer")
    assert officer.get("/suppliers/mine/")["Location"] == reverse("workflow:create", args=["suppliers.supplier", "draft"])
    supplier = make_supplier("REGISTERED")
    assert officer.get("/suppliers/mine/")["Location"] == supplier.get_absolute_url()
    assert officer.get(supplier.get_absolute_url()).status_code == 200
    assert signed_in("supplier_b_officer").get(supplier.get_absolute_url()).status_code == 404
    assert signed_in("expert_1").get(supplier.get_absolute_url()).status_code == 403


def test_a_registration_is_filled_in_on_the_page_with_what_the_account_knows():
    officer = signed_in("supplier_a_officer")
    url = reverse("workflow:create", args=["suppliers.supplier", "draft"])
    answers = registration("supplier_a")
    assert answers["code"] in officer.get(url).content.decode()
    people = answers.pop("related_persons")
    posted = {name: "" if value is None else value for name, value in answers.items()}
    posted |= {"related_persons-0-name": people[0]["name"], "related_persons-0-relation": people[0]["relation"]}
    wrong = officer.post(url, {**posted, "bank_account": "账号"})
    assert wrong.status_code == 422
    assert answers["authority_name"] in wrong.content.decode()
    assert officer.post(url, posted).status_code == 302
    supplier = Supplier.objects.get()
    assert supplier.related_persons.get().name == people[0]["name"]
    assert supplier.code == answers["code"]


def test_the_page_offers_each_reader_his_acts():
    supplier = make_supplier("REGISTERED")
    paper = submit_paper(condition=Condition.GOVERNANCE)
    confirm = reverse("workflow:act", args=["suppliers.evidence", paper.pk, "confirm_evidence"])
    upload = reverse("workflow:create", args=["suppliers.evidence", "submit_evidence"])
    freeze = reverse("workflow:act", args=["suppliers.supplier", supplier.pk, "freeze"])
    sees = {who: signed_in(who).get(supplier.get_absolute_url()).content.decode()
            for who in ("supplier_a_officer", "registrar", "finance_officer", "auditor")}
    assert [who for who, text in sees.items() if confirm in text] == ["registrar"]
    assert [who for who, text in sees.items() if upload in text] == ["supplier_a_officer"]
    assert [who for who, text in sees.items() if freeze in text] == ["finance_officer"]
    assert [who for who, text in sees.items() if "关联人员" in text] == ["supplier_a_officer", "finance_officer", "auditor"]
    assert signed_in("registrar").post(confirm).status_code == 302
    paper.refresh_from_db()
    assert paper.state == "CONFIRMED"


def test_a_paper_is_uploaded_on_the_page_and_a_program_is_not():
    make_supplier("REGISTERED")
    officer = signed_in("supplier_a_officer")
    url = reverse("workflow:create", args=["suppliers.evidence", "submit_evidence"])
    assert "场地、设备清单" in officer.get(url, {"condition": "CAPACITY"}).content.decode()
    data = {"condition": "CAPACITY", "title": "设备清单", "number": "", "valid_from": "2020-01-01", "valid_to": "2099-12-31"}
    bad = paper_file("清单.pdf")
    bad.file.write(b"MZ\x90")
    refused = officer.post(url, {**data, "document": bad})
    assert refused.status_code == 422
    assert "设备清单" in refused.content.decode()
    assert not Document.objects.exists()
    assert officer.post(url, {**data, "document": paper_file()}).status_code == 302
    assert Evidence.objects.get().condition == "CAPACITY"


def test_queries_of_the_list_do_not_grow(django_assert_max_num_queries):
    first = make_supplier()
    finance = signed_in("finance_officer")
    finance.get("/suppliers/")
    with django_assert_max_num_queries(14):
        finance.get("/suppliers/")
    organisations = Organisation.objects.bulk_create(
        Organisation(kind="SUPPLIER", code=f"TEST{number:014}", name=f"单位{number}", region=first.organisation.region)
        for number in range(40)
    )
    rows = []
    for office in organisations:
        row = Supplier.objects.get(pk=first.pk)
        row.pk, row.organisation, row.code = None, office, office.code
        rows.append(row)
    Supplier.objects.bulk_create(rows)
    with django_assert_max_num_queries(14):
        page = finance.get("/suppliers/")
    assert len(page.context["rows"]) == 25


def test_programs_register_hand_in_and_judge():
    officer, head, registrar = (signed_in(who) for who in ("supplier_a_officer", "supplier_a_head", "registrar"))
    answers = {**registration("supplier_a"), "registered_on": "2016-05-18"}
    made = officer.post("/api/v1/suppliers/", {**answers, "code": answers["code"][:-1] + "A"}, content_type="application/json")
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    refused = head.post(f"/api/v1/suppliers/{pk}/register/", {}, content_type="application/json")
    assert refused.status_code == 409
    assert [r["rule"] for r in refused.json()["refusals"]] == ["RCV-21"]
    officer.post(f"/api/v1/suppliers/{pk}/revise/", answers, content_type="application/json")
    registered = head.post(f"/api/v1/suppliers/{pk}/register/", {}, content_type="application/json").json()
    assert registered["state"] == "REGISTERED"
    assert len(registered["conditions_open"]) == 7
    assert registered["related_persons"][0]["relation"] == "LEGAL_REPRESENTATIVE"
    paper = officer.post("/api/v1/supplier-evidence/", {
        "condition": "CAPACITY", "title": "设备清单", "valid_from": "2020-01-01", "valid_to": "2099-12-31", "document": paper_file(),
    })
    assert paper.status_code == 201, paper.content
    judged = registrar.post(f"/api/v1/supplier-evidence/{paper.json()['id']}/confirm_evidence/")
    assert judged.json()["state"] == "CONFIRMED"
    assert registrar.get(f"/api/v1/suppliers/{pk}/").json()["related_persons"] == []
    assert signed_in("supplier_b_head").get(f"/api/v1/suppliers/{pk}/").status_code == 404
    assert Client().get("/api/v1/suppliers/").status_code in (401, 403)
