"""The components: what they say to the eye and to the ear, and that nothing inline slips past the content policy."""
from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.urls import get_script_prefix, set_script_prefix

from portal.workbench.components import ExampleForm

TEMPLATES = Path(settings.BASE_DIR) / "templates"


def drawn(source: str, **context) -> str:
    request = context.pop("request", None)
    return engines["django"].from_string(source).render(context, request)


def refusal(message: str, citation: str = "", field: str = "") -> SimpleNamespace:
    return SimpleNamespace(message=message, citation=citation, field=field)


def action(label: str, *reasons, **more) -> SimpleNamespace:
    given = {"primary": False, "direct": False, "hint": ""} | more
    return SimpleNamespace(label=label, url="/act/", enabled=not reasons, refusals=list(reasons), **given)


def test_a_light_is_a_shape_a_word_and_a_colour():
    html = drawn('{% light "red" "超期 2 日" %}')
    assert "light--late" in html
    assert "#light-late" in html
    assert "超期 2 日" in html
    assert 'aria-label="超期 2 日"' in drawn('{% light "red" "超期 2 日" shape_only=True %}')


@pytest.mark.parametrize(("source", "shown"), [
    ("{% money amount %}", "1,316,400.00"), ('{% money amount unit="万元" %}', "131.64"), ("{{ amount|yuan }}", "1,316,400.00"),
    ("{{ amount|wan }}", "131.64"), ("{% money nothing %}", "—"), ("{% money amount words=True %}", "人民币壹佰叁拾壹万陆仟肆佰元整"),
])
def test_money_has_two_places_thousands_and_its_unit(source, shown):
    assert shown in drawn(source, amount=Decimal("1316400"), nothing=None)


def test_half_a_fen_is_rounded_up_once_and_only_for_showing():
    assert drawn("{{ amount|wan }}", amount=Decimal("50")) == "0.01"


def test_a_refused_act_stays_visible_with_every_reason_and_its_rule():
    html = drawn("{% action_panel actions %}", actions=[
        action("确认报告", primary=True, direct=True),
        action("申请支付", refusal("报告尚未确认。", "合同第八条"), refusal("发票没有上传。")),
    ])
    assert html.count("btn--primary") == 1
    assert 'aria-disabled="true" aria-describedby="act-2-why"' in html
    assert all(text in html for text in ("报告尚未确认。", "合同第八条", "发票没有上传。"))
    assert html.count("<form") == 1, "one press does it only where nothing is asked"


def test_no_acts_no_panel():
    assert drawn("{% action_panel actions %}", actions=[]).strip() == ""


def test_the_summary_lists_everything_and_leads_to_every_field():
    form = ExampleForm({"indicators-0-name": "面积", "indicators-0-weight": "x"})
    html = drawn("{% error_summary form %}{% fields form %}", form=form)
    summary, fields = html.split("</ol>", 1)
    anchors = re.findall(r'href="#([^"]+)"', summary)
    assert "id_indicators-0-weight" in anchors
    assert {"id_name", "id_result_frame", "id_paper"} <= set(anchors)
    assert all(f'id="{anchor}"' in fields for anchor in anchors)


def test_a_refusal_that_names_its_field_leads_there():
    html = drawn("{% error_summary form refusals %}", form=ExampleForm(), refusals=[refusal("金额超过预算。", "S-22", "amount")])
    assert 'href="#id_amount"' in html
    assert "S-22" in html


def test_a_field_ties_help_and_error_to_its_input():
    html = drawn("{% field form.amount %}", form=ExampleForm({"amount": "很多"}))
    assert 'aria-describedby="id_amount_help id_amount_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="很多"' in html
    assert 'inputmode="decimal"' in html
    assert "affix__unit" in html


def test_only_what_may_be_left_empty_is_marked():
    assert "可不填" in drawn("{% field form.note %}", form=ExampleForm())
    assert "可不填" not in drawn("{% field form.name %}", form=ExampleForm())


def test_a_date_travels_in_the_form_browsers_understand():
    class Dated(forms.Form):
        on = forms.DateField(label="日期")
        at = forms.DateTimeField(label="时间")

    html = drawn("{% fields form %}", form=Dated({"on": "2026-12-01", "at": "2026-12-01T09:30"}))
    assert 'type="date"' in html
    assert 'value="2026-12-01"' in html
    assert 'value="2026-12-01T09:30"' in html


def test_pages_keep_the_filters():
    request = RequestFactory().get("/plans/", {"year": "2027", "page": "2"})
    html = drawn("{% pagination page %}", page=Paginator(range(60), 25).page(2), request=request)
    assert 'href="?year=2027&amp;page=3"' in html
    assert "第 26–50 项，共 60 项" in html


