"""What an item must answer before it may be put to the head: everything missing at once, each with its place and rule."""
from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalogue.functions import may_be_bought
from catalogue.scope import QUESTIONS as QUESTIONS_OF_SCOPE
from catalogue.scope import within_scope
from catalogue.wording_rules import against
from portal import clock
from portal.money import in_figures
from portal.rules.jurisdiction import setting
from portal.workflow import Refusal, refuse

from . import rules
from .models import CostFactor, Method, PlanItem
from .outside import filed_request_fits
from .prefilling import ceiling_of

#: The five questions of the form and the fields that answer each (S-18).
QUESTIONS = {
    "what": (
        _("买什么"),
        ("title", "leaf", "filed_request", "listed", "function", "kind", "posts", "content", "objective", "quantity", "unit",
            "unit_price", "periods", "guide_price", "price_reason",
         "basic_public_service", "national_standard",
         *(name for question in QUESTIONS_OF_SCOPE for name in (question.name, question.reason)), "secret", "security"),
    ),
    "who": (_("谁来买"), ("route", "plan", "year", "scheme", "assessment", "urgency", "existing_line",
        "no_extra_expenditure", "adjustment_document")),
    "from_whom": (_("向谁买"), ("supplier_conditions", "sme_policy", "sme_statement")),
    "how": (
        _("怎么买"),
        ("method", "term_months", "starts_on", "budget_guaranteed", "content_fixed", "continuous", "funding_stable", "price_stable",
         "factors", "sources", "years", "survey", "risk_list", "public_opinion"),
    ),
    "worth": (_("买得值"), ("evaluation_standard", "indicators", "feasibility", "predecessor", "result_response")),
}  # fmt: skip

#: Answered beside the six questions of article 10; a plain no is enough.
NATIONAL_INTEREST = (("secret", "R-009"), ("security", "R-009"))
#: Everything that is answered before an item may be put forward, with its rule.
NEGATIVE_LIST = (*((question.name, question.rule) for question in QUESTIONS_OF_SCOPE), *NATIONAL_INTEREST)


def missing(item: PlanItem) -> list[Refusal]:
    """Every reason why the item is not complete, in the order of the five questions (S-21, S-172)."""
    return [*_what(item), *_negative_list(item), *_who(item), *_from_whom(item), *_how(item), *_money(item), *_worth(item)]


#: What `missing` reads beside the item itself.
BESIDE = ("leaf__version", "filed_request", "listed__catalogue", "function__catalogue", "predecessor", "agency__region")
ROWS = ("factors", "sources", "years", "indicators", "predecessor__outcomes")
CHUNK = 500


def incomplete(items: QuerySet[PlanItem]) -> Iterator[tuple[PlanItem, list[Refusal]]]:
    """Of many items those that lack something, in their order, each with all that it lacks; a few queries for each five hundred."""
    for found in chunks_of(items):
        for item in found:
            if lacking := missing(item):
                yield item, lacking


def chunks_of(items: QuerySet[PlanItem]) -> Iterator[list[PlanItem]]:
    """Items with everything that `missing` reads, five hundred at a time."""
    items, last = items.select_related(*BESIDE).prefetch_related(*ROWS).order_by("pk"), 0
    while found := list(items.filter(pk__gt=last)[:CHUNK]):
        note_reports(found)
        yield found
        last = found[-1].pk


def note_reports(items: list[PlanItem]) -> None:
    """Tell items that are looked at together whether their feasibility report is there; one query."""
    from portal.files.models import Document

    there = set(
        Document.objects.filter(subject_type="plans.item", subject_id__in=[item.pk for item in items], kind=FEASIBILITY)
        .values_list("subject_id", flat=True)
    )
    for item in items:
        item.report_attached = item.pk in there


#: Where the form calls a field otherwise than the model: people are told the word they see.
SEEN_AS = {"supplier_conditions": _("承接主体条件"), "term_months": _("期限")}


def _empty(item: PlanItem, rule: str, *fields: str) -> Iterator[Refusal]:
    for name in fields:
        if getattr(item, name) in (None, ""):
            label = SEEN_AS.get(name) or item._meta.get_field(name).verbose_name
            yield refuse(rule, _("“%(what)s”还没有填写。"), field=name, what=label)


