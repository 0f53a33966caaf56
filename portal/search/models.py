"""The index of the search box: one line for each thing that can be found, cut into pairs of characters."""
from __future__ import annotations

from django.db import models
from django.db.models import Q

from .words import amount_meant, grams, mark, plain, sign, typed

NEWEST = 2000  # looked through first: most searches want what is recent, and find it there


class GramsField(models.Field):
    """Pairs of characters: an array under a GIN index on PostgreSQL, a line that FTS5 reads on SQLite."""

    def db_type(self, connection) -> str:
        return "text[]" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value, connection, prepared=False):
        return value if value is None or connection.vendor == "postgresql" else " ".join(value)


@GramsField.register_lookup
class HoldsAll(models.Lookup):
    """`grams__holds=[…]`: every one of these pairs occurs, answered by the index of the database in use."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_postgresql(self, compiler, connection):
        column, given = self.process_lhs(compiler, connection)
        return f"{column} @> %s::text[]", [*given, list(self.rhs)]

    def as_sqlite(self, compiler, connection):
        table = compiler.quote_name_unless_alias(self.lhs.alias)
        wanted = " ".join(f'"{gram}"' for gram in self.rhs)
        return f"{table}.id IN (SELECT rowid FROM search_grams WHERE search_grams MATCH %s{self.at_most()})", [wanted]  # noqa: S608 -- names of ours

    def at_most(self) -> str:
        return ""


@GramsField.register_lookup
class NewestHolding(HoldsAll):
    """`grams__newest=[…]`: the same, where only the newest are wanted: FTS5 walks backwards and stops after them.

    PostgreSQL needs no such hint: there the planner sees the limit of the whole statement.
    """

    lookup_name = "newest"

    def at_most(self) -> str:
        return f" ORDER BY rowid DESC LIMIT {NEWEST + 1}"


class EntryQuerySet(models.QuerySet):
    def matching(self, query: str, kind: str) -> EntryQuerySet:
        """Entries of a kind in which every word of the search occurs, or stands as an amount."""
        words = typed(query)
        found = self.filter(kind=kind) if any(plain(word) for word in words) else self.none()
        for word in words:
            found = found.filter(_holding(word, kind))
        return found

    def newest_matching(self, query: str, kind: str) -> tuple[list[int], bool]:
        """The newest things of a kind that match, two thousand at most, and whether there are more.

        One word of two characters is answered from the end of the index; whatever else may leave rows out on the way is
        looked for in all of it.
        """
        found = self.matching(query, kind)
        words = typed(query)
        if len(words) == 1 and len(plain(words[0])) == 2 and amount_meant(words[0]) is None:
            found = self.filter(kind=kind, grams__newest=[sign(kind), *grams(plain(words[0]))])
        newest = list(found.order_by("-object_id").values_list("object_id", flat=True)[: NEWEST + 1])
        return newest[:NEWEST], len(newest) > NEWEST


def _holding(word: str, kind: str) -> Q:
    text, amount = plain(word), amount_meant(word)
    condition = Q(text__contains=text) if text else Q()
    if len(text) > 1:
        condition &= Q(grams__holds=[sign(kind), *grams(text)])
    return condition | Q(grams__holds=[sign(kind), mark(amount)]) if amount is not None else condition


class Entry(models.Model):
    """What one thing of one kind is found by; written in the transaction that saves the thing."""

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    text = models.TextField()
    grams = GramsField()  # the sign of its kind among them, so that a rare kind is not looked for among all
    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"

