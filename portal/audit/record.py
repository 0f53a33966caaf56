"""Adding to the record, sealing it, and finding what was done to it behind its back."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import clock

from .canonical import canonical_json, canonical_row, digest, plain
from .models import GENERAL, GENESIS, WITHHELD, Chain, Checkpoint, Entry

#: What the digest of an entry covers, in the words of the exported file.
COVERED = (
    "chain", "seq", "occurred_at", "recorded_at", "user_id", "actor_name", "organisation_id", "organisation_name",
    "lifecycle", "subject", "subject_label", "transition", "from_state", "to_state", "reason", "facts", "rules",
    "request_id", "previous",
)


def lock_chain(key: str) -> Chain:
    """Take the chain for writing; everybody else who writes to it waits. Must run inside a transaction."""
    chain = Chain.objects.select_for_update().filter(pk=key).first()
    if chain is None:
        Chain.objects.get_or_create(pk=key, defaults={"withheld": key.startswith(WITHHELD)})
        chain = Chain.objects.select_for_update().get(pk=key)
    return chain


def append(
    *, chain_key: str, actor, lifecycle: str, subject: str, subject_label: str, transition: str,
    from_state: str = "", to_state: str = "", reason: str = "", facts: dict | None = None, rules=(), moment=None,
) -> Entry:
    """Write one entry at the end of its chain, in the caller's transaction (house style, rule 16)."""
    chain = lock_chain(chain_key)
    entry = _entry(
        chain, actor, lifecycle=lifecycle, subject=subject, subject_label=subject_label, transition=transition,
        from_state=from_state, to_state=to_state, reason=reason, facts=facts, rules=rules, moment=moment,
    )
    entry.save()
    Chain.objects.filter(pk=chain.pk).update(count=chain.count, head=chain.head)
    return entry


def append_new(first_entries: Iterable[tuple[str, dict]], *, actor, moment, batch: int = 500) -> int:
    """Begin many chains at once: (key of the chain, entry) in the order in which they are written; returns how many.

    For chains that nobody writes to yet, made in the caller's transaction (the records of projects opened together);
    a chain that exists already is refused by the database. An entry is given as to `append`.
    """
    chains: dict[str, Chain] = {}
    entries = []
    for key, content in first_entries:
        chain = chains.setdefault(key, Chain(key=key, withheld=key.startswith(WITHHELD)))
        entries.append(_entry(chain, actor, **{"moment": moment, **content}))
    Chain.objects.bulk_create(chains.values(), batch_size=batch)
    Entry.objects.bulk_create(entries, batch_size=batch)
    return len(entries)


def _entry(
    chain: Chain, actor, *, lifecycle: str, subject: str, subject_label: str, transition: str, from_state: str = "",
    to_state: str = "", reason: str = "", facts: dict | None = None, rules=(), moment=None,
) -> Entry:
    """The next entry of a chain, bound to the one before it; the chain's head and length follow in memory."""
    organisation = actor.organisation
    entry = Entry(
        chain=chain, seq=chain.count + 1, occurred_at=moment or clock.now(), recorded_at=timezone.now(),
        user_id=actor.user_id, actor_name=actor.name, organisation_id=actor.organisation_id,
        organisation_name=organisation.name if organisation else "", lifecycle=lifecycle, subject=subject,
        subject_label=subject_label[:300], transition=transition, from_state=from_state, to_state=to_state,
        reason=reason, facts=plain(facts or {}), rules=list(rules), request_id=actor.request_id, previous=chain.head,
    )
    entry.digest = digest_of_entry(entry)
    chain.count, chain.head = entry.seq, entry.digest
    return entry


def note(
    *, actor, what: str, subject: str = "", label: str = "", project_id=None, facts: dict | None = None, reason: str = "",
) -> Entry:
    """Record an act that has no lifecycle: papers taken, a case file exported, a right changed."""
    with transaction.atomic():
        return append(
            chain_key=chain_key_of(project_id), actor=actor, lifecycle="note", subject=subject, subject_label=label,
            transition=what, facts=facts, reason=reason,
        )


def release(keys) -> None:
    """Let withheld chains into checkpoints and exports: what they record is no secret any more."""
    Chain.objects.filter(pk__in=keys).update(withheld=False)


def chain_key_of(project_id) -> str:
    """Entries of a project form a chain of their own; all others stand in the general one."""
    return f"project:{project_id}" if project_id else GENERAL


def covered(entry: Entry) -> dict:
    """The content that the digest of an entry is taken over."""
    return {name: entry.chain_id if name == "chain" else getattr(entry, name) for name in COVERED}


def digest_of_entry(entry: Entry) -> str:
    return digest(canonical_json(covered(entry)))


def seal() -> Checkpoint | None:
    """Seal the heads of the chains that grew since the last checkpoint; None when nothing grew."""
    with transaction.atomic():
        last = Checkpoint.objects.select_for_update().order_by("-number").first()
        grown = list(Chain.objects.told().filter(count__gt=models.F("sealed_count")).order_by("key"))
        if not grown:
            return None
        heads = [[chain.key, chain.count, chain.head] for chain in grown]
        previous = last.digest if last else GENESIS
        checkpoint = Checkpoint(
            number=(last.number if last else 0) + 1, sealed_at=timezone.now(), heads=heads, previous=previous,
        )
        checkpoint.digest = digest_of_checkpoint(checkpoint)
        checkpoint.save()
        for chain in grown:
            chain.sealed_count = chain.count
        Chain.objects.bulk_update(grown, ["sealed_count"], batch_size=500)
        return checkpoint


