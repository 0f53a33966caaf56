"""Where contracts and delivery show on other pages: navigation, the project page."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.workflow.surfaces import navigation_entry, project_panel

from .models import Acceptance, Contract, Filing, Inspection, SupplierReport
from .notice import quantities_of
from .presenting import board
from .views.contracts import READERS

navigation_entry(60, _("合同履约"), "contract", "contracts:list", *READERS)


def contract_of(project, actor) -> Contract | None:
    """The contract of a project that counts: the newest the reader may see that was not cancelled."""
    if not project.may_have("contracts.contract"):
        return None
    return (
        Contract.objects.visible_to(actor).filter(project=project).exclude(state=Contract.State.CANCELLED)
        .select_related("agency__region", "supplier", "project", "project_officer", "tender", "award").order_by("-id").first()
    )


@project_panel(order=50, anchor="contract")
def contract_panel(project, actor, now):
    """The contract: parties, sum, term, filing, instalments. The public sees what was published."""
    contract = contract_of(project, actor)
    if contract is None and project.may_have("contracts.contract"):
        published = Contract.objects.published().filter(project=project).select_related("supplier").order_by("-id").first()
        return ("contracts/panel_public.html", {"contract": published, "quantities": quantities_of(published)}) if published else None
    if contract is None:
        return None
    filing = Filing.objects.filter(contract=contract).first()
    return "contracts/panel.html", {
        "contract": contract, "filing": filing, "objects": [contract, *([filing] if filing else [])],
    }


@project_panel(order=60, anchor="delivery")
def delivery_panel(project, actor, now):
    """The centre of the page while a contract runs: every deliverable with quota, due, done, state; reports; visits."""
    contract = contract_of(project, actor)
    if contract is None or contract.performing_at is None:
        return None
    reports = list(SupplierReport.objects.visible_to(actor).filter(contract=contract).order_by("number"))
    inspections = list(Inspection.objects.visible_to(actor).filter(contract=contract).select_related("recorded_by")[:5])
    for each in (*reports, *inspections):
        each.contract = contract  # who may act on it hangs on the contract's parties
    return "contracts/panel_delivery.html", {
        "contract": contract, "board": board(contract, actor), "reports": reports, "inspections": inspections,
        "objects": [*(each for each in reports if each.state in ("EXPECTED", "SUBMITTED", "SENT_BACK")), *inspections],
    }


@project_panel(order=70, anchor="acceptance")
def acceptance_panel(project, actor, now):
    """Acceptances that were asked for, and what came of them."""
    if not project.may_have("contracts.acceptance"):
        return None
    found = list(
        Acceptance.objects.visible_to(actor).filter(contract__project=project).exclude(state=Acceptance.State.VOIDED)
        .select_related("contract__agency", "leader").order_by("id")
    )
    if not found:
        return None
    return "contracts/panel_acceptance.html", {"acceptances": found, "objects": found}
