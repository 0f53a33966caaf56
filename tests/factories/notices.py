"""Notices, published the only way there is: inside an act of somebody who may."""
from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from portal import clock
from portal.accounts.actor import Actor
from portal.notices.models import Notice
from portal.notices.verbs import publish_notice
from portal.reports.models import ReportJob
from portal.reports.workflow import REPORT_JOB
from portal.workflow import Act, perform
from tests.factories.people import actor

CONTACT = {"name": "林晓东", "address": "赣江市人民路 1 号", "phone": "0791-0000000"}


def tender_payload(**changes) -> dict:
    """A complete payload of N-03."""
    return {
        "summary": "养护 6 条公路绿化带，服务期 12 个月。", "project_number": "CGJ-2026-0001", "project_name": "公路绿化带养护服务",
        "budget": Decimal("3860000.00"), "ceiling": Decimal("3860000.00"), "requirement": "浇灌、修剪、除草。\n病虫害防治。",
        "term": "12 个月", "consortium": False, "statutory": "满足", "policy": "专门面向中小企业", "specific": "无",
        "documents_from": date(2026, 9, 1), "documents_until": date(2026, 9, 8), "documents_place": "本平台",
        "documents_method": "网上下载", "documents_price": Decimal("0.00"),
        "closes_at": datetime(2026, 9, 24, 9, 30, tzinfo=clock.SHANGHAI), "opens_at": datetime(2026, 9, 24, 9, 30, tzinfo=clock.SHANGHAI),
        "opening_place": "赣江市公共资源交易中心", "other": "", "purchaser": CONTACT, "contact": CONTACT, **changes,
    }


def act_of(who: Actor) -> tuple[ReportJob, Act]:
    """Some staged thing and the act in whose effect a notice is published."""
    subject = perform(ReportJob(), "queue", actor=who, kind="record", parameters={})
    return subject, Act(row=REPORT_JOB["queue"], lifecycle=REPORT_JOB, actor=who, now=clock.now())


def make_notice(
    kind: str = "N-03", title: str = "公路绿化带养护服务公开招标公告", who: str = "head", payload: dict | None = None
) -> Notice:
    subject, act = act_of(actor(who))
    return publish_notice(act=act, kind=kind, subject=subject, title=title, payload=payload or tender_payload())
