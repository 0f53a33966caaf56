"""Documents of the policy library, reached by their own verbs (S-13)."""
from __future__ import annotations

from datetime import date

from catalogue.models import Policy
from portal.workflow import perform
from tests.factories.people import actor


def policy_content(**changes) -> dict:
    return {
        "kind": "MEASURES", "title": "赣江市政府购买服务管理办法", "document_number": "赣江府办发〔2025〕6 号",
        "issuer": "赣江市人民政府办公室",
        "issued_on": date(2025, 3, 1), "valid_from": date(2025, 4, 1), "valid_to": None, "scope": "市本级购买主体",
        "text": "第一条 为规范政府购买服务，制定本办法。", "paper": None, "rules": ["R102-16", "S-07"], "codes": ["A10"],
        "supersedes": None,
        **changes,
    }  # fmt: skip


def make_policy(state: str = "DRAFTED", **changes) -> Policy:
    policy = perform(Policy(), "draft", actor=actor("finance_officer"), **policy_content(**changes))
    return policy if state == "DRAFTED" else perform(policy, "publish", actor=actor("finance_head"))
