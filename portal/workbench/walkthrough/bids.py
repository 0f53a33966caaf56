"""Three sealed bids, and the opening by two."""
from __future__ import annotations

from datetime import timedelta

from portal.money import in_words, percent_of

from .client import File
from .story import StepFailed, Story
from .tender import passphrase

TITLE = "密封投标与开标"
#: What each asks, in per cent of the budget.
SHARES = {"supplier_a": "97.78", "supplier_b": "94.11", "supplier_c": "96.67"}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def play(story: Story) -> None:
    story.facts["bids"] = {}
    for supplier, share in SHARES.items():
        price = percent_of(2 * story.facts["yearly"], share)
        story.facts["bids"][supplier] = bid(story, supplier, str(price))
    stays_sealed(story)
    late_bid(story)
    open_the_bids(story)


def bid(story: Story, supplier: str, price: str) -> int:
    """Take the documents, fill in, submit; the receipt carries time and digest."""
    officer, head = f"{supplier}_officer", f"{supplier}_head"
    story.move_by("", hours=2)
    taken = story.person(officer).post(f"public-tenders/{story.facts['tender_number']}/take/")
    if not taken.ok:
        raise StepFailed(f"{officer} takes the documents: {taken.status} {taken.body}")
    made = story.create(officer, "bids", {"tender": story.facts["tender_id"]}, "领取招标文件，准备投标", "DRAFTED", "R87-12")
    story.act(officer, "bids", made["id"], "put_price", {"price": price, "price_words": in_words(price)},
                  "填写报价（当场加密）", rule="SEAL-05")  # fmt: skip
    answers = {question["field"]: "完全响应。" for question in story.read(officer, f"bids/{made['id']}/")["questions"]}
    story.act(officer, "bids", made["id"], "put_response",
              {**answers, "service_term": "24 个月", "contact": "授权代表，0791-8888 0000", "related": "无"},
              "填写响应表（当场加密）")  # fmt: skip
    for kind in ("QUALIFICATION", "BID_DOCUMENT"):
        story.act(officer, "bids", made["id"], "put_file", {"kind": kind, "file": File(f"{kind.lower()}.pdf", PDF, "application/pdf")},
                  "上传文件（边传边加密）")  # fmt: skip
    done = story.act(head, "bids", made["id"], "submit", {"independent": True, "complete": True},
                  "递交投标文件，取得回执", "SUBMITTED", "R87-14")  # fmt: skip
    receipt = done["receipts"][-1]
    story.say(f"    回执 {receipt['received_at'][:19]}  摘要 {receipt['digest'][:16]}…")
    return made["id"]


def stays_sealed(story: Story) -> None:
    """Nobody but its owner sees that a bid exists: not the buyer, not another bidder, not the auditor."""
    mine = story.facts["bids"]["supplier_a"]
    for username in ("buyer", "supplier_b_head", "auditor", "administrator"):
        answer = story.person(username).get(f"bids/{mine}/")
        if answer.status != 404:
            raise StepFailed(f"{username} sees a sealed bid: {answer.status}")
        story.probes += 1
    story.say("  ✗ 采购人、其他投标人、审计、管理员查看密封投标 → 404（R87-12）")


def late_bid(story: Story) -> None:
    """Opening before its time, then a bid one second late."""
    session = story.find("opener_a", f"openings/?tender={story.facts['tender_id']}")[0]
    story.facts["opening_id"] = session["id"]
    start = {"passphrase": passphrase("opener_a"), "recording": "开标室 2 号录像"}
    story.refused("opener_a", f"openings/{session['id']}/start/", start, rule="R87-20", what="截止前开标")
    story.move_to(story.facts["closes_at"] + timedelta(seconds=1), "投标截止")
    mine = story.facts["bids"]["supplier_a"]
    story.refused("supplier_a_officer", f"bids/{mine}/put_price/", {"price": "3000000.00", "price_words": in_words("3000000.00")},
                  rule="R87-14", what="截止后一秒修改报价")  # fmt: skip
    story.refused("supplier_a_head", f"bids/{mine}/withdraw/", rule="R87-14", what="截止后撤回投标")


def open_the_bids(story: Story) -> None:
    opening = story.facts["opening_id"]
    session = story.read("witness", f"openings/{opening}/")
    story.say(f"    摘要总值 {session['digest'][:32]}…")
    start = {"passphrase": passphrase("opener_a"), "recording": "开标室 2 号录像"}
    story.act("opener_a", "openings", opening, "attend", what="到场签到")
    story.refused("opener_a", f"openings/{opening}/start/", start, rule="SEAL-01", what="一名开标人单独开标")
    story.act("opener_b", "openings", opening, "attend", what="到场签到")
    story.act("witness", "openings", opening, "attend", what="监督见证人到场")
    story.act("opener_a", "openings", opening, "start", start, "开始开标，解开外层", "STARTED", "R87-20")
    story.refused("opener_a", f"openings/{opening}/open_bids/", {"passphrase": passphrase("opener_a")}, rule="SEAL-01",
                  what="同一人再解内层")  # fmt: skip
    opened = story.act("opener_b", "openings", opening, "open_bids", {"passphrase": passphrase("opener_b")},
                  "开启全部投标", "OPENED", "SEAL-01")  # fmt: skip
    for row in opened["bids"]:
        story.say(f"    {row}")
    for supplier in SHARES:
        story.act(f"{supplier}_head", "openings", opening, "confirm_record", what="确认开标记录")
    story.act("opener_a", "openings", opening, "close_record", what="办结开标记录", state="CONFIRMED", rule="R87-22")
