"""The law of a tender document as pure functions: what it must hold, what it may not say, what its figures may be."""
from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from portal.rules.constants import UnknownConstant, constant

TOTAL_POINTS: Final = Decimal(100)  # R87-44
SURVEY_GOOD_FOR_DAYS: Final = 365  # R22-05
HUNDRED: Final = Decimal(100)
#: Ratios that start the low-price review: field of the tender → constant of its lowest value (RAL-02 to RAL-04).
LOW_PRICE: Final = {
    "low_price_average": "LOW_PRICE_AVERAGE", "low_price_second": "LOW_PRICE_SECOND", "low_price_ceiling": "LOW_PRICE_CEILING"
}


def number(name: str, day: date) -> Decimal | None:
    """A number of the register on a day, None while the rule did not hold yet (G5)."""
    try:
        return Decimal(constant(name, day))
    except UnknownConstant:
        return None


def percent(name: str, day: date) -> Decimal | None:
    """A share of the register as a percentage on a day: 10 for 0.10, None while the rule did not hold yet."""
    share = number(name, day)
    return None if share is None else share * HUNDRED


#: What RCO-01 names as the core of a contract.
CORE_TERMS: Final = ("CONTENT", "TERM", "QUANTITY", "QUALITY", "PRICE", "SETTLEMENT", "RIGHTS", "LIABILITY")

#: The sixteen parts of a tender document (R87-08): title of the part, the fields and lists that fill it.
PARTS: Final = (
    (_("投标邀请"), ("contact_name", "contact_phone")),
    (_("投标人须知"), ("instructions",)),
    (_("投标人应当提交的资格、资信证明文件"), ("qualifications",)),
    (_("落实政府采购政策需满足的要求"), ("sme_policy", "sme_industry")),
    (_("投标文件编制、报价要求和保证金"), ("price_rules",)),
    (_("采购项目预算金额和最高限价"), ("budget",)),
    (_("技术规格、服务标准和验收要求"), ("need_goal", "need_standards", "need_quality", "need_quantity", "need_service",
                                 "need_acceptance")),
    (_("拟签订的合同文本"), ("contract_terms", "deliverables")),
    (_("提供服务的时间、地点、方式"), ("service_from", "service_until")),
    (_("采购资金的支付方式、时间、条件"), ("payment_terms",)),
    (_("评标方法、评标标准和投标无效情形"), ("factors", "invalid_cases")),
    (_("投标有效期"), ("validity_days",)),
    (_("投标截止时间、开标时间及地点"), ("opening_place",)),
    (_("采购代理机构代理费用的收取标准和方式"), ("agent_fee",)),
    (_("投标人信用信息查询和使用规则"), ("credit_rules",)),
    (_("实质性要求和条件"), ("requirements",)),
)
#: Manner, department, phone and address for challenges (R94-22).
CHALLENGE_FIELDS: Final = ("challenge_manner", "challenge_department", "challenge_phone", "challenge_address")


@dataclass(frozen=True, slots=True)
class Finding:
    """A wording that the law forbids: the rule, the words found, why they may not stand."""

    rule: str
    words: str
    why: Any


_SCALE: Final = r"(注册资本|注册资金|资产总额|营业收入|从业人员|利润|纳税额)"
_AT_LEAST: Final = r"(不低于|不少于|不得低于|不得少于|达到|以上|超过|≥|大于)"
_BAN: Final = tuple(
    (rule, re.compile(pattern), why)
    for rule, pattern, why in (
        ("R-GP-17", r"(本[省市县区地]|当地|[省市县区]内)[^。；;\n]{0,12}(业绩|获奖|奖项|荣誉)",
         _("不得以特定行政区域的业绩、奖项作为条件或加分")),
        ("R-GP-17", r"(指定|限定|仅限|必须(使用|采用))[^。；;\n]{0,10}(品牌|商标|专利|厂家|供应商)",
         _("不得限定或指定专利、商标、品牌或供应商")),
        ("R-GP-17", r"(须为|必须(是|为)|应当?为|仅限|限于)[^。；;\n]{0,8}(国有|民营|内资|外资|国企|本地企业|本[省市县区])",
         _("不得限定供应商的所有制形式、组织形式或所在地")),
        ("R-GP-18", _SCALE + r"[^。；;\n]{0,12}" + _AT_LEAST,
         _("不得把注册资本、资产、营业收入、人员、利润、纳税额等规模条件作为资格要求或评审因素")),
        ("R-GP-18", r"(原厂|生产厂家|生产厂商|制造商)[^。；;\n]{0,6}授权", _("不得把生产厂家授权作为资格要求")),
        ("R-GP-19", r"(备选库|名录库|资格库|供应商库|入围名单|推荐性目录)", _("不得以入库、入围或者列入推荐性目录作为参加条件")),
        ("R-GP-19", r"(本[省市县区地]|当地)[^。；;\n]{0,8}(分公司|分支机构|办事处|服务网点)", _("不得要求在本地设立分支机构")),
        ("R-GP-19", r"(成立|经营)(时间|年限)?[^。；;\n]{0,6}(满|不少于|不得少于|达到|超过)[^。；;\n]{0,4}年", _("不得以成立年限作为条件")),
        ("R-GP-19", r"(购买|使用)指定[^。；;\n]{0,8}软件", _("不得要求购买指定软件")),
        ("R-GP-19", r"(装订|纸张|文件排序|封面)[^。；;\n]{0,12}(无效|拒绝|否决|拒收)", _("不得因装订、纸张、排序等形式问题拒绝投标")),
        ("R87-02", r"最低(限价|报价限|投标限价)", _("不得设定最低限价")),
        ("R-GP-34", r"(现金[^。；;\n]{0,8}保证金|保证金[^。；;\n]{0,12}现金)", _("保证金应以非现金形式提交")),
    )
)
_SIMILAR: Final = re.compile(r"(类似|同类)[^。；;\n]{0,16}?([3-9三四五六七八九十]|\d{2,})\s*[个份项]")
_NEGATED: Final = re.compile(r"(不得(?!低于|少于|小于)|不要求|无需|不以|不限|不收|不接受|不需|禁止|不因)")
_CLAUSE: Final = re.compile(r"[^。；;\n]+")


