"""L5.3 Notice: complete or refused, published and received in one act, immutable, ended by time."""
from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import transaction

from portal import clock
from portal.accounts.actor import system_actor
from portal.audit.canonical import canonical_json, digest
from portal.audit.models import Entry
from portal.notices.kinds import KINDS, notice_kind
from portal.notices.models import Immutable, Notice
from portal.notices.verbs import blank_payload, notice_refusals
from portal.notices.workflow import NOTICE
from portal.workdays import clocks_of
from portal.workdays.calendars import load_calendars
from portal.workflow import NotYours, Refused, due, perform
from tests.factories.notices import CONTACT, make_notice, tender_payload
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
THURSDAY = datetime(2026, 8, 27, 9, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture(autouse=True)
def calendars():
    load_calendars()


def published(at: datetime = THURSDAY, **options) -> Notice:
    with clock.at(at):
        return make_notice(**options)


def test_one_call_makes_a_public_numbered_received_notice():
    notice = published()
    assert notice.state == Notice.State.PUBLISHED
    assert notice.number == "360199-GG-2026-0001"
    assert published().number == "360199-GG-2026-0002"
    assert notice.published_at == notice.received_at == THURSDAY
    assert notice.signed_by == actor("head").user
    assert notice.medium_address.endswith(notice.get_absolute_url())
    assert notice.digest == digest(canonical_json(notice.content))
    done = Entry.objects.of_subject("notices.notice", notice.pk).values_list("transition", flat=True)
    assert list(done) == ["draft", "approve", "publish", "record_receipt"]


def test_the_text_is_the_official_one_in_its_order():
    text = published().text
    headings = [line[2:] for line in text.split("\n") if line.startswith("# ")]
    assert headings == [
        "项目概况", "一、项目基本情况", "二、申请人的资格要求", "三、获取招标文件", "四、提交投标文件截止时间、开标时间和地点",
        "五、公告期限", "六、其他补充事宜", "七、对本次招标提出询问，请按以下方式联系",
    ]
    assert "预算金额（元）：3,860,000.00" in text
    assert "本项目是否接受联合体投标：否" in text
    assert "提交投标文件截止时间：2026年9月24日 09:30:00" in text
    assert "自本公告发布之日起5个工作日。" in text
    assert "# 六、其他补充事宜\n无" in text


def test_the_text_is_chinese_whatever_the_publisher_reads():
    from django.utils.translation import override

    with override("en"):
        assert published().text == published().text
        assert "采购需求：" in published().text


def test_every_missing_field_is_refused_at_once_with_its_kind():
    broken = tender_payload(budget=None, summary="  ", purchaser={"name": "无电话"}, closes_at="soon")
    refusals = list(notice_refusals("N-03", broken))
    assert {refusal.field for refusal in refusals} == {"budget", "summary", "purchaser", "closes_at"}
    assert {refusal.rule for refusal in refusals} == {"N-03"}
    assert all(refusal.sentence for refusal in refusals)
    with pytest.raises(Refused) as refused, transaction.atomic():
        published(payload=broken)
    assert len(refused.value.refusals) == 4
    assert not Notice.objects.exists()
    assert not list(notice_refusals("N-03", tender_payload()))


def test_nothing_slips_out_that_its_kind_does_not_name():
    """Experts are named only after the result (R87-28): a tender notice has no place for them."""
    refusals = list(notice_refusals("N-03", tender_payload(experts="谢博文")))
    assert [refusal.rule for refusal in refusals] == ["N-03"]


def test_a_ceiling_over_the_budget_is_refused():
    with pytest.raises(Refused) as refused, transaction.atomic():
        published(payload=tender_payload(ceiling=Decimal("3860000.01")))
    assert [(refusal.rule, refusal.field) for refusal in refused.value.refusals] == [("N-03", "ceiling")]


def test_the_guard_of_approve_looks_at_the_payload_itself():
    notice = Notice(kind="N-03", payload={"summary": "只有概况"}, title="x", text="x", number="x", subject_type="x", subject_id=1,
                    organisation=actor("head").organisation, region=actor("head").organisation.region)
    notice = perform(notice, "draft", actor=system_actor())
    with pytest.raises(Refused) as refused:
        perform(notice, "approve", actor=system_actor())
    assert len(refused.value.refusals) > 10


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_kind_names_its_fields_and_refuses_an_empty_payload(code):
    required = {field.key for field in notice_kind(code).fields if field.required}
    assert {refusal.field for refusal in notice_refusals(code, blank_payload(code))} == required
    assert required


def sample(field):
    """A value that a field of this kind can hold."""
    at = datetime(2026, 9, 24, 9, 30, tzinfo=clock.SHANGHAI)
    values = {"text": "内容", "money": Decimal("10.00"), "wan": Decimal("20000.00"), "integer": 3, "flag": True, "date": at.date(),
              "month": "2026-09", "moment": at, "party": CONTACT}
    return [{column.key: sample(column) for column in field.columns}] if field.kind == "rows" else values[field.kind]


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_kind_can_be_published(code):
    payload = {field.key: sample(field) for field in notice_kind(code).fields}
    notice = published(kind=code, title="样告", payload=payload)
    assert notice.text
    for field in notice_kind(code).fields:
        assert field.write(notice.payload[field.key]).split("\n")[0] in notice.text
    assert notice.facts is not None
    assert all(date.until.tzinfo and date.text and date.light(THURSDAY) for date in notice.deadlines)


def test_the_intention_prints_its_sentence_and_ten_thousands():
    notice = published(kind="N-01", title="2026 年 9 月采购意向", payload={
        "items": [{"name": "养护", "outline": "绿化带养护", "budget": Decimal("3860000"), "expected": "2026-09", "remark": ""}],
        "purchaser_name": "赣江市城市管理局", "dated": THURSDAY.date(),
    })
    assert "1. 采购项目名称：养护；采购需求概况：绿化带养护；预算金额（万元）：386.00；预计采购时间：2026年9月" in notice.text
    assert "采购意向是本单位政府采购工作的初步安排" in notice.text  # RYX-06


def test_an_intention_that_does_not_say_what_is_to_be_bought_is_no_notice():
    """N-01, RYX-01: without its items nothing is made public."""
    with pytest.raises(Refused) as refused, transaction.atomic():
        published(kind="N-01", title="2026 年 9 月采购意向", payload={"purchaser_name": "赣江市城市管理局", "dated": THURSDAY.date()})
    assert [(refusal.rule, refusal.field) for refusal in refused.value.refusals] == [("N-01", "items")]


def test_a_published_notice_is_never_changed_or_deleted():
    notice = published()
    notice = Notice.objects.get(pk=notice.pk)
    for field, value in (("title", "改"), ("text", "改"), ("payload", {}), ("digest", "0"), ("published_at", clock.now())):
        fresh = Notice.objects.get(pk=notice.pk)
        setattr(fresh, field, value)
        with pytest.raises(Immutable):
            fresh.save()
    with pytest.raises(Immutable):
        notice.delete()
    with pytest.raises(Immutable):
        Notice.objects.filter(pk=notice.pk).update(title="改")
    with pytest.raises(Immutable):
        Notice.objects.all().delete()
    with pytest.raises(Immutable):
        Notice.objects.bulk_update([notice], ["title"])
    assert Notice.objects.get(pk=notice.pk).title == notice.title


def test_a_notice_just_published_is_as_fast_as_a_loaded_one():
    notice = published()
    notice.title = "改"
    with pytest.raises(Immutable):
        notice.save()


def test_the_notice_period_counts_working_days_from_the_next_day():
    """Five working days from Thursday 27 August 2026: 28, 31, 1, 2, 3 September, until 24:00 (R00-01, R87-05)."""
    notice = published()
    assert notice.notice_ends_at == datetime(2026, 9, 4, tzinfo=clock.SHANGHAI)
    running = {c.name: c for c in clocks_of(notice)}
    assert running["TENDER_NOTICE"].ends_at == notice.notice_ends_at
    assert running["MEDIA_PUBLICATION"].state == "MET"


def test_a_result_hangs_one_working_day_over_the_holiday():
    """Edge 1: published on Thursday 24 September 2026, 25 to 27 are off: the notice ends with the 28th."""
    payload = {field.key: sample(field) for field in notice_kind("N-08").fields}
    notice = published(datetime(2026, 9, 24, 10, 0, tzinfo=clock.SHANGHAI), kind="N-08", payload=payload)
    assert notice.notice_ends_at == datetime(2026, 9, 29, tzinfo=clock.SHANGHAI)


def test_it_ends_by_time_and_not_before():
    notice = published()
    with pytest.raises(Refused) as refused, clock.at(datetime(2026, 9, 3, 23, 59, 59, tzinfo=clock.SHANGHAI)):
        perform(notice, "end", actor=system_actor())
    assert refused.value.refusals[0].rule == "R00-08"
    with clock.at(notice.notice_ends_at):
        due.run()
    notice.refresh_from_db()
    assert notice.state == Notice.State.ENDED
    assert notice.text  # the text stays
    assert notice in Notice.objects.public()


def test_a_provisional_end_ends_nothing():
    """The calendar of 2027 is not published yet: the period that reaches into it waits for it (L0.1)."""
    notice = published(datetime(2026, 12, 30, 9, 0, tzinfo=clock.SHANGHAI))
    with clock.at(datetime(2027, 2, 1, tzinfo=clock.SHANGHAI)):
        with pytest.raises(Refused) as refused:
            perform(notice, "end", actor=system_actor())
        assert refused.value.refusals[0].rule == "R00-08"


def test_in_history_no_clock_starts_but_the_period_is_known():
    with clock.history(datetime(2020, 9, 10, 9, 0, tzinfo=clock.SHANGHAI)):
        notice = make_notice()
    assert notice.published_at.year == 2020
    assert notice.notice_ends_at == datetime(2020, 9, 18, tzinfo=clock.SHANGHAI)
    assert not clocks_of(notice).exists()


@pytest.mark.parametrize("name", [row.name for row in NOTICE.rows])
def test_no_person_does_a_row_of_a_notice_by_itself(name):
    notice = Notice() if NOTICE[name].creates else published()
    with pytest.raises(NotYours):
        perform(notice, name, actor=actor("head"))