def _what(item: PlanItem) -> Iterator[Refusal]:
    yield from _empty(item, "R-006", "content", "objective", "quantity", "unit", "unit_price")
    if item.filed_request is not None:
        yield from filed_request_fits(item)
    elif item.leaf is None:
        yield refuse("R102-18", _("还没有选目录项；目录不能涵盖的事项先报财政审核备案。"), field="leaf")
    else:
        yield from _leaf(item)
    if item.function is not None:
        yield from may_be_bought(item.function)
    if item.kind == PlanItem.Kind.POST and not item.posts:
        yield refuse("S-16", _("岗位购买须填写岗位数。"), field="posts")
    if item.basic_public_service is None:
        yield refuse("R102-19", _("请回答是否属于基本公共服务。"), field="basic_public_service")
    elif item.basic_public_service and not item.national_standard:
        yield refuse("R102-19", _("基本公共服务须写明所依据的国家标准。"), field="national_standard")
    ceiling = ceiling_of(item)
    if ceiling is not None and item.unit_price is not None and item.unit_price > ceiling and not item.price_reason:
        yield refuse("S-30", _("单价高于指导价 %(price)s 元，须说明理由。"), field="price_reason", price=in_figures(ceiling))


def _leaf(item: PlanItem) -> Iterator[Refusal]:
    leaf = item.leaf
    if leaf.version.state != "ISSUED" or leaf.retired or not leaf.is_leaf:
        yield refuse("R102-18", _("目录项“%(leaf)s”不是现行目录的末级事项，请重新选择。"), field="leaf", leaf=str(leaf))


def _negative_list(item: PlanItem) -> Iterator[Refusal]:
    yield from within_scope(item)
    for name, rule in NATIONAL_INTEREST:
        answer = getattr(item, name)
        label = item._meta.get_field(name).verbose_name
        if answer is None:
            yield refuse(rule, _("请回答：本项是否%(question)s?"), field=name, question=label)
        elif answer:
            yield refuse(rule, _("“%(question)s”的事项不得购买。"), field=name, question=label)
    yield from against(item.wording)


def _who(item: PlanItem) -> Iterator[Refusal]:
    yield from _empty(item, "S-20", "scheme")
    yield from _empty(item, "R102-24", "assessment")
    if item.route == PlanItem.Route.AD_HOC:
        yield from _empty(item, "S-26", "urgency")
        yield from _empty(item, "R-030", "existing_line")
        if not item.no_extra_expenditure:
            yield refuse(
                "R-036", _("一事一议不得增加财政支出；需要新增资金的，请改走年中调整。"), field="no_extra_expenditure"
            )
    elif item.route == PlanItem.Route.IN_YEAR and not (item.existing_line or item.adjustment_document):
        yield refuse("R102-20", _("年中调整须写明资金指标或预算调整文号。"), field="adjustment_document")


def _from_whom(item: PlanItem) -> Iterator[Refusal]:
    yield from _empty(item, "R-008", "supplier_conditions")
    yield from _empty(item, "R46-04", "sme_policy")
    if item.sme_policy == PlanItem.SmePolicy.NONE and not item.sme_statement:
        yield refuse("R46-05", _("不面向中小企业预留的，须说明理由。"), field="sme_statement")


def _how(item: PlanItem) -> Iterator[Refusal]:
    yield from _empty(item, "R-006", "method", "term_months")
    if item.method == Method.INQUIRY:
        yield refuse("R-GP-27", _("询价只适用于货物，本项是服务，请另选采购方式。"), field="method")
    if item.term_months:
        longest = rules.longest_term(five_ticks=item.all_ticks, rules_as_of=clock.today())
        if item.term_months > longest:
            yield refuse(
                "R102-28", _("期限 %(months)s 个月超过上限 %(longest)s 个月；超过一年须五项条件齐全，最长三年。"),
                field="term_months", months=item.term_months, longest=longest,
            )
    if serves_the_public(item) or item.amount >= rules.survey_from(clock.today()):
        yield from _empty(item, "R22-05", "survey")
        yield from _empty(item, "R22-11", "risk_list")
    if serves_the_public(item):
        yield from _empty(item, "R-GP-51", "public_opinion")


def serves_the_public(item: PlanItem) -> bool:
    """Whether the service is for the public: branch A of the catalogue (R22-05)."""
    return item.catalogue_kind == "A"