def forbidden_terms(text: str, *, qualification: bool = False) -> Iterator[Finding]:
    """Wordings that shut bidders out (R-GP-17 to R-GP-19, S-51); a half sentence that forbids them itself is let pass.

    `qualification`: the text is a condition of entry, where more than two similar contracts may not be asked (R22-07).
    """
    for clause in _CLAUSE.findall(text or ""):
        for rule, pattern, why in _BAN:
            if (found := pattern.search(clause)) and not _is_negated(clause, found):
                yield Finding(rule, found[0], why)
        found = _SIMILAR.search(clause) if qualification else None
        if found and not _is_negated(clause, found):
            yield Finding("R22-07", found[0], _("要求同类业绩作为资格条件的，一般不超过两个"))


def _is_negated(clause: str, found: re.Match) -> bool:
    """Whether the words stand behind a "must not" of the same half sentence ("不得指定品牌")."""
    start = max(clause.rfind(comma, 0, found.start()) for comma in "，,")
    return bool(_NEGATED.search(clause, start + 1, found.end()))


def missing_parts(filled: dict[str, Any]) -> Iterator[tuple[int, Any, list[str]]]:
    """Which of the sixteen parts are not whole (R87-08): number of the part, its title, its empty fields."""
    for number, (title, names) in enumerate(PARTS, 1):
        empty = [name for name in names if filled.get(name) in (None, "", [], ())]
        if empty:
            yield number, title, empty


def missing_core_terms(kinds: Iterable[str]) -> list[str]:
    """Which of the eight core clauses the draft contract lacks (RCO-01)."""
    there = set(kinds)
    return [kind for kind in CORE_TERMS if kind not in there]


def points_of(factors: Iterable[dict], category: str = "") -> Decimal:
    """Sum of points of all factors, or of one category."""
    return sum((Decimal(f["points"]) for f in factors if category in ("", f["category"])), Decimal(0))


def band_faults(factor: dict) -> Iterator[Any]:
    """What is wrong with the bands of a factor (R87-41, R22-03, R22-09); the price factor needs none (R87-43).

    Every factor but price is cut into at least two bands that do not overlap and whose top is its points; an objective
    factor's bands are single values.
    """
    if factor["category"] == "PRICE":
        return
    bands = sorted(factor.get("bands") or [], key=lambda band: Decimal(band["from"]))
    if len(bands) < 2:
        yield _("至少分两个等次，每个等次有对应分值")
        return
    if Decimal(bands[-1]["to"]) != Decimal(factor["points"]):
        yield _("最高等次的分值须等于该因素的分值")
    if Decimal(bands[0]["from"]) < 0:
        yield _("等次的分值不能为负")
    for band in bands:
        if Decimal(band["from"]) > Decimal(band["to"]):
            yield _("等次的下限高于上限")
        elif factor.get("objective") and Decimal(band["from"]) != Decimal(band["to"]):
            yield _("客观因素的每个等次只能有一个分值")
    if any(Decimal(after["from"]) < Decimal(before["to"]) or (after["from"], after["to"]) == (before["from"], before["to"])
           for before, after in pairwise(bands)):
        yield _("等次的分值区间重叠")


def scored_qualifications(qualifications: Iterable[str], factors: Iterable[str]) -> list[str]:
    """Conditions of entry that are scored as well (R87-41)."""
    texts = [_squeezed(text) for text in factors]
    return [text for text in qualifications if len(_squeezed(text)) >= 4 and any(_squeezed(text) in f for f in texts)]


def _squeezed(text: str) -> str:
    return re.sub(r"[\s,。;、,.;()()]", "", text)


def last_day_of(first: date, months: int) -> date:
    """The last day of a term of whole months: 12 months from 2026-02-01 end on 2027-01-31."""
    years, month = divmod(first.month - 1 + months, 12)
    year = first.year + years
    following = first.replace(year=year, month=month + 1, day=min(first.day, monthrange(year, month + 1)[1]))
    return following - timedelta(days=1)


def survey_is_due(kind: str, budget: Decimal, day: date) -> bool:
    """Whether needs must be surveyed and risks listed: services to the public, or 10 million and more (R22-05, R22-11)."""
    limit = number("SURVEY_MANDATORY_FROM", day)
    return limit is not None and (kind == "A" or budget >= limit)
