"""What the notices of intentions say: the official table of N-01, corrections and withdrawals by N-07, and the paper."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.money import ZERO, in_figures, in_figures_wan
from portal.notices.models import Notice
from portal.notices.verbs import publish_notice
from portal.reports.verbs import make_paper
from portal.workflow import Act

from .models import Intention

TEMPLATE = "plans/paper/intentions.html"
#: Printed in every notice of intentions (RYX-06).
FOR_REFERENCE = "本次公开的采购意向是本单位政府采购工作的初步安排，具体采购项目情况以相关采购公告和采购文件为准。"
RESTARTED = "自本更正公告发布之日起重新计算采购意向公开的30日。"
#: Columns of the official table, which the changes of a correction are named by.
NAMES = {"title": "采购项目名称", "outline": "采购需求概况", "budget": "预算金额（万元）", "expected": "预计采购时间", "remark": "备注"}


def title_of(agency, intentions: Sequence[Intention]) -> str:
    """"XX局2026年9月至10月政府采购意向": the agency and the months it buys in (N-01)."""
    first, last = min(each.expected for each in intentions), max(each.expected for each in intentions)
    months = f"{first.year}年{first.month}月"
    if (first.year, first.month) != (last.year, last.month):
        months += f"至{last.month}月" if first.year == last.year else f"至{last.year}年{last.month}月"
    return f"{agency.name}{months}政府采购意向"


def payload_of(agency, intentions: Sequence[Intention], day: date) -> dict[str, Any]:
    """N-01: one line an intention, budget in yuan (printed in 万元), the month it is told for."""
    return {
        "items": [{"name": each.title, "outline": each.outline, "budget": each.budget, "expected": each.expected, "remark": each.remark}
                  for each in intentions],
        "purchaser_name": agency.name, "dated": day,
    }  # fmt: skip


def make_notice_paper(notice: Notice, intentions: Sequence[Intention], act: Act):
    """The notice as it is set on paper, with the table of the official form."""
    data = {
        "title": notice.title, "agency": notice.organisation.name, "number": notice.number, "published": f"{act.now:%Y-%m-%d}",
        "items": [
            {"order": order, "title": each.title, "outline": each.outline, "budget": in_figures_wan(each.budget),
             "expected": f"{each.expected.year}年{each.expected.month}月", "remark": each.remark}
            for order, each in enumerate(intentions, start=1)
        ],
        "total": in_figures_wan(sum((each.budget for each in intentions), ZERO)), "sentence": FOR_REFERENCE,
    }  # fmt: skip
    return make_paper(
        TEMPLATE, {"issuer": notice.organisation.name, "issued_on": act.now, "seal": True}, title=notice.title, data=data,
        name=f"{notice.number} 采购意向.pdf", actor=act.actor, kind="intention_notice", subject=intentions[0],
        project=intentions[0].project_id,
    )


def changes_between(before: dict[str, str], after: dict[str, str]) -> list[dict[str, str]]:
    """Each column that changed, with what it was and what it is, as people read it."""
    return [
        {"item": label, "before": shown(name, before[name]), "after": shown(name, after[name])}
        for name, label in NAMES.items() if before[name] != after[name]
    ]


def shown(name: str, value: str) -> str:
    """One value of a version as it stands in the table."""
    if name == "budget":
        return in_figures_wan(value)
    if name == "expected":
        year, month = value.split("-")[:2]
        return f"{int(year)}年{int(month)}月"
    return value or "无"


def publish_correction(intention: Intention, changes: list[dict[str, str]], act: Act, *, other: str) -> Notice:
    return _publish(intention, "采购意向更正公告", "采购意向", changes, act, other=other)


def publish_withdrawal(intention: Intention, act: Act) -> Notice:
    changes = [{"item": "采购意向", "before": f"{intention.title}，{in_figures(intention.budget)}元", "after": f"撤销。{act.reason}"}]
    return _publish(intention, "采购意向撤销公告", "撤销采购意向", changes, act, other="")


def _publish(intention: Intention, what: str, concerns: str, changes: list[dict[str, str]], act: Act, *, other: str) -> Notice:
    agency, original = intention.agency, intention.notice
    phone = agency.phone or "未登记"
    payload = {
        "original_number": original.number, "project_number": intention.project.number, "project_name": intention.project.title,
        "first_published_on": original.published_at, "concerns": concerns, "changes": changes, "corrected_on": act.now.date(),
        "other": other, "contact": {"name": agency.contact or agency.name, "phone": phone},
        "purchaser": {"name": agency.name, "address": agency.address, "contact": agency.contact, "phone": phone},
    }
    return publish_notice(
        act=act, kind="N-07", subject=intention, title=f"{intention.title}{what}", payload=payload, project=intention.project_id,
        organisation=agency,
    )
