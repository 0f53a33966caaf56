"""What the workbench itself registers: the first entries of the navigation, and their order."""
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow.surfaces import navigation_entry

from . import navigation, notes  # noqa: F401 - register who arranges the entries, and words for the record
from .portfolio import READERS

INSIDE = (
    Role.OFFICER, Role.PLANNER, Role.ACCEPTOR, Role.PAYER, Role.PROJECT_OFFICER, Role.HEAD, Role.DEPARTMENT,
    Role.REVIEWER_PROCUREMENT, Role.REVIEWER_FINANCE, Role.REVIEWER_BUSINESS, Role.REVIEWER_SUPERVISION, Role.OPENER,
    Role.WITNESS, Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.BUDGET_OFFICER, Role.AUDITOR, Role.EVALUATOR,
    Role.EVALUATOR_HEAD, Role.SUPPLIER_HEAD, Role.SUPPLIER_OFFICER,
)
navigation_entry(0, _("工作台"), "home", "workbench:home")
navigation_entry(15, _("采购项目"), "file", "workbench:projects", *INSIDE)
navigation_entry(89, _("年度项目组合"), "stats", "workbench:portfolio", *READERS)
navigation_entry(88, _("月度进展报告"), "calendar", "workbench:monthly_reports", Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.CONVENER,
                 Role.MEETING_SECRETARY, Role.AUDITOR)
