"""Places of a page: breadcrumbs, page head, stepper, sections, panels, notices, acts, empty state, error summary."""
from __future__ import annotations

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import slugify

from .library import part, register
from .marks import icon

NOTICES = {"info": ("", "info"), "debug": ("", "info"), "success": ("ok", "check"), "ok": ("ok", "check"), "warning": ("warn", "clock"),
           "warn": ("warn", "clock"), "error": ("bad", "bell"), "bad": ("bad", "bell"), "yours": ("yours", "person")}


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(crumbs=None):
    """Where the page lies. crumbs: list of (label, url); the last one is the page itself."""
    pairs = [(crumb, "") if isinstance(crumb, str) else (crumb[0], crumb[1] if len(crumb) > 1 else "") for crumb in crumbs or []]
    return {"crumbs": pairs}


@register.inclusion_tag("components/pagehead.html", takes_context=True)
def pagehead(context, title, meta=None, obj=None, badge="", tone="", light=None, waits="", amount=None, unit="元",
             words=False, intro=""):
    """The first screen answers five questions in one order: what, where it stands, light, who is awaited, amount.

    title; meta: list of texts (number, parties); obj: its state is shown, or badge + tone by hand;
    light: (state, text); waits: "2021-01-22 前,由红山区民政局确认"; amount in yuan, unit, words; intro: one sentence.
    Buttons of the head stand in a following `{% headacts %}` block.
    """
    return {"title": title, "meta": [str(item) for item in meta or [] if item], "obj": obj, "badge_text": badge, "tone": tone,
            "light": light, "waits": waits, "amount": amount, "unit": unit, "words": words, "intro": intro, "actor": context.get("actor")}


@register.simple_block_tag
def headacts(content):
    """Two or three quiet buttons for the whole page (print, workbook); block."""
    return format_html('<div class="pagehead__acts headacts">{}</div>', content)


@register.inclusion_tag("components/stepper.html")
def stepper(steps, label=""):
    """The whole life of a thing. steps: name, state (done, now, next), note (date, "预计 2021-07")."""
    return {"steps": [{"name": part(step, "name"), "state": part(step, "state", default="next"), "note": part(step, "note")}
                      for step in steps], "label": label}


@register.simple_block_tag
def section(content, title, note="", more_url="", more_label="", id="", count=None, level=2):
    """A heading over a rule and what belongs to it; block. note: small text; more_url + more_label: link at the right."""
    anchor = id or "s-" + (slugify(str(title), allow_unicode=True) or "x")
    more = format_html('<a class="more" href="{}">{}</a>', more_url, more_label) if more_url else ""
    small = format_html('<p class="section__note">{}</p>', note) if note else ""
    number = format_html('<span class="count">{}</span>', count) if count is not None else ""
    return format_html('<section class="section" aria-labelledby="{0}-h" id="{0}"><div class="section__head">'
                       '<h{1} id="{0}-h">{2}</h{1}>{3}{4}{5}</div>{6}</section>', anchor, level, title, number, small, more, content)


@register.simple_block_tag
def panel(content, title="", yours=False):
    """A box, only for what is acted on or really apart; block. yours: it waits for the reader."""
    head = format_html("<h2>{}</h2>", title) if title else ""
    return format_html('<section class="panel{}">{}{}</section>', " panel--yours" if yours else "", head, content)


@register.simple_block_tag
def notice(content, kind="info"):
    """One remark under the page head; block. kind: info, ok, warn, bad, yours (or a level of Django's messages)."""
    tone, name = NOTICES.get((kind or "info").split()[-1], NOTICES["info"])
    return format_html('<div class="notice{}">{}<div>{}</div></div>', f" notice--{tone}" if tone else "", icon(name), content)


@register.simple_block_tag
def tablewrap(content, label):
    """A table wider than its place scrolls inside a named region; block around `<table class="table">`."""
    return format_html('<div class="tablewrap" role="group" tabindex="0" aria-label="{}">{}</div>', label, content)


@register.inclusion_tag("components/action_panel.html", takes_context=True)
def action_panel(context, actions, title="", hint=""):
    """What can be done now: every act of the reader, what is refused with all its reasons (interface.md, principle 2).

    actions: from `available_actions` (label, url, enabled, refusals, primary, direct, hint); an empty list shows nothing.
    """
    actions = list(actions)
    primary = next((action for action in actions if action.enabled and action.primary), None)
    shown = [{"action": action, "is_primary": action is primary, "id": f"act-{number}", "confirm": part(action, "confirm")}
             for number, action in enumerate(actions, 1)]
    return {"shown": shown, "title": title, "hint": hint, "csrf_token": context.get("csrf_token"), "yours": primary is not None}


@register.inclusion_tag("components/action_bar.html", takes_context=True)
def action_bar(context, actions):
    """The same acts in one line, for rows and cards where reasons would not fit: refused ones carry them as their title."""
    return {"actions": actions, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/refusals.html")
def refusal_list(refusals, title="", way="", focus=True):
    """After a try: what was refused, each reason with its rule, and the way out. refusals: .message, .citation.

    focus: the box takes the focus when the page opens.
    """
    return {"refusals": list(refusals or []), "title": title, "way": way, "focus": focus}


@register.inclusion_tag("components/empty.html")
def empty(title, text="", icon_name="inbox", url="", url_label=""):
    """An empty state says what will be here and how it gets here. url + url_label: the act that fills it."""
    return {"title": title, "text": text, "icon_name": icon_name, "url": url, "url_label": url_label}


@register.simple_tag
def url_or_nothing(name, *args):
    """The address of a named page, or "" where no such page is installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return mark_safe("")
