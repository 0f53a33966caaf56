"""Tenders in the states that tests need, reached by running the verbs with the people of the demo."""
from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from portal import clock
from portal.workdays.calendars import load_calendars
from portal.workflow import perform
from procurement.bids.models import OpeningKey
from procurement.plans.models import Project
from procurement.tenders.models import Tender
from procurement.tenders.verbs import take_documents
from tests.factories.budgets import make_funded_project
from tests.factories.people import actor
from tests.factories.plans import publish_intention

DRAFTED_AT = datetime(2026, 2, 2, 9, 30, tzinfo=clock.SHANGHAI)
PUBLISHED_AT = datetime(2026, 3, 2, 10, 0, tzinfo=clock.SHANGHAI)  # a Monday
OFFER_UNTIL = date(2026, 3, 9)
CLOSES_AT = datetime(2026, 3, 24, 9, 30, tzinfo=clock.SHANGHAI)
REVIEWERS = ("reviewer_procurement", "reviewer_finance", "reviewer_business", "reviewer_supervision")
STATES = ("DRAFTED", "PROPOSED", "REVIEWED", "PUBLISHED", "CLOSED")


def document(budget: Decimal, **changes) -> dict:
    """What a complete document says beyond the clauses it starts from: every guard of `propose` is content with it."""
    values = {
        "need_goal": "道路清扫保洁与绿化养护，保持市容整洁。", "need_standards": "《城市道路清扫保洁与质量评价标准》CJJ/T 126—2022。",
        "need_quality": "路面本色率不低于 92%，绿地完好率不低于 95%。", "need_quantity": "道路 86.40 万平方米，服务期内每日作业。",
        "need_service": "投诉两小时内到场处理。", "need_acceptance": "按月检查，年度验收合格。",
        "service_from": date(2026, 5, 1), "service_until": date(2028, 4, 30), "budget": budget, "ceiling": budget - Decimal("100.00"),
        "budget_shown": True, "consortium": "REFUSED", "sme_policy": "DEDUCTION", "sme_deduction": Decimal("15"),
        "sme_industry": "其他未列明行业", "bond_percent": Decimal("0"), "opening_place": "赣江市公共资源交易中心第二开标室（演示）",
        "contact_name": "林晓东", "contact_phone": "0791-1234 5678", "challenge_department": "赣江市城市管理局采购办",
        "challenge_phone": "0791-1234 5679", "challenge_address": "赣江市演示路 1 号",
        "survey_on": DRAFTED_AT.date() - timedelta(days=30), "survey_respondents": 4, "survey_findings": "市场供应充分，价格稳定。",
        "lots": [{"name": "城市保洁绿化道路养护", "amount": budget, "ceiling": None}],
        "requirements": [{"text": "作业人员统一着装，夜间作业穿反光衣。"}],
        "factors": [
            {"name": "投标报价", "category": "PRICE", "points": Decimal(20), "objective": True, "standard": "低价优先法", "bands": []},
            {"name": "养护方案", "category": "TECHNICAL", "points": Decimal(50), "objective": False, "standard": "按方案的针对性评分",
             "bands": bands(("优", "35", "50"), ("良", "20", "35"), ("一般", "0", "20"))},
            {"name": "同类履约评价", "category": "PERFORMANCE", "points": Decimal(30), "objective": True,
             "standard": "按合格的履约评价份数", "bands": bands(("两份", "30", "30"), ("一份", "15", "15"), ("没有", "0", "0"))},
        ],
        "deliverables": [
            {"name": "道路清扫保洁", "quota": None, "unit": "", "period": "TERM", "sub_condition": "", "sub_quota": None,
             "standard": "每日普扫两遍，巡回保洁。"},
            {"name": "绿地修剪", "quota": Decimal(12), "unit": "次", "period": "YEAR", "sub_condition": "机械修剪", "sub_quota": Decimal(6),
             "standard": ""},
        ],
        "payment_terms": [
            {"name": "首付款", "percent": Decimal(30), "condition": "SIGNED", "year": 2026, "note": ""},
            {"name": "进度款", "percent": Decimal(50), "condition": "REPORT", "year": 2027, "note": ""},
            {"name": "尾款", "percent": Decimal(20), "condition": "ACCEPTANCE", "year": 2028, "note": ""},
        ],
        "risks": [{"risk": "中标人人员不足", "stage": "履约", "owner": "项目专管员", "measure": "每周查岗，约定违约金"}],
    }  # fmt: skip
    return {**values, **changes}


