"""Forms: a field with label, help, input and error; all fields of a form; the summary of everything that is wrong."""
from __future__ import annotations

from collections.abc import Iterator

from django import forms
from django.conf import settings
from django.forms.utils import flatatt
from django.forms.widgets import Input
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from portal.workflow.rows import RowsField

from .library import register

#: How a field is laid out, by its widget.
CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)
SELECTED = mark_safe(" selected")


@register.inclusion_tag("components/field.html")
def field(bound, label="", help_text="", unit="", wide=False, optional_mark=True):
    """One field: label, help above the box, error below it, all tied together for the ear (interface.md).

    bound: BoundField; label, help_text replace the form's own; unit stands behind the box (元, 个月);
    wide: both columns of a grid-2. Only what may be left empty is marked.
    """
    widget, inner = bound.field.widget, bound.field
    kind = layout_of(inner)
    unit = unit or widget.attrs.get("data-unit", "")
    help_text = help_text or bound.help_text
    errors = [str(error) for error in bound.errors]
    own_id = bound.auto_id or f"id_{bound.html_name}"
    attrs = described(own_id, bool(help_text), bool(errors))
    return {
        "bound": bound, "kind": kind, "label": label or bound.label, "help": help_text, "unit": unit, "wide": wide, "errors": errors,
        "optional": optional_mark and not inner.required and kind != "check", "id": own_id, "input": drawn(bound, kind, attrs),
        "options": options_of(bound) if kind == "options" else [], "limit": size_limit(inner) // 1024**2,
    }


@register.inclusion_tag("components/fields.html")
def fields(form, columns=1, skip=""):
    """Every visible field of a form in its order, hidden ones included. columns: 1 or 2; skip: names, separated by blanks."""
    left_out = set(skip.split())
    shown = [{"bound": bound, "wide": columns == 1 or layout_of(bound.field) in ("rows", "text")} for bound in form.visible_fields()
             if bound.name not in left_out]
    return {"form": form, "shown": shown, "columns": columns}


@register.inclusion_tag("components/errors.html")
def error_summary(form=None, refusals=None, title=""):
    """Everything that is wrong, at once: each a link to its field, with the rule. Takes the focus after a try.

    form: bound or not; refusals: reasons of a refused act (.message, .citation, .field). Nothing wrong shows nothing.
    """
    items = list(form_errors(form)) if form is not None and form.is_bound else []
    for refusal in refusals or []:
        anchor = anchor_of(form[refusal.field]) if form is not None and refusal.field in form.fields else ""
        items.append({"text": refusal.message, "citation": refusal.citation, "rule_url": getattr(refusal, "rule_url", ""),
                      "anchor": anchor})
    return {"items": items, "title": title or _("还不能办，有 %(count)s 处要改") % {"count": len(items)}}


@register.inclusion_tag("components/row_cell.html")
def row_cell(bound, table_name, prefix):
    """One cell of a table of rows: its name is the column's head and the row's number, its error stands under it."""
    own_id = bound.auto_id
    errors = [str(error) for error in bound.errors]
    attrs = described(own_id, False, bool(errors)) | {"aria-labelledby": f"{table_name}-head-{bound.name} {prefix}-no"}
    kind = layout_of(bound.field)
    options = options_of(bound) if kind == "options" else []
    return {"input": drawn(bound, kind, attrs), "errors": errors, "id": own_id, "options": options, "labelled": attrs["aria-labelledby"]}


@register.simple_tag
def filter_input(bound):
    """The input of a filter form, small, in the portal's dress; the field named q is a search box."""
    widget = forms.SearchInput() if bound.name == "q" else dressed(bound.field) or bound.field.widget
    attrs = {"class": "control", "id": bound.auto_id}
    if type(widget) is forms.Select:
        return _select(widget, bound, attrs)
    if isinstance(widget, Input) and not isinstance(widget, forms.CheckboxInput):
        return _input(widget.get_context(bound.html_name, bound.value(), attrs)["widget"])
    return bound.as_widget(widget=widget, attrs=attrs)


def _input(drawn: dict) -> str:
    """An input as Django's template draws it, without the template: every list has several."""
    value = {} if drawn["value"] is None else {"value": drawn["value"]}
    return format_html("<input{}>", flatatt({"type": drawn["type"], "name": drawn["name"], **value, **drawn["attrs"]}))


