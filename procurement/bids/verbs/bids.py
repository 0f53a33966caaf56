"""What happens to a bid: filled, handed in, replaced, taken back, opened, judged."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.files.verbs import clean_name, store_made
from portal.workflow import Act
from procurement.bids import envelopes, reception, rules, sealing
from procurement.bids.models import Bid, QualificationFinding, Receipt, SealedPart

Kind = SealedPart.Kind


def draft(bid: Bid, act: Act) -> dict:
    bid.tender, bid.supplier = act.data["tender"], act.actor.organisation
    return {}


# --- filling -----------------------------------------------------------------------------------------------------
def put_price(bid: Bid, act: Act) -> dict:
    content = {"figures": format(act.data["price"], "f"), "words": act.data["price_words"]}
    return _replace_form(bid, act, Kind.PRICE, content)


def put_response(bid: Bid, act: Act) -> dict:
    return _replace_form(bid, act, Kind.RESPONSE, act.data["answers"])


def _replace_form(bid: Bid, act: Act, kind: Kind, content: dict) -> dict:
    """The earlier one is put aside, sealed as it was; nobody opens it again."""
    bid.parts.filter(kind=kind, dropped_at=None).update(dropped_at=act.now)
    return _said(envelopes.seal_form(bid, kind, str(kind.label), content, act.now))


def put_file(bid: Bid, act: Act) -> dict:
    upload = act.data["file"]
    content_type = getattr(upload, "content_type", None) or "application/octet-stream"
    return _said(envelopes.seal_file(bid, act.data["kind"], clean_name(upload.name), content_type, upload, act.now))


def drop_part(bid: Bid, act: Act) -> dict:
    part = act.data["part"]
    part.dropped_at = act.now
    part.save(update_fields=["dropped_at"])
    return _said(part)


def _said(part: SealedPart) -> dict:
    """What the record keeps of a part: never a word of its content."""
    return {"part": part.uuid, "kind": part.kind, "digest": part.digest, "received_at": part.received_at}


# --- handing in --------------------------------------------------------------------------------------------------
def submit(bid: Bid, act: Act) -> dict:
    """Freeze what lies in the envelope into a receipt; the last receipt before the deadline counts (R87-14, R87-15)."""
    bid.version += 1
    bid.received_at = reception.received_at()
    receipt = Receipt.objects.create(
        bid=bid, version=bid.version, received_at=bid.received_at, issued_at=act.now, issued_to=act.actor.user,
    )
    receipt.parts.set(bid.parts.filter(dropped_at=None))
    receipt.digest = envelopes.digest_of_receipt(receipt)
    receipt.save(update_fields=["digest"])
    return {"version": receipt.version, "digest": receipt.digest, "received_at": receipt.received_at}


# --- opening -----------------------------------------------------------------------------------------------------
def unseal(bid: Bid, act: Act) -> dict:
    """Open the envelope of the last receipt. What was swapped or lost is marked; the rest opens all the same (L6.2)."""
    receipt, private_key = bid.last_receipt(), act.data["private_key"]
    in_store = act.data["digests"]
    for part in receipt.parts.order_by("id"):
        if in_store[part.pk] != part.digest:
            part.unreadable = "LOST" if not in_store[part.pk] else "SWAPPED"
        else:
            try:
                _open_part(bid, part, private_key, act)
            except (sealing.Unopenable, ValueError):
                part.unreadable = "UNREADABLE"
        part.save(update_fields=["unreadable", "document"])
        bid.tampered |= bool(part.unreadable)
    if envelopes.digest_of_receipt(receipt) != receipt.digest:
        bid.tampered = True
    return {"version": receipt.version, "digest": receipt.digest, "price": bid.price, "tampered": bid.tampered}


def _open_part(bid: Bid, part: SealedPart, private_key: bytes, act: Act) -> None:
    part.bid = bid
    if part.kind == Kind.PRICE:
        content = envelopes.read_form(part, private_key)
        price = rules.price_of(content["figures"], content["words"])
        bid.price_figures, bid.price_words = content["figures"], content["words"]
        bid.price, bid.price_by_words = price.amount, price.by_words
    elif part.kind == Kind.RESPONSE:
        bid.response = envelopes.read_form(part, private_key)
    else:
        with envelopes.opened(part, private_key) as clear:
            part.document = store_made(
                clear, name=part.name, content_type=part.content_type, actor=act.actor, kind="bid_part", subject=bid,
            )


def tampering(bid: Bid, act: Act) -> dict:
    found = bid.last_receipt().parts.exclude(unreadable="").values_list("name", "unreadable")
    return {"parts": [f"{name}:{why}" for name, why in found]}


# --- judging -----------------------------------------------------------------------------------------------------
def qualify(bid: Bid, act: Act) -> dict:
    bid.credit_query, bid.conflict_check = act.data["credit_query"], act.data["conflict_check"]
    bid.findings.all().delete()
    QualificationFinding.objects.bulk_create([
        QualificationFinding(bid=bid, condition_id=condition, evidence=text)
        for condition, text in act.data["evidence"].items()
    ])
    return {"conditions": len(act.data["evidence"])}


def confirm_price(bid: Bid, act: Act) -> dict:
    bid.price_confirmed_at = act.now
    return {"price": bid.price}


def invalidate(bid: Bid, act: Act) -> dict:
    bid.invalid_code = act.reason_code or act.data.get("code", "") or "OTHER"
    bid.invalid_reason = act.reason
    return {}


INVALID_CASES = (
    ("NOT_QUALIFIED", _("不具备招标文件规定的资格条件")),
    ("NOT_SIGNED", _("未按要求签署、盖章")),
    ("ABOVE_LIMIT", _("报价超过预算金额或最高限价")),
    ("NOT_RESPONSIVE", _("不满足实质性要求，或含有采购人不能接受的附加条件")),
    ("PRICE_NOT_CONFIRMED", _("报价前后不一致，不确认按规定修正后的报价")),
    ("LOW_PRICE", _("报价明显偏低，不能证明其合理性")),
    ("COLLUSION", _("串通投标")),
    ("FALSE_PAPERS", _("提供虚假材料")),
    ("UNREADABLE", _("投标文件不能开启")),
    ("OTHER", _("法律、法规和招标文件规定的其他无效情形")),
)
