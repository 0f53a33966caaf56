"""Drawn figures: progress, deliverable bar, bars, shares. Lengths are SVG attributes, so no inline style is needed."""
from __future__ import annotations

from decimal import Decimal

from .library import part, register

#: The drawing area of the column chart, in its own units: width, height of the marks, space above and below.
WIDTH, HEIGHT, ABOVE, BELOW = 360, 130, 24, 26


def percent(value, total) -> str:
    """A share of the width, between 0 and 100, as SVG wants it."""
    total = Decimal(total or 0)
    if total <= 0:
        return "0%"
    return f"{min(max(Decimal(value or 0) / total * 100, Decimal(0)), Decimal(100)):.2f}%"


@register.inclusion_tag("components/progress.html")
def progress(done, total, label, show=True):
    """How far something is: a bar with its words. label says what is counted, for the ear; show prints the percentage."""
    return {"width": percent(done, total), "label": label, "done": done, "total": total, "show": show,
            "shown": percent(done, total)[:-1].split(".")[0]}


@register.inclusion_tag("components/dbar.html")
def dbar(actual, total, due=None, unit=""):
    """A deliverable: track is the quota of the year, fill what was done, tick what is due by today."""
    return {"fill": percent(actual, total), "tick": percent(due, total) if due is not None else None, "actual": actual,
            "total": total, "due": due, "unit": unit}


@register.inclusion_tag("components/bar_list.html")
def bar_list(rows, unit="", tight=False):
    """Lying bars with the value beside each. rows: label, value, url, note; shown in place of the bare value: text."""
    rows = list(rows)
    most = max((Decimal(part(row, "value", default=0)) for row in rows), default=Decimal(0))
    shown = [{
        "label": part(row, "label"), "value": part(row, "value", default=0), "text": part(row, "text"), "url": part(row, "url"),
        "width": percent(part(row, "value", default=0), most),
    } for row in rows]
    return {"rows": shown, "unit": unit, "tight": tight}


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(rows, title, unit="", source=""):
    """Standing columns with the value on each mark. rows: label, value (None is drawn as missing and said so), highlight.

    Give the same numbers in a table beside it (interface.md: every chart has its table).
    """
    rows = list(rows)
    values = [None if part(row, "value", default=None) is None else Decimal(part(row, "value", default=0)) for row in rows]
    most = max((value for value in values if value is not None), default=Decimal(0)) or Decimal(1)
    step = Decimal(WIDTH) / max(len(rows), 1)
    width = min(step * Decimal("0.6"), Decimal(64))
    marks = []
    for number, (row, value) in enumerate(zip(rows, values, strict=True)):
        middle = step * number + step / 2
        tall = (value or Decimal(0)) / most * HEIGHT
        marks.append({
            "label": part(row, "label"), "value": value, "shown": f"{value or 0:,}",
            "fill": "f1" if part(row, "highlight", default=True) else "f4",
            "x": f"{middle - width / 2:.1f}", "middle": f"{middle:.1f}", "width": f"{width:.1f}",
            "y": f"{ABOVE + HEIGHT - tall:.1f}", "height": f"{tall:.1f}", "above": f"{ABOVE + HEIGHT - tall - 7:.1f}",
        })
    return {"marks": marks, "title": title, "unit": unit, "source": source, "base": ABOVE + HEIGHT, "text": ABOVE + HEIGHT + 18,
            "view_width": WIDTH, "view_height": ABOVE + HEIGHT + BELOW}


@register.inclusion_tag("components/share_bar.html")
def share_bar(rows, title=""):
    """Parts of a whole, at most four. rows: label, value. Raises ValueError for a fifth part (interface.md, statistics)."""
    rows = list(rows)
    if len(rows) > 4:
        raise ValueError("a share bar has at most four parts; use a bar list")
    total = sum((Decimal(part(row, "value", default=0)) for row in rows), Decimal(0))
    shown, start = [], Decimal(0)
    for number, row in enumerate(rows, 1):
        value = Decimal(part(row, "value", default=0))
        shown.append({"label": part(row, "label"), "percent": f"{value / total * 100:.1f}" if total else "0.0",
                      "x": percent(start, total), "width": percent(value, total), "series": number})
        start += value
    return {"rows": shown, "title": title}
