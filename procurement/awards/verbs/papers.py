"""The papers of evaluation and award: report, letters, the published scoring data, the result notice."""
from __future__ import annotations

import json

from django.utils.translation import override

from portal import money
from portal.audit.canonical import canonical_json
from portal.files.models import Document
from portal.files.verbs import store_made
from portal.notices.verbs import publish_notice
from portal.reports.verbs import bound_digest, make_paper
from portal.workflow import Act
from procurement.awards.models import Award, EvaluationReport, PanelMember
from procurement.awards.rules import sha256
from procurement.bids.models import Bid
from procurement.tenders.announcements import parties, quantity_of


def report_paper(report: EvaluationReport, act: Act) -> Document:
    """The evaluation report as a paper; for those who organise until the result (R87-28, R87-70)."""
    tender = report.tender
    return make_paper(
        "awards/paper/report.html", {"tender": tender, "issuer": tender.agency.name, "issued_on": act.now},
        title=f"{tender.title}评审报告", data=report.content, name=f"{tender.number} 评审报告.pdf", actor=act.actor,
        kind="evaluation_report", subject=report, project=tender.project_id,
    )


# --- the published inputs ----------------------------------------------------------------------------------------
def published_data(award: Award) -> dict:
    """What anybody needs to compute the ranking again; `digest` covers everything else."""
    data = {
        **award.report.content["scoring"],
        "award": {"supplier": award.supplier.name, "code": award.supplier.code, "price": f"{award.amount:f}", "rank": award.rank},
    }
    return {**data, "digest": sha256(canonical_json(data).decode())}


def scoring_file(award: Award, act: Act) -> Document:
    text = json.dumps(published_data(award), ensure_ascii=False, indent=1)
    return store_made(
        text.encode(), name=f"{award.tender.number} 评分数据.json", content_type="application/json", actor=act.actor,
        kind="scoring_data", subject=award, project=award.tender.project_id,
    )


# --- letters -----------------------------------------------------------------------------------------------------
def award_letter(award: Award, bid: Bid, act: Act) -> Document:
    """The award notice that binds both sides and starts the thirty days (R87-75, R87-77)."""
    tender = award.tender
    data = {
        "supplier": award.supplier.name, "title": tender.title, "number": tender.number, "lot": str(award.lot),
        "amount": award.amount, "amount_words": money.in_words(award.amount), "score": award.score, "rank": award.rank,
        "term": [tender.service_from, tender.service_until], "agency": tender.agency.name, "announced_at": award.announced_at,
    }
    return make_paper(
        "awards/paper/award_letter.html",
        {"award": award, "tender": tender, "issuer": tender.agency.name, "issued_on": act.now, "seal": True},
        title=f"{tender.title}中标通知书", data=data, name=f"{tender.number} 中标通知书.pdf", actor=act.actor, kind="award_letter",
        subject=bid, project=tender.project_id,
    )


def result_letter(award: Award, bid: Bid, act: Act) -> Document:
    """To a bidder who did not win: own score and rank, or why the bid was invalid (R87-75). Nothing of the others."""
    tender, scored = award.tender, award.report.content["scoring"]
    numbers = {row["code"]: row["bid"] for row in scored["bids"]}
    names = {row["factor"]: (row["name"], row["points"]) for row in scored["factors"]}
    own = next((row for row in scored["results"] if row["bid"] == numbers.get(bid.supplier.code)), None)
    rows = [
        {"name": names[row["factor"]][0], "points": names[row["factor"]][1], "mean": row["mean"]}
        for row in (own["factors"] if own else ())
    ]
    price = next(row for row in scored["factors"] if row["price"])
    if own:
        rows.append({"name": price["name"], "points": price["points"], "mean": own["price_score"]})
    with override("zh-hans"):
        invalid = {"case": str(bid.invalid_code), "reason": bid.invalid_reason} if bid.state == Bid.State.INVALIDATED else None
    data = {
        "supplier": bid.supplier.name, "title": tender.title, "number": tender.number, "winner": award.supplier.name,
        "amount": award.amount, "rank": own["rank"] if own and not invalid else None,
        "total": own["total"] if own and not invalid else None, "scores": rows if not invalid else [], "invalid": invalid,
        "agency": tender.agency.name, "announced_at": award.announced_at,
        "challenge": [tender.challenge_department, tender.challenge_phone, tender.challenge_address],
    }
    return make_paper(
        "awards/paper/result_letter.html", {"tender": tender, "issuer": tender.agency.name, "issued_on": act.now, "seal": True},
        title=f"{tender.title}中标结果告知书", data=data, name=f"{tender.number} 中标结果告知书（{bid.supplier}）.pdf", actor=act.actor,
        kind="result_letter", subject=bid, project=tender.project_id,
    )


# --- the notice --------------------------------------------------------------------------------------------------
def publish_result(award: Award, act: Act):
    """N-08: winner, price, main subjects, experts, and the documents that go with it (R87-74, R46-13)."""
    return publish_notice(
        act=act, kind="N-08", subject=award, title=f"{award.tender.title}中标结果公告", payload=result_payload(award),
        project=award.tender.project_id, organisation=award.tender.agency,
    )


def result_payload(award: Award) -> dict:
    tender, supplier = award.tender, award.supplier
    attached = [version.document for version in tender.versions.select_related("document").order_by("number")]
    attached += [award.scoring] if award.scoring_id else []
    with override("zh-hans"):
        subjects = [
            {
                "name": row.name, "scope": tender.title, "requirement": quantity_of(row),
                "term": f"{tender.service_from}至{tender.service_until}", "standard": row.standard or tender.need_quality or "见招标文件",
            }
            for row in tender.deliverables.order_by("order")
        ]
    return {
        "project_number": tender.number, "project_name": tender.title, "supplier_name": supplier.name,
        "supplier_address": supplier.address or supplier.region.name, "amount": award.amount, "subjects": subjects,
        "experts": experts_text(award), "agency_fee": tender.agent_fee or "采购人自行组织，不收取代理服务费",
        "other": other_text(award), "attachments": [{"name": row.name, "digest": bound_digest(row)} for row in attached],
        **parties(tender),
    }


def experts_text(award: Award) -> str:
    """The names become public with the result, the purchaser's representatives marked (R87-28, REX-02)."""
    members = award.tender.panel_draw.members.filter(state="RELEASED").select_related("user").order_by("seat")
    return "、".join(
        member.user.name + ("（采购人代表）" if member.capacity == PanelMember.Capacity.REPRESENTATIVE else "") for member in members
    )


def other_text(award: Award) -> str:
    tender, scored = award.tender, award.report.content["scoring"]
    own = next((row for row in scored["bids"] if row["code"] == award.supplier.code), None)
    lines = [f"中标人得分{award.score}分，名次第{award.rank}。评分数据随本公告公开，任何人可以据此复算排名。"]
    if award.deemed:
        lines.append("采购人逾期未确定中标人，依照规定视同确定排名第一的中标候选人为中标人。")
    if own and own["size"]:
        size = "小型" if own["size"] == "SMALL" else "微型"
        lines.append(f"中标人声明为{size}企业，评审时给予{own['deduction_percent']}%价格扣除，中标金额为其投标报价。")
    lines.append(f"质疑接收：{tender.challenge_department}，{tender.challenge_phone}，{tender.challenge_address}。")
    return "\n".join(lines)
