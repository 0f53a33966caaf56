"""What a reader is shown of a tender, in words: facts, needs, who is awaited, where it came from."""
from __future__ import annotations

from django.utils.translation import gettext as _

from portal.templatetags.marks import day, money

from .content import FIELDS
from .models import InternalReview, Tender

NEEDS = tuple(name for name in FIELDS if name.startswith("need_"))


def facts_of(tender: Tender) -> list[tuple]:
    """The basics, one line a fact; what is not filled in is left out."""
    policy = tender.get_sme_policy_display()
    if tender.sme_deduction:
        policy = f"{policy} {tender.sme_deduction:f}%"
    return [
        (_("采购项目"), tender.project.number), (_("采购方式"), tender.get_method_display()),
        (_("预算金额"), money(tender.budget)), (_("最高限价"), money(tender.ceiling) if tender.ceiling is not None else ""),
        (_("履行期限"), f"{day(tender.service_from)} – {day(tender.service_until)}" if tender.service_from else ""),
        (_("联合体"), tender.get_consortium_display()), (_("中小企业政策"), policy), (_("所属行业"), tender.sme_industry),
        (_("投标保证金"), f"{tender.bond_percent:f}%" if tender.bond_percent else _("不收取")),
        (_("投标有效期"), _("%(days)s 日") % {"days": tender.validity_days} if tender.validity_days else ""),
        (_("开标地点"), tender.opening_place), (_("联系人"), f"{tender.contact_name} {tender.contact_phone}".strip()),
        (_("截止时总摘要"), tender.closing_digest),
    ]


def needs_of(tender: Tender) -> list[tuple]:
    return [(Tender._meta.get_field(name).verbose_name, getattr(tender, name)) for name in NEEDS if getattr(tender, name)]


def waits_of(tender: Tender) -> str:
    """Who is awaited: while it is reviewed the units that have not spoken."""
    if tender.state != Tender.State.PROPOSED:
        return ""
    spoken = set(tender.reviews.filter(round=tender.review_round).values_list("unit", flat=True))
    open_units = "、".join(str(unit.label) for unit in InternalReview.Unit if unit.value not in spoken)
    return _("等待%(units)s审查") % {"units": open_units}


def shares_of(tender: Tender) -> list[dict]:
    """Points by category, for the bar of shares."""
    points: dict[str, dict] = {}
    for factor in tender.factors.all():
        entry = points.setdefault(factor.category, {"label": factor.get_category_display(), "value": 0})
        entry["value"] += factor.points
    return list(points.values())


def route_of(tender: Tender) -> list[dict]:
    """How the purchase came here and what follows, from the project's own dates."""
    project = tender.project
    steps = [
        (_("计划"), project.approved_at, _("%(day)s 批准")), (_("预算"), project.funded_at, _("%(day)s 落实")),
        (_("招标"), tender.published_at, _("%(day)s 公告")), (_("定标"), tender.awarded_at, _("%(day)s 定标")),
        (_("合同"), project.contracted_at, _("%(day)s 签订")), (_("履约"), project.performing_at, _("%(day)s 开始")),
        (_("评价"), project.evaluated_at, _("%(day)s 完成")),
    ]
    shown = [
        {"name": name, "state": "done" if moment else "next", "note": text % {"day": day(moment)} if moment else ""}
        for name, moment, text in steps
    ]
    now = max((place for place, step in enumerate(shown) if step["state"] == "done"), default=0)
    shown[now]["state"] = "now"
    return shown


