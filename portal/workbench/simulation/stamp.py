"""A snapshot of a project as a stamp: what differs from copy to copy is known beforehand, everything else is written as it is.

What differs: keys, the people and bodies of another place, numbers, titles, amounts by one exact factor, dates by whole
weeks. Texts and JSON are cut at these words once; a copy only joins the pieces. The record gets its digests anew, entry by
entry, over the canonical text that `portal.audit.record` would take.
"""
from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from math import gcd
from random import Random
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.fields.related import ForeignKey

from catalogue.models import CatalogueItem
from portal import money
from portal.accounts.models import Organisation, Region, User
from portal.audit.canonical import canonical_json
from portal.audit.models import GENESIS, Chain, Entry
from portal.audit.record import COVERED
from procurement.plans.models import Plan, Project

from .rows import Snapshot, kinds
from .writing import Writer

WEEKS_A_YEAR = 52
#: What grows with the size of a purchase. Prices of one unit stay, so the planned quantity grows with the amount.
SUMS = frozenset({"amount", "approved_amount", "budget", "price", "ceiling", "requested", "allocated", "reserved", "committed", "paid",
                  "pledged", "fee", "income", "expenditure", "reduction", "plans.PlanItem.quantity"})  # fmt: skip
SERIES = 40  # numbers of one series that one project may take
NUMBER = re.compile(r"^(?P<head>.+)-(?P<year>\d{4})-(?P<serial>\d{4,})$")
DAY = re.compile(r"(20\d\d)-(\d\d)-(\d\d)(?!\d)")
CHINESE_DAY = re.compile(r"(20\d\d) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日")
CHAIN, SUBJECT, PREVIOUS, USER, BODY = (f"⟦{name}⟧" for name in ("chain", "subject", "previous", "user", "body"))


@dataclass(slots=True)
class Place:
    """Where one copy goes and what it is called there; keys map what the template says to what the copy says."""

    serial: int  # unique in the whole run
    agency_serial: int  # unique in its agency
    year: int
    title: str
    factor: Decimal
    leaf: CatalogueItem | None = None
    plan_id: int | None = None
    bodies: dict[int, Organisation] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    regions: dict[int, Region] = field(default_factory=dict)
    random_keys: dict[tuple, int] = field(default_factory=dict)
    firsts: dict[type, int] = field(default_factory=dict)  # the first new key of each model


Slot = Callable[[Place], Any]


