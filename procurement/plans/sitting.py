"""What the members of a joint meeting read about each matter before it is decided: facts, words of departments, proposal.

Everything comes from what the portal knows at this moment; nothing is typed for the papers (S-24, S-185).
"""
from __future__ import annotations

from collections.abc import Sequence

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from catalogue.scope import answers_of
from portal.money import in_figures, in_words
from portal.rules.articles import chinese_numeral

from .forms.reviews import REJECT_REASONS, SEND_BACK_REASONS
from .models import AgendaItem, Meeting, Outcome, PlanItem, Project

REASONS = dict([*SEND_BACK_REASONS, *REJECT_REASONS])
#: The three principles in full, as the members know them (S-09).
PRINCIPLES = (("livelihood", "民生优先"), ("key_point", "突出重点"), ("easy", "先易后难"))


def agenda_of(meeting: Meeting) -> list[AgendaItem]:
    """What stands on the agenda now, with all that its papers say; a constant number of queries."""
    standing = AgendaItem.objects.filter(meeting=meeting).exclude(state="REMOVED").select_related("version__issuer", "version__region")
    agenda = list(standing.order_by("order"))
    prefetch_related_objects(
        agenda, "item__agency", "item__project", "item__leaf", "item__filed_request", "item__listed", "item__years", "item__factors",
        "item__sources", "item__indicators", "item__steps__department", "item__steps__decided_by", "item__predecessor__outcomes",
        "item__predecessor__items",
    )
    return agenda


def principles_of(item: PlanItem) -> list[str]:
    """Under which of the three principles the item comes before others (S-09)."""
    return [words for name, words in PRINCIPLES if item.listed is not None and getattr(item.listed, name)]


def rank_of(item: PlanItem) -> tuple[bool, ...]:
    """Livelihood first, then key points, then what is easy: smaller comes first on the agenda (S-09)."""
    return tuple(item.listed is None or not getattr(item.listed, name) for name, _words in PRINCIPLES)


def former_projects(agenda: Sequence[AgendaItem]) -> dict[int, Project]:
    """The project that each item follows: the one it names, else the agency's latest earlier one under the same line (S-162)."""
    items = [each.item for each in agenda if each.item is not None]
    found = {item.pk: item.predecessor for item in items if item.predecessor is not None}
    wanting = [item for item in items if item.pk not in found and item.leaf_id]
    earlier = Project.objects.filter(
        agency__in={item.agency_id for item in wanting}, leaf__in={item.leaf_id for item in wanting}, outcomes__revoked_at=None,
        outcomes__isnull=False,
    ).distinct().prefetch_related("outcomes", "items").order_by("year", "id")  # fmt: skip
    for project in earlier if wanting else ():
        for item in wanting:
            if (project.agency_id, project.leaf_id) == (item.agency_id, item.leaf_id) and project.year < item.year:
                found[item.pk] = project  # the latest stands, because they come in their order
    return found


def proposal_of(item: PlanItem, outcome: Outcome | None) -> str:
    """What is proposed to the meeting: agreed as asked, up to the ceiling of last year's result, or put off (S-24, S-110)."""
    asked = in_figures(item.amount)
    if outcome is not None and outcome.gate_closed:
        return _("建议缓议：上期评价结果使申报受限（%(reason)s）。") % {"reason": outcome.gate_reason or outcome.grade}
    if outcome is not None and outcome.ceiling is not None and item.amount > outcome.ceiling:
        return _("建议部分同意：按上期评价结果，不超过 %(ceiling)s 元（申报 %(asked)s 元）。") % {
            "ceiling": in_figures(outcome.ceiling), "asked": asked,
        }
    return _("各部门审核通过，建议同意，金额 %(asked)s 元。") % {"asked": asked}


def matters_of(agenda: Sequence[AgendaItem]) -> list[dict]:
    """Each matter as the papers print it, in the order of the agenda; all values are text."""
    former = former_projects(agenda)
    return [_item(order, each, former.get(each.item_id)) if each.item else _version(order, each) for order, each in enumerate(agenda, 1)]


def _version(order: int, agenda: AgendaItem) -> dict:
    version = agenda.version
    facts = [
        (_("发布机关"), version.issuer.name if version.issuer else ""), (_("适用地区"), version.region.name if version.region else ""),
        (_("年度"), str(version.year)), (_("目录条数"), str(version.item_count)), (_("已征求意见的部门"), version.departments),
        (_("意见采纳情况"), version.consultation_summary),
    ]  # fmt: skip
    return {
        **_head(order, agenda), "agency": version.issuer.name if version.issuer else "", "number": version.document_number, "amount": "",
        "principles": [], "facts": _filled(facts), "proposal": _("建议审定。"),
    }  # fmt: skip


