"""What the notices of a tender say: the payloads of N-03, N-07 and N-09, from the tender's own data."""
from __future__ import annotations

from typing import Any

from django.utils.translation import override

from portal.clock import written
from portal.notices.verbs import publish_notice

from .forms import ClarificationRow
from .models import QualificationCondition, Tender


def tender_notice(tender: Tender) -> dict[str, Any]:
    """N-03 in the order of the norm, in Chinese whatever its publisher reads; money in yuan (R87-03)."""
    with override("zh-hans"):
        return _tender_notice(tender)


def _tender_notice(tender: Tender) -> dict[str, Any]:
    content = tender.content
    first, last = tender.service_from, tender.service_until
    return {
        "summary": f"{tender.title}的潜在投标人应在本平台获取招标文件，并于{_long(tender.closes_at)}前递交投标文件。",
        "project_number": tender.number, "project_name": tender.title, "budget": tender.budget,
        "ceiling": tender.price_limit, "requirement": requirement_of(tender),
        "term": f"{first:%Y-%m-%d}至{last:%Y-%m-%d}" if first and last else "",
        "consortium": tender.consortium == Tender.Consortium.ALLOWED if tender.consortium else None,
        "statutory": _conditions(content, QualificationCondition.Kind.STATUTORY),
        "policy": _policy(tender, content),
        "specific": _conditions(content, QualificationCondition.Kind.SPECIFIC) or "无",
        "documents_from": tender.offer_from, "documents_until": tender.offer_until,
        "documents_place": "本平台在线获取", "documents_method": "供应商登录后在本项目公告页获取，获取即登记",
        "documents_price": tender.document_price, "closes_at": tender.closes_at, "opens_at": tender.closes_at,
        "opening_place": tender.opening_place, "other": _other(tender), **parties(tender),
    }


def requirement_of(tender: Tender) -> str:
    """The outline of needs: goal, then each service with its quantity."""
    lines = [tender.need_goal.strip()]
    for row in tender.deliverables.all():
        lines.append(f"{row.name}：{quantity_of(row)}")
    return "\n".join(line for line in lines if line)


def quantity_of(row) -> str:
    """How much of a service is owed, in words: "每年 12 场，其中外请专家 6 场"."""
    if row.quota is None:
        return "持续提供"
    text = f"{row.get_period_display()} {row.amount_text}"
    return f"{text}，其中{row.sub_text}" if row.sub_condition else text


def failure_notice(tender: Tender, grounds: str) -> dict[str, Any]:
    """N-09: what failed or ended, and why."""
    return {"project_number": tender.number, "project_name": tender.title, "grounds": grounds, "other": "", **parties(tender)}


def correction_notice(tender: Tender, *, original, changes: list[dict], day) -> dict[str, Any]:
    """N-07: each item with what it was and what it is (R87-11)."""
    return {
        "original_number": original.number, "project_number": tender.number, "project_name": tender.title,
        "first_published_on": original.published_at, "concerns": "采购公告、采购文件", "changes": changes,
        "corrected_on": day, "other": "", **parties(tender),
    }


def clarified(items: list[dict]) -> list[dict]:
    """The items of a clarification as rows of N-07."""
    with override("zh-hans"):
        names = {code: str(name) for code, name in ClarificationRow.PART_CHOICES}
    return [{"item": names[row["part"]], "before": row["old"], "after": row["new"]} for row in items]


def moved(tender: Tender, *, closes_at=None, offer_until=None) -> list[dict]:
    """A later closing or a longer offer as rows of N-07."""
    rows = []
    if offer_until:
        rows.append({"item": "招标文件提供期限止", "before": str(tender.offer_until), "after": str(offer_until)})
    if closes_at:
        rows.append({
            "item": "提交投标文件截止时间、开标时间", "before": written(tender.closes_at), "after": written(closes_at)
        })
    return rows


def publish(kind: str, tender: Tender, payload: dict[str, Any], act):
    """Publish a notice of the tender for its agency."""
    titles = {"N-03": "公开招标公告", "N-07": "更正公告", "N-09": "废标（终止）公告"}
    return publish_notice(
        act=act, kind=kind, subject=tender, title=f"{tender.title}{titles[kind]}", payload=payload,
        project=tender.project_id, organisation=tender.agency,
    )


def parties(tender: Tender) -> dict[str, Any]:
    agency = tender.agency
    return {
        "purchaser": {
            "name": agency.name, "address": agency.address, "contact": tender.contact_name,
            "phone": agency.phone or tender.contact_phone,
        },
        "contact": {"name": tender.contact_name, "phone": tender.contact_phone},
    }


def _conditions(content: dict, kind: str) -> str:
    rows = [row["text"] for row in content["qualifications"] if row["kind"] == kind]
    return "\n".join(f"{number}. {text}" for number, text in enumerate(rows, 1))


def _policy(tender: Tender, content: dict) -> str:
    text = str(tender.get_sme_policy_display())
    if tender.sme_deduction:
        text += f"（{_plain(tender.sme_deduction)}%）"
    if tender.sme_industry:
        text += f"；采购标的所属行业：{tender.sme_industry}"
    extra = _conditions(content, QualificationCondition.Kind.POLICY)
    return f"{text}\n{extra}".strip()


def _other(tender: Tender) -> str:
    lines = [f"质疑接收：{tender.challenge_department}，{tender.challenge_phone}，{tender.challenge_address}。{tender.challenge_manner}"]
    if tender.bond_percent:
        lines.append(
            f"投标保证金：预算金额的{_plain(tender.bond_percent)}%，以支票、汇票、本票或者保函等非现金形式提交，"
            "截止时间同投标截止时间。"
        )
    else:
        lines.append("本项目不收取投标保证金。")
    return "\n".join(lines)


def _long(moment) -> str:
    from portal.clock import SHANGHAI

    at = moment.astimezone(SHANGHAI) if moment else None
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}" if at else ""


def _plain(value) -> str:
    return format(value.normalize(), "f")