def digest_of_checkpoint(checkpoint: Checkpoint) -> str:
    return digest(canonical_json({
        "number": checkpoint.number, "sealed_at": checkpoint.sealed_at, "heads": checkpoint.heads,
        "previous": checkpoint.previous,
    }))


@dataclass(frozen=True, slots=True)
class Damage:
    """One place where the record is not what was written."""

    chain: str
    seq: int
    what: str

    def __str__(self) -> str:
        return f"{self.chain}#{self.seq}: {self.what}"


def verify(*keys: str, using: str = "default") -> Iterator[Damage]:
    """Recompute every digest and name every place that does not fit: altered, removed or re-ordered entries.

    Without `keys` of the whole record, else of these chains.
    """
    chains = Chain.objects.using(using).order_by("key")
    entries = Entry.objects.using(using).order_by("chain_id", "seq")
    if keys:
        chains, entries = chains.filter(pk__in=keys), entries.filter(chain_id__in=keys)
    rows = entries.values(*COVERED, "digest")  # no objects: there may be millions
    expected = {chain.key: chain for chain in chains.iterator()}
    ends: dict[str, tuple[int, str]] = {}
    for row in rows.iterator(chunk_size=2000):
        chain, place, written = row["chain"], row["seq"], row.pop("digest")
        seq, head = ends.get(chain, (0, GENESIS))
        if place != seq + 1:
            yield Damage(chain, seq + 1, _("缺少记录"))
        elif row["previous"] != head:
            yield Damage(chain, place, _("与前一条记录不衔接"))
        if digest(canonical_row(row)) != written:
            yield Damage(chain, place, _("内容被改动"))
        ends[chain] = (place, written)
    for key, chain in expected.items():
        seq, head = ends.get(key, (0, GENESIS))
        if seq < chain.count:
            yield Damage(key, seq + 1, _("末尾记录被删除"))
        elif seq > chain.count or head != chain.head:
            yield Damage(key, seq, _("链头与末条记录不符"))
    yield from _verify_checkpoints(frozenset(keys), using)


def _verify_checkpoints(keys: frozenset[str], using: str) -> Iterator[Damage]:
    previous, number = GENESIS, 0
    for checkpoint in Checkpoint.objects.using(using).order_by("number").iterator():
        if checkpoint.number != number + 1 or checkpoint.previous != previous:
            yield Damage("checkpoint", number + 1, _("检查点缺失或不衔接"))
        if digest_of_checkpoint(checkpoint) != checkpoint.digest:
            yield Damage("checkpoint", checkpoint.number, _("检查点被改动"))
        previous, number = checkpoint.digest, checkpoint.number
        heads = [head for head in checkpoint.heads if not keys or head[0] in keys]
        found = {}
        for start in range(0, len(heads), 400):
            places = models.Q()
            for key, count, _head in heads[start : start + 400]:
                places |= models.Q(chain_id=key, seq=count)
            if places:
                at = Entry.objects.using(using).filter(places)
                found.update({(e[0], e[1]): e[2] for e in at.values_list("chain_id", "seq", "digest")})
        for key, count, head in heads:
            if found.get((key, count)) != head:
                yield Damage(key, count, _("与检查点 %(number)s 封存的链头不符") % {"number": checkpoint.number})


def export_lines() -> Iterator[bytes]:
    """The whole record as JSON lines, for `verify/audit.py` and anybody who would rather write his own."""
    from django.conf import settings

    yield canonical_json({"type": "header", "format": "portal-record-1", "digest": settings.AUDIT_DIGEST})
    for chain in Chain.objects.told().order_by("key").iterator():
        yield canonical_json({"type": "chain", "key": chain.key, "count": chain.count, "head": chain.head})
    for entry in Entry.objects.filter(chain__withheld=False).order_by("chain_id", "seq").iterator(chunk_size=2000):
        yield canonical_json({"type": "entry", **covered(entry), "digest": entry.digest})
    for checkpoint in Checkpoint.objects.order_by("number").iterator():
        yield canonical_json({
            "type": "checkpoint", "number": checkpoint.number, "sealed_at": checkpoint.sealed_at,
            "heads": checkpoint.heads, "previous": checkpoint.previous, "digest": checkpoint.digest,
        })


def export_chains(keys: Iterable[str], readable: set[int]) -> Iterator[bytes]:
    """Some chains as JSON lines for `verify/audit.py`; entries whose id is not in `readable` keep place and digests alone."""
    from django.conf import settings

    yield canonical_json({"type": "header", "format": "portal-record-1", "digest": settings.AUDIT_DIGEST})
    for key in keys:
        yield from _export_chain(key, readable)


def _export_chain(chain_key: str, readable: set[int]) -> Iterator[bytes]:
    chain = Chain.objects.get(pk=chain_key)
    yield canonical_json({"type": "chain", "key": chain.key, "count": chain.count, "head": chain.head})
    for entry in Entry.objects.of_chain(chain_key).filter(seq__lte=chain.count).order_by("seq").iterator(chunk_size=1000):
        if entry.pk in readable:
            yield canonical_json({"type": "entry", **covered(entry), "digest": entry.digest})
        else:
            yield canonical_json({
                "type": "entry", "withheld": True, "chain": entry.chain_id, "seq": entry.seq, "previous": entry.previous,
                "digest": entry.digest,
            })
