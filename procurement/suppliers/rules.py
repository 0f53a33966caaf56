"""Pure rules of registration: until when a yearly confirmation counts, which types a code and an authority leave open."""
from __future__ import annotations

from datetime import date, datetime, time, timedelta

from portal.clock import SHANGHAI
from portal.rules.jurisdiction import MonthDay

from .conditions import SOCIAL_ORGANISATIONS, TYPES_OF_CODE, Authority, SupplierType

AUTHORITIES_OF_TYPE: dict[str, frozenset[str]] = {
    **dict.fromkeys(SOCIAL_ORGANISATIONS, frozenset({Authority.CIVIL_AFFAIRS, Authority.EXEMPT})),
    SupplierType.ENTERPRISE: frozenset({Authority.MARKET_REGULATION}),
    SupplierType.CLASS_TWO_INSTITUTION: frozenset({Authority.ESTABLISHMENT}),
    SupplierType.COMMERCIAL_INSTITUTION: frozenset({Authority.ESTABLISHMENT, Authority.MARKET_REGULATION}),
    SupplierType.RURAL_COLLECTIVE: frozenset({Authority.AGRICULTURE, Authority.MARKET_REGULATION}),
    SupplierType.GRASS_ROOTS: frozenset({Authority.CIVIL_AFFAIRS, Authority.SECTOR}),
}


def types_of_code(code: str) -> frozenset[str] | None:
    """The types a credit code can belong to; None where its first two characters leave it open (RCV-23)."""
    return TYPES_OF_CODE.get(code[:2])


def may_register(supplier_type: str, authority: str) -> bool:
    """Whether that authority registers suppliers of that type (S-04, R-011)."""
    return authority in AUTHORITIES_OF_TYPE.get(supplier_type, frozenset())


def is_confirmation_time(day: date, opens: MonthDay, closes: MonthDay) -> bool:
    """Whether the year's confirmation may be given on a day (settings `confirmation_from`, `confirmation_until`)."""
    return opens.in_year(day.year) <= day <= closes.in_year(day.year)


def confirmed_until(year: int, closes: MonthDay) -> datetime:
    """When a confirmation of that year runs out: the end of the last day for confirming the next."""
    return end_of(closes.in_year(year + 1))


def end_of(day: date) -> datetime:
    """24:00 of a day in Asia/Shanghai."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