def test_a_keyset_page_offers_the_next_one():
    html = drawn("{% pagination page %}", page=SimpleNamespace(has_next=True, next_url="?after=9"))
    assert 'href="?after=9"' in html


def test_a_table_names_its_columns_for_phones_and_totals_stand_in_the_foot():
    html = drawn('{% data_table head rows "计划" foot=foot %}', head=["项目", {"label": "金额", "num": True, "unit": "元"}],
                 rows=[{"cells": ["清扫", "1.00"], "url": "/p/1/", "mark": "late"}], foot=["合计", "1.00"])
    assert '<caption class="vh">计划</caption>' in html
    assert 'data-label="金额 元"' in html
    assert '<tr class="is-late"><th scope="row"><a href="/p/1/">清扫</a>' in html
    assert "<tfoot>" in html


def test_a_table_refuses_rows_that_do_not_fit_its_head():
    with pytest.raises(ValueError, match="shorter"):
        drawn('{% data_table head rows "计划" %}', head=["项目", "金额"], rows=[["清扫"]])


def test_a_bar_never_leaves_its_track():
    html = drawn('{% dbar 183 156 78 "篇" %}')
    assert 'width="100.00%"' in html
    assert 'x1="50.00%"' in html
    assert 'width="0%"' in drawn('{% progress 3 0 "已付" %}')


def test_a_missing_year_is_said_and_a_fifth_part_is_refused():
    assert "无资料" in drawn('{% bar_chart rows "支出" %}', rows=[{"label": "2016", "value": 995}, {"label": "2017", "value": None}])
    with pytest.raises(ValueError, match="four"):
        drawn("{% share_bar rows %}", rows=[{"label": str(n), "value": 1} for n in range(5)])


def test_typed_text_cannot_become_markup():
    html = drawn('{% pagehead title meta=meta %}{% section title %}{{ title }}{% endsection %}{% notice %}{{ title }}{% endnotice %}',
                 title="<script>x</script>", meta=["<b>"])
    assert "<script>" not in html
    assert "<b>" not in html


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_carries_style_script_or_event_attributes(path):
    source = path.read_text()
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//", source), "no other host"


@pytest.mark.parametrize("path", sorted((TEMPLATES / "components").glob("*.html")), ids=lambda path: path.name)
def test_every_component_says_what_it_takes(path):
    assert path.read_text().lstrip().startswith(("{% comment %}", "{% extends")), "the first line lists the parameters"


def test_every_icon_that_is_named_is_drawn():
    symbols = set(re.findall(r'id="([\w-]+)"', (Path(settings.BASE_DIR) / "static/icons.svg").read_text()))
    named = {name for path in TEMPLATES.rglob("*.html") for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())}
    assert named <= symbols


def test_a_moment_is_written_for_people_and_for_machines():
    moment = datetime(2026, 12, 1, 1, 12, 30, tzinfo=UTC)
    assert drawn("{{ at|moment }} {{ at|iso }}", at=moment) == "2026-12-01 09:12 2026-12-01T09:12:30+08:00"
    assert drawn("{{ on|iso }} {{ none|iso }}", on=moment.date(), none=None) == "2026-12-01 "


def test_an_address_without_values_is_kept_and_one_with_values_is_not():
    template = engines["django"].from_string("{% url 'tenders:public_tenders' %} {% url 'tenders:public_tender' number %}"
                                             "{% url 'no:such' as missing %}[{{ missing }}]")  # fmt: skip
    assert [template.render({"number": n}) for n in "ab"] == ["/tenders/ /tenders/a/[]", "/tenders/ /tenders/b/[]"]
    usual = get_script_prefix()
    set_script_prefix("/portal/")
    try:
        assert template.render({"number": "c"}) == "/portal/tenders/ /portal/tenders/c/[]"
    finally:
        set_script_prefix(usual)


class NarrowingForm(forms.Form):
    place = forms.ChoiceField(choices=[("", "全部"), ("36", "<江西>"), ("旧", [("old", "旧区")])], required=False)


def test_a_select_of_a_filter_marks_what_was_chosen_and_escapes_its_words():
    html = drawn("{% filter_input form.place %}", form=NarrowingForm({"place": "36"}))
    assert '<option value="36" selected>&lt;江西&gt;</option>' in html
    assert '<option value="">全部</option>' in html
    assert '<option value="old">旧区</option>' in html
    assert html.startswith("<select")
    assert 'name="place"' in html
    assert html.count(" selected") == 1
