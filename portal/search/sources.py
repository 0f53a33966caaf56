"""What can be found: each stage says of its models what they are found by and how a find is shown."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models.signals import post_delete, post_save

from portal.accounts.actor import Actor

from .models import Entry
from .words import SHORTEST, Words, grams, plain, sign

SHOWN = 10  # finds of one kind


@dataclass(frozen=True, slots=True)
class Find:
    """One line of the answer: the thing's own name, its page, what tells it from others."""

    label: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of thing: what it is found by (`words`), how it is shown (`show`), what to join for both (`related`)."""

    model: type[models.Model]
    order: int
    title: Any
    words: Callable[[Any], Words]
    show: Callable[[Any, Actor], Find]
    related: tuple[str, ...] = ()
    visible: Callable[[Actor], models.QuerySet] | None = None

    @property
    def kind(self) -> str:
        return self.model._meta.label_lower

    def seen_by(self, actor: Actor) -> models.QuerySet:
        return self.visible(actor) if self.visible else self.model.objects.visible_to(actor)

    def find(self, query: str, actor: Actor) -> list[Find]:
        """The newest of what matches and what the searcher may see, at most ten."""
        seen = self.seen_by(actor)
        if seen.query.is_empty():
            return []
        newest, more = Entry.objects.newest_matching(query, self.kind)
        rows = self._rows(seen.filter(pk__in=newest)) if newest else []
        if len(rows) < SHOWN and more:
            rows = self._rows(seen.filter(pk__in=Entry.objects.matching(query, self.kind).values("object_id")))
        return [self.show(row, actor) for row in rows]

    def _rows(self, found: models.QuerySet) -> list:
        return list(found.select_related(*self.related).order_by("-pk")[:SHOWN])

    # --- keeping the index ----------------------------------------------------------------------------------------

    def keep(self, instance: models.Model, **signal: Any) -> None:
        """Write the line of a thing that was saved; in its transaction, and only when it has changed."""
        if signal.get("raw"):
            return
        text = self.words(instance).text()
        kept = Entry.objects.filter(kind=self.kind, object_id=instance.pk)
        written = kept.values_list("text", flat=True).first()
        if written is None:
            Entry.objects.create(kind=self.kind, object_id=instance.pk, text=text, grams=self._grams(text))
        elif written != text:
            kept.update(text=text, grams=self._grams(text))

    def forget(self, instance: models.Model, **signal: Any) -> None:
        Entry.objects.filter(kind=self.kind, object_id=instance.pk).delete()

    def fill(self, *, anew: bool = False) -> int:
        """Index what is not yet in it (or everything anew), oldest first; returns how many lines were written."""
        if anew:
            Entry.objects.filter(kind=self.kind).delete()
        known = Entry.objects.filter(kind=self.kind, object_id=models.OuterRef("pk"))
        missing = self.model._base_manager.filter(~models.Exists(known)).select_related(*self.related).order_by("pk")
        written, last = 0, -1
        while rows := list(missing.filter(pk__gt=last)[:2000]):
            self.enter(rows)
            written, last = written + len(rows), rows[-1].pk
        return written

    def enter(self, rows: Iterable[models.Model]) -> None:
        """Index things that were just made in one insert, whose `related` are at hand."""
        texts = [(row.pk, self.words(row).text()) for row in rows]
        Entry.objects.bulk_create(
            [Entry(kind=self.kind, object_id=pk, text=text, grams=self._grams(text)) for pk, text in texts], batch_size=500
        )

    def _grams(self, text: str) -> list[str]:
        return [sign(self.kind), *grams(text)]


_sources: list[Source] = []


def searchable(model: type[models.Model], *, order: int, title: Any, words: Callable, show: Callable,
               related: tuple[str, ...] = (), visible: Callable | None = None) -> None:
    """Let things of this model be found in the search box by those who may see them."""
    source = Source(model, order, title, words, show, related, visible)
    _sources.append(source)
    _sources.sort(key=lambda each: each.order)
    post_save.connect(source.keep, sender=model, weak=False)
    post_delete.connect(source.forget, sender=model, weak=False)


def sources() -> list[Source]:
    return list(_sources)


def find_all(query: str, actor: Actor) -> list[tuple[Source, list[Find]]]:
    """What the searcher may see of everything that matches, by kind; two characters at least."""
    if len(plain(query)) < SHORTEST:
        return []
    return [(source, found) for source in _sources if (found := source.find(query, actor))]


def source_of(model: type[models.Model]) -> Source:
    """The source of a model; who creates its rows in bulk lets it `enter` or `fill` them afterwards."""
    return next(source for source in _sources if source.model is model)