def _select(widget: forms.Select, bound, attrs: dict) -> str:
    """A select as Django's template draws it, which would open two templates an option."""
    chosen = set(widget.format_value(bound.value()))
    options = format_html_join("\n", '<option value="{}"{}>{}</option>', (
        (value, SELECTED if str(value) in chosen else "", label) for value, label in _choices(widget.choices)
    ))  # fmt: skip
    return format_html("<select{}>{}</select>", flatatt({"name": bound.html_name, **widget.attrs, **attrs}), options)


def _choices(given) -> Iterator[tuple[str, str]]:
    """Value and words of each choice, those in groups among them."""
    for value, label in given:
        if isinstance(label, list | tuple):
            yield from _choices(label)
        else:
            yield "" if value is None else str(value), label


def form_errors(form):
    """Each error of a form with the id of the input it belongs to; a row's error leads to the cell."""
    for name, errors in form.errors.as_data().items():
        bound = form[name] if name in form.fields else None
        for error in errors:
            params = error.params or {}
            for message in error.messages:
                text = message
                if bound is not None and "target" not in params:
                    text = _("%(label)s：%(message)s") % {"label": strip_tags(str(bound.label)), "message": message}
                anchor = params.get("target") or (anchor_of(bound) if bound is not None else "")
                yield {"text": text, "citation": params.get("citation", ""), "anchor": anchor}


def anchor_of(bound) -> str:
    """The id a link can jump to: of a set of options that is its frame, the set has no single input."""
    own_id = bound.auto_id or f"id_{bound.html_name}"
    return own_id + "_frame" if layout_of(bound.field) in ("options", "rows") else own_id


def size_limit(inner: forms.Field) -> int:
    """Bytes a file of this field may have: the limit of its kind of document, else that of the installation."""
    return getattr(inner, "size_limit", settings.FILE_SIZE_LIMIT)


def layout_of(inner: forms.Field) -> str:
    if isinstance(inner, RowsField):
        return "rows"
    widget = inner.widget
    if isinstance(widget, CHOICES):
        return "options"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "text" if isinstance(widget, forms.Textarea) else "line"


def described(own_id: str, has_help: bool, has_errors: bool) -> dict:
    """What ties an input to its help and its error for a screen reader."""
    names = [own_id + suffix for suffix, there in (("_help", has_help), ("_error", has_errors)) if there]
    attrs = {"aria-describedby": " ".join(names)} if names else {}
    if has_errors:
        attrs["aria-invalid"] = "true"
    return attrs


def drawn(bound, kind: str, attrs: dict):
    """The input itself, in the portal's dress. Numbers are text boxes: figures keep their separators and never scroll."""
    inner, widget = bound.field, bound.field.widget
    if kind in ("options", "rows"):
        return bound.as_widget(attrs={}) if kind == "rows" else ""
    if kind == "check":
        return bound.as_widget(attrs=attrs)
    if kind == "file":
        limit = {"data-limit": settings.FILE_SIZE_LIMIT, "data-too-large": _("文件超过大小上限，请压缩或分开上传。")}
        return bound.as_widget(attrs=attrs | limit)
    css = " ".join(filter(None, ("control", "control--num" if is_number(inner) else "", widget.attrs.get("class", ""))))
    return bound.as_widget(widget=dressed(inner), attrs=attrs | {"class": css})


@register.filter
def is_number(inner: forms.Field) -> bool:
    return isinstance(inner, (forms.IntegerField, forms.FloatField, forms.DecimalField)) and isinstance(inner.widget, forms.NumberInput)


def dressed(inner: forms.Field) -> forms.Widget | None:
    """A better widget where Django's default is not what the portal shows; None keeps the form's own."""
    widget = inner.widget
    kept = {name: value for name, value in widget.attrs.items() if name not in ("min", "max", "step")}
    if type(widget) is forms.NumberInput:
        return forms.TextInput(attrs=kept | {"inputmode": "decimal", "autocomplete": "off"})
    if type(widget) is forms.DateInput:
        return _of_type("date", forms.DateInput(attrs=kept, format="%Y-%m-%d"))
    if type(widget) is forms.DateTimeInput:
        return _of_type("datetime-local", forms.DateTimeInput(attrs=kept, format="%Y-%m-%dT%H:%M"))
    return None


def _of_type(name: str, widget: forms.Widget) -> forms.Widget:
    widget.input_type = name
    return widget


def options_of(bound) -> list:
    """Radio buttons or check boxes one by one; the frame carries label, help and error."""
    return [{"input": option.tag(), "label": option.choice_label} for option in bound.subwidgets]
