"""What the acts on an out-of-catalogue request do (L1.2)."""
from __future__ import annotations

from datetime import date

from catalogue.models import CatalogueItem, NearestLeaf, OutOfCatalogueRequest
from catalogue.rules import start_of
from portal.workflow import Act


def draft(request: OutOfCatalogueRequest, act: Act) -> dict:
    """Write the need down for the first time; what is missing is said when it is handed in."""
    request.agency = act.actor.organisation
    return _write(request, act)


def edit(request: OutOfCatalogueRequest, act: Act) -> dict:
    return _write(request, act)


def _write(request: OutOfCatalogueRequest, act: Act) -> dict:
    data = dict(act.data)
    rows = data.pop("nearest", None)
    changed = sorted(name for name, value in data.items() if getattr(request, name) != value) if request.pk else []
    for name, value in data.items():
        setattr(request, name, value)
    request.lapses_at = start_of(date(request.year + 1, 1, 1))
    request.save()
    if rows is not None:
        request.nearest.all().delete()
        NearestLeaf.objects.bulk_create([NearestLeaf(request=request, leaf=row["leaf"], reason=row["reason"]) for row in rows])
    return {"year": request.year, "changed": changed}


def ask_wording(request: OutOfCatalogueRequest, act: Act) -> dict:
    request.wording_question = act.data["question"]
    return {"words": sorted({one.word for one in request.wording})}


def overrule_wording(request: OutOfCatalogueRequest, act: Act) -> dict:
    """Let the ticked words stand, with the reason; any other word of the list still stops."""
    words = sorted(act.data["words"])
    request.wording_cleared = sorted({*request.wording_cleared, *words})
    request.wording_reason, request.wording_question = act.reason, ""
    return {"words": words}


def submit(request: OutOfCatalogueRequest, act: Act) -> dict:
    """Hand it to finance; what others said of an earlier text counts no more."""
    request.decision_reason = request.duty_opinion = request.review_opinion = ""
    request.duty_confirmed = None
    return {"year": request.year, "amount": request.amount}


def confirm_duty(request: OutOfCatalogueRequest, act: Act) -> dict:
    request.duty_confirmed, request.duty_opinion = act.data["confirmed"], act.data["opinion"]
    return {"confirmed": request.duty_confirmed, "opinion": request.duty_opinion}


def review(request: OutOfCatalogueRequest, act: Act) -> dict:
    request.review_opinion, request.hard_to_price = act.data["opinion"], act.data["hard_to_price"]
    return {"opinion": request.review_opinion, "hard_to_price": request.hard_to_price}


def link(request: OutOfCatalogueRequest, act: Act) -> dict:
    """Note that several agencies need the same; decided together, each in its own row (edge 3)."""
    other = act.data["other"]
    first = other.linked or other
    if first.pk == request.pk:
        first = request
        other.linked = request
        other.save(update_fields=["linked"])
    else:
        request.links.update(linked=first)
        request.linked = first
    return {"with": other.pk}


def decision(request: OutOfCatalogueRequest, act: Act) -> dict:
    request.decision_reason = act.reason
    return {}


def file(request: OutOfCatalogueRequest, act: Act) -> dict:
    """Give the filing number, and decide the ticked requests for the same need in the same act."""
    request.decision_reason = act.reason
    request.number = _next_number(request)
    request.save(update_fields=["decision_reason", "number"])
    return {"number": request.number, "together": _together(request, act, "file")}


def reject(request: OutOfCatalogueRequest, act: Act) -> dict:
    request.decision_reason = act.reason
    request.save(update_fields=["decision_reason"])
    return {"together": _together(request, act, "reject")}


def _together(request: OutOfCatalogueRequest, act: Act, row: str) -> list[int]:
    others = list(act.data.get("together") or ())
    for other in others:
        act.perform(other, row, reason=act.reason, reason_code=act.reason_code)
    return [other.pk for other in others]


def _next_number(request: OutOfCatalogueRequest) -> str:
    """The next number of region and year ("MW-360199-2027-0003"); writers queue at the record's general chain."""
    stem = f"MW-{request.agency.region.code}-{request.year}-"
    last = OutOfCatalogueRequest.objects.filter(number__startswith=stem).order_by("-number").values_list("number", flat=True).first()
    return f"{stem}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:04d}"


def take_up(request: OutOfCatalogueRequest, act: Act) -> dict:
    """Name the version and the line of it that will cover the need from its first day on."""
    request.candidate_version, request.candidate_code = act.data["version"], act.data["code"]
    return {"version": request.candidate_version_id, "code": request.candidate_code}


def adopt(request: OutOfCatalogueRequest, act: Act) -> dict:
    request.adopted_leaf = candidate_leaf(request)
    return {"leaf": str(request.adopted_leaf)}


def candidate_leaf(request: OutOfCatalogueRequest) -> CatalogueItem | None:
    """The live line of the candidate version with the code named."""
    return CatalogueItem.objects.leaves().filter(version=request.candidate_version_id, code=request.candidate_code).first()
