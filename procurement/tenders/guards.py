"""What must hold before a tender goes to review: every guard of `propose`, each listing all it finds (S-172)."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal import money
from portal.workflow import refuse

from . import rules
from .models import ContractTermDraft, QualificationCondition, Tender

LISTS = {
    "lots": _("采购包"), "qualifications": _("资格条件"), "requirements": _("实质性要求"), "factors": _("评分因素"),
    "deliverables": _("服务内容和数量"), "payment_terms": _("支付安排"), "contract_terms": _("拟签订的合同条款"),
    "risks": _("风险清单"),
}


def label_of(name: str):
    """What a field or list of the document is called on the page."""
    return LISTS.get(name) or Tender._meta.get_field(name).verbose_name


def joined(labels: Iterable) -> Any:
    """Several labels as one text, in the reader's language when it is read."""
    return format_lazy("、".join(["{}"] * len(found)), *found) if (found := list(labels)) else ""


def whole_document(tender: Tender, act):
    """The sixteen parts are there (R87-08); the way to challenge too (R94-22)."""
    filled = tender.content
    for number, title, names in rules.missing_parts(filled):
        yield refuse(
            "R87-08", _("招标文件第 %(number)s 项“%(part)s”还没有填写：%(names)s。"), field=names[0], number=number, part=title,
            names=joined(label_of(name) for name in names),
        )
    for name in rules.CHALLENGE_FIELDS:
        if not filled[name]:
            yield refuse("R94-22", _("招标文件还没有载明“%(name)s”。"), field=name, name=label_of(name))
    if not any(row["kind"] == QualificationCondition.Kind.STATUTORY for row in filled["qualifications"]):
        yield refuse("R-GP-10", _("资格条件还没有列入政府采购法第二十二条的规定。"), field="qualifications")


def needs_are_quantified(tender: Tender, act):
    """Services are owed in numbers, or named as continuous with their standard (R22-03)."""
    for row in tender.content["deliverables"]:
        if row["quota"] is not None and not row["unit"]:
            yield refuse("R22-03", _("服务内容“%(name)s”有数量但没有单位。"), field="deliverables", name=row["name"])
        if row["quota"] is None and not row["standard"]:
            yield refuse("R22-03", _("服务内容“%(name)s”没有数量，须写明质量标准。"), field="deliverables", name=row["name"])
        if row["sub_quota"] is not None and (row["quota"] is None or row["sub_quota"] > row["quota"] or not row["sub_condition"]):
            yield refuse(
                "R22-03", _("服务内容“%(name)s”的其中数量须有对应要求，且不超过总数量。"), field="deliverables", name=row["name"]
            )
    first, last = tender.service_from, tender.service_until
    if first and last and last <= first:
        yield refuse("R87-08", _("合同履行截止日须在起始日之后。"), field="service_until")
    item = tender.project.item
    if first and last and item is not None and item.term_months and last > rules.last_day_of(first, item.term_months):
        yield refuse(
            "R102-28", _("合同履行期限超过计划批准的 %(months)s 个月。"), field="service_until", months=item.term_months
        )


def survey_is_there(tender: Tender, act):
    """Services to the public and large purchases: needs surveyed, risks listed (R22-04, R22-05, R22-11)."""
    day = act.now.date()
    if not rules.survey_is_due(tender.project.catalogue_kind, tender.budget, day):
        return
    if not tender.survey_on or not tender.survey_findings:
        yield refuse("R22-05", _("本项目应当开展需求调查，还没有填写调查日期和结论。"), field="survey_on")
    elif tender.survey_on > day or tender.survey_on < day - timedelta(days=rules.SURVEY_GOOD_FOR_DAYS):
        yield refuse("R22-05", _("需求调查须在一年以内完成，填写的日期是 %(day)s。"), field="survey_on", day=tender.survey_on)
    least = rules.number("SURVEY_MIN", day)
    if (tender.survey_respondents or 0) < least:
        yield refuse(
            "R22-04", _("需求调查对象一般不少于 %(least)s 个，现为 %(count)s 个。"), field="survey_respondents",
            least=least, count=tender.survey_respondents or 0,
        )
    if not tender.content["risks"]:
        yield refuse("R22-11", _("本项目须列出风险清单和应对措施。"), field="risks")


