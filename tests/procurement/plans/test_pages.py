"""Pages of planning through the client: who sees what, typed text kept, everything wrong at once."""
from datetime import datetime

import pytest
from django.urls import reverse

from portal import clock
from portal.clock import SHANGHAI
from portal.workdays.calendars import load_calendars
from portal.workflow import due, perform
from procurement.plans.models import Plan, PlanItem
from tests.factories.people import actor
from tests.factories.plans import (
    COMPILED_AT,
    MEETING_AT,
    content,
    decide_all,
    make_meeting,
    make_plan,
    make_plan_item,
    one_year,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in(client):
    def as_(username: str):
        client.force_login(actor(username).user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_


def text(response) -> str:
    return response.content.decode()


def post_of(values: dict) -> dict:
    """The values as a page would send them."""
    posted = {}
    for name, value in values.items():
        if isinstance(value, list):
            for index, row in enumerate(value):
                posted |= {f"{name}-{index}-{key}": str(cell) for key, cell in row.items()}
        elif isinstance(value, bool):
            posted[name] = str(value).lower() if name not in ("budget_guaranteed", "content_fixed", "continuous", "funding_stable",
                                                              "price_stable") else "on"  # fmt: skip
        elif value is not None:
            posted[name] = getattr(value, "pk", value)
    return posted


def test_plan_list_and_plan_page_show_the_agency_its_own(sign_in):
    plan = make_plan()
    page = sign_in("planner").get(reverse("plans:list"))
    assert plan.number in text(page)
    page = sign_in("planner").get(plan.get_absolute_url())
    assert page.status_code == 200
    assert "送负责人审签" in text(page)
    assert "新增项目" in text(page)
    assert sign_in("planner_2").get(plan.get_absolute_url()).status_code == 404
    assert "新增项目" not in text(sign_in("head").get(plan.get_absolute_url()))


def test_the_public_sees_a_plan_once_it_is_published(client):
    plan = make_plan("DECIDED")
    assert client.get(plan.get_absolute_url()).status_code == 404
    from portal.workflow import perform

    perform(plan, "publish", actor=actor("head"))
    page = client.get(plan.get_absolute_url())
    assert page.status_code == 200
    assert "承接主体条件" in text(page)
    assert "评价标准" in text(page)
    assert plan.number in text(client.get(reverse("plans:list")))
    assert f'href="{reverse("plans:list")}"' in text(client.get("/")), "the way there from the front page"
    assert client.get(plan.items.get().get_absolute_url()).status_code == 200


def test_an_item_is_written_on_one_page_and_says_what_is_missing_at_its_place(sign_in):
    with clock.at(COMPILED_AT):
        plan = make_plan(items=[])
        client = sign_in("planner")
        assert client.get(reverse("plans:new_item"), {"plan": plan.pk}).status_code == 200
        answer = client.post(reverse("plans:new_item"), {"title": "城市保洁", "plan": plan.pk, "route": "ANNUAL"})
        item = PlanItem.objects.get()
        assert answer["Location"] == reverse("plans:edit_item", args=[item.pk])
        page = text(client.get(answer["Location"]))
        assert "还不能送审" in page
        assert "“承接主体条件”还没有填写" in page, "the word that the form itself uses"
        assert 'name="factors-3-unit_amount"' in page, "the four factors stay in sight after the draft was saved"
        assert 'href="#id_content"' in page
        assert "id_content_error" in page


def test_typed_text_stays_when_something_cannot_be_read(sign_in):
    with clock.at(COMPILED_AT):
        item = make_plan(items=[content()]).items.get()
        values = post_of(content()) | {"title": "改过的名称", "quantity": "许多", "years-0-amount": "一百万", "content": "改过的内容"}
        page = sign_in("planner").post(reverse("plans:edit_item", args=[item.pk]), values)
        assert page.status_code == 422
        body = text(page)
        assert "改过的名称" in body
        assert "改过的内容" in body
        assert "许多" in body
        assert "一百万" in body
        assert "已齐" not in body, "nothing else was checked yet"
        assert "还没有检查" in body
        item.refresh_from_db()
        assert item.title == "城市保洁绿化道路养护"


def test_a_complete_form_saves_and_computes_the_amount(sign_in):
    with clock.at(COMPILED_AT):
        plan = make_plan(items=[])
        values = post_of(one_year("1234567.00")) | {"plan": plan.pk, "route": "ANNUAL"}
        answer = sign_in("planner").post(reverse("plans:new_item"), values)
        assert answer.status_code == 302, text(answer)
        item = PlanItem.objects.get()
        assert item.amount == 1234567
        assert item.factors.count() == 4
        assert item.secret is False
        assert item.all_ticks
        assert "五问已答完" in text(sign_in("planner").get(reverse("plans:edit_item", args=[item.pk])))


def test_only_the_planner_writes_and_only_his_own(sign_in):
    item = make_plan_item()
    assert sign_in("head").get(reverse("plans:edit_item", args=[item.pk])).status_code == 403
    assert sign_in("planner_2").get(reverse("plans:edit_item", args=[item.pk])).status_code == 404
    assert sign_in("planner").get(item.get_absolute_url()).status_code == 200


def test_the_review_desk_lists_shows_and_decides(sign_in):
    load_calendars()
    with clock.at(COMPILED_AT):
        item = make_plan_item("SUBMITTED")
        client = sign_in("finance_officer")
        answer = client.get(reverse("plans:queue"))
        step = item.steps.get(kind="FINANCE")
        assert answer["Location"] == step.get_absolute_url()
        page = text(client.get(step.get_absolute_url()))
        for expected in ("待审核", "data-keylist", "价格构成", "规则核对", "您的决定", "退回原因", "剩 5 工作日"):
            assert expected in page
        assert client.post(step.get_absolute_url(), {"act": "send_back", "reason": "请补依据"}).status_code == 422
        answer = client.post(step.get_absolute_url(), {"act": "approve", "opinion": "同意"})
        assert answer["Location"] == reverse("plans:queue")
        assert "没有待审的项目" in text(client.get(reverse("plans:queue")))
        page = text(sign_in("planner").get(step.get_absolute_url()))
        assert "您的决定" not in page
        assert client.get(reverse("plans:queue")).status_code == 403


def test_what_departments_said_of_a_published_item_stays_with_the_government(sign_in):
    """Its agency, the departments and the audit read it; a supplier reads what was decided to be bought (R1787-06)."""
    with clock.at(COMPILED_AT):
        item = make_plan_item("SUBMITTED")
        for step in item.steps.filter(state__in=["PENDING", "CLAIMED"]).exclude(kind="FINANCE"):
            perform(step, "approve", actor=actor(step.kind.lower()), opinion="同意")
        finance = item.steps.get(kind="FINANCE")
        perform(finance, "approve", actor=actor("finance_officer"), opinion="单价偏高，暂且同意")
    item.refresh_from_db()
    decide_all(item.plan)
    with clock.at(MEETING_AT.replace(hour=12)):
        perform(Plan.objects.get(pk=item.plan_id), "publish", actor=actor("head"))
    for username in ("planner", "finance_officer", "auditor"):
        assert "单价偏高，暂且同意" in text(sign_in(username).get(item.get_absolute_url()))
    page = sign_in("supplier_a_officer").get(item.get_absolute_url())
    assert page.status_code == 200
    for words in ("单价偏高", "办理记录", "财政审核"):
        assert words not in text(page), words
    assert sign_in("planner_2").get(item.get_absolute_url()).status_code == 404


def test_several_plain_items_are_agreed_to_at_once(sign_in):
    with clock.at(COMPILED_AT):
        plan = make_plan("SUBMITTED", items=[one_year("1000000.00"), one_year("2000000.00")])
        from procurement.plans.models import ReviewStep

        keys = list(ReviewStep.objects.filter(kind="FINANCE").values_list("pk", flat=True))
        page = sign_in("finance_officer").post(reverse("plans:decide_several"), {"step": keys, "act": "approve"})
        assert "2 项全部办成" in text(page)
        assert set(ReviewStep.objects.filter(kind="FINANCE").values_list("state", flat=True)) == {"APPROVED"}
        assert plan.items.count() == 2


def test_meeting_pages(sign_in):
    item = make_plan_item("REVIEWED")
    with clock.at(MEETING_AT):
        meeting = make_meeting(item, state="CONVENED")
        page = text(sign_in("secretary").get(meeting.get_absolute_url()))
        assert item.title in page
        assert "记录议决" in page
        assert "签发纪要" not in page
        page = text(sign_in("convener").get(meeting.get_absolute_url()))
        assert "签发纪要" in page
        assert "还没有议决" in page
        assert meeting.number in text(sign_in("secretary").get(reverse("plans:meetings")))
        assert sign_in("supplier_a_officer").get(meeting.get_absolute_url()).status_code == 404


def test_lists_take_the_same_number_of_queries_however_long(sign_in, django_assert_max_num_queries):
    for year in range(2026, 2032):
        make_plan("DRAFTED", year=year, items=[one_year("1000.00", year=year)])
    assert Plan.objects.count() == 6
    client = sign_in("planner")
    client.get(reverse("plans:list"))
    with django_assert_max_num_queries(14):
        client.get(reverse("plans:list"))


def test_who_takes_a_lapsed_item_up_again_stands_before_the_new_draft(sign_in):
    """The copy is shown at once; each of the two leads to the other, and a second press makes no second one (S-26)."""
    plan = make_plan("PROPOSED", items=[one_year("5000.00")])
    due.run(datetime(2025, 12, 1, tzinfo=SHANGHAI))
    lapsed = plan.items.get()
    with clock.at(datetime(2025, 12, 2, tzinfo=SHANGHAI)):
        address = reverse("workflow:act", args=["plans.item", lapsed.pk, "copy"])
        done = sign_in("planner").post(address, {"route": "AD_HOC"}, follow=True)
        twin = PlanItem.objects.get(copy_of=lapsed)
        assert done.request["PATH_INFO"] == twin.get_absolute_url()
        assert f'href="{lapsed.get_absolute_url()}"' in text(done)
        assert f'href="{twin.get_absolute_url()}"' in text(sign_in("planner").get(lapsed.get_absolute_url()))
        again = sign_in("planner").post(address, {"route": "AD_HOC"})
    assert again.status_code == 409
    assert "不再重复新建" in text(again)
    assert PlanItem.objects.filter(copy_of=lapsed).count() == 1
