"""Marks inside a line: icon, light, badge, money, citation, figures and dates as text."""
from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext_lazy as _

from .library import register

#: What the programs say and what the style sheet calls it.
LIGHTS = {"green": "ok", "yellow": "soon", "red": "late", "ok": "ok", "soon": "soon", "late": "late",
          "paused": "paused", "none": "none", "done": "done"}
TONES = {"run": "now", "now": "now", "yours": "yours", "ok": "ok", "warn": "warn", "bad": "bad", "idle": "", "": ""}
UNITS = {"元": _("元"), "万元": _("万元"), "亿元": _("亿元")}
TEN_THOUSAND = Decimal(10_000)
DIVISORS = {"万元": TEN_THOUSAND, "亿元": TEN_THOUSAND * TEN_THOUSAND}


@register.simple_tag
@cache
def icon(name: str, css: str = "") -> str:
    """One icon of static/icons.svg; always beside a word. name: symbol id; css: further classes."""
    return format_html('<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>',
                       f" {css}" if css else "", static("icons.svg"), name)


@register.simple_tag
def light(state: str, text="", shape_only: bool = False) -> str:
    """The light of a deadline: shape, word and colour say the same (interface.md, principle 5).

    state: green, yellow, red, paused, none, done; text: "剩 4 工作日"; shape_only hides the word from the eye only.
    """
    kind = LIGHTS.get(state or "none", "none")
    if shape_only and text:
        return format_html('<span class="light light--{}"><svg class="light__shape" role="img" aria-label="{}">'
                           '<use href="{}#light-{}"/></svg></span>', kind, text, static("icons.svg"), kind)
    return format_html('<span class="light light--{}"><svg class="light__shape" aria-hidden="true">'
                       '<use href="{}#light-{}"/></svg>{}</span>', kind, static("icons.svg"), kind, text)


@register.filter
def light_name(state: str) -> str:
    """The style sheet's name of a light: green is ok, yellow is soon, red is late."""
    return LIGHTS.get(state or "none", "none")


@register.simple_tag
def badge(text, tone: str = "") -> str:
    """A state in the reader's words. tone: now, yours, ok, warn, bad or nothing."""
    kind = TONES.get(tone, "")
    return format_html('<span class="badge{}">{}</span>', f" badge--{kind}" if kind else "", text)


@register.simple_tag(takes_context=True)
def state_badge(context, obj) -> str:
    """The state of an object in the words of whoever reads the page (house style, rule 5)."""
    from portal.accounts.actor import PUBLIC
    from portal.workflow.labels import state_label, tone

    return badge(state_label(obj, context.get("actor") or PUBLIC), tone(obj))


@register.simple_tag
def money(amount, unit: str = "元", words: bool = False) -> str:
    """An amount with two places, thousands and its unit. amount in yuan; unit 元, 万元 or 亿元; words adds 大写."""
    if amount is None or amount == "":
        return "—"
    shown = format_html('<span class="money num">{}<span class="money__unit">{}</span></span>',
                        grouped(_scaled(amount, unit)), UNITS.get(unit, unit))
    if words:
        from portal.money import in_words

        shown = format_html('{}<span class="money__han">{}</span>', shown, "人民币" + in_words(amount))
    return shown


@register.simple_tag
def cite(citation, url: str = "") -> str:
    """The rule at the end of a sentence: a link to the register of rules where there is one."""
    if not citation:
        return ""
    text = str(citation).strip()
    if text[0] in "(（" and text[-1] in ")）":  # the brackets of a sentence's end; the link needs none
        text = text[1:-1]
    return format_html('<a class="rule" href="{}">{}</a>', url, text) if url else format_html('<span class="rule">{}</span>', text)


@register.simple_tag
def cite_reason(reason) -> str:
    """The rule a refusal or an error rests on (citation, rule_url), leading to its place among the rules."""
    if isinstance(reason, dict):
        return cite(reason.get("citation", ""), reason.get("rule_url", ""))
    return cite(getattr(reason, "citation", ""), getattr(reason, "rule_url", ""))


@register.filter
def yuan(amount) -> str:
    """An amount in yuan for a cell whose head names the unit: 1,316,400.00; a dash where there is none."""
    return "—" if amount is None or amount == "" else grouped(_scaled(amount, "元"))


@register.filter
def wan(amount) -> str:
    """An amount given in yuan, shown in 万元: 131.64."""
    return "—" if amount is None or amount == "" else grouped(_scaled(amount, "万元"))


@register.filter
def moment(value) -> str:
    """A point in time to the minute, 2026-12-01 09:12; a dash where there is none."""
    if not value:
        return "—"
    return f"{localtime(value) if is_aware(value) else value:%Y-%m-%d %H:%M}"


@register.filter
def iso(value) -> str:
    """A point in time as machines read it, for the `datetime` of a `<time>`: 2026-12-01T09:12:00+08:00."""
    if not value:
        return ""
    return (localtime(value) if hasattr(value, "hour") and is_aware(value) else value).isoformat()


@register.filter
def day(value) -> str:
    """A date, 2026-12-01; a dash where there is none. A moment counts in the portal's time zone."""
    if not value:
        return "—"
    if hasattr(value, "hour") and is_aware(value):
        value = localtime(value)
    return f"{value:%Y-%m-%d}"


@register.filter
def short_digest(value) -> str:
    """The two ends of a digest in groups of four: 9f3c 41d0 … a21b."""
    text = str(value or "")
    return text if len(text) <= 16 else f"{text[:4]} {text[4:8]} … {text[-4:]}"


@register.filter
def attribute(thing, name: str):
    """An attribute or key whose name is a variable."""
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


def grouped(value: Decimal, places: int = 2) -> str:
    return f"{value:,.{places}f}"


def _scaled(amount, unit: str) -> Decimal:
    """Exact, rounded half up once, only for showing; anything that is no number is a programming error."""
    try:
        value = Decimal(amount)
    except (InvalidOperation, TypeError) as error:
        raise ValueError(f"{amount!r} is not an amount") from error
    return (value / DIVISORS.get(unit, 1)).quantize(Decimal("0.01"), ROUND_HALF_UP)