def weights_are_right(tender: Tender, act):
    """Points make 100 and the price has its legal share (R87-44, R87-42)."""
    factors = tender.content["factors"]
    if not factors:
        return
    total = rules.points_of(factors)
    if total != rules.TOTAL_POINTS:
        yield refuse("R87-44", _("评分因素的分值合计为 %(total)s，须等于 100。"), field="factors", total=total)
    price = rules.points_of(factors, "PRICE")
    least = rules.percent("PRICE_WEIGHT_MIN_SERVICES", act.now.date())
    if price < least:
        yield refuse(
            "R87-42", _("价格分为 %(price)s，服务项目不得低于 %(least)s。"), field="factors", price=price,
            least=f"{least:.0f}",
        )


def factors_are_quantified(tender: Tender, act):
    """Each factor is cut into bands with points; what is a condition of entry is not scored (R87-41, R22-09)."""
    filled = tender.content
    for factor in filled["factors"]:
        for fault in rules.band_faults(factor):
            yield refuse("R22-09", _("评分因素“%(name)s”：%(fault)s。"), field="factors", name=factor["name"], fault=fault)
    scored = rules.scored_qualifications(
        [row["text"] for row in filled["qualifications"]], [f"{row['name']} {row['standard']}" for row in filled["factors"]]
    )
    for text in scored:
        yield refuse("R87-41", _("资格条件“%(words)s”不得作为评审因素。"), field="factors", words=text[:40])


def money_is_right(tender: Tender, act):
    """Budget as approved and shown, ceiling within it, lots together the budget (R87-02, R-GP-33)."""
    approved = tender.project.amount
    if tender.budget > approved:
        yield refuse(
            "R-GP-33", _("预算 %(budget)s 元超过项目批准金额 %(approved)s 元。"), field="budget",
            budget=money.in_figures(tender.budget), approved=money.in_figures(approved),
        )
    if not tender.budget_shown:
        yield refuse("R-GP-33", _("招标文件应当公开预算金额。"), field="budget_shown")
    if tender.ceiling is not None and tender.ceiling > tender.budget:
        yield refuse(
            "R87-02", _("最高限价 %(ceiling)s 元超过预算 %(budget)s 元。"), field="ceiling",
            ceiling=money.in_figures(tender.ceiling), budget=money.in_figures(tender.budget),
        )
    lots = tender.content["lots"]
    total = sum((lot["amount"] for lot in lots), Decimal(0))
    if lots and total != tender.budget:
        yield refuse(
            "R87-02", _("采购包预算合计 %(total)s 元，须等于项目预算 %(budget)s 元。"), field="lots",
            total=money.in_figures(total), budget=money.in_figures(tender.budget),
        )
    for lot in lots:
        if lot["ceiling"] is not None and lot["ceiling"] > lot["amount"]:
            yield refuse("R87-02", _("采购包“%(name)s”的最高限价超过其预算。"), field="lots", name=lot["name"])


def terms_are_fair(tender: Tender, act):
    """No wording that shuts bidders out, no floor price, no cash bond (R-GP-17 to R-GP-19, R22-07, R87-02, S-51)."""
    filled = tender.content
    places = [(name, filled[name], False) for name in (
        "need_goal", "need_standards", "need_quality", "need_quantity", "need_service", "need_acceptance", "need_other",
        "instructions", "price_rules", "invalid_cases", "subcontracting", "credit_rules",
    )]
    places += [("qualifications", f"{row['text']}\n{row['proof']}", True) for row in filled["qualifications"]]
    places += [("requirements", row["text"], False) for row in filled["requirements"]]
    for row in filled["factors"]:
        bands = "\n".join(band.get("text", "") for band in row["bands"])
        places.append(("factors", f"{row['name']}\n{row['standard']}\n{bands}", False))
    for name, text, qualification in places:
        for found in rules.forbidden_terms(text, qualification=qualification):
            yield refuse(
                found.rule, _("“%(place)s”中的“%(words)s”：%(why)s。"), field=name, place=label_of(name), words=found.words,
                why=found.why,
            )


