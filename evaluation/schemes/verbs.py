"""Effects on a scheme: written, put forward, bound to a contract and frozen (L11.1)."""
from __future__ import annotations

from decimal import Decimal

from portal.audit.canonical import canonical_json, digest
from portal.workflow import Act

from .models import Binding, Indicator, Scheme
from .rules import sort_key

FIELDS = (
    "title", "purchaser_weight", "recipients_weight", "third_party_weight", "pays_by_result", "percent_excellent", "percent_good",
    "percent_fair", "percent_poor",
)  # fmt: skip


def draft(scheme: Scheme, act: Act) -> dict:
    """Begin a scheme; what it lacks is said when it is put forward."""
    scheme.project = act.data["project"]
    return edit(scheme, act)


def edit(scheme: Scheme, act: Act) -> dict:
    """Write what it says; indicators are written anew as a whole, in the order of their codes."""
    before = {name: getattr(scheme, name) for name in FIELDS}
    for name in FIELDS:
        if name in act.data:
            setattr(scheme, name, act.data[name])
    scheme.save()
    if "indicators" in act.data:
        _write_indicators(scheme, act.data["indicators"])
    changed = sorted(name for name in FIELDS if before[name] != getattr(scheme, name))
    return {"title": scheme.title, "changed": changed, "indicators": scheme.indicators.count()}


def _write_indicators(scheme: Scheme, rows: list[dict]) -> None:
    scheme.indicators.all().delete()
    made: dict[str, Indicator] = {}
    for order, row in enumerate(sorted(rows, key=lambda row: sort_key(row["code"])), 1):
        code = row["code"]
        made[code] = Indicator.objects.create(
            scheme=scheme, order=order, code=code, level=code.count(".") + 1, parent=made.get(code.rpartition(".")[0]),
            **{name: row.get(name) or "" for name in ("name", "dimension", "aspect", "source", "rule", "scored_by")},
            weight=row["weight"],
        )


def propose(scheme: Scheme, act: Act) -> dict:
    scheme.send_back_reason = ""
    return {"indicators": scheme.indicators.filter(level=3).count(), "recipients_weight": scheme.recipients_weight}


def send_back(scheme: Scheme, act: Act) -> dict:
    scheme.send_back_reason = act.reason
    return {}


def content(scheme: Scheme) -> dict:
    """What the scheme says, as it is frozen and printed."""
    return {
        "title": scheme.title, "project": scheme.project.number,
        "parties": {party: str(weight) for party, weight in scheme.party_weights().items()},
        "pays_by_result": scheme.pays_by_result,
        "percents": {grade: str(percent) for grade, percent in scheme.payment_percents().items()} if scheme.pays_by_result else {},
        "indicators": [
            {
                "code": row.code, "name": row.name, "weight": str(row.weight), "dimension": row.dimension, "aspect": row.aspect,
                "source": row.source, "rule": row.rule, "scored_by": row.scored_by,
            }
            for row in scheme.indicators.all()
        ],
    }


def bind(scheme: Scheme, act: Act) -> dict:
    """The contract is signed on it: from here on nothing in it changes (S-108, R-055)."""
    contract = act.data["contract"]
    scheme.digest = digest(canonical_json(content(scheme)))
    Binding.objects.create(scheme=scheme, contract=contract, bound_at=act.now)
    return {"contract": contract.number, "digest": scheme.digest}


def bind_further(scheme: Scheme, act: Act) -> dict:
    """Another contract of the same project is signed on the scheme that is frozen already."""
    contract = act.data["contract"]
    Binding.objects.create(scheme=scheme, contract=contract, bound_at=act.now)
    return {"contract": contract.number, "digest": scheme.digest}


def scheme_for(contract) -> Scheme | None:
    """The scheme a contract is bound to."""
    binding = Binding.objects.filter(contract=contract).select_related("scheme__project__agency__region").first()
    return binding.scheme if binding else None


def ready_scheme(project) -> Scheme | None:
    """The scheme that the next contract of a project will be signed on: the approved one, else the one already bound."""
    found = list(Scheme.objects.ready().filter(project=project).order_by("-id"))
    return next((scheme for scheme in found if scheme.state == Scheme.State.APPROVED), found[0] if found else None)


def weight_of(scheme: Scheme, party: str) -> Decimal:
    return scheme.party_weights()[party]
