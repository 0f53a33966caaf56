"""Bids and openings in the states that tests need, reached by running the verbs with the people of the demo."""
from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from portal import clock, money
from portal.workflow import perform
from procurement.bids.models import Bid, OpeningSession, SealedPart
from procurement.suppliers.demo import registration
from procurement.suppliers.models import Supplier
from procurement.tenders.models import Tender
from tests.factories.people import actor
from tests.factories.tenders import CLOSES_AT, make_tender, passphrase

SUPPLIERS = ("supplier_a", "supplier_b", "supplier_c")
BIDDING_AT = datetime(2026, 3, 20, 15, 0, tzinfo=clock.SHANGHAI)
PRICES = {"supplier_a": Decimal("950000.00"), "supplier_b": Decimal("920000.00"), "supplier_c": Decimal("985000.00")}
HEAD, END = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", b"\ntrailer<<>>\n%%EOF\n"

PDF = HEAD + END


def officer(supplier: str):
    return actor(f"{supplier}_officer")


def head(supplier: str):
    return actor(f"{supplier}_head")


def paper(name: str, text: str = "") -> SimpleUploadedFile:
    """A small PDF as a browser sends it."""
    return SimpleUploadedFile(name, HEAD + b"%" + (text or name).encode() + END, content_type="application/pdf")


def answers(tender: Tender, **words) -> dict:
    """A response form that answers everything the tender asks."""
    def each(rows, text):
        return [{"id": row.pk, "asked": getattr(row, text), "answer": words.get("answer", "完全响应。")} for row in rows]

    return {
        "service_term": words.get("service_term", "24 个月"), "contact": "华清 0791-0000000", "related": "负责人金大明，无关联单位。",
        "qualifications": each(tender.qualifications.all(), "text"), "requirements": each(tender.requirements.all(), "text"),
        "factors": each(tender.factors.exclude(category="PRICE"), "name"), "deliverables": each(tender.deliverables.all(), "name"),
    }


def make_bid(tender: Tender, supplier: str = "supplier_a", *, state: str = "SUBMITTED", price: Decimal | None = None,
             words: str = "", **texts) -> Bid:
    """A bid DRAFTED (empty), FILLED (whole, not handed in), SUBMITTED or WITHDRAWN, at the clock's present moment."""
    bid = perform(Bid(), "draft", actor=officer(supplier), tender=tender)
    if state == "DRAFTED":
        return bid
    fill(bid, supplier, price=price, words=words, **texts)
    if state == "FILLED":
        return bid
    bid = submit(bid, supplier)
    return perform(bid, "withdraw", actor=head(supplier)) if state == "WITHDRAWN" else bid


def fill(bid: Bid, supplier: str, *, price: Decimal | None = None, words: str = "", **texts) -> None:
    price = price if price is not None else PRICES[supplier]
    who = officer(supplier)
    perform(bid, "put_price", actor=who, price=price, price_words=words or money.in_words(price))
    perform(bid, "put_response", actor=who, answers=answers(bid.tender, **texts))
    perform(bid, "put_file", actor=who, kind=SealedPart.Kind.BID_DOCUMENT, file=paper(f"{supplier}-投标文件.pdf"))
    perform(bid, "put_file", actor=who, kind=SealedPart.Kind.QUALIFICATION, file=paper(f"{supplier}-资格证明.pdf"))


def submit(bid: Bid, supplier: str, row: str = "submit") -> Bid:
    return perform(bid, row, actor=head(supplier), independent=True, complete=True)


def register(supplier: str) -> None:
    """The supplier is registered, a year before the tender."""
    if not Supplier.objects.filter(organisation=head(supplier).organisation).exists():
        with clock.history(BIDDING_AT - timedelta(days=365)):
            registered = perform(Supplier(), "draft", actor=officer(supplier), **registration(supplier))
            perform(registered, "register", actor=head(supplier))


def make_bid_tender(bids: int = 3, **changes) -> tuple[Tender, list[Bid]]:
    """A published tender with some bids handed in."""
    suppliers = SUPPLIERS[:bids]
    prices = changes.pop("prices", {})
    for name in SUPPLIERS:
        register(name)
    tender = make_tender("PUBLISHED", takers=tuple(f"{name}_officer" for name in SUPPLIERS), **changes)
    made = []
    for number, supplier in enumerate(suppliers):
        with clock.at(BIDDING_AT + timedelta(minutes=number)):
            made.append(make_bid(tender, supplier, price=prices.get(supplier)))
    return tender, made


def close(tender: Tender, moment: datetime | None = None) -> Tender:
    from portal.accounts.actor import system_actor

    with clock.at(moment or tender.closes_at):
        return perform(tender, "close", actor=system_actor())


def session_of(tender: Tender) -> OpeningSession:
    return OpeningSession.objects.filter(tender=tender).order_by("-id").first()


def attend(session: OpeningSession, *people: str) -> OpeningSession:
    for username in people or ("opener_a", "opener_b", "witness"):
        session = perform(session, "attend", actor=actor(username))
    return session


def start(session: OpeningSession, username: str = "opener_a", **data) -> OpeningSession:
    return perform(session, "start", actor=actor(username), **{"passphrase": passphrase(username), "recording": "开标室一号录像机", **data})


def open_bids(session: OpeningSession, username: str = "opener_b", **data) -> OpeningSession:
    return perform(session, "open_bids", actor=actor(username), **{"passphrase": passphrase(username), **data})


def make_opened_tender(bids: int = 3, *, prices: dict[str, Decimal] | None = None, **changes) -> Tender:
    """A tender whose bids were opened by two openers before the witness, at the closing time."""
    tender, _bids = make_bid_tender(bids, prices=prices or {}, **changes)
    close(tender)
    with clock.at(CLOSES_AT + timedelta(minutes=1)):
        session = start(attend(session_of(tender)))
    with clock.at(CLOSES_AT + timedelta(minutes=2)):
        open_bids(session)
    return Tender.objects.get(pk=tender.pk)


def make_qualified_tender(bids: int = 3, **changes) -> Tender:
    """All bids found qualified by the purchaser, with evidence for each condition (R87-24)."""
    tender = make_opened_tender(bids, **changes)
    with clock.at(CLOSES_AT + timedelta(hours=1)):
        for bid in tender.bids.opened():
            qualify(bid)
    return tender


def qualify(bid: Bid) -> Bid:
    evidence = {condition.pk: "见资格证明文件第 3 页。" for condition in bid.tender.qualifications.all()}
    return perform(
        bid, "qualify", actor=actor("buyer"), evidence=evidence, credit_query="信用中国、政府采购网查询无不良记录，截图存档。",
        conflict_check="与其他投标人负责人不同，无控股关系。",
    )


def close_record(tender: Tender) -> OpeningSession:
    """Everybody confirms, the record is closed and the key destroyed."""
    with clock.at(CLOSES_AT + timedelta(minutes=10)):
        session = session_of(tender)
        for bid in session.bids().select_related("supplier"):
            name = next(name for name in SUPPLIERS if head(name).organisation_id == bid.supplier_id)
            session = perform(session, "confirm_record", actor=head(name))
        return perform(session, "close_record", actor=actor("opener_a"))