def _head(order: int, agenda: AgendaItem) -> dict:
    return {"order": order, "ordinal": chinese_numeral(order), "title": str(agenda)}


def _item(order: int, agenda: AgendaItem, former: Project | None) -> dict:
    item, outcome = agenda.item, former.latest_outcome if former else None
    facts = [
        (_("购买主体"), item.agency.name), (_("项目编号"), item.project.number if item.project else ""),
        (_("目录项"), item.catalogue_words), (_("申报路径"), str(item.get_route_display())),
        (_("申报金额"), _("%(amount)s 元（人民币%(words)s）") % {"amount": in_figures(item.amount), "words": in_words(item.amount)}),
        (_("数量、单价"), _quantity(item)), (_("拟采购方式"), str(item.get_method_display())),
        (_("期限"), _("%(months)s 个月") % {"months": item.term_months} if item.term_months else ""),
        (_("购买内容"), item.content), (_("目标"), item.objective), (_("承接主体条件"), item.supplier_conditions),
        (_("评价标准"), item.evaluation_standard), (_("突发临时情形"), item.urgency),
    ]  # fmt: skip
    return {
        **_head(order, agenda), "agency": item.agency.name, "number": item.project.number if item.project else "",
        "amount": in_figures(item.amount), "principles": principles_of(item),
        "grounds": item.listed.grounds if item.listed else "", "facts": _filled(facts),
        "factors": [(str(row.get_factor_display()), in_figures(row.unit_amount), row.basis) for row in item.factors.all()],
        "sources": [(str(row.get_kind_display()), str(row.get_level_display()), row.name, in_figures(row.amount))
                    for row in item.sources.all()],
        "years": [(row.year, in_figures(row.amount)) for row in item.years.all()] if len(item.years.all()) > 1 else [],
        "targets": [(row.name, f"{row.get_direction_display()} {format(row.target.normalize(), 'f')} {row.unit}".strip(),
                     format(row.weight.normalize(), "f")) for row in item.indicators.all()],
        "answers": [(str(label), str(answer), reason) for label, answer, reason in answers_of(item)],
        "overruled": _overruled(item), "reviews": _reviews(item), "last": _last(former, outcome),
        "proposal": proposal_of(item, outcome),
    }  # fmt: skip


def _filled(facts) -> list[tuple[str, str]]:
    return [(str(label), text) for label, text in facts if text]


def _quantity(item: PlanItem) -> str:
    if item.quantity is None or item.unit_price is None:
        return ""
    counted = f"{format(item.quantity.normalize(), 'f')} {item.unit} × {in_figures(item.unit_price)} 元"
    return counted if item.periods == 1 else f"{counted} × {format(item.periods.normalize(), 'f')} 期"


def _overruled(item: PlanItem) -> dict | None:
    """Words of the negative list that finance let pass, and why (R1787-01…03)."""
    if not item.wording_cleared:
        return None
    return {"words": list(item.wording_cleared), "reason": item.wording_overruled}


def _reviews(item: PlanItem) -> list[dict]:
    """The word of each department that still counts: of every kind of step the last one that was decided (S-23)."""
    said = {}
    for step in sorted(item.steps.all(), key=lambda step: (step.round, step.group, step.pk)):
        if step.decided_at is not None and step.state in ("APPROVED", "SENT_BACK", "REJECTED"):
            said[step.kind] = step
    return [
        {"department": step.department.name, "outcome": str(step.get_state_display()),
         "opinion": "；".join([*(str(REASONS.get(code, code)) for code in step.reason_codes), *filter(None, [step.opinion])]),
         "by": step.decided_by.name if step.decided_by else "", "at": step.decided_at}
        for step in said.values()
    ]  # fmt: skip


def _last(former: Project | None, outcome: Outcome | None) -> dict | None:
    if former is None:
        return None
    item = former.item
    return {
        "number": former.number, "title": former.title, "amount": in_figures(former.amount),
        "price": f"{in_figures(item.unit_price)} 元/{item.unit}" if item and item.unit_price else "",
        "result": f"{outcome.score} 分（{outcome.grade}）" if outcome else "",
        "satisfaction": f"{outcome.satisfaction}%" if outcome and outcome.satisfaction is not None else "",
        "ceiling": in_figures(outcome.ceiling) if outcome and outcome.ceiling is not None else "",
    }
