"""The demonstration suppliers, registered and confirmed through the same verbs as any other."""
from __future__ import annotations

from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path

import pylopdf_fonts_zh_cn
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image, ImageDraw, ImageFont

from portal import clock
from portal.accounts.actor import Actor, actor_for
from portal.accounts.demo import organisation
from portal.accounts.models import User
from portal.workflow import perform

from .conditions import Authority, Condition, Relation, Size, SupplierType
from .models import Evidence, Supplier

#: Before the first worked case that they take part in (W-09 begins on 2025-11-28).
REGISTERED_ON = date(2025, 3, 3)
#: The supplier of W-01, whose contract ran from 2020-07-14; its district has no registrar who could judge its papers.
WORKED_CASE_REGISTERED_ON = date(2020, 3, 2)

#: Those who confirm every year without being reminded.
DILIGENT = ("supplier_a", "supplier_b")

FONT = Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf"

PAPERS = {
    Condition.CIVIL_LIABILITY: "营业执照（登记证书）副本", Condition.GOVERNANCE: "章程和内部监督制度",
    Condition.ACCOUNTING: "上年度审计报告", Condition.CAPACITY: "人员、设备和场地清单",
    Condition.TAX_AND_INSURANCE: "纳税和社会保险缴纳证明", Condition.CLEAN_RECORD: "无重大违法记录声明和年检结论",
    Condition.OTHER: "无其他条件的声明",
}


def registration(key: str) -> dict:
    """What a demonstration supplier writes in its registration; figures are invented."""
    office = organisation(key)
    known = {
        "supplier_a": (SupplierType.ENTERPRISE, Size.MEDIUM, 186, "42600000.00", "金大明", "赣江银行城东支行", "6228 0199 0100 0001"),
        "supplier_b": (SupplierType.ENTERPRISE, Size.SMALL, 64, "13800000.00", "陶然", "赣江银行高新支行", "6228 0199 0100 0002"),
        "supplier_c": (SupplierType.SOCIAL_SERVICE, "", 23, "2950000.00", "戚家声", "赣江银行滨江支行", "6228 0199 0100 0003"),
        "hongyi": (SupplierType.SOCIAL_SERVICE, "", 18, "1640000.00", "孙静", "红山农村信用社", "6228 1504 0200 0001"),
    }
    kind, size, staff, revenue, head, bank, account = known[key]
    enterprise = kind == SupplierType.ENTERPRISE
    return {
        "code": office.code, "type": kind, "registered_on": date(2016, 5, 18),
        "authority": Authority.MARKET_REGULATION if enterprise else Authority.CIVIL_AFFAIRS,
        "authority_name": f"{office.region.name}{'市场监督管理局' if enterprise else '民政局'}",
        "legal_representative": head, "industry": "公共设施管理业" if enterprise else "社会工作", "size": size,
        "staff": staff, "revenue": revenue, "assets": revenue, "bank_name": bank, "bank_account": account.replace(" ", ""),
        "contact": head, "phone": office.phone, "address": office.address,
        "related_persons": [{"name": head, "relation": Relation.LEGAL_REPRESENTATIVE, "share_percent": None}],
    }


@transaction.atomic
def load_demo_suppliers() -> dict[str, Supplier]:
    """Register the demonstration suppliers and confirm the three of the city, at their true times; made once.

    People must be there (`portal.accounts.demo.load_people`). Each year since is confirmed as well, so that a fresh
    demonstration does not begin with lapsed suppliers.
    """
    found = {}
    for key in ("supplier_a", "supplier_b", "supplier_c"):
        found[key] = Supplier.objects.of(organisation(key)) or _register_and_confirm(key)
    found["hongyi"] = Supplier.objects.of(organisation("hongyi")) or _register("hongyi", WORKED_CASE_REGISTERED_ON)
    return found


def confirm_diligent_suppliers(moment: datetime) -> None:
    """What diligent suppliers do each spring: the heads of two confirm the year; the third has to be reminded (R-014).

    Called when the demonstration clock passes the day (`confirmation_days`), so that a newcomer who moves it past
    30 June still finds suppliers who may bid. Who confirmed already, or may not, is left alone.
    """
    for key in DILIGENT:
        supplier = Supplier.objects.of(organisation(key))
        if supplier is not None and supplier.confirmed_year != moment.year and supplier.state == Supplier.State.CONFIRMED:
            perform(supplier, "confirm_year", actor=_person(f"{key}_head"), truthful=True)


def confirmation_days(since: datetime, until: datetime) -> list[datetime]:
    """The moments within a stretch of time at which demonstration suppliers confirm the year."""
    years = range(since.astimezone(clock.SHANGHAI).year, until.astimezone(clock.SHANGHAI).year + 1)
    days = [_at(date(year, REGISTERED_ON.month, REGISTERED_ON.day), 9) for year in years]
    return [day for day in days if since < day <= until]


def _register(key: str, day: date) -> Supplier:
    with clock.history(_at(day, 9)):
        supplier = perform(Supplier(), "draft", actor=_person(f"{key}_officer"), **registration(key))
    with clock.history(_at(day, 10)):
        return perform(supplier, "register", actor=_person(f"{key}_head"))


def _register_and_confirm(key: str) -> Supplier:
    supplier = _register(key, REGISTERED_ON)
    papers = []
    with clock.history(_at(REGISTERED_ON, 11)):
        for condition in Condition:
            papers.append(perform(
                Evidence(), "submit_evidence", actor=_person(f"{key}_officer"), condition=condition, title=PAPERS[condition],
                number="", valid_from=date(2025, 1, 1), valid_to=date(2039, 12, 31), document=_paper(supplier, condition),
            ))
    with clock.history(_at(REGISTERED_ON, 15)):
        for paper in papers:
            perform(paper, "confirm_evidence", actor=_person("registrar"))
    for year in range(REGISTERED_ON.year + 1, clock.today().year + 1):
        day = date(year, REGISTERED_ON.month, REGISTERED_ON.day)
        if day <= clock.today():
            with clock.history(_at(day, 9)):
                perform(supplier, "confirm_year", actor=_person(f"{key}_head"), truthful=True)
    supplier.refresh_from_db()
    return supplier


def _paper(supplier: Supplier, condition: str) -> SimpleUploadedFile:
    """A page that says whose paper it stands for, in place of a scan."""
    page = Image.new("RGB", (620, 877), "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(FONT), 24)
    for line, text in enumerate((str(supplier), PAPERS[condition], "演示材料，仅供试用，不具有任何效力")):
        pen.text((60, 120 + 48 * line), text, fill="black", font=font)
    content = BytesIO()
    page.save(content, "PNG", optimize=True)
    return SimpleUploadedFile(f"{PAPERS[condition]}.png", content.getvalue(), content_type="image/png")


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), clock.SHANGHAI)


def _person(username: str) -> Actor:
    return actor_for(User.objects.get(username=username))
