"""Pictures of the main pages, on a desk and on a telephone, small enough to live in the repository."""
from __future__ import annotations

import argparse
import io
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from script.chromium import launched

SIZES = {1440: 1000, 390: 844}  # CSS pixels; a desk is taken at one, a telephone at two pixels each
LARGEST = 250 * 1024
#: Name, who looks, and the way there: an address, then patterns of links to follow.
PICTURES = (
    ("home", "", "/"),
    ("workbench", "buyer", "/workbench/"),
    ("plan_item", "planner", "/plans/items/new/"),
    ("review", "finance_officer", r"/reviews/ > /reviews/\d+/"),
    ("project", "hongshan_project_officer", r"/projects/ > /projects/[\w-]+/"),
    ("tender", "", r"/tenders/ > /tenders/[\w-]+/"),
    ("opening", "buyer", r"/openings/ > /openings/\d+/"),
    ("award", "buyer", r"/buying/evaluations/ > /buying/awards/\d+/"),
    ("contract", "project_officer", r"/contracts/ > /contracts/\d+/"),
    ("result", "", r"/results/ > /results/\d+/"),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/screens")
    parser.add_argument("--base-url", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    missing = 0
    with sync_playwright() as playwright:
        browser = launched(playwright)
        for name, who, way in PICTURES:
            for width, height in SIZES.items():
                context = browser.new_context(
                    base_url=given.base_url, locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": width, "height": height},
                    device_scale_factor=2 if width < 800 else 1, reduced_motion="reduce",
                )  # fmt: skip
                visitor = context.new_page()
                try:
                    go(visitor, who, way)
                    path = given.out / f"{name}-{width}.png"
                    path.write_bytes(squeezed(visitor.screenshot()))
                    print(f"{path}  {path.stat().st_size / 1024:.0f} KB  {visitor.url}")
                except LookupError as reason:
                    missing += 1
                    print(f"{name}: {reason}", file=sys.stderr)
                finally:
                    context.close()
        browser.close()
    return 1 if missing else 0


def go(visitor: Page, who: str, way: str) -> None:
    """Sign in as a person of the demonstration and follow the way."""
    if who:
        visitor.goto("/sign-in/")
        visitor.locator(f"button[name=username][value={who}]").click()
    first, *patterns = way.split(" > ")
    visitor.goto(first)
    for pattern in patterns:
        links = visitor.locator("main a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        fitting = next((link for link in links if re.fullmatch(pattern, link.split("?")[0])), None)
        if fitting is None:
            raise LookupError(f"no link like {pattern} at {visitor.url}; has the walkthrough been done?")
        visitor.goto(fitting)
    visitor.evaluate("document.fonts.ready")


def squeezed(picture: bytes) -> bytes:
    """The picture with as many colours as fit the size."""
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in (256, 128, 64, 32):
        written = io.BytesIO()
        whole.quantize(colours, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
        if written.tell() <= LARGEST:
            break
    return written.getvalue()


if __name__ == "__main__":
    sys.exit(main())
