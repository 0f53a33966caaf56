"""Catalogue versions in any state, reached by their own verbs with the people of the demonstration city."""
from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from catalogue.forms import Start
from catalogue.models import CatalogueComment, CatalogueVersion, OutOfCatalogueRequest
from catalogue.verbs import load_reference_catalogue
from catalogue.verbs.consultation import hand_in_for_the_public, sender_of
from portal import clock
from portal.accounts.actor import system_actor
from portal.workdays.calendars import load_calendars
from portal.workflow import perform
from tests.factories.people import actor

HEADER = "code,parent_code,level,name_zh"
SMALL = (
    "A,,1,公共服务", "A10,A,2,社会治理服务", "A1001,A10,3,社区治理服务", "A1002,A10,3,社会组织建设与管理服务",
    "B,,1,政府履职辅助性服务", "B01,B,2,法律服务", "B0101,B01,3,法律顾问服务",
)


def catalogue_file(*lines: str, header: str = HEADER, name: str = "catalogue.csv") -> SimpleUploadedFile:
    """A CSV file as somebody would upload it; without lines the small list that is within the reference."""
    text = "\n".join([header, *(lines or SMALL)]) + "\n"
    return SimpleUploadedFile(name, text.encode(), content_type="text/csv")


def make_version(
    state: str = "DRAFTED", *, lines: tuple[str, ...] = (), title: str = "", header: str = HEADER, **facts
) -> CatalogueVersion:
    """A version of the city in a state; to be put in force it is issued from today on unless `valid_from` says else.

    The consultation is waited for by holding the clock at its end.
    """
    load_reference_catalogue()
    load_calendars()
    year = clock.today().year + 1
    version = perform(
        CatalogueVersion(), "draft", actor=actor("finance_officer"), year=year, start=Start.FILE,
        title=title or f"赣江市政府购买服务指导性目录（{year} 年版）", file=catalogue_file(*lines, header=header),
    )
    if state == "DRAFTED":
        return version
    if state == "CANCELLED":
        return perform(version, "cancel", actor=actor("finance_head"), reason="另行编制")
    version = perform(version, "consult", actor=actor("finance_head"), departments="民政局、城市管理局")
    if state == "CONSULTING":
        return version
    if state == "SENT_BACK":
        return perform(version, "send_back", actor=actor("finance_head"), reason="条目不全")
    with clock.at(max(version.consultation.ends_at, clock.now())):
        version = perform(version, "submit", actor=actor("finance_head"), consultation_summary="收到两条意见，均已采纳")
        if state == "SUBMITTED":
            return version
        version = perform(version, "approve", actor=system_actor(), decision="联席会议纪要〔2026〕3 号")
        if state == "APPROVED":
            return version
        return issue(version, facts.get("valid_from") or clock.today())


def issue(version: CatalogueVersion, valid_from: date, number: str = "赣江财购〔2026〕8 号") -> CatalogueVersion:
    return perform(version, "issue", actor=actor("finance_head"), document_number=number, valid_from=valid_from)


def days_from_today(days: int) -> date:
    return clock.today() + timedelta(days=days)


#: The three leaves nearest to a canteen for the old, and why it fits under none of them.
NEAREST = {
    "A0402": "只含入住机构的养老服务，不含社区供餐。", "A1001": "限于社区治理的组织和指导。", "B1105": "限于机关自身的餐饮保障。",
}
SIX = ("outside_duty", "must_perform_itself", "goods_or_works", "financing", "labour_hire", "otherwise_barred")


def outside_content(**changes) -> dict:
    """What a complete out-of-catalogue request says: meals for the old, next year."""
    version = load_reference_catalogue()
    return {
        "title": "社区老年助餐服务", "year": clock.today().year + 1, "kind": "A",
        "content": "为 70 岁以上独居老人每日供应午餐并送餐上门。",
        "need": "全市独居老人 3,200 人，现有目录条目都不含供餐。", "duty_basis": "市城市管理局三定规定第四条第二项",
        "amount": Decimal("680000.00"),
        "hard_to_price": False, "pricing_note": "",
        "nearest": [{"leaf": version.items.get(code=code), "reason": reason} for code, reason in NEAREST.items()],
        **dict.fromkeys(SIX, False), **{f"{name}_reason": "经核对不属于这一类。" for name in SIX}, **changes,
    }


def make_outside(state: str = "DRAFTED", *, planner: str = "planner", head: str = "head", **changes) -> OutOfCatalogueRequest:
    """An out-of-catalogue request of the city's agency: DRAFTED, SUBMITTED, SENT_BACK, FILED, REJECTED, WITHDRAWN."""
    load_calendars()
    request = perform(OutOfCatalogueRequest(), "draft", actor=actor(planner), **outside_content(**changes))
    if state == "DRAFTED":
        return request
    request = perform(request, "submit", actor=actor(head))
    if state == "SENT_BACK":
        return perform(request, "send_back", actor=actor("finance_officer"), reason_code="content", reason="请写明供餐人数的依据。")
    if state == "WITHDRAWN":
        return perform(request, "withdraw", actor=actor(head))
    if state == "FILED":
        request = perform(request, "confirm_duty", actor=actor("establishment"), confirmed=True, opinion="属于三定规定的职责。")
        request = perform(request, "review", actor=actor("finance_officer"), opinion="确需购买，价格合理。", hard_to_price=False)
        return perform(request, "file", actor=actor("finance_head"), reason="目录暂无对应条目，同意备案。")
    if state == "REJECTED":
        return perform(request, "reject", actor=actor("finance_head"), reason_code="merits", reason="可由现有项目涵盖。")
    return request


def make_comment(version: CatalogueVersion | None = None, *, address: str = "192.0.2.7", **said) -> CatalogueComment:
    """An opinion of a visitor on a draft that is being consulted on (one is made where none is given)."""
    return hand_in_for_the_public(
        version or make_version("CONSULTING", title="征求意见稿"), sender=sender_of(address),
        **{"text": "建议增加社区助餐服务。", "author": "", "contact": "", "item": None, **said},
    )


#: What a department of the city buys by itself: within `SMALL`.
OF_DEPARTMENT = ("A,,1,公共服务", "A10,A,2,社会治理服务", "A1001,A10,3,社区治理服务")


def make_department_version(state: str = "DRAFTED", *, lines: tuple[str, ...] = OF_DEPARTMENT, header: str = HEADER) -> CatalogueVersion:
    """A list of the city's agency in a state, issued from today on; finance decides it."""
    load_reference_catalogue()
    load_calendars()
    year = clock.today().year + 1
    version = perform(
        CatalogueVersion(), "draft", actor=actor("planner"), year=year, start=Start.FILE,
        title=f"市城市管理局政府购买服务指导性目录（{year} 年版）", file=catalogue_file(*lines, header=header),
    )
    if state == "DRAFTED":
        return version
    version = perform(version, "consult", actor=actor("head"), departments="市财政局、市民政局")
    if state == "CONSULTING":
        return version
    with clock.at(max(version.consultation.ends_at, clock.now())):
        version = perform(version, "submit", actor=actor("head"), consultation_summary="没有收到意见")
        if state == "SUBMITTED":
            return version
        version = perform(version, "approve", actor=actor("finance_head"), decision="市财政局复函〔2026〕21 号")
        if state == "APPROVED":
            return version
        return perform(version, "issue", actor=actor("head"), document_number="赣江城管〔2026〕30 号", valid_from=clock.today())