class Template:
    """One snapshot, some years ago, ready to be stamped."""

    def __init__(self, snapshot: Snapshot, writer: Writer, *, years: int = 0) -> None:
        self.snapshot, self.writer, self.years = snapshot, writer, years
        self.shift = timedelta(weeks=WEEKS_A_YEAR * years)
        self.index = {(model, row.pk): place for model, rows in snapshot.rows for place, row in enumerate(rows)}
        self.counts = {model: len(rows) for model, rows in snapshot.rows}
        self.amounts = self._amounts()
        self.words: list[tuple[str, Slot]] = self._words()
        self.quoted = {word[1:-1]: slot for word, slot in self.words if word[0] == word[-1] == '"'}
        self.pattern = re.compile("|".join(re.escape(word) for word, _slot in sorted(self.words, key=lambda pair: -len(pair[0]))))
        self.slots = dict(self.words)
        self.rows = [(model, [self._compiled(row) for row in rows]) for model, rows in snapshot.rows]
        self.chains = [self._compiled_chain(chain) for chain in snapshot.chains]

    # --- what is different in a copy ---------------------------------------------------------------------------------

    def _amounts(self) -> set[Decimal]:
        return {
            getattr(row, each.attname) for _model, rows in self.snapshot.rows for row in rows for each in _money_fields(type(row))
        } - {None, money.ZERO}  # fmt: skip

    @property
    def divisor(self) -> int:
        """Amounts may be divided by this and stay whole cents."""
        common = gcd(*(money.cents(amount) for amount in self.amounts)) if self.amounts else 1
        return gcd(common, 1000) or 1

    def _words(self) -> list[tuple[str, Slot]]:
        project = self.snapshot.project
        words: dict[str, Slot] = {project.title: lambda place: place.title}
        for body in Organisation.objects.filter(pk__in=self._pointed_at(Organisation)).select_related("region"):
            words[body.name] = lambda place, pk=body.pk, text=body.name: _of(place.bodies, pk, "name", text)
            words[body.code] = lambda place, pk=body.pk, text=body.code: _of(place.bodies, pk, "code", text)
            if len(body.short_name) > 2:
                words.setdefault(body.short_name, lambda place, pk=body.pk, text=body.short_name: _of(place.bodies, pk, "short_name", text))
        for user in User.objects.filter(pk__in=self._pointed_at(User)):
            words[f'"{user.name}"'] = lambda place, pk=user.pk, text=user.name: f'"{_of(place.users, pk, "name", text)}"'
        words[project.region.name] = lambda place, pk=project.region_id, text=project.region.name: _of(place.regions, pk, "name", text)
        if project.leaf_name:
            words.setdefault(project.leaf_name, lambda place, text=project.leaf_name: place.leaf.name if place.leaf else text)
        for text in self._numbers():
            words[text] = self._number(text)
        for amount in self.amounts:
            words[f'"{amount:f}"'] = lambda place, a=amount: f'"{a * place.factor:.2f}"'
            if amount >= 1000:
                words[money.in_figures(amount)] = lambda place, a=amount: f"{a * place.factor:,.2f}"
                words[money.in_words(amount)] = lambda place, a=amount: money.in_words((a * place.factor).quantize(money.CENT))
        return [(word, slot) for word, slot in words.items() if word]

    def _pointed_at(self, target: type[models.Model]) -> set[int]:
        found = {
            getattr(row, each.attname) for model, rows in self.snapshot.rows for row in rows
            for each in model._meta.concrete_fields if isinstance(each, ForeignKey) and each.related_model is target
        }
        attribute = {Organisation: "organisation_id", User: "user_id"}[target]
        return (found | {getattr(e, attribute) for entries in self.snapshot.entries.values() for e in entries}) - {None}

    def _numbers(self) -> set[str]:
        return {
            value for model, rows in self.snapshot.rows for row in rows for each in model._meta.concrete_fields
            if isinstance(each, models.CharField) and "number" in each.name
            and isinstance(value := getattr(row, each.attname), str) and NUMBER.match(value)
        }  # fmt: skip

    def _number(self, text: str) -> Slot:
        """A number of the same series of the copy's agency, year and serial."""
        found = NUMBER.match(text)
        agency = self.snapshot.project.agency
        own, old = agency.code[8:17], int(found["serial"])
        year = int(found["year"]) + self.years

        def number(place: Place) -> str:
            code = _of(place.bodies, agency.pk, "code", agency.code)[8:17]
            base = place.agency_serial if own in found["head"] else place.serial
            return f"{found['head'].replace(own, code)}-{year}-{base * SERIES + old:04d}"

        return number

    # --- rows --------------------------------------------------------------------------------------------------------

    def _compiled(self, row: models.Model) -> tuple[list, list[tuple[int, Slot]]]:
        values, slots = [], []
        for position, each in enumerate(type(row)._meta.concrete_fields):
            value = self._shifted(each, getattr(row, each.attname))
            slot = self._slot(row, each, value)
            values.append(None if slot else self.writer.prepared(each, value))
            if slot:
                slots.append((position, slot))
        return values, slots

    def _shifted(self, each: models.Field, value: Any) -> Any:
        if not self.years or value is None:
            return value
        if isinstance(value, datetime | date):
            return value + self.shift
        if isinstance(each, models.PositiveSmallIntegerField) and "year" in each.name and value > 1900:
            return value + self.years
        if isinstance(value, str):
            return self._shifted_text(value)
        if isinstance(each, models.JSONField):
            return json.loads(self._shifted_text(json.dumps(value, ensure_ascii=False)))
        return value

    def _shifted_text(self, text: str) -> str:
        def moved(found: re.Match) -> date | None:
            try:
                return date(*(int(part) for part in found.groups())) + self.shift
            except ValueError:
                return None

        text = DAY.sub(lambda found: ((day := moved(found)) and day.isoformat()) or found[0], text)
        return CHINESE_DAY.sub(lambda found: ((d := moved(found)) and f"{d.year} 年 {d.month} 月 {d.day} 日") or found[0], text)

    def _slot(self, row: models.Model, each: models.Field, value: Any) -> Slot | None:
        """What fills this cell in a copy; None where it stays as it is."""
        if each.primary_key:
            return self.new_key(type(row), row.pk)
        if each.name == "made_by_key":
            return lambda place: None
        if value is None:
            return None
        if isinstance(each, ForeignKey):
            return self._pointing(each.related_model, value)
        if each.name == "project_id":
            return self.new_key(Project, value)
        if each.name == "subject_id" and hasattr(row, "subject_type"):
            found = self.new_key(kinds().get(row.subject_type), int(value))
            return found and (lambda place: type(value)(found(place)))
        if each in _money_fields(type(row)):
            return lambda place: f"{value * place.factor:.2f}"
        if isinstance(each, models.UUIDField) and each.unique:
            return lambda place: self.writer.prepared(each, uuid.uuid5(value, str(place.serial)))
        if isinstance(each, models.JSONField):
            return self.joined(json.dumps(value, ensure_ascii=False))
        if isinstance(value, str):
            told = self.joined(value)
            if told is None and value and _must_differ(each):
                return lambda place: f"{value}-{place.serial}"
            return told
        return None

    def new_key(self, model: type[models.Model] | None, key: Any) -> Slot | None:
        """The key of the copy of a row; None when that row is not copied."""
        number = self.index.get((model, key))
        if number is None:
            return None
        if not isinstance(model._meta.pk, models.AutoField):
            return lambda place: place.random_keys[model, number]
        return lambda place: place.firsts[model] + number

    def _pointing(self, target: type[models.Model], value: Any) -> Slot | None:
        if slot := self.new_key(target, value):
            return slot
        if target is Organisation:
            return lambda place: place.bodies[value].pk if value in place.bodies else value
        if target is User:
            return lambda place: place.users[value].pk if value in place.users else value
        if target is Region:
            return lambda place: place.regions[value].pk if value in place.regions else value
        if target is Plan:
            return lambda place: place.plan_id or value
        if target is CatalogueItem and value == self.snapshot.project.leaf_id:
            return lambda place: place.leaf.pk if place.leaf else value
        return None

    def joined(self, text: str) -> Slot | None:
        """The text with the words of a copy; None where it has none of them."""
        if text in self.quoted:
            whole = self.quoted[text]
            return lambda place: whole(place)[1:-1]
        pieces, slots, end = [], [], 0
        for found in self.pattern.finditer(text):
            pieces.append(text[end : found.start()])
            slots.append(self.slots[found[0]])
            end = found.end()
        if not slots:
            return None
        rest = text[end:]
        pairs = list(zip(pieces, slots, strict=True))
        return lambda place: "".join([part for piece, slot in pairs for part in (piece, slot(place))]) + rest

    # --- the record --------------------------------------------------------------------------------------------------

    def _compiled_chain(self, chain: Chain) -> tuple[Chain, Slot, list[tuple]]:
        prefix, _colon, tail = chain.key.partition(":")
        model = Project if prefix == "project" else next((m for m, key in self.index if str(key) == tail and m is not Project), None)
        new = self.new_key(model, int(tail))
        return chain, lambda place: f"{prefix}:{new(place)}", [self._compiled_entry(entry) for entry in self.snapshot.entries[chain.key]]

    def _compiled_entry(self, entry: Entry) -> tuple:
        covered = {name: entry.chain_id if name == "chain" else getattr(entry, name) for name in COVERED}
        for name in ("occurred_at", "recorded_at"):
            covered[name] += self.shift
        for name in ("subject_label", "reason", "facts"):
            covered[name] = self._shifted(Entry._meta.get_field(name), covered[name])
        named = next(((m, key) for m, key in self.index if str(key) == entry.subject and entry.lifecycle in _codes_of(m)), None)
        subject = self.new_key(*named) if named else None
        shown = dict(covered, chain=CHAIN, previous=PREVIOUS)
        if subject:
            shown["subject"] = SUBJECT
        if entry.user_id:
            shown["user_id"] = USER
        if entry.organisation_id:
            shown["organisation_id"] = BODY
        text = canonical_json(shown).decode().replace(f'"{USER}"', USER).replace(f'"{BODY}"', BODY)
        pieces = re.split(f"({CHAIN}|{SUBJECT}|{PREVIOUS}|{USER}|{BODY})", text)
        told = [piece if piece in (CHAIN, SUBJECT, PREVIOUS, USER, BODY) else self.joined(piece) or piece for piece in pieces]
        cells = {
            name: self.joined(json.dumps(value, ensure_ascii=False) if name == "facts" else value)
            for name, value in covered.items() if name in ("actor_name", "organisation_name", "subject_label", "reason", "facts")
        }
        prepared = {name: self.writer.prepared(Entry._meta.get_field(name), value) for name, value in covered.items()}
        return entry, prepared, cells, subject, told

    # --- stamping ----------------------------------------------------------------------------------------------------

    def stamp(self, place: Place, rng: Random) -> None:
        """Write one copy. Keys that tell no number (those of bids) come from `rng`."""
        for model, count in self.counts.items():
            if isinstance(model._meta.pk, models.AutoField):
                place.firsts[model] = self.writer.first_key(model, count)
            else:
                place.random_keys.update({(model, number): rng.getrandbits(52) for number in range(count)})
        for model, rows in self.rows:
            for values, slots in rows:
                filled = values.copy()
                for position, slot in slots:
                    filled[position] = slot(place)
                self.writer.add(model, filled)
        for chain, key_of, entries in self.chains:
            self._stamp_chain(chain, key_of(place), entries, place)

    def _stamp_chain(self, chain: Chain, key: str, entries: list[tuple], place: Place) -> None:
        previous = GENESIS
        for entry, prepared, cells, subject, told in entries:
            user = place.users[entry.user_id].pk if entry.user_id in place.users else entry.user_id
            body = place.bodies[entry.organisation_id].pk if entry.organisation_id in place.bodies else entry.organisation_id
            named = {CHAIN: key, SUBJECT: str(subject(place)) if subject else "", PREVIOUS: previous, USER: str(user), BODY: str(body)}
            text = "".join([named[piece] if piece in named else piece if isinstance(piece, str) else piece(place) for piece in told])
            digest = hashlib.new(settings.AUDIT_DIGEST, text.encode()).hexdigest()
            row = dict(prepared, chain=key, user_id=user, organisation_id=body, previous=previous, digest=digest)
            if subject:
                row["subject"] = named[SUBJECT]
            for name, slot in cells.items():
                if slot:
                    row[name] = slot(place)
            self.writer.add(Entry, [None if each.primary_key else row[each.name] for each in Entry._meta.concrete_fields])
            previous = digest
        values = {"key": key, "count": len(entries), "head": previous, "sealed_count": 0, "withheld": chain.withheld}
        self.writer.add(Chain, [self.writer.prepared(each, values[each.name]) for each in Chain._meta.concrete_fields])


def _of(found: dict, key: int, name: str, text: str) -> str:
    return getattr(found[key], name) if key in found else text


@cache
def _money_fields(model: type[models.Model]) -> list[models.Field]:
    return [each for each in model._meta.concrete_fields
            if isinstance(each, models.DecimalField) and (each.name in SUMS or f"{model._meta.label}.{each.name}" in SUMS)]  # fmt: skip


def _must_differ(each: models.Field) -> bool:
    """Unique by itself, by declaration or by a constraint of one field."""
    single = {constraint.fields for constraint in each.model._meta.constraints if isinstance(constraint, models.UniqueConstraint)}
    return each.unique or (each.name,) in single


def _codes_of(model: type[models.Model]) -> set[str]:
    return {code for code, meant in kinds().items() if meant is model}
