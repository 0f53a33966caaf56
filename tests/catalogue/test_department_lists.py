"""A department's own list: within its region's, decided by finance, what the department plans by (R102-16, R102-18)."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from catalogue import reminding
from catalogue.forms import Start
from catalogue.models import CatalogueComment, CatalogueVersion
from catalogue.verbs.version import version_above
from portal import clock
from portal.accounts.models import User
from portal.notifications.models import Message
from portal.workflow import NotYours, Refused, available_actions, perform
from procurement.plans import own_catalogue
from procurement.plans.forms.items import ItemForm
from procurement.plans.forms.meetings import ListForm
from procurement.plans.models import Meeting, PlanItem
from procurement.plans.workbooks.papers import leaf_words
from tests.factories.catalogue import catalogue_file, make_comment, make_department_version, make_version
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, make_plan

pytestmark = pytest.mark.django_db
SAID = {"source": "EXPERT", "author": "陈教授", "text": "可行"}
BY_HAND = ("A,,1,公共服务", "A10,A,2,社会治理服务", "A1001,A10,3,社区治理服务", "A1099,A10,3,社区助餐服务")


def issued(make, **given) -> CatalogueVersion:
    """A list that has been in force for some weeks."""
    with clock.at(clock.now() - timedelta(days=120)):
        return make("ISSUED", **given)


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def client(account: str) -> Client:
    found = Client()
    found.force_login(User.objects.get(username=account))
    return found


def test_a_department_writes_signs_and_issues_its_own_and_finance_decides():
    version = make_department_version("SUBMITTED")
    assert (version.agency, version.issuer) == (actor("planner").organisation,) * 2
    assert version.region == version.agency.region
    with pytest.raises(Refused) as refused:
        perform(version, "send_back", actor=actor("secretary"), reason="请上会")
    assert rules(refused) == ["R102-16"]
    for who in ("head", "hongshan_finance_head"):
        with pytest.raises(NotYours):
            perform(version, "approve", actor=actor(who), decision="复函")
    version = perform(version, "approve", actor=actor("finance_head"), decision="市财政局复函〔2026〕21 号")
    with pytest.raises(NotYours):
        perform(version, "issue", actor=actor("finance_head"), document_number="文号", valid_from=clock.today())
    with clock.at(version.consultation.ends_at):
        version = perform(version, "issue", actor=actor("head"), document_number="赣江城管〔2026〕30 号", valid_from=clock.today())
    assert version.state == "ISSUED"


@pytest.mark.parametrize("account", ["finance_officer", "planner_2", "hongshan_planner"])
def test_nobody_else_writes_in_it(account):
    version = make_department_version()
    with pytest.raises(NotYours):
        perform(version, "replace_items", actor=actor(account), file=catalogue_file())
    assert available_actions(version, actor("planner"))


def test_a_departments_people_do_not_write_the_list_of_their_region():
    version = make_version()
    assert version.agency is None
    for account, row in (("planner", "replace_items"), ("head", "consult")):
        with pytest.raises(NotYours):
            perform(version, row, actor=actor(account), file=catalogue_file(), departments="各部门")
    assert version not in CatalogueVersion.objects.visible_to(actor("planner"))


def test_it_stays_within_the_list_of_its_region_or_says_why():
    regional = issued(make_version)
    version = make_department_version(lines=BY_HAND)
    assert version_above(version) == regional
    with pytest.raises(Refused) as refused:
        perform(version, "consult", actor=actor("head"), departments="市财政局")
    assert rules(refused) == ["R102-16"]
    assert "A1099" in str(refused.value.refusals[0].message)
    explained = make_department_version(
        "CONSULTING", header="code,parent_code,level,name_zh,deviation",
        lines=(*(f"{line}," for line in BY_HAND[:3]), f"{BY_HAND[3]},市政府会议纪要要求先行试点"),
    )
    assert explained.state == "CONSULTING"


def test_a_first_list_is_copied_from_the_regions_and_the_next_from_its_own():
    regional = issued(make_version)
    first = perform(CatalogueVersion(), "draft", actor=actor("planner"), year=2027, title="部门目录", start=Start.COPY)
    assert (first.previous, first.item_count) == (regional, regional.item_count)
    own = issued(make_department_version)
    second = perform(CatalogueVersion(), "draft", actor=actor("planner"), year=2028, title="部门目录二", start=Start.COPY)
    assert (second.previous, second.item_count) == (own, own.item_count)


def test_the_department_buys_by_its_own_and_everybody_else_by_the_regions():
    regional = issued(make_version)
    own = issued(make_department_version)
    today = clock.today()
    held = CatalogueVersion.objects
    agency, other = actor("planner").organisation, actor("planner_2").organisation
    assert held.in_force_for(agency, today).get() == own
    assert held.in_force_for(other, today).get() == regional
    assert held.in_force(agency.region, today).get() == regional
    regional.refresh_from_db()
    assert (regional.state, regional.valid_to) == ("ISSUED", None), "a department's list ends no region's"
    assert leaf_words(agency) == ["A1001 社区治理服务"]
    offered = ItemForm(subject=PlanItem(agency=agency), actor=actor("planner")).fields["leaf"].queryset
    assert {leaf.version_id for leaf in offered} == {own.pk}


def test_what_stands_only_in_the_regions_list_is_not_planned_any_more():
    with clock.at(COMPILED_AT - timedelta(days=60)):
        own = make_department_version("ISSUED")
    with clock.at(COMPILED_AT):
        plan = make_plan("DRAFTED")
        item = plan.items.get()
        assert item.leaf.code not in own.items.values_list("code", flat=True)
        [said] = own_catalogue.against(item)
        assert (said.rule, said.field) == ("R102-18", "leaf")
        with pytest.raises(Refused) as refused:
            perform(plan, "propose", actor=actor("planner"))
        assert rules(refused) == ["R102-18"]
        assert refused.value.refusals[0].field == f"item-{item.pk}"
        page = client("planner").get(item.get_absolute_url()).content.decode()
        assert own.title in page
        other = PlanItem.objects.get(pk=item.pk)
        other.leaf = own.leaf("A1001")
        assert list(own_catalogue.against(other)) == []


def test_the_meeting_is_not_asked_and_finance_is_told():
    version = make_department_version("SUBMITTED")
    form = ListForm(subject=Meeting(), actor=actor("secretary"))
    assert version not in form.fields["versions"].queryset
    told = set(Message.objects.filter(event="catalogue.version/submit").values_list("user__username", flat=True))
    assert told == {"finance_head"}


def test_opinions_on_it_are_answered_by_the_department():
    version = make_department_version("CONSULTING")
    comment = make_comment(version)
    with pytest.raises(NotYours):
        perform(comment, "answer", actor=actor("finance_officer"), outcome="ACCEPTED", reply="采纳")
    assert comment in CatalogueComment.objects.visible_to(actor("planner"))
    assert comment not in CatalogueComment.objects.visible_to(actor("planner_2"))
    taken = perform(CatalogueComment(), "take_down", actor=actor("planner"), **SAID, version=version.pk)
    assert taken.version == version
    with pytest.raises(Refused) as refused:
        perform(CatalogueComment(), "take_down", actor=actor("finance_officer"), **SAID, version=version.pk)
    assert rules(refused) == ["R102-17"]
    assert perform(comment, "answer", actor=actor("planner"), outcome="ACCEPTED", reply="采纳").state == "ANSWERED"


def test_the_department_hears_when_its_list_is_to_be_renewed():
    version = issued(make_department_version)
    with clock.at(version.state_since.replace(year=version.year + 1, month=1, day=8)):
        assert reminding.remind() > 0
    told = set(Message.objects.filter(event=reminding.RENEW).values_list("user__username", flat=True))
    assert {"planner", "head"} <= told
    assert not told & {"finance_officer", "finance_head"}


def test_pages_for_the_department_for_finance_and_for_everybody():
    regional = issued(make_version)
    version = make_department_version()
    planner = client("planner")
    assert planner.get(f"/catalogue/versions/{version.pk}/edit/").status_code == 200
    assert client("finance_officer").get(f"/catalogue/versions/{version.pk}/edit/").status_code == 403
    assert client("finance_officer").get(version.get_absolute_url()).status_code == 200
    assert client("planner_2").get(version.get_absolute_url()).status_code == 404
    assert Client().get(version.get_absolute_url()).status_code == 404
    assert "新建版本" in planner.get("/catalogue/versions/").content.decode()
    own = issued(make_department_version)
    mine, everybodys = planner.get("/catalogue/").content.decode(), Client().get("/catalogue/").content.decode()
    assert f'href="{regional.get_absolute_url()}"' in mine
    assert f'href="{own.get_absolute_url()}"' not in mine.partition("本地区其他现行目录")[2]
    assert f'href="{own.get_absolute_url()}"' in everybodys.partition("本地区其他现行目录")[2]
    found = Client().get(f"/api/v1/catalogue-versions/?agency={own.agency_id}").json()["results"]
    assert [row["id"] for row in found] == [own.pk]
