"""Papers of bids and openings: the opened files, the receipt, the opening record."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.files.kinds import PAPERS, PICTURES, register_kind
from portal.files.stores import Stored, names_stored_files
from portal.money import in_figures
from portal.reports.verbs import make_paper

from .models import OpeningSession, Receipt, SealedPart
from .surfaces import wall

register_kind("bid_part", _("投标文件"), accepts=(*PAPERS, *PICTURES, "zip"), parties=True)
register_kind("bid_receipt", _("递交回执"), accepts=("pdf",), parties=True)
register_kind("opening_record", _("开标记录"), accepts=("pdf",), parties=True)


@names_stored_files
def sealed_parts(using: str) -> Iterator[Stored]:
    """The ciphertext of bids; what was replaced or withdrawn is kept sealed."""
    parts = SealedPart.objects.using(using).order_by("pk").values_list("path", "digest")
    for path, digest in parts.iterator(chunk_size=2000):
        yield Stored(path, digest, "sha256")


def _time(moment: datetime | None) -> str:
    return clock.written(moment, seconds=True, absent="—")


def receipt_paper(receipt: Receipt, actor):
    """What the bidder holds in hand: when it came, that it was sealed, and the digest of everything in it (R87-14).

    Made when he first asks for it, by a POST: before the opening the record must not tell who bid, and what is noted of
    the paper stands in the bid's own sealed chain.
    """
    with transaction.atomic():
        receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
        if receipt.paper is None:
            bid, title = receipt.bid, "投标文件递交回执"
            receipt.paper = make_paper(
                "bids/paper/receipt.html", {"heading": title, "scope": bid.tender.number, "portrait": True}, title=title,
                data=receipt_data(receipt), name=f"{bid.tender.number} 递交回执 {receipt.version}.pdf", actor=actor,
                kind="bid_receipt", subject=bid,
            )
            receipt.save(update_fields=["paper"])
    return receipt.paper


def receipt_data(receipt: Receipt) -> dict:
    """What the receipt says."""
    bid = receipt.bid
    return {
        "facts": [
            ["项目", f"{bid.tender.number} {bid.tender.title}"], ["采购人", bid.tender.agency.name],
            ["投标人", f"{bid.supplier.name}（{bid.supplier.code}）"], ["递交次数", str(receipt.version)],
            ["收讫时间", receipt.received_at.astimezone(clock.SHANGHAI).isoformat(sep=" ", timespec="milliseconds")],
            ["投标截止时间", _time(bid.tender.closes_at)], ["回执摘要", receipt.digest],
        ],
        "receipt": receipt.digest,
        "parts": [
            {"name": part.name, "kind": str(part.get_kind_display()), "received_at": _time(part.received_at), "digest": part.digest}
            for part in receipt.parts.order_by("id")
        ],
    }


def set_record(session: OpeningSession, act):
    """The opening record on paper, public, kept with the project (R87-22)."""
    tender = session.tender
    title = f"{tender.title}开标记录"
    return make_paper(
        "bids/paper/record.html", {"heading": title, "scope": tender.number, "portrait": False}, title=title,
        data=record_data(session), name=f"{tender.number} 开标记录.pdf", actor=act.actor, kind="opening_record", subject=session,
        project=tender.project_id, public=True,
    )


def record_data(session: OpeningSession) -> dict:
    """What the record says: people, times, digests, every bidder with his price, doubts and their answers."""
    tender = session.tender
    return {
        "tender": tender.number,
        "opening": [
            ["项目", tender.title], ["采购人", tender.agency.name], ["开标时间", _time(session.started_at)],
            ["公布报价时间", _time(session.opened_at)], ["开标地点", tender.opening_place or "—"],
            ["开标人", f"{session.started_by.name}、{session.opened_by.name}"], ["见证人", session.key.witness.name],
            ["录音录像", session.recording], ["截止时公布的摘要总值", session.digest], ["开启时重算的摘要总值", session.recomputed],
        ],
        "rows": [
            {
                "number": row["number"], "supplier": row["supplier"], "received_at": _time(row["received_at"]),
                "digest": row["digest"], "price": in_figures(row["price"]) if row["price"] is not None else "不能开启",
                "price_words": row["price_words"], "term": row["term"],
                "check": "；".join(row["unreadable"]) or ("与回执不符" if row["tampered"] else "摘要一致"),
                "confirmed": "视同认可" if row["deemed"] else _time(row["confirmed_at"]),
            }
            for row in wall(session)
        ],
        "doubts": [
            {"bidder": doubt.bid.supplier.name, "text": doubt.text, "answer": doubt.answer} for doubt in session.doubts.all()
        ],
    }
