"""The description of the API says each act by its name and what it takes, read from the form that page and API share."""
from __future__ import annotations

from copy import deepcopy
from typing import Any

from django import forms

from .rows import RowsField
from .several import MOST, rows_for_several
from .table import Lifecycle, Transition

ACT = "/{id}/{row}/"


def describe_acts(result: dict, generator, request, public: bool) -> dict:
    """Hook of the schema: one operation for every row of a lifecycle in place of the one that takes its name."""
    viewsets = {
        path.partition("/{")[0]: callback.cls
        for path, _pattern, _method, callback in generator.endpoints if hasattr(callback.cls, "lifecycle")
    }
    paths = result["paths"]
    for path in [path for path in paths if path.endswith(ACT)]:
        viewset = viewsets.get(path.removesuffix(ACT))
        if viewset is None:
            continue
        cycle = viewset.lifecycle
        general = paths.pop(path)["post"]
        for row in cycle.rows:
            if row.creates or not row.who:
                continue
            paths[path.replace("{row}", row.name)] = {"post": _operation(general, cycle, row)}
        made = paths.get(path.removesuffix("{id}/{row}/"), {}).get("post")
        if made is not None:
            made["requestBody"] = _body([row for row in cycle.creating() if row.who], names=True)
        several = paths.get(path.removesuffix("{id}/{row}/") + "several/", {}).get("post")
        if several is not None and viewset.several:
            several["requestBody"] = {"content": {"application/json": {"schema": _of_several(cycle)}}}
    return result


def _of_several(cycle: Lifecycle) -> dict:
    names = [row.name for row in rows_for_several(cycle)]
    thing = {"type": "object", "properties": {"id": {"type": "integer", "minimum": 1}}, "additionalProperties": True}
    return {
        "type": "object", "required": ["act", "things"], "additionalProperties": True,
        "properties": {
            "act": {"type": "string", "enum": names}, "things": {"type": "array", "items": thing, "minItems": 1, "maxItems": MOST},
        },
    }  # fmt: skip


def _operation(general: dict, cycle: Lifecycle, row: Transition) -> dict:
    operation = deepcopy(general)
    operation["operationId"] = f"{cycle.code}.{row.name}".replace(".", "_")
    operation["summary"] = str(row.label)
    operation["description"] = " ".join(row.rules)
    operation["parameters"] = [each for each in operation["parameters"] if each["name"] != "row"]
    operation["requestBody"] = _body([row])
    return operation


def _body(rows: list[Transition], *, names: bool = False) -> dict:
    schemas = [_of_row(row, named=names) for row in rows] or [{"type": "object"}]
    schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
    types = ["multipart/form-data"] if any(_takes_files(row) for row in rows) else ["application/json"]
    return {"content": {each: {"schema": schema} for each in types}}


def _takes_files(row: Transition) -> bool:
    return any(isinstance(field, forms.FileField) for field in getattr(row.inputs, "base_fields", {}).values())


def _of_row(row: Transition, *, named: bool) -> dict:
    fields = dict(getattr(row.inputs, "base_fields", {}))
    if row.needs_reason:
        fields["reason"] = forms.CharField(max_length=2000)
    schema = _of_fields(fields)
    if row.reason_codes:
        schema["properties"]["reason_code"] = {"type": "string", "enum": [str(code) for code, _label in row.reason_codes]}
        schema["required"] = [*schema.get("required", []), "reason_code"]
    if named:
        schema["properties"]["transition"] = {"type": "string", "enum": [row.name]}
    return schema


def _of_fields(fields: dict[str, forms.Field]) -> dict:
    required = [name for name, field in fields.items() if field.required]
    schema: dict[str, Any] = {"type": "object", "properties": {name: _of_field(field) for name, field in fields.items()}}
    return {**schema, "required": required} if required else schema


def _of_field(field: forms.Field) -> dict:
    """One field; what only its object can say (which choices, which dates) is left to the answer."""
    described: dict[str, Any] = {"type": "string"}
    if isinstance(field, RowsField):
        described = {"type": "array", "items": _of_fields(field.row_form.base_fields), "maxItems": field.max_rows}
    elif isinstance(field, forms.BooleanField):
        described = {"type": "boolean"}
    elif isinstance(field, forms.FileField):
        described = {"type": "string", "format": "binary"}
    elif isinstance(field, forms.ModelMultipleChoiceField):
        described = {"type": "array", "items": {"type": "integer"}}
    elif isinstance(field, forms.ModelChoiceField):
        described = {"type": "integer"} if not field.to_field_name else {"type": "string"}
    elif isinstance(field, forms.ChoiceField):
        codes = [str(code) for code, label in field.choices if not isinstance(label, list | tuple) and code != ""]
        one = {"type": "string", **({"enum": codes} if codes else {})}
        described = {"type": "array", "items": one} if isinstance(field, forms.MultipleChoiceField) else one
    elif type(field) is forms.IntegerField:
        described = {"type": "integer", **_bounds(field)}
    elif isinstance(field, forms.DateTimeField):
        described["format"] = "date-time"
    elif isinstance(field, forms.DateField):
        described["format"] = "date"
    elif isinstance(field, forms.CharField) and field.max_length:
        described["maxLength"] = field.max_length
    if field.label:
        described["title"] = str(field.label)
    return described


def _bounds(field: forms.IntegerField) -> dict:
    return {name: limit for name, limit in (("minimum", field.min_value), ("maximum", field.max_value)) if isinstance(limit, int)}
