"""W-09 by clicking, from the funded project to the opened bids: document, review, key, notice, three bids, opening by two."""
from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

from playwright.sync_api import expect

from portal.money import in_words
from portal.workbench.walkthrough import tender as story
from portal.workbench.walkthrough.client import File

from .clicks import Clicks
from .path_planning import BUDGET, REPORT, TITLE

PRICES = {"supplier_a": "117000.00", "supplier_b": "113000.00", "supplier_c": "116000.00"}


def write_tender(clicks: Clicks, year: int) -> None:
    """The document is written, reviewed by four, its key made and proved, and the notice goes out."""
    clicks.move_clock(datetime(year, 2, 10, 9, 30))
    clicks.sign_in("buyer")
    clicks.task("编制招标文件", TITLE)
    clicks.do("编制招标文件")
    clicks.press("编辑招标文件")
    clicks.fill(document(year))
    clicks.press("保存并送内部审查")
    clicks.state("内部审查")
    for reviewer in story.REVIEWERS:
        clicks.sign_in(reviewer)
        clicks.task("提出审查意见", TITLE)
        clicks.do("提出审查意见", {"general_opinion": "符合规定。", "key_opinion": "风险可控。"})


def document(year: int) -> dict:
    """The document of the walkthrough, for six months and two payments; bands as a person types them, one a line."""
    given = story.document(SimpleNamespace(facts={"year": year, "yearly": 60_000}))
    factors = [row | {"bands": "\n".join(band_line(band) for band in row["bands"])} for row in given["factors"]]
    return given | {
        "service_until": f"{year}-11-30", "budget": BUDGET, "ceiling": "118000.00", "lots": [], "factors": factors,
        "deliverables": [{"name": "公园清扫保洁", "quota": "6", "unit": "次", "period": "TERM", "standard": "每月大扫除一次。"}],
        "payment_terms": [
            {"name": "首付款", "percent": "30", "condition": "SIGNED", "year": year, "note": "合同备案后"},
            {"name": "尾款", "percent": "70", "condition": "ACCEPTANCE", "year": year, "note": "验收合格后"},
        ],
    }  # fmt: skip


def band_line(band: dict) -> str:
    span = band["to"] if band["from"] == band["to"] else f"{band['from']}-{band['to']}"
    return f"{band['label']} | {span} | 见评分标准"


def publish(clicks: Clicks, year: int) -> datetime:
    """Two openers make and prove the key, the head publishes; gives the moment of closing."""
    published = datetime(year, 3, 3, 10)
    clicks.move_clock(published)
    clicks.sign_in("buyer")
    clicks.task("指定开标人和见证人", TITLE)
    for name in ("卫国平", "蒋玉兰"):
        clicks.page.get_by_label(name).check()
    clicks.page.get_by_label("监督见证人").select_option(label="沈敬之")
    clicks.do("指定开标人和见证人")
    for opener in story.OPENERS:
        clicks.sign_in(opener)
        clicks.task("设置开标口令")
        clicks.do("设置开标口令", {"passphrase": story.passphrase(opener), "again": story.passphrase(opener)})
    for opener in story.OPENERS:
        clicks.sign_in(opener)
        clicks.task("验证开标密钥")
        clicks.do("验证开标密钥", {"passphrase": story.passphrase(opener)})
    closes = story.closing_time(published)
    clicks.sign_in("head")
    clicks.task("发布招标公告", TITLE)
    offer_until = (published + timedelta(days=9)).date().isoformat()
    clicks.do("发布招标公告", {"offer_until": offer_until, "closes_at": closes.strftime("%Y-%m-%dT%H:%M")})
    return closes


def hand_in_bids(clicks: Clicks) -> None:
    for supplier, price in PRICES.items():
        prepare_bid(clicks, f"{supplier}_officer", price)
        clicks.sign_in(f"{supplier}_head")
        clicks.task("递交投标文件")
        clicks.do("递交投标文件", {"independent": True, "complete": True})


def prepare_bid(clicks: Clicks, officer: str, price: str) -> None:
    """From the public list of tenders to a bid in which nothing is missing."""
    clicks.sign_in(officer)
    clicks.go("我的投标")
    clicks.press("看招标项目")
    clicks.press(TITLE)
    clicks.press("获取招标文件")
    clicks.press("准备投标")
    clicks.press("建立投标")
    part(clicks, "报价一览表")
    clicks.fill({"price": price, "price_words": in_words(price)})
    clicks.do("填写报价一览表")
    part(clicks, "响应表")
    expect(clicks.page.get_by_label("服务期限")).to_be_visible()
    for question in clicks.main.locator("form textarea, form input[type=text]").all():
        question.fill("完全响应，24 小时联系电话 0791-8888 0000。")
    clicks.do("填写响应表")
    for kind in ("QUALIFICATION", "BID_DOCUMENT"):
        clicks.fill({"kind": kind, "file": File(f"{kind.lower()}.pdf", REPORT, "application/pdf")})
        clicks.press("加密上传")
        expect(clicks.main.get_by_text("已办理：上传文件")).to_be_visible()
    expect(clicks.main.locator(".checklist").get_by_text("还缺")).to_have_count(0)


def part(clicks: Clicks, label: str) -> None:
    clicks.main.locator(".checklist li").filter(has_text=label).get_by_role("link").click()


def open_bids(clicks: Clicks, closes: datetime) -> None:
    """Openers and witness sign in, one undoes the outer layer, the other opens; each bidder agrees to the record."""
    clicks.move_clock(closes + timedelta(minutes=1))
    for who in (*story.OPENERS, "witness"):
        clicks.sign_in(who)
        clicks.task("到场签到", TITLE)
        clicks.do("到场签到")
    clicks.sign_in("opener_a")
    clicks.task("开始开标", TITLE)
    clicks.do("开始开标", {"passphrase": story.passphrase("opener_a"), "recording": "开标室 2 号录像"})
    clicks.sign_in("opener_b")
    clicks.task("开启全部投标", TITLE)
    clicks.do("开启全部投标", {"passphrase": story.passphrase("opener_b")})
    for supplier in PRICES:
        clicks.sign_in(f"{supplier}_head")
        clicks.task("确认开标记录")
        clicks.do("确认开标记录")
    clicks.sign_in("opener_a")
    clicks.task("办结开标记录", TITLE)
    clicks.do("办结开标记录")
