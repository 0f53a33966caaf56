"""Paper: fonts inside, every character drawn, the printed digest is that of the data shown."""
from __future__ import annotations

import shutil
import subprocess

import pytest
from django.template import engines
from weasyprint.urls import FatalURLFetchingError

from portal import clock
from portal.audit.canonical import canonical_json, digest
from portal.reports import pdf
from portal.reports.pdf import render_pdf, template_version, verify_address
from portal.reports.proof import examine

NAMES = "镕喆堃昇玥犇翀赟珺芃璟㎡ 养护服务项目"
DATA = {"title": "养护记录", "rows": [{"name": NAMES, "amount": "1316400.00"}] * 40}
PAGE = """{% extends "base_register.html" %}{% block document_title %}{{ heading }}{% endblock %}
{% block body %}<h2>一、清单</h2>{{ extra }}<table><thead><tr><th>名称</th><th class="num">金额（元）</th></tr></thead><tbody>
{% for row in data.rows %}<tr><td>{{ row.name }}</td><td class="num">{{ row.amount }}</td></tr>{% endfor %}</tbody></table>{% endblock %}"""

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(monkeypatch):
    """A template of the test's own, beside those of the portal."""
    templates = {"page.html": PAGE}
    real = pdf.get_template
    monkeypatch.setattr(
        pdf, "get_template", lambda name: engines["django"].from_string(templates[name]) if name in templates else real(name)
    )
    return templates


def test_a_paper_is_sound_and_carries_its_own_proof(page):
    rendered = render_pdf("page.html", {"extra": ""}, title="养护记录", data=DATA)
    proof = examine(rendered.pdf)
    assert proof.is_sound, proof
    assert proof.pages == rendered.pages > 1
    assert (proof.title, proof.language, proof.tagged, proof.variant) == ("养护记录", "zh-CN", True, "PDF/A-3a")
    assert proof.bookmarks
    assert all("Portal" in name for name in proof.fonts)
    assert rendered.data_digest == digest(canonical_json(DATA)) == digest(canonical_json(proof.data))


def test_a_character_without_glyph_is_found(page):
    rendered = render_pdf("page.html", {"extra": "\U000f0000"}, title="缺字", data=DATA)
    assert not examine(rendered.pdf).is_sound


def test_text_can_be_taken_out_again(page, tmp_path):
    program = shutil.which("pdftotext")
    if program is None:
        pytest.fail("pdftotext (poppler-utils) is missing on this machine")
    rendered = render_pdf("page.html", {"extra": ""}, title="养护记录", data=DATA)
    file = tmp_path / "paper.pdf"
    file.write_bytes(rendered.pdf)
    text = subprocess.run([program, "-layout", file, "-"], capture_output=True, check=True).stdout.decode()
    assert NAMES in text
    assert "1316400.00" in text
    assert rendered.data_digest in text.replace("\n", "")
    assert f"1/{rendered.pages}" in text.replace(" ", "")
    assert f"verify/{rendered.data_digest}/" in text
    assert verify_address(rendered.data_digest).endswith(f"/verify/{rendered.data_digest}/")


def test_the_same_data_give_the_same_digest_other_data_another(page):
    first = render_pdf("page.html", {"extra": ""}, title="甲", data=DATA)
    assert render_pdf("page.html", {"extra": "别的说明"}, title="甲", data=DATA).data_digest == first.data_digest
    changed = {**DATA, "title": "养护记录。"}
    assert render_pdf("page.html", {"extra": ""}, title="甲", data=changed).data_digest != first.data_digest


def test_nothing_is_fetched_from_elsewhere(page):
    from django.utils.safestring import mark_safe

    for address in ("http://127.0.0.1:9/x.png", "https://example.org/x.png", "/etc/passwd"):
        with pytest.raises(FatalURLFetchingError):
            render_pdf("page.html", {"extra": mark_safe(f'<img src="{address}">')}, title="外链", data=DATA)
    rendered = render_pdf("page.html", {"extra": mark_safe('<img src="file:///etc/hostname">')}, title="外链", data=DATA)
    assert rendered.pages


def test_papers_are_chinese_whatever_the_reader_reads(page):
    from django.utils.translation import override

    page["page.html"] = PAGE.replace("{{ extra }}", "{% load i18n %}{% get_current_language as lang %}{{ lang }}")
    with override("en"):
        rendered = render_pdf("page.html", {"data_time": clock.now()}, title="语言", data=DATA)
    assert rendered.template_version == template_version("page.html")


def test_the_version_changes_with_the_template_and_what_it_extends(page):
    first = template_version("page.html")
    page["page.html"] = PAGE.replace("一、清单", "一、名单")
    assert template_version("page.html") != first
    page["page.html"] = PAGE.replace("base_register", "base_paper")
    assert template_version("page.html") != first
