"""The payloads of the two public notices of this stage: the contract (N-10) and the result of acceptance (N-11)."""
from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from portal.reports.verbs import bound_digest
from portal.workflow import Act

from .models import Acceptance, Contract


def _party(organisation) -> dict[str, str]:
    """Name and phone are required; what the registration of an organisation lacks is said so."""
    return {
        "name": organisation.name, "address": organisation.address, "contact": organisation.contact,
        "phone": organisation.phone or str(_("未登记")),
    }


def subject_of(contract: Contract) -> str:
    return "、".join(each.name for each in contract.deliverables.all()) or contract.title


def quantities_of(contract: Contract) -> str:
    """Every counted service with its quota and period, continuous ones as such."""
    parts = []
    for each in contract.deliverables.all():
        if each.is_continuous:
            parts.append(_("%(name)s：持续") % {"name": each.name})
        else:
            parts.append(_("%(name)s：%(period)s %(quota)s %(unit)s") % {
                "name": each.name, "period": each.get_period_display(), "quota": format(each.quota.normalize(), "f"), "unit": each.unit,
            })
    return "；".join(parts)


def term_of(contract: Contract) -> str:
    return _("%(start)s 至 %(end)s（%(months)s 个月）") % {
        "start": contract.starts_on, "end": contract.ends_on, "months": contract.term_months,
    }


def requirement_of(contract: Contract) -> str:
    clauses = contract.clauses.filter(kind__in=["CONTENT", "QUALITY"]).values_list("text", flat=True)
    return "\n".join(clauses) or contract.acceptance_standard or contract.title


def contract_notice(contract: Contract, act: Act, copy) -> dict[str, Any]:
    """N-10; the unit price of a service bought as a whole is its price."""
    return {
        "contract_number": contract.number, "contract_name": contract.title, "project_number": contract.project.number,
        "project_name": contract.project.title, "purchaser": _party(contract.agency), "supplier": _party(contract.supplier),
        "subject": subject_of(contract), "requirement": requirement_of(contract), "quantity": quantities_of(contract),
        "unit_price": contract.amount, "amount": contract.amount, "term": term_of(contract), "place": contract.place,
        "method": contract.tender.get_method_display() if contract.tender_id else str(_("历史合同")),
        "signed_on": contract.signed_at.date(), "announced_on": act.now.date(),
        "attachments": [{"name": copy.name, "digest": bound_digest(copy)}],
    }


def acceptance_notice(acceptance: Acceptance) -> dict[str, Any]:
    """N-11: what was measured, by whom, with which result."""
    contract = acceptance.contract
    return {
        "contract_number": contract.number, "contract_name": contract.title, "project_number": contract.project.number,
        "project_name": contract.project.title, "purchaser": _party(contract.agency), "supplier": _party(contract.supplier),
        "subject": subject_of(contract), "requirement": requirement_of(contract), "amount": contract.amount, "term": term_of(contract),
        "accepted_items": "、".join(item.deliverable.name for item in acceptance.items.select_related("deliverable")),
        "accepted_on": acceptance.concluded_at.date() if acceptance.concluded_at else None,
        "members": [
            {"name": member.name, "employer": member.employer, "capacity": str(member.get_capacity_display())}
            for member in acceptance.members.all()
        ],
        "opinion": _("%(result)s。%(opinion)s") % {"result": acceptance.get_state_display(), "opinion": acceptance.opinion},
    }
