"""Long registers: drawn in parts side by side, they read as one paper, numbered through, with the proof of the whole."""
from __future__ import annotations

import io
import os
import re
import signal
import subprocess

import pikepdf
import pytest
from PIL import Image

from portal.audit.canonical import canonical_json, digest
from portal.reports import parts
from portal.reports.compositor import Compositor, DrawingFailed
from portal.reports.parts import render_register
from portal.reports.proof import examine

pytestmark = pytest.mark.django_db


def rows(count: int) -> list[dict]:
    return [
        {"place": f"general#{number}", "time": "2026-03-02 09:00:00", "sentence": f"第 {number} 条：赣江市城市管理局提交年度购买计划",
         "rules": [], "digest": f"{number:064d}"}
        for number in range(1, count + 1)
    ]


def printed(count: int, said: list | None = None):
    data = {"title": "办理记录", "rows": rows(count), "damage": []}
    heard = said if said is not None else []
    rendered = render_register(
        "paper/record.html", {"portrait": True}, title="办理记录", data=data,
        progress=lambda done, total, step="", **values: heard.append(done), span=(40, 95),
    )
    return rendered, data


def text_of(pdf: bytes) -> list[str]:
    """What is printed, page by page."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def ink(pdf: bytes, page: int) -> float:
    """How much of the upper half of a page is dark, between 0 and 1."""
    command = ["pdftoppm", "-r", "60", "-gray", "-f", str(page), "-l", str(page), "-singlefile", "-"]
    drawn = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    picture = Image.open(io.BytesIO(drawn))
    half = picture.crop((0, picture.height // 8, picture.width, picture.height // 2)).histogram()
    return sum(half[:128]) / sum(half)


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(parts, "ROWS_AT_ONCE", 40)
    monkeypatch.setattr(parts, "ROWS_A_PART", 35)


def test_a_short_register_is_one_tagged_paper(small_parts):
    rendered, data = printed(40)
    proof = examine(rendered.pdf)
    assert (proof.tagged, proof.variant) == (True, "PDF/A-3a")
    assert rendered.data_digest == digest(canonical_json(data))


def test_a_long_register_reads_as_one(small_parts):
    said: list[int] = []
    rendered, data = printed(120, said)
    pages = text_of(rendered.pdf)
    assert len(pages) == rendered.pages > 3
    for number, page in enumerate(pages, start=1):
        assert re.search(rf"\b{number} ?/ ?{len(pages)}\b", page)
    whole = "".join(pages)
    places = [whole.index(f"第 {number} 条") for number in range(1, 121)]
    assert places == sorted(places)
    assert whole.count("共 120 条记录") == 1
    proof = examine(rendered.pdf)
    assert proof.is_sound, proof
    assert (proof.title, proof.language) == ("办理记录", "zh-CN")
    assert rendered.data_digest == digest(canonical_json(data)) == digest(canonical_json(proof.data))
    assert ink(rendered.pdf, page=2) > 0.01, "the numbers laid over a page hide what stands on it"
    assert said == sorted(said)
    assert 40 <= said[0] < said[-1] < 95


def test_rows_that_are_higher_are_cut_into_smaller_parts_and_sums_stand_once(small_parts):
    """Thirty rows twice as high as lines of the record are not drawn in one go, though thirty lines would be."""
    items = [{"title": f"项目{number}", "number": f"N-{number}", "leaf": "养护", "method": "公开招标", "term": 12, "asked": "1.00",
              "granted": "1.00", "state": "已批准"} for number in range(1, 30)]  # fmt: skip
    data = {"rows": [{"agency": "城管局", "count": 29, "asked": "29.00", "granted": "29.00"}, *items], "count": 29,
            "asked": "29.00", "granted": "29.00"}  # fmt: skip
    rendered = render_register("plans/paper/region.html", {"portrait": False}, title="汇总", data=data,
                               progress=lambda *said, **values: None, height=2)  # fmt: skip
    whole = "".join(text_of(rendered.pdf))
    assert not examine(rendered.pdf).tagged
    assert [whole.index(f"N-{number}\n") if f"N-{number}\n" in whole else whole.index(f"N-{number} ") for number in (1, 17, 18, 29)]
    assert (whole.count("合计"), whole.count("城管局")) == (1, 1)


def test_the_bound_file_is_a_sound_pdf(small_parts):
    rendered, _data = printed(80)
    with pikepdf.open(io.BytesIO(rendered.pdf)) as pdf:
        assert pdf.check_pdf_syntax() == []


def test_a_page_that_cannot_be_drawn_fails_and_the_next_one_is_drawn():
    compositor = Compositor()
    try:
        with pytest.raises(DrawingFailed, match="papers do not read"):
            compositor.draw('<html><head></head><body><img src="https://elsewhere.invalid/x.png"></body></html>')
        assert compositor.draw("<html><head></head><body>文</body></html>")[1] == 1
    finally:
        compositor.close()


def test_a_killed_compositor_is_an_error_not_a_wait():
    compositor = Compositor()
    try:
        os.kill(compositor.process.pid, signal.SIGKILL)
        compositor.process.wait()
        with pytest.raises(DrawingFailed):
            compositor.draw("<html><head></head><body>文</body></html>")
    finally:
        compositor.close()


def test_a_compositor_ends_when_nobody_needs_it_any_more():
    compositor = Compositor()
    compositor.process.stdin.close()
    assert compositor.process.wait(timeout=60) == 0
    compositor.process.stdout.close()