def bond_is_right(tender: Tender, act):
    """At most two per cent of the budget (R-GP-34)."""
    most = rules.percent("BID_BOND_MAX", act.now.date())
    if tender.bond_percent > most:
        yield refuse(
            "R-GP-34", _("投标保证金为预算的 %(percent)s%%，不得超过 %(most)s%%。"), field="bond_percent",
            percent=tender.bond_percent, most=f"{most:.0f}",
        )


def small_firms_are_heard(tender: Tender, act):
    """Reserved for small and medium firms, or a fixed deduction of 10 to 20 per cent (R46-04, R46-07, R46-12)."""
    rate, day = tender.sme_deduction, act.now.date()
    least, most = rules.percent("SME_DEDUCTION_MIN", day), rules.percent("SME_DEDUCTION_MAX", day)
    if tender.sme_policy == Tender.SmePolicy.DEDUCTION:
        if least is not None and (rate is None or not least <= rate <= most):
            yield refuse(
                "R46-07", _("对小微企业的价格扣除比例须在 %(least)s%% 至 %(most)s%% 之间写明一个数。"), field="sme_deduction",
                least=f"{least:.0f}", most=f"{most:.0f}",
            )
        item = tender.project.item
        limit = rules.number("SME_ONLY_MAX", day)
        if limit and tender.budget <= limit and item is not None and not item.sme_statement.strip():
            yield refuse(
                "R46-04", _("预算不超过 200 万元的适宜项目应当专门面向中小企业；不专门面向的，计划中须有理由。"), field="sme_policy"
            )
    elif tender.sme_policy == Tender.SmePolicy.RESERVED and rate is not None:
        yield refuse("R46-07", _("专门面向中小企业的项目不再给予价格扣除。"), field="sme_deduction")


def low_price_ratios_are_right(tender: Tender, act):
    """Ratios that start the low-price review may be raised, at most to 65 per cent (RAL-06)."""
    most = rules.percent("LOW_PRICE_RATIO_MAX", act.now.date())
    for name, constant in rules.LOW_PRICE.items() if most is not None else ():
        value, least = getattr(tender, name), rules.percent(constant, act.now.date())
        if not least <= value <= most:
            yield refuse(
                "RAL-06", _("“%(name)s”为 %(value)s%%，须在 %(least)s%% 至 %(most)s%% 之间。"), field=name, name=label_of(name),
                value=value, least=f"{least:.0f}", most=f"{most:.0f}",
            )


def consortium_is_named(tender: Tender, act):
    """The document says whether consortia are taken (R87-07)."""
    if not tender.consortium:
        yield refuse("R87-07", _("须写明是否接受联合体投标；没有写明的不得拒绝联合体。"), field="consortium")


def contract_is_whole(tender: Tender, act):
    """The draft contract has its eight core clauses; instalments make the whole price (RCO-01, RCO-03)."""
    filled = tender.content
    for kind in rules.missing_core_terms(row["kind"] for row in filled["contract_terms"]):
        yield refuse(
            "RCO-01", _("拟签订的合同缺少“%(kind)s”条款。"), field="contract_terms", kind=ContractTermDraft.Kind(kind).label
        )
    total = sum((row["percent"] for row in filled["payment_terms"]), Decimal(0))
    if filled["payment_terms"] and total != 100:
        yield refuse("RCO-03", _("支付安排的比例合计为 %(total)s%%，须等于 100%%。"), field="payment_terms", total=total)


PROPOSE_GUARDS = [
    whole_document, needs_are_quantified, survey_is_there, weights_are_right, factors_are_quantified, money_is_right,
    terms_are_fair, bond_is_right, small_firms_are_heard, low_price_ratios_are_right, consortium_is_named, contract_is_whole,
]
