"""The administration's own pages: what they show, to whom, and that a button does what it says."""
from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.demo import organisation
from portal.accounts.models import Membership, Organisation, Region, User
from portal.administration.models import Invitation
from portal.identifiers import check_character
from tests.factories.people import actor, colleague

pytestmark = pytest.mark.django_db
STEM = "11360199014500077"


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    monkeypatch.setattr("portal.administration.letters._soon", lambda: None)


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(actor("administrator").user)
    return client


def post(client: Client, page: str, args: list, **data):
    answer = client.post(reverse(f"administration:{page}", args=args), data)
    assert answer.status_code == 302, answer.context["form"].errors or [r.message for r in answer.context["refusals"]]
    return answer


def test_the_home_page_leads_to_every_area(admin):
    page = admin.get("/administration/").content.decode()
    for name in ("regions", "organisations", "people", "invitations", "roles"):
        assert reverse(f"administration:{name}") in page


def test_only_administrators_come_in():
    for username in ("head", "finance_head", "auditor"):
        client = Client()
        client.force_login(actor(username).user)
        assert client.get("/administration/").status_code == client.get("/administration/people/").status_code == 403


def test_what_lies_outside_the_region_is_not_there(admin):
    there = actor("hongshan_head")
    assert admin.get(reverse("administration:person", args=[there.user_id])).status_code == 404
    assert admin.get(reverse("administration:organisation", args=[there.organisation_id])).status_code == 404
    assert admin.get(reverse("administration:rename_region", args=[there.organisation.region_id])).status_code == 404
    assert admin.get(reverse("administration:end_membership", args=[there.user.memberships.get().pk])).status_code == 404
    assert "红山区" not in admin.get("/administration/organisations/").content.decode()


def test_a_region_an_organisation_and_a_person_by_pages_alone(admin):
    city = organisation("agency").region
    post(admin, "new_region", [], parent=city.pk, code="360199002", name="临江镇")
    town = Region.objects.get(code="360199002")
    post(admin, "rename_region", [town.pk], name="临江街道")
    post(admin, "new_organisation", [], region=town.pk, kind="AGENCY", code=STEM + check_character(STEM), name="临江街道办事处")
    body = Organisation.objects.get(region=town)
    post(admin, "edit_organisation", [body.pk], name="临江街道办事处", short_name="临江街道", phone="0791-2")
    assert "临江街道" in admin.get(reverse("administration:organisation", args=[body.pk])).content.decode()
    made = admin.post("/act/administration.invitation/new/invite/", {
        "organisation": body.pk, "person_name": "程新来", "roles": ["PLANNER", "OFFICER"], "since": "2026-01-01",
    })  # fmt: skip
    assert made.status_code == 302
    assert Invitation.objects.get().roles == ["OFFICER", "PLANNER"]
    assert "程新来" in admin.get("/administration/invitations/?q=程").content.decode()
    post(admin, "suspend_organisation", [body.pk], reason="撤并")
    post(admin, "resume_organisation", [body.pk], reason="恢复")


def test_the_form_of_an_invitation_offers_the_roles_of_the_organisation(admin):
    body = organisation("finance")
    page = admin.get(f"/act/administration.invitation/new/invite/?organisation={body.pk}").content.decode()
    assert 'value="FINANCE_HEAD"' in page
    assert 'value="PLANNER"' not in page


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(admin):
    answer = admin.post(reverse("administration:new_organisation"), {
        "region": organisation("agency").region_id, "kind": "AGENCY", "code": "123", "name": "新单位",
    })  # fmt: skip
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "新单位" in page
    assert 'href="#id_code"' in page
    assert admin.post(reverse("administration:new_organisation"), {}).status_code == 422


def test_a_persons_roles_account_and_work_by_pages(admin):
    person, other = actor("planner").user, colleague("planner").user
    body = organisation("agency")
    post(admin, "edit_person", [person.pk], name="陈思源", email="", phone="")
    post(admin, "grant", [person.pk], organisation=body.pk, roles=["OPENER"], since="2026-01-01")
    page = admin.get(reverse("administration:person", args=[person.pk])).content.decode()
    assert "陈思源" in page
    assert "授予“赣江市城市管理局”的角色：开标人" in page
    post(admin, "end_membership", [person.memberships.get(role="OPENER").pk], reason="到期")
    post(admin, "handover", [person.pk, body.pk], successor=other.pk, roles=["PLANNER"], ends_roles="on", reason="调任")
    assert not Membership.objects.live().filter(user=person).exists()
    post(admin, "disable", [person.pk], reason="离职")
    assert not User.objects.get(pk=person.pk).is_active
    post(admin, "enable", [person.pk], reason="回来")
    assert admin.get("/administration/people/?q=陈思源&is_active=1").content.decode().count("陈思源") == 2
    assert admin.get("/administration/people/?role=HEAD").status_code == 200


def test_the_letter_of_a_new_password_goes_to_the_person(admin):
    person = actor("planner").user
    User.objects.filter(pk=person.pk).update(is_demo=False)
    post(admin, "send_reset", [person.pk], reason="忘了")
    assert person.letters.count() == 1
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert admin.post(reverse("administration:send_reset", args=[person.pk]), {"reason": "忘了"}).status_code == 409


def test_roles_are_explained_from_the_tables_to_everybody():
    client = Client()
    client.force_login(actor("supplier_a_officer").user)
    page = client.get("/roles/?role=HEAD").content.decode()
    assert "报送财政审核" in page
    assert '<details class="fold" id="HEAD" open>' in page
