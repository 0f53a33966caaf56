"""Keys, bids and openings for programs."""
from __future__ import annotations

from decimal import Decimal

from rest_framework import serializers

from portal.workflow.api import StagedSerializer, route

from .forms import ResponseForm
from .models import Bid, OpeningKey, OpeningSession, SealedPart
from .surfaces import openers_of, wall
from .workflow import BID, OPENING, OPENING_KEY


class OpeningKeySerializer(StagedSerializer):
    openers = serializers.SerializerMethodField()
    witness = serializers.CharField(source="witness.name")

    class Meta:
        model = OpeningKey
        fields = ["id", "tender", "state", "state_label", "openers", "witness", "fingerprint", "made_at", "proved_at"]

    def get_openers(self, key: OpeningKey) -> list[dict]:
        return openers_of(key)


class SealedPartSerializer(serializers.ModelSerializer):
    class Meta:
        model = SealedPart
        fields = ["uuid", "kind", "name", "size", "digest", "received_at", "tested_at", "unreadable"]


class BidSerializer(StagedSerializer):
    """A bid as its reader may see it: sealed parts are described, opened ones have their price and response."""

    supplier_name = serializers.CharField(source="supplier.name")
    tender_number = serializers.CharField(source="tender.number")
    parts = serializers.SerializerMethodField()
    receipts = serializers.SerializerMethodField()
    documents = serializers.SerializerMethodField()
    questions = serializers.SerializerMethodField()

    class Meta:
        model = Bid
        fields = [
            "id", "tender", "tender_number", "supplier", "supplier_name", "state", "state_label", "version", "received_at",
            "parts", "receipts", "price", "price_figures", "price_words", "price_by_words", "response", "documents", "tampered",
            "record_confirmed_at", "invalid_code", "invalid_reason", "questions",
        ]

    def get_questions(self, bid: Bid) -> list[dict]:
        """What the response form asks, on the bid's own address while it is being filled in."""
        if not getattr(self.context["view"], "detail", False) or bid.state not in (Bid.State.DRAFTED, Bid.State.SUBMITTED):
            return []
        form = ResponseForm(subject=bid, actor=self.context["request"]._request.actor)
        return [{"field": name, "label": str(field.label)} for name, field in form.fields.items()]

    def get_parts(self, bid: Bid) -> list[dict]:
        return SealedPartSerializer(bid.working_parts(), many=True).data

    def get_receipts(self, bid: Bid) -> list[dict]:
        return [
            {"version": receipt.version, "digest": receipt.digest, "received_at": receipt.received_at}
            for receipt in bid.receipts.all()
        ]

    def get_documents(self, bid: Bid) -> list[dict]:
        return [
            {"kind": part.kind, "name": part.name, "url": part.document.get_absolute_url(), "digest": part.document.digest}
            for part in bid.parts.all() if part.document
        ]


class OpeningSerializer(StagedSerializer):
    """An opening as everybody may see it: bidders from its start on, prices from their opening on."""

    tender_number = serializers.CharField(source="tender.number")
    bids = serializers.SerializerMethodField()
    doubts = serializers.SerializerMethodField()
    record = serializers.SerializerMethodField()

    class Meta:
        model = OpeningSession
        fields = [
            "id", "tender", "tender_number", "key", "state", "state_label", "scheduled_at", "closed_at", "digest",
            "recomputed", "started_at", "opened_at", "confirm_until", "confirmed_at", "bids", "doubts", "record",
        ]

    def get_bids(self, session: OpeningSession) -> list[dict]:
        return [
            {name: format(value, "f") if isinstance(value, Decimal) else value for name, value in row.items()}
            for row in wall(session)
        ]

    def get_doubts(self, session: OpeningSession) -> list[dict]:
        return [
            {"id": doubt.pk, "bidder": doubt.bid.supplier.name, "text": doubt.text, "answer": doubt.answer}
            for doubt in session.doubts.all()
        ]

    def get_record(self, session: OpeningSession) -> str | None:
        return session.record.get_absolute_url() if session.record else None


routes = [
    route("opening-keys", OPENING_KEY, OpeningKeySerializer, base_queryset=lambda self: OpeningKey.objects.select_related(
        "witness", "tender").prefetch_related("openers__user")),
    route("bids", BID, BidSerializer, keyset=("-created_at", "id"), base_queryset=lambda self: Bid.objects.select_related(
        "tender", "supplier").prefetch_related("parts__document", "receipts")),
    route("openings", OPENING, OpeningSerializer, audience="public", filterset_fields=["tender", "state"], base_queryset=lambda self: (
        OpeningSession.objects.select_related("tender", "record").prefetch_related("doubts__bid__supplier"))),
]
