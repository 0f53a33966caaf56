"""Statutory holidays of years whose notice is not published: a guess for screens, never a working-day calendar.

Only the thirteen statutory days are known in advance (RCV-01); which days are taken off and made up around them is in
the yearly notice alone (RCV-02). Nothing that takes a right away may rest on this.
"""
from __future__ import annotations

from datetime import date, timedelta
from typing import Final

_FESTIVALS: Final = {  # first day of spring festival, 清明, 端午, 中秋
    2027: ((2, 6), (4, 5), (6, 9), (9, 15)),
    2028: ((1, 26), (4, 4), (5, 28), (10, 3)),
    2029: ((2, 13), (4, 4), (6, 16), (9, 22)),
    2030: ((2, 3), (4, 5), (6, 5), (9, 12)),
    2031: ((1, 23), (4, 5), (6, 24), (10, 1)),
    2032: ((2, 11), (4, 4), (6, 12), (9, 19)),
    2033: ((1, 31), (4, 4), (6, 1), (9, 8)),
    2034: ((2, 19), (4, 5), (6, 20), (9, 27)),
    2035: ((2, 8), (4, 5), (6, 10), (9, 16)),
    2036: ((1, 28), (4, 4), (5, 30), (10, 4)),
}
DEMONSTRATION_YEARS: Final = tuple(_FESTIVALS)


def statutory_holidays(year: int) -> dict[date, str]:
    """The statutory holidays of a year with their names; beyond 2036 only those of the solar calendar."""
    days = {date(year, 1, 1): "元旦", date(year, 5, 1): "劳动节", date(year, 5, 2): "劳动节"}
    days.update({date(year, 10, day): "国庆节" for day in (1, 2, 3)})
    if year in _FESTIVALS:
        spring, qingming, dragon_boat, mid_autumn = (date(year, *month_day) for month_day in _FESTIVALS[year])
        days.update({spring + timedelta(days=offset): "春节" for offset in (-1, 0, 1, 2)})
        days |= {qingming: "清明节", dragon_boat: "端午节", mid_autumn: "中秋节"}
    return days


def probably_working(day: date) -> bool:
    """Whether a day will most likely be worked: Monday to Friday and no statutory holiday."""
    return day.weekday() < 5 and day not in statutory_holidays(day.year)
