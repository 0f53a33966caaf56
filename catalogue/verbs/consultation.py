"""What happens to the opinions on a draft (S-17, R102-17)."""
from __future__ import annotations

from datetime import timedelta

from django.utils.crypto import salted_hmac

from catalogue.models import CatalogueComment, CatalogueVersion
from portal import clock
from portal.accounts.actor import system_actor
from portal.audit.canonical import digest
from portal.files.verbs import store
from portal.workflow import Act, perform

#: How many opinions one address may hand in within an hour, and how many all together.
OF_ONE, OF_ALL, WINDOW = 5, 300, timedelta(hours=1)


def sender_of(address: str) -> str:
    """A keyed digest in place of the address: it tells two senders apart and names none."""
    return salted_hmac("catalogue.comment", address, algorithm="sha256").hexdigest()


def too_many(version: CatalogueVersion, sender: str) -> bool:
    """Whether this sender, or all together, have handed in as much as an hour bears."""
    recent = CatalogueComment.objects.filter(created_at__gt=clock.now() - WINDOW, source=CatalogueComment.Source.PUBLIC)
    return recent.filter(sender=sender).count() >= OF_ONE or recent.filter(version=version).count() >= OF_ALL


def hand_in_for_the_public(version: CatalogueVersion, *, sender: str, **said) -> CatalogueComment:
    """Take in what a visitor wrote; the portal acts, because the visitor has no account. Raises Refused."""
    return perform(CatalogueComment(), "hand_in", actor=system_actor(), version=version, sender=sender, **said)


def hand_in(comment: CatalogueComment, act: Act) -> dict:
    """Keep the words, with a digest of them in the record; neither name nor contact nor address stands there."""
    item = act.data.get("item")
    comment.version, comment.sender = act.data["version"], act.data.get("sender", "")
    comment.item, comment.item_words = item, str(item or "")
    comment.text, comment.author, comment.contact = act.data["text"], act.data.get("author", ""), act.data.get("contact", "")
    comment.save()
    return {"version": comment.version_id, "item": comment.item_words, "text_digest": digest(comment.text.encode())}


def take_down(comment: CatalogueComment, act: Act) -> dict:
    """Write down an opinion that came on paper or was given in a meeting."""
    comment.version = CatalogueVersion.objects.get(pk=act.data["version"])
    comment.source, comment.author, comment.text = act.data["source"], act.data["author"], act.data["text"]
    comment.save()
    facts = {"version": comment.version_id, "source": comment.source, "author": comment.author}
    if act.data.get("paper"):
        facts["paper"] = store(act.data["paper"], actor=act.actor, kind="catalogue_opinion", subject=comment.version).digest
    return facts


def answer(comment: CatalogueComment, act: Act) -> dict:
    comment.outcome, comment.reply = act.data["outcome"], act.data["reply"]
    return {"outcome": comment.outcome, "reply": comment.reply}
