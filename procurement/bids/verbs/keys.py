"""The key ceremony: passphrases, the tender's key, its proof, a successor for an opener, the end."""
from __future__ import annotations

import hashlib
import os

from django.db import transaction

from portal.accounts.actor import system_actor
from portal.workflow import Act, consequence, perform
from procurement.bids import rules, sealing
from procurement.bids.models import HalfOpened, Layer, Opener, OpeningKey


def name_openers(key: OpeningKey, act: Act) -> dict:
    if "tender" in act.data:
        key.tender = act.data["tender"]
    key.witness = act.data["witness"]
    key.witness_present_at = key.made_at = key.proved_at = None
    key.public_key = b""
    key.save()  # openers hang on it
    _forget(key, act)
    Opener.objects.bulk_create([Opener(key=key, user=user) for user in act.data["openers"]])
    return {"openers": [user.name for user in act.data["openers"]], "witness": key.witness.name}


def _forget(key: OpeningKey, act: Act) -> None:
    """What earlier openers held is worthless from now on."""
    key.layers.all().delete()
    key.openers.filter(replaced_at=None).update(replaced_at=act.now, locked_key=b"", known_text=b"")


def set_passphrase(key: OpeningKey, act: Act) -> dict:
    """Make this opener's own key pair and lock it under his passphrase; the passphrase goes no further."""
    opener = key.opener_of(act.actor)
    locked = sealing.lock(act.data["passphrase"], _context(opener))
    opener.public_key, opener.salt, opener.locked_key = locked.public, locked.salt, locked.private
    opener.set_at, opener.proved_at = act.now, None
    give_known_text(opener)
    opener.save()
    return {"opener": opener.user.name, "fingerprint": hashlib.sha256(locked.public).hexdigest()[:32]}


def give_known_text(opener: Opener) -> None:
    """Seal a text of which the digest is known; unlocking it proves the opener's key and his passphrase."""
    text = os.urandom(32)
    opener.known_text = sealing.wrap(text, bytes(opener.public_key), _context(opener))
    opener.known_digest = hashlib.sha256(text).hexdigest()


def make(key: OpeningKey, act: Act) -> dict:
    """Make the tender's key pair and nest its private half for every ordered pair of openers; it is held no longer."""
    pair = sealing.KeyPair.fresh()
    openers = {opener.pk: bytes(opener.public_key) for opener in key.sitting()}
    Layer.objects.bulk_create([
        Layer(key=key, first_id=first, second_id=second, nested=nested)
        for (first, second), nested in sealing.nest(pair.private, openers, key.context).items()
    ])
    known = os.urandom(32)
    if sealing.unwrap(sealing.wrap(known, pair.public, key.context), pair.private, key.context) != known:
        raise sealing.Unopenable
    key.public_key = pair.public
    return {"fingerprint": key.fingerprint, "openers": len(openers)}


def prove(key: OpeningKey, act: Act) -> dict:
    """The opener unlocks his known text and takes his layer off everything that is stored for him as the first one."""
    opener, private = key.opener_of(act.actor), act.data["private_key"]
    text = sealing.unwrap(bytes(opener.known_text), private, _context(opener))
    if hashlib.sha256(text).hexdigest() != opener.known_digest:
        raise sealing.Unopenable
    for layer in key.layers.filter(first=opener):
        sealing.take_off_outer(bytes(layer.nested), private, key.context, layer.first_id, layer.second_id)
    opener.proved_at = act.now
    opener.save(update_fields=["proved_at"])
    return {"opener": opener.user.name}


