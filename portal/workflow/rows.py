"""Lists of rows as one form field: a table of inputs on a page, a list of objects in JSON, the same checks for both."""
from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _


@dataclass(slots=True)
class Typed:
    """What somebody sent for a list of rows, untouched, so that a refused page can show it again.

    `rows` is set for JSON (list of objects, or anything else that was sent in its place); `data`, `files` and `indexes`
    for a page, where row 3 of `items` arrives as `items-3-name`.
    """

    name: str
    rows: Any = None
    data: Mapping | None = None
    files: Mapping | None = None
    indexes: list[int] = field(default_factory=list)

    @property
    def is_page(self) -> bool:
        return self.data is not None


class RowsWidget(forms.Widget):
    """An accessible table of inputs with a button that adds a row, and blank rows for those who work without script."""

    template_name = "components/rows.html"
    use_fieldset = True

    def __init__(self, rows_field: RowsField, attrs=None):
        super().__init__(attrs)
        self.rows_field = rows_field

    @property
    def needs_multipart_form(self) -> bool:
        return any(inner.widget.needs_multipart_form for inner in self.rows_field.row_form.base_fields.values())

    def value_from_datadict(self, data, files, name):
        found = data.get(name)
        if isinstance(found, str) and found.lstrip().startswith("["):
            with suppress(ValueError):  # what is no JSON stays text and is refused as not a list
                found = json.loads(found)
        if found is not None:
            return Typed(name, rows=found)
        pattern = re.compile(rf"{re.escape(name)}-(\d+)-")
        indexes = {int(match[1]) for key in [*data, *(files or {})] if (match := pattern.match(str(key)))}
        return Typed(name, data=data, files=files, indexes=sorted(indexes))

    def value_omitted_from_data(self, data, files, name):
        typed = self.value_from_datadict(data, files, name)
        return typed.is_page and not typed.indexes

    def id_for_label(self, id_):
        return ""

    def render(self, name, value, attrs=None, renderer=None):
        return render_to_string(self.template_name, self.rows_field.table(name, value))


