"""Suppliers in any state, reached by their own verbs; small true files as papers."""
from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal import clock
from portal.workflow import perform
from procurement.suppliers.conditions import Condition
from procurement.suppliers.demo import registration
from procurement.suppliers.models import Evidence, Supplier
from tests.factories.people import actor


def paper_file(name: str = "证明.png") -> SimpleUploadedFile:
    """A picture whose bytes are what its name says."""
    content = BytesIO()
    Image.new("RGB", (20, 20), "white").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/png")


def draft_supplier(key: str = "supplier_a", **changes) -> Supplier:
    """A registration being filled in by the supplier's officer; `changes` are other answers than the demonstration's."""
    officer = actor(f"{key}_officer")
    return perform(Supplier(), "draft", actor=officer, **{**registration(key), **changes})


def submit_paper(key: str = "supplier_a", condition: str = Condition.CIVIL_LIABILITY, **changes) -> Evidence:
    """A paper handed in by the supplier's officer; it holds from a month ago for a year unless `changes` say else."""
    today = clock.today()
    return perform(Evidence(), "submit_evidence", actor=actor(f"{key}_officer"), **{
        "condition": condition, "title": "证明材料", "number": "", "valid_from": today - timedelta(days=30),
        "valid_to": today + timedelta(days=335), "document": paper_file(), **changes,
    })


def confirm_papers(key: str = "supplier_a", conditions=tuple(Condition), **changes) -> None:
    for condition in conditions:
        perform(submit_paper(key, condition, **changes), "confirm_evidence", actor=actor("registrar"))


def make_supplier(state: str = "CONFIRMED", key: str = "supplier_a", *, valid_to: date | None = None) -> Supplier:
    """A demonstration supplier in a state; OUTDATED is reached by a paper that ran out, unless the clock is held."""
    supplier = draft_supplier(key)
    if state == "DRAFTED":
        return supplier
    supplier = perform(supplier, "register", actor=actor(f"{key}_head"))
    if state == "REGISTERED":
        return supplier
    if state == "CLOSED":
        return perform(supplier, "close", actor=actor(f"{key}_head"), reason="单位注销")
    if state == "FROZEN":
        return perform(supplier, "freeze", actor=actor("finance_officer"), reason="查无此人", reason_code="FALSE_IDENTITY")
    if state == "OUTDATED":
        supplier = make_supplier_frozen(supplier)
        return perform(supplier, "unfreeze", actor=actor("finance_head"), reason="查清无误")
    confirm_papers(key, **({"valid_to": valid_to} if valid_to else {}))
    supplier.refresh_from_db()
    return supplier


def make_supplier_frozen(supplier: Supplier) -> Supplier:
    return perform(supplier, "freeze", actor=actor("finance_officer"), reason="查无此人", reason_code="FALSE_IDENTITY")