def hand_over(key: OpeningKey, act: Act) -> dict:
    """Give a newcomer outer layers: the giver takes his own off and closes what is left for the newcomer.

    The tender's private key is not assembled: what is handed on stays sealed for the second openers.
    """
    giver, private = key.opener_of(act.actor), act.data["private_key"]
    given = []
    for newcomer in newcomers(key):
        for layer in key.layers.filter(first=giver).exclude(second=newcomer.replaces):
            inner = sealing.take_off_outer(bytes(layer.nested), private, key.context, giver.pk, layer.second_id)
            Layer.objects.create(key=key, first=newcomer, second_id=layer.second_id, nested=sealing.put_on_outer(
                inner, bytes(newcomer.public_key), key.context, newcomer.pk, layer.second_id
            ))
        retire(newcomer.replaces, act)
        given.append(newcomer.user.name)
    return {"giver": giver.user.name, "newcomers": given}


def newcomers(key: OpeningKey) -> list[Opener]:
    """Successors who have set a passphrase and hold no layer yet."""
    holding = set(key.layers.values_list("first_id", flat=True))
    return [opener for opener in key.sitting() if opener.replaces_id and opener.set_at and opener.pk not in holding]


def retire(opener: Opener, act: Act) -> None:
    Layer.objects.filter(first=opener).delete()
    Layer.objects.filter(second=opener).delete()
    opener.replaced_at, opener.locked_key, opener.known_text = act.now, b"", b""
    opener.save(update_fields=["replaced_at", "locked_key", "known_text"])


def succeed(key: OpeningKey, act: Act) -> dict:
    """Name a successor; he sets a passphrase, and who leaves (or another opener) hands his layers on."""
    leaving = next(opener for opener in key.sitting() if opener.user_id == act.data["leaving"].pk)
    Opener.objects.create(key=key, user=act.data["newcomer"], replaces=leaving)
    return {"leaving": leaving.user.name, "newcomer": act.data["newcomer"].name}


def destroy(key: OpeningKey, act: Act) -> dict:
    """Throw the private halves away: what is still sealed stays sealed for ever."""
    key.layers.all().delete()
    HalfOpened.objects.filter(session__key=key).delete()
    key.openers.update(locked_key=b"", known_text=b"", salt=b"")
    return {"fingerprint": key.fingerprint}


# --- a passphrase that is given ----------------------------------------------------------------------------------
def unlock(opener: Opener, passphrase: str) -> bytes:
    """The opener's private key. Raises sealing.Unopenable."""
    return sealing.unlock(opener.locked, passphrase, _context(opener))


def remember_failure(key_pk: int, opener_pk: int, request_id: str) -> None:
    """Count and record a wrong passphrase, after the act it was given for has been undone (SEAL-03)."""
    perform(OpeningKey.objects.get(pk=key_pk), "note_failure", actor=system_actor(request_id), opener=opener_pk)


def note_failure(key: OpeningKey, act: Act) -> dict:
    opener = key.openers.select_for_update().get(pk=act.data["opener"])
    opener.failures += 1
    locked = opener.failures >= rules.WRONG_PASSPHRASES
    if locked:
        opener.failures, opener.locked_until = 0, act.now + rules.LOCKED_FOR
    opener.save(update_fields=["failures", "locked_until"])
    return {"opener": opener.user.name, "locked_until": opener.locked_until if locked else None}


def _context(opener: Opener) -> str:
    return f"{opener.key.context}/opener:{opener.pk}"


# --- what follows by itself --------------------------------------------------------------------------------------
@consequence("bids.key", "set_passphrase")
def make_when_all_have_set(key: OpeningKey, act: Act) -> None:
    current = OpeningKey.objects.prefetch_related("openers").get(pk=key.pk)
    if current.state == OpeningKey.State.NAMED and all(opener.set_at for opener in current.sitting()):
        act.perform(key, "make")


@consequence("bids.key", "prove")
def complete_when_all_have_proved(key: OpeningKey, act: Act) -> None:
    current = OpeningKey.objects.prefetch_related("openers").get(pk=key.pk)
    if current.state == OpeningKey.State.MADE and all(opener.proved_at for opener in current.sitting()):
        act.perform(key, "complete")


def forget_failures(opener: Opener) -> None:
    if opener.failures:
        with transaction.atomic():
            Opener.objects.filter(pk=opener.pk).update(failures=0)