class RowsField(forms.Field):
    """A list of rows, each checked by `row_form`; the value is the list of their cleaned data.

    Accepts a list of dicts (JSON, verbs) and a page's POST (`<field>-<index>-<name>`). Rows left wholly empty on a page
    are dropped. Every error of every row is reported, with the row's number from 1 and, in `params["target"]`, the id of
    its input. `row_kwargs` (settable on `form.fields[...]`) are handed to every row form. `max_rows` guards the table,
    `blank_rows` are the empty rows a page offers beyond `min_rows`. Errors: ValidationError with codes of the row form,
    or `required`, `min_rows`, `max_rows`, `not_a_list`, `unknown_field`.
    """

    SPARE_ROWS = 3

    default_error_messages = {
        "required": _("至少填一行。"),
        "min_rows": _("至少要有 %(limit)s 行，现在有 %(count)s 行。"),
        "max_rows": _("最多 %(limit)s 行，现在有 %(count)s 行。"),
        "not_a_list": _("这里要一个列表，每一项是一组字段。"),
        "row": _("第 %(row)s 行：%(error)s"),
        "cell": _("第 %(row)s 行，%(label)s：%(error)s"),
        "unknown_field": _("第 %(row)s 行：没有名为“%(name)s”的字段。"),
    }

    def __init__(self, row_form: type[forms.Form], *, min_rows: int = 0, max_rows: int = 200, blank_rows: int = 1,
                 row_kwargs: dict | None = None, add_label=None, **kwargs):
        self.row_form, self.min_rows, self.max_rows, self.blank_rows = row_form, min_rows, max_rows, blank_rows
        self.row_kwargs = row_kwargs or {}
        self.add_label = add_label or _("加一行")
        kwargs.setdefault("required", min_rows > 0)
        kwargs["widget"] = RowsWidget(self)
        super().__init__(**kwargs)

    def __deepcopy__(self, memo):
        copied = super().__deepcopy__(memo)
        copied.row_kwargs = dict(self.row_kwargs)
        copied.widget.rows_field = copied
        return copied

    # --- taking in ---------------------------------------------------------------------------------------------------

    def clean(self, value) -> list[dict]:
        typed = value if isinstance(value, Typed) else Typed("", rows=value)
        if not typed.is_page and typed.rows is None:
            typed.rows = []
        if not typed.is_page and not _is_list_of_objects(typed.rows):
            raise self._error("not_a_list")
        forms_of_rows = self.filled_forms(typed)
        errors = self._count_errors(len(forms_of_rows))
        for number, form in enumerate(forms_of_rows, 1):
            errors += self._row_errors(number, form)
        if not typed.is_page:
            errors += self._unknown(typed.rows)
        if errors:
            raise ValidationError(errors)
        cleaned = [form.cleaned_data for form in forms_of_rows]
        self.run_validators(cleaned)
        return cleaned

    def has_changed(self, initial, data) -> bool:
        typed = data if isinstance(data, Typed) else Typed("", rows=data)
        if typed.is_page or not _is_list_of_objects(typed.rows):
            return any(form.has_changed() for form in self.filled_forms(typed)) if typed.is_page else typed.rows is not None
        return list(typed.rows or []) != list(initial or [])

    def filled_forms(self, typed: Typed) -> list[forms.Form]:
        """A bound form for every row that holds something; a page's blank rows are none."""
        return [form for form in self.bound_forms(typed) if not typed.is_page or form.has_changed()]

    def bound_forms(self, typed: Typed) -> list[forms.Form]:
        if typed.is_page:
            return [self.make(f"{typed.name}-{index}", data=typed.data, files=typed.files) for index in typed.indexes]
        rows = typed.rows if _is_list_of_objects(typed.rows) else []
        return [self.make(f"{typed.name}-{index}", data=_prefixed(f"{typed.name}-{index}", row)) for index, row in enumerate(rows)]

    def make(self, prefix: str, **kwargs) -> forms.Form:
        form = self.row_form(prefix=prefix, auto_id="id_%s", use_required_attribute=False, **kwargs, **self.row_kwargs)
        _own_the_preselected(form)
        return form

    def _count_errors(self, count: int) -> list[ValidationError]:
        if self.required and not count:
            return [self._error("required")]
        if count and count < self.min_rows:
            return [self._error("min_rows", limit=self.min_rows, count=count)]
        if count > self.max_rows:
            return [self._error("max_rows", limit=self.max_rows, count=count)]
        return []

    def _row_errors(self, number: int, form: forms.Form) -> list[ValidationError]:
        found = []
        for name, errors in form.errors.as_data().items():
            label = form[name].label if name in form.fields else ""
            target = form[name].auto_id if name in form.fields else ""
            for error in errors:
                for message in error.messages:
                    found.append(ValidationError(
                        self.error_messages["cell" if label else "row"], code=error.code,
                        params={**(error.params or {}), "row": number, "label": label, "error": message, "target": target}))
        return found

    def _unknown(self, rows) -> list[ValidationError]:
        known = set(self.row_form.base_fields)
        return [self._error("unknown_field", row=number, name=name)
                for number, row in enumerate(rows, 1) for name in row if name not in known]

    def _error(self, code: str, **params) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params)

    # --- showing -----------------------------------------------------------------------------------------------------

    def table(self, name: str, value) -> dict:
        """What the table of a page shows: rows as typed (with their errors) or as given, blank rows, the row to copy."""
        if isinstance(value, Typed):
            rows = self.filled_forms(value)
        else:
            rows = [self.make(f"{name}-{index}", initial=row) for index, row in enumerate(value or [])]
        following = 1 + max((int(form.prefix.rsplit("-", 1)[1]) for form in rows), default=-1)
        wanted = min(max(self.min_rows - len(rows), self.blank_rows), max(self.max_rows - len(rows), 0))
        spare = min(self.SPARE_ROWS, max(self.max_rows - len(rows) - wanted, 0))
        rows += [self.make(f"{name}-{index}") for index in range(following, following + wanted + spare)]
        for form in rows[len(rows) - spare:]:
            form.spare = True  # the script takes these away; without it they are the rows one can add
        placeholder = f"__{name}__"
        return {"name": name, "label": self.label, "rows": rows, "pattern": self.make(f"{name}-{placeholder}"), "placeholder": placeholder,
                "next_row": following + wanted + spare, "max_rows": self.max_rows, "add_label": self.add_label,
                "columns": self.make(f"{name}-head")}


def _is_list_of_objects(rows) -> bool:
    return isinstance(rows, Sequence) and not isinstance(rows, (str, bytes)) and all(isinstance(row, Mapping) for row in rows)


def _own_the_preselected(form: forms.Form) -> None:
    """A list of choices without a blank one shows its first: a row in which nothing else stands was left empty.

    A row of nothing but such lists is never empty: what it shows is what was chosen.
    """
    shown = {name: first for name, inner in form.fields.items() if (first := _preselected(inner))}
    if len(shown) < len(form.fields):
        for name, first in shown.items():
            form.fields[name].initial = first


def _preselected(inner: forms.Field) -> str:
    if not isinstance(inner, forms.ChoiceField) or inner.initial is not None or not isinstance(inner.widget, forms.Select):
        return ""
    first = next((value for value, _label in inner.choices), "")
    return "" if isinstance(first, list | tuple) else str(first)


def _prefixed(prefix: str, row: Mapping) -> dict:
    """The row as a form with that prefix reads it; None is what an empty box sends."""
    return {f"{prefix}-{name}": value for name, value in row.items() if value is not None}
