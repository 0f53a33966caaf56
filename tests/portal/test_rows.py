"""Rows as one form field: the same list from a page and from JSON, every error of every row, nothing typed is lost."""
from __future__ import annotations

from decimal import Decimal

import pytest
from django import forms
from django.http import QueryDict

from portal.workflow.rows import RowsField


class PartForm(forms.Form):
    name = forms.CharField(label="名称", max_length=10)
    weight = forms.DecimalField(label="权重", max_digits=5, decimal_places=2, min_value=0)
    note = forms.CharField(label="说明", required=False)


class ParentForm(forms.Form):
    title = forms.CharField(label="标题")
    parts = RowsField(PartForm, label="分项", min_rows=1, max_rows=3)


def page(**values) -> ParentForm:
    data = QueryDict(mutable=True)
    data.update({"title": "清扫", **values})
    return ParentForm(data)


def json(parts) -> ParentForm:
    return ParentForm({"title": "清扫", "parts": parts})


def test_a_page_and_a_program_give_the_same_rows():
    typed = page(**{"parts-0-name": "数量", "parts-0-weight": "40", "parts-4-name": "质量", "parts-4-weight": "60.5"})
    sent = json([{"name": "数量", "weight": 40}, {"name": "质量", "weight": "60.5", "note": None}])
    assert typed.is_valid(), typed.errors
    assert sent.is_valid(), sent.errors
    assert typed.cleaned_data["parts"] == sent.cleaned_data["parts"] == [
        {"name": "数量", "weight": Decimal("40"), "note": ""}, {"name": "质量", "weight": Decimal("60.5"), "note": ""},
    ]


def test_rows_left_empty_on_a_page_are_dropped():
    form = page(**{"parts-0-name": "数量", "parts-0-weight": "1", "parts-1-name": " ", "parts-1-weight": "", "parts-2-name": ""})
    assert form.is_valid(), form.errors
    assert len(form.cleaned_data["parts"]) == 1


class KindForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=[("LAW", "法定"), ("LOCAL", "本地")])
    name = forms.CharField(label="名称")


class OnlyKindForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=[("LAW", "法定"), ("LOCAL", "本地")])


def rows_of(form: type[forms.Form], **values) -> list[dict]:
    parent = type("Parent", (forms.Form,), {"parts": RowsField(form, required=False)})(values)
    assert parent.is_valid(), parent.errors
    return parent.cleaned_data["parts"]


def test_a_row_in_which_only_the_first_choice_stands_was_left_empty():
    assert rows_of(KindForm, **{"parts-0-kind": "LAW", "parts-0-name": ""}) == []
    assert rows_of(KindForm, **{"parts-0-kind": "LAW", "parts-0-name": "资质"}) == [{"kind": "LAW", "name": "资质"}]
    half = ParentForm({"title": "清扫"})
    half.fields["parts"] = RowsField(KindForm)
    half.data = {"title": "清扫", "parts-0-kind": "LOCAL", "parts-0-name": ""}
    assert not half.is_valid(), "another choice than the one shown was made by somebody"


def test_a_row_of_nothing_but_choices_is_what_it_shows():
    assert rows_of(OnlyKindForm, **{"parts-0-kind": "LAW"}) == [{"kind": "LAW"}]


def test_every_error_of_every_row_is_said_with_its_number():
    form = json([{"name": "", "weight": "x"}, {"name": "质量", "weight": "1"}, {"name": "一二三四五六七八九十十一", "weight": "-1"}])
    assert not form.is_valid()
    messages = form.errors["parts"]
    assert [message[:10].split("，")[0] for message in messages] == ["第 1 行", "第 1 行", "第 3 行", "第 3 行"]
    targets = [error.params["target"] for error in form.errors.as_data()["parts"]]
    assert targets == ["id_parts-0-name", "id_parts-0-weight", "id_parts-2-name", "id_parts-2-weight"]


@pytest.mark.parametrize("parts", ["数量", {"name": "数量"}, 7, [1, 2], [["数量", 1]]])
def test_anything_but_a_list_of_objects_is_refused(parts):
    form = json(parts)
    assert not form.is_valid()
    assert form.errors.as_data()["parts"][0].code == "not_a_list"


def test_a_misspelt_name_is_said_and_not_swallowed():
    form = json([{"name": "数量", "weight": 1, "wieght": 2}])
    assert not form.is_valid()
    assert "wieght" in form.errors["parts"][0]


def test_too_few_and_too_many_rows_are_refused():
    row = {"name": "数量", "weight": 1}
    assert json([]).errors.as_data()["parts"][0].code == "required"
    assert ParentForm({"title": "清扫"}).errors.as_data()["parts"][0].code == "required"
    assert json([row] * 4).errors.as_data()["parts"][0].code == "max_rows"
    assert "parts" not in json([row] * 3).errors


def test_a_list_that_may_be_empty_is_an_empty_list():
    class Loose(forms.Form):
        parts = RowsField(PartForm)

    form = Loose({})
    assert form.is_valid()
    assert form.cleaned_data["parts"] == []


def test_a_refused_page_keeps_what_was_typed_and_marks_the_cell():
    form = page(**{"parts-0-name": "数量<b>", "parts-0-weight": "很多"})
    html = str(form["parts"])
    assert 'value="数量&lt;b&gt;"' in html
    assert 'value="很多"' in html
    assert html.count('aria-invalid="true"') == 1
    assert 'id="id_parts-0-weight_error"' in html


def test_a_new_page_offers_blank_rows_and_a_row_to_copy():
    html = str(ParentForm()["parts"])
    assert 'name="parts-0-name"' in html
    assert 'name="parts-__parts__-name"' in html
    assert html.count("data-spare") == 2, "without script there are rows to add, never more than max_rows in all"
    assert 'data-next-row="3"' in html
    assert "required" not in html.split("<template>")[0].split("<tbody>")[1]


def test_given_rows_are_shown_for_change():
    html = str(ParentForm(initial={"parts": [{"name": "数量", "weight": 3}]})["parts"])
    assert 'value="数量"' in html
    assert 'name="parts-1-name"' in html, "a blank row follows"


def test_row_forms_get_what_they_need_to_limit_their_choices():
    class Limited(forms.Form):
        kind = forms.ChoiceField(label="种类")

        def __init__(self, *args, kinds=(), **kwargs):
            super().__init__(*args, **kwargs)
            self.fields["kind"].choices = [(kind, kind) for kind in kinds]

    class Parent(forms.Form):
        parts = RowsField(Limited)

        def __init__(self, *args, kinds, **kwargs):
            super().__init__(*args, **kwargs)
            self.fields["parts"].row_kwargs = {"kinds": kinds}

    assert Parent({"parts": [{"kind": "a"}]}, kinds=["a"]).is_valid()
    assert not Parent({"parts": [{"kind": "a"}]}, kinds=["b"]).is_valid(), "one form's choices do not leak into another's"


def test_a_file_in_a_row_makes_the_form_multipart():
    class WithFile(forms.Form):
        paper = forms.FileField(label="附件")

    class Parent(forms.Form):
        papers = RowsField(WithFile)

    assert Parent().is_multipart()
    assert not ParentForm().is_multipart()
