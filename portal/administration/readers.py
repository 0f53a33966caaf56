"""Who reads what the administration keeps, beside the administrators."""
from __future__ import annotations

from portal.accounts.roles import Role

#: Who may read what the jurisdiction decided; only administrators decide.
READERS = (Role.ADMINISTRATOR, Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.BUDGET_OFFICER, Role.AUDITOR)
