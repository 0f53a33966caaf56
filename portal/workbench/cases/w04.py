"""W-04: the first pilots of Xuancheng and its counties as one portfolio, and the year that is planned from it.

The totals are the report's; single amounts, dates, contractors and the year are demonstration values (`w04_figures`).
"""
from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from catalogue.models import CatalogueItem
from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.models import Membership, Organisation, Region, User
from portal.accounts.roles import OrganisationKind, Role
from portal.identifiers import compose_credit_code
from portal.money import from_wan
from portal.workflow import perform
from procurement.contracts.models import Contract
from procurement.payments.models import PaymentRequest
from procurement.plans.models import PlanItem, Project

from .w04_figures import CITY, NEXT_YEAR, REGIONS, THIS_YEAR, YEAR, Bought

SOURCE = "合计数取自试点工作报告；单项金额、年度、日期、承接主体和合同条款为演示数据。"
AS_OF = date(YEAR, 12, 31)
FINANCE = "宣城市财政局"
#: Who looks at it: account, name, role.
PEOPLE = (
    ("xuancheng_finance_officer", "梅知秋", Role.FINANCE_OFFICER), ("xuancheng_finance_head", "谢文远", Role.FINANCE_HEAD),
)  # fmt: skip
ENDS_ON = date(YEAR + 1, 6, 30)


def load_w04() -> list[Project]:
    """Load the portfolio of the year and the plan of the next, or find what was loaded before."""
    found = Project.objects.filter(is_history=True, region__path__startswith=_path(), year=YEAR)
    if not found.exists():
        regions = _regions()
        _people(regions[CITY])
        projects = {each: _bought(each, regions) for each in THIS_YEAR}
        for each in (*THIS_YEAR, *NEXT_YEAR):
            _planned(each, regions, predecessor=projects.get(each))
    return list(found.order_by("pk"))


def _path() -> str:
    return f"/34/{CITY}/"


def _regions() -> dict[str, Region]:
    regions: dict[str, Region] = {}
    for code, name, level, parent in REGIONS:
        regions[code], _made = Region.objects.get_or_create(
            code=code, defaults={"name": name, "level": level, "parent": regions.get(parent)}
        )
    return regions


def _people(region: Region) -> None:
    finance = _organisation(region, FINANCE, OrganisationKind.FINANCE)
    for account, name, role in PEOPLE:
        user, made = User.objects.get_or_create(
            username=account, defaults={"name": name, "email": f"{account}@demo.invalid", "is_demo": True}
        )
        if made:
            user.set_unusable_password()
            user.save()
        Membership.objects.get_or_create(user=user, organisation=finance, role=role)


def _organisation(region: Region, name: str, kind: str) -> Organisation:
    found = Organisation.objects.select_related("region").filter(name=name, region=region).first()
    if found is not None:
        return found
    number = Organisation.objects.filter(region=region).count() + 1
    supplier = kind == OrganisationKind.SUPPLIER
    code = compose_credit_code("52" if supplier else "11", region.code, f"04{number:06d}")
    return Organisation.objects.create(
        code=code, kind=kind, name=name, short_name=name, region=region, phone="0563-0000000", address=f"{region.name}（演示地址）"
    )


def _agency(each, regions: dict[str, Region]) -> Organisation:
    region = regions[each.region]
    stem = region.name.removesuffix("市") if each.region == CITY else region.name
    return _organisation(region, f"{stem}{each.agency}", OrganisationKind.AGENCY)


def _item(each, regions, year: int, amount: Decimal, **values) -> PlanItem:
    """An approved purchase of the past, with its project."""
    leaf = CatalogueItem.objects.leaves().filter(code=each.leaf, version__state="ISSUED").order_by("-version_id").first()
    return perform(
        PlanItem(), "record_history", actor=system_actor(), title=each.title, agency=_agency(each, regions), leaf=leaf, year=year,
        amount=amount, content=SOURCE, as_of=AS_OF, years=[{"year": year, "amount": amount}], **values,
    )  # fmt: skip


def _bought(each: Bought, regions: dict[str, Region]) -> Project:
    """A project of the year: planned, and where something was agreed, signed and paid by progress."""
    with _at(YEAR, 3, 20):
        item = _item(each, regions, YEAR, from_wan(each.planned), method=each.method)
    if each.agreed is None:
        return item.project
    with _at(YEAR, 4, 1):
        project = perform(item.project, "fund", actor=system_actor())
    with _at(YEAR, 6, 30):
        contract = _contract(each, project, regions)
    with _at(YEAR, 12, 26):
        term = contract.payment_terms.get()
        perform(
            PaymentRequest(contract=contract, term=term), "record_history", actor=system_actor(), amount=from_wan(each.paid),
            paid_on=date(YEAR, 12, 26), source=SOURCE,
        )  # fmt: skip
    return Project.objects.get(pk=project.pk)


def _contract(each: Bought, project: Project, regions: dict[str, Region]) -> Contract:
    region = regions[each.region]
    contract = Contract(
        project=project, agency=project.agency, title=each.title, amount=from_wan(each.agreed), rules_as_of=date(YEAR, 6, 30),
        supplier=_organisation(region, f"{region.name}公共服务中心（演示）", OrganisationKind.SUPPLIER), place=region.name,
        report_cadence="HALF_YEAR", inspection_cadence="QUARTER", source_note=SOURCE,
        signed_at=datetime(YEAR, 6, 27, 10, 0, tzinfo=clock.SHANGHAI),
    )  # fmt: skip
    return perform(
        contract, "take_over", actor=system_actor(), starts_on=date(YEAR, 7, 1), ends_on=ENDS_ON,
        deliverables=[{"name": each.title, "requirement": "按合同约定提供服务", "quota": None, "unit": "", "period": "TERM",
                       "sub_condition": "", "sub_quota": None}],
        terms=[{"name": "按进度支付", "percent": Decimal(100), "condition": "SIGNED", "year": YEAR, "note": "按项目进度审核拨付"}],
        clauses=[{"kind": "CONTENT", "text": f"{each.title}，按合同约定提供。"}],
    )  # fmt: skip


def _planned(each, regions: dict[str, Region], *, predecessor: Project | None) -> PlanItem:
    """Next year's project; what goes on names the project that it continues."""
    with _at(YEAR, 12, 30):
        return _item(each, regions, YEAR + 1, from_wan(each.coming), method="OPEN_TENDER", predecessor=predecessor)


def _at(year: int, month: int, day: int):
    return clock.history(datetime(year, month, day, 9, 0, tzinfo=clock.SHANGHAI))
