"""Giving numbers to plans, projects, contracts and other papers of an agency."""
from portal.identifiers import Series, number

from .models import Serial


def next_number(series: Series, organisation, year: int) -> str:
    """The next number of a series for an organisation and year ("014500002-JH-2026-0001"); given once, never reused (L2.5)."""
    return next_numbers(series, organisation, year, 1)[0]


def next_numbers(series: Series, organisation, year: int, count: int) -> list[str]:
    """The next numbers of a series, in their order, taken in one go.

    Must run inside a transaction: two writers of one series wait for each other.
    """
    code = organisation.code[8:17]
    key = f"{code}:{series}:{year}"
    row = Serial.objects.select_for_update().filter(pk=key).first()
    if row is None:
        Serial.objects.get_or_create(pk=key)
        row = Serial.objects.select_for_update().get(pk=key)
    first = row.last + 1
    row.last += count
    row.save(update_fields=["last"])
    return [number(series, code, year, serial) for serial in range(first, row.last + 1)]