def _money(item: PlanItem) -> Iterator[Refusal]:
    factors = list(item.factors.all())
    absent = [label for value, label in CostFactor.Factor.choices if value not in {row.factor for row in factors}]
    if absent:
        yield refuse("R-032", _("价格构成缺少：%(factors)s。"), field="factors", factors=_joined(absent))
    for row in factors:
        if not row.basis:
            yield refuse("R-032", _("价格构成中“%(factor)s”没有填依据。"), field="factors", factor=row.get_factor_display())
    built = sum((row.unit_amount for row in factors), Decimal(0))
    if factors and item.unit_price is not None and built != item.unit_price:
        yield refuse(
            "R-032", _("价格构成合计 %(sum)s 元，与单价 %(price)s 元不一致。"), field="factors", sum=in_figures(built),
            price=in_figures(item.unit_price),
        )
    yield from _sums_to(item, "sources", "S-32", _("资金来源合计 %(sum)s 元，与申报金额 %(amount)s 元不一致。"))
    yield from _sums_to(item, "years", "R1787-05", _("分年资金合计 %(sum)s 元，与申报金额 %(amount)s 元不一致。"))
    years = [row.year for row in item.years.all()]
    if years and min(years) < item.year:
        yield refuse("R1787-05", _("分年资金不能早于计划年度 %(year)s。"), field="years", year=item.year)
    if item.term_months and years:
        reach = rules.years_of_term(item.year, item.term_months, item.starts_on)
        outside = [str(year) for year in years if year > reach[-1] + 1]
        if outside:
            yield refuse("R1787-05", _("年度 %(years)s 在期限之外。"), field="years", years="、".join(outside))


def _sums_to(item: PlanItem, name: str, rule: str, text) -> Iterator[Refusal]:
    total = sum((row.amount for row in getattr(item, name).all()), Decimal(0))
    if total != item.amount:
        yield refuse(rule, text, field=name, sum=in_figures(total), amount=in_figures(item.amount))


def _worth(item: PlanItem) -> Iterator[Refusal]:
    yield from _empty(item, "R-006", "evaluation_standard")
    indicators = list(item.indicators.all())
    if not indicators:
        yield refuse("RPE-08", _("没有绩效目标不得安排预算，至少列一项三级指标及目标值。"), field="indicators")
    weights = sum((row.weight for row in indicators), Decimal(0))
    if indicators and weights != 100:
        yield refuse("S-31", _("绩效指标权重合计 %(sum)s，应为 100。"), field="indicators", sum=format(weights.normalize(), "f"))
    if not has_feasibility_report(item):
        yield refuse("R-006", _("可行性报告没有上传。"), field="feasibility")
    yield from predecessor(item)


def has_feasibility_report(item: PlanItem) -> bool:
    from portal.files.models import Document

    if item.report_attached is not None:
        return item.report_attached
    return Document.objects.of_subject(item).filter(kind=FEASIBILITY).exists()


#: Kind of the feasibility report among documents (S-21).
FEASIBILITY = "feasibility_report"


def predecessor(item: PlanItem) -> Iterator[Refusal]:
    """The item answers the result of the project it continues: cited, not gated, within the ceiling (L11.5, S-110)."""
    if item.predecessor is None:
        return
    outcome = item.predecessor.latest_outcome
    if outcome is None:
        yield from _without_result(item)
        return
    if not item.result_response:
        yield refuse("S-110", _("须写明上期评价结果如何运用。"), field="result_response")
    if outcome.gate_closed:
        yield refuse(
            "NYR-02", _("上期评价为“%(grade)s”，申报受限：%(reason)s"), field="predecessor", grade=outcome.grade,
            reason=outcome.gate_reason,
        )
    if outcome.ceiling is not None:
        largest = max((row.amount for row in item.years.all()), default=item.amount)
        if largest > outcome.ceiling:
            yield refuse(
                "NYR-01", _("年度金额 %(amount)s 元超过按上期评价结果确定的上限 %(ceiling)s 元（%(title)s，%(score)s 分，%(grade)s）。"),
                field="unit_price", amount=in_figures(largest), ceiling=in_figures(outcome.ceiling), title=outcome.title,
                score=outcome.score, grade=outcome.grade,
            )


def _without_result(item: PlanItem) -> Iterator[Refusal]:
    """What is continued was evaluated; the region may let a recorded reason stand for the result (L11.5 edge 3)."""
    if setting("unevaluated_predecessor", item.agency.region) == "refuse":
        yield refuse(
            "NYR-03", _("上期项目 %(number)s 还没有评价结果，先完成绩效评价再申报下年项目。"), field="predecessor",
            number=item.predecessor.number,
        )
    elif not item.result_response:
        yield refuse("NYR-03", _("上期项目还没有评价结果，须写明理由。"), field="result_response")


def _joined(parts) -> str:
    return "、".join(str(part) for part in parts)
