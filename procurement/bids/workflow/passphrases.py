"""Guards about openers: not locked, and the passphrase that was given is the right one (SEAL-02, SEAL-03)."""
from __future__ import annotations

from dataclasses import replace
from functools import partial

from django.utils.translation import gettext_lazy as _

from portal.clock import written
from portal.workflow import refuse
from procurement.bids import messages, sealing
from procurement.bids.models import OpeningKey
from procurement.bids.verbs import keys


def key_of(obj) -> OpeningKey:
    return obj if isinstance(obj, OpeningKey) else obj.key


def passphrase_is_set(obj, act):
    opener = key_of(obj).opener_of(act.actor)
    if opener and not opener.set_at:
        yield refuse("SEAL-02", _("您还没有设置开标口令。"))


def not_locked(obj, act):
    """After five wrong passphrases this opener waits ten minutes."""
    opener = key_of(obj).opener_of(act.actor)
    if opener and opener.locked_until and act.now < opener.locked_until:
        yield refuse("SEAL-03", messages.LOCKED, time=written(opener.locked_until, seconds=True))


def passphrase_opens(obj, act):
    """Unlock the opener's key; it goes on to the effect in `act.data`. A wrong one is counted when all is undone."""
    key = key_of(obj)
    opener = key.opener_of(act.actor)
    if opener is None or not opener.set_at or list(not_locked(obj, act)):
        return
    try:
        act.data["private_key"] = keys.unlock(opener, act.data["passphrase"])
    except sealing.Unopenable:
        yield replace(
            refuse("SEAL-03", messages.WRONG_PASSPHRASE, field="passphrase"),
            afterwards=partial(keys.remember_failure, key.pk, opener.pk, act.actor.request_id),
        )