def bands(*rows: tuple[str, str, str]) -> list[dict]:
    return [{"label": label, "from": low, "to": high, "points": high, "text": ""} for label, low, high in rows]


def make_tender(
    state: str = "DRAFTED", *, project: Project | None = None, takers: tuple[str, ...] = (), later: timedelta = timedelta(0), **changes
) -> Tender:
    """A tender DRAFTED (complete), PROPOSED, REVIEWED, PUBLISHED (some took the documents), CLOSED.

    `changes` replace values of the document; `later`: so much after the usual days. Higher floors bring it further.
    """
    load_calendars()
    project = project or published_project()
    with clock.at(DRAFTED_AT + later):
        tender = perform(Tender(), "draft", actor=actor("buyer"), project=project)
        tender = perform(tender, "edit", actor=actor("buyer"), **document(tender.budget, **changes))
        if state == "DRAFTED":
            return tender
        tender = perform(tender, "propose", actor=actor("buyer"))
        if state == "PROPOSED":
            return tender
        tender = review_all(tender)
        if state == "REVIEWED":
            return tender
    with clock.at(PUBLISHED_AT + later):
        make_key(tender)
        tender = publish(tender, offer_until=OFFER_UNTIL + later, closes_at=CLOSES_AT + later)
        for username in takers:
            take_documents(tender, actor=actor(username))
    if state == "PUBLISHED":
        return tender
    with clock.at(CLOSES_AT + later):
        from portal.accounts.actor import system_actor

        return perform(tender, "close", actor=system_actor())


def review_all(tender: Tender) -> Tender:
    """The four internal units agree."""
    for username in REVIEWERS:
        tender = perform(tender, "review", actor=actor(username), general_opinion="符合规定。", key_opinion="风险可控。")
    return tender


def make_key(tender: Tender) -> OpeningKey:
    """The two openers set and prove their passphrases: without a proved key nothing is published (SEAL-04)."""
    openers = ("opener_a", "opener_b")
    key = perform(
        OpeningKey(tender=tender), "name_openers", actor=actor("buyer"), tender=tender,
        openers=[actor(name).user for name in openers], witness=actor("witness").user,
    )
    for row in ("set_passphrase", "prove"):
        for name in openers:
            data = {"again": passphrase(name)} if row == "set_passphrase" else {}
            key = perform(key, row, actor=actor(name), passphrase=passphrase(name), **data)
    return OpeningKey.objects.get(pk=key.pk)


def passphrase(username: str) -> str:
    return f"{username} opens on the day"


def publish(tender: Tender, **times) -> Tender:
    return perform(tender, "publish", actor=actor("head"), **{"offer_until": OFFER_UNTIL, "closes_at": CLOSES_AT, **times})


def published_project(**values) -> Project:
    """A funded project whose yearly plan and intention are out: all that the gate of tendering asks of plan and budget."""
    project = make_funded_project(**values)
    publish_plan(project)
    publish_intention(project, at=DRAFTED_AT - timedelta(days=7))
    return project


def publish_plan(project: Project) -> None:
    """The project's yearly plan goes out, where it has one that waits for it."""
    plan = project.item.plan
    if plan is not None and plan.state == "DECIDED":
        with clock.at(DRAFTED_AT - timedelta(days=7)):
            perform(plan, "publish", actor=actor("head"))
