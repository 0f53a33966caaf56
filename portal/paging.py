"""Pages of a list, twenty-five a page, with a count that stops counting where nobody pages on."""
from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

PER_PAGE = 25
COUNTED = 10_000


class BoundedPaginator(Paginator):
    """Counts at most ten thousand rows: beyond that a reader narrows the search."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:COUNTED].count()


def page_of(queryset: QuerySet, number: str | None) -> Page:
    """The asked page; nonsense gives the first, too far the last."""
    return BoundedPaginator(queryset, PER_PAGE).get_page(number)
