"""Catalogue versions in any state, reached by their own verbs with the people of the demonstration city."""
from __future__ import annotations

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from catalogue.forms import Start
from catalogue.models import CatalogueVersion
from catalogue.verbs import load_reference_catalogue
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
