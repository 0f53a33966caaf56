"""Budget lines and encumbrances for programs."""
from __future__ import annotations

from rest_framework import serializers, viewsets
from rest_framework.response import Response

from portal.paging import page_of
from portal.workflow.api import StagedSerializer, route

from .filters import LedgerFilter, LineFilter, UseFilter
from .importing import Check
from .models import BudgetLine, Encumbrance, LineBook, Posting, Share, Sharing
from .use import counted, groups, told
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


class PostingViewSet(viewsets.ReadOnlyModelViewSet):
    """Entries of the ledger, newest first; filtered by `year`, `agency`, `source`, `branch` and `bucket` like the page."""

    audience = "signed-in"
    serializer_class = PostingSerializer
    filterset_class = LedgerFilter
    lookup_value_regex = r"\d+"

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Posting.objects.none()
        return Posting.objects.visible_to(self.request._request.actor)


class UseSerializer(serializers.Serializer):
    year = serializers.IntegerField()
    key = serializers.CharField(help_text="Agency, source, code of the branch (none: no branch) or year.")
    name = serializers.CharField()
    allocated = serializers.DecimalField(max_digits=16, decimal_places=2)
    reserved = serializers.DecimalField(max_digits=16, decimal_places=2)
    committed = serializers.DecimalField(max_digits=16, decimal_places=2)
    paid = serializers.DecimalField(max_digits=16, decimal_places=2)
    free = serializers.DecimalField(max_digits=16, decimal_places=2)
    share = serializers.DecimalField(max_digits=5, decimal_places=1, help_text="Percent of what is allocated that is no longer free.")


class UseViewSet(viewsets.GenericViewSet):
    """Budget use: sums `by` agency, source, branch or year, filtered like the page; pages of 25 by `page`."""

    audience = "signed-in"
    serializer_class = UseSerializer
    pagination_class = None
    filterset_class = UseFilter
    words = (*UseFilter.base_filters, "page")

    def get_queryset(self):
        return BudgetLine.objects.none() if getattr(self, "swagger_fake_view", False) else counted(self.request._request.actor)

    def list(self, request):
        filterset = UseFilter(request.GET, queryset=self.get_queryset())
        if not filterset.is_valid():
            raise serializers.ValidationError(filterset.errors)
        page = page_of(groups(filterset.qs, filterset.dimension), request.GET.get("page"))
        rows = UseSerializer([told(row, filterset.dimension) for row in page.object_list], many=True).data
        return Response({"count": page.paginator.count, "page": page.number, "pages": page.paginator.num_pages, "results": rows})


routes = [
    route("budget-lines", LINE, BudgetLineSerializer, filterset_class=LineFilter),
    route("encumbrances", ENCUMBRANCE, EncumbranceSerializer, filterset_fields=["project", "line", "year", "state"],
          base_queryset=lambda self: Encumbrance.objects.prefetch_related("postings")),
    route("cost-sharings", SHARING, SharingSerializer, filterset_fields=["item", "year", "state"],
          base_queryset=lambda self: Sharing.objects.prefetch_related("shares")),
    ("budget-postings", PostingViewSet), ("budget-use", UseViewSet),
    route("budget-books", BOOK, LineBookSerializer, filterset_fields=["organisation", "state"],
          base_queryset=lambda self: LineBook.objects.defer("rows")),
]
