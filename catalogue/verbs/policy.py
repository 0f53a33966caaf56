"""What the acts on a policy of the library do (S-13)."""
from __future__ import annotations

from catalogue.models import Policy, PolicyLine
from catalogue.rules import start_of
from portal.files.models import Document
from portal.files.verbs import make_public, store
from portal.workflow import Act

SAID = (
    "kind", "title", "document_number", "issuer", "issued_on", "valid_from", "valid_to", "scope", "text", "rules", "supersedes",
)


def draft(policy: Policy, act: Act) -> dict:
    """Take a document into the library of the drafter's region."""
    policy.region = act.actor.organisation.region
    return _write(policy, act)


def edit(policy: Policy, act: Act) -> dict:
    return _write(policy, act)


def _write(policy: Policy, act: Act) -> dict:
    changed = sorted(name for name in SAID if getattr(policy, name, None) != act.data[name]) if policy.pk else []
    for name in SAID:
        setattr(policy, name, act.data[name])
    policy.ends_at = start_of(policy.valid_to) if policy.valid_to else None
    policy.save()
    policy.lines.all().delete()
    PolicyLine.objects.bulk_create([PolicyLine(policy=policy, code=code) for code in act.data["codes"]])
    if act.data.get("paper"):
        store(act.data["paper"], actor=act.actor, kind="policy_paper", subject=policy)
    return {"document_number": policy.document_number, "changed": changed}


def publish(policy: Policy, act: Act) -> dict:
    """Open the document and its papers to everybody; what it replaces ends with it."""
    make_public(Document.objects.of_subject(policy))
    if policy.supersedes_id and policy.supersedes.state == Policy.State.PUBLISHED:
        act.perform(policy.supersedes, "replace", by=policy)
    return {"document_number": policy.document_number, "replaces": policy.supersedes_id}


def replace(policy: Policy, act: Act) -> dict:
    policy.ended_reason = f"由“{act.data['by'].title}”替代"
    return {"by": act.data["by"].pk}


def end(policy: Policy, act: Act) -> dict:
    policy.ended_reason = act.reason[:300]
    return {}


def expire(policy: Policy, act: Act) -> dict:
    policy.ended_reason = "有效期满"
    return {}
