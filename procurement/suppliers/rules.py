"""Pure rules of registration: until when a yearly confirmation counts, which types a code and an authority leave open."""
from __future__ import annotations

from datetime import date, datetime, time, timedelta

from portal.clock import SHANGHAI

from .conditions import SOCIAL_ORGANISATIONS, TYPES_OF_CODE, Authority, SupplierType

#: Yearly confirmation runs from 1 January to 30 June; the sources are silent, so this is the portal's default (L4.1).
YEAR_OPENS = (1, 1)
YEAR_CLOSES = (6, 30)

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


def is_confirmation_time(day: date) -> bool:
    """Whether the year's confirmation may be given on a day."""
    return date(day.year, *YEAR_OPENS) <= day <= date(day.year, *YEAR_CLOSES)


def confirmed_until(year: int) -> datetime:
    """When a confirmation of that year runs out: the end of next year's 30 June."""
    return end_of(date(year + 1, *YEAR_CLOSES))


def end_of(day: date) -> datetime:
    """24:00 of a day in Asia/Shanghai."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
