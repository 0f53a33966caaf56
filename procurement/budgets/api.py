"""Budget lines and encumbrances for programs."""
from __future__ import annotations

from rest_framework import serializers

from portal.workflow.api import StagedSerializer, route

from .importing import Check
from .models import BudgetLine, Encumbrance, LineBook, Posting, Share, Sharing
from .workflow import BOOK, ENCUMBRANCE, LINE, SHARING


class BudgetLineSerializer(StagedSerializer):
    free = serializers.DecimalField(max_digits=14, decimal_places=2, read_only=True)

    class Meta:
        model = BudgetLine
        fields = [
            "id", "number", "title", "agency", "year", "source", "level", "paying_region", "function_class",
            "economic_class", "purpose", "item",
            "requested", "allocated", "reserved", "committed", "paid", "free", "approval_document", "carried_from", "state", "state_label",
            "state_since",
        ]  # fmt: skip
        read_only_fields = fields


class PostingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Posting
        fields = ["id", "line", "source_bucket", "target_bucket", "amount", "cause", "reference", "posted_at"]


class EncumbranceSerializer(StagedSerializer):
    postings = PostingSerializer(many=True, read_only=True)

    class Meta:
        model = Encumbrance
        fields = [
            "id", "project", "line", "year", "pledged", "reserved", "committed", "paid", "release_reason", "state", "state_label",
            "state_since", "postings",
        ]  # fmt: skip
        read_only_fields = fields


class ShareSerializer(serializers.ModelSerializer):
    class Meta:
        model = Share
        fields = ["id", "order", "level", "source", "region", "ratio", "amount", "received", "line"]


class SharingSerializer(StagedSerializer):
    shares = ShareSerializer(many=True, read_only=True)

    class Meta:
        model = Sharing
        fields = [
            "id", "item", "year", "amount", "beneficiary", "ratio", "document", "function_class", "economic_class", "state", "state_label",
            "state_since", "shares",
        ]  # fmt: skip
        read_only_fields = fields


class LineBookSerializer(StagedSerializer):
    faults = serializers.SerializerMethodField(help_text="What is wrong, cell by cell; told of one workbook that waits, not in lists.")

    class Meta:
        model = LineBook
        fields = ["id", "organisation", "document", "digest", "count", "total", "faults", "state", "state_label", "state_since"]
        read_only_fields = fields

    def get_faults(self, book: LineBook) -> list[dict[str, str]]:
        if self.context["view"].action == "list" or book.state != LineBook.State.RECEIVED:
            return []
        return [{"rule": fault.rule, "message": fault.message} for fault in Check(book).faults]


routes = [
    route("budget-lines", LINE, BudgetLineSerializer, filterset_fields=["agency", "year", "source", "state", "item"]),
    route("encumbrances", ENCUMBRANCE, EncumbranceSerializer, filterset_fields=["project", "line", "year", "state"],
          base_queryset=lambda self: Encumbrance.objects.prefetch_related("postings")),
    route("cost-sharings", SHARING, SharingSerializer, filterset_fields=["item", "year", "state"],
          base_queryset=lambda self: Sharing.objects.prefetch_related("shares")),
    route("budget-books", BOOK, LineBookSerializer, filterset_fields=["organisation", "state"],
          base_queryset=lambda self: LineBook.objects.defer("rows")),
]
