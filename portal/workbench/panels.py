"""What the workbench itself registers: the first entries of the navigation, projects in the search box."""
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow.surfaces import navigation_entry, search_source

INSIDE = (
    Role.OFFICER, Role.PLANNER, Role.ACCEPTOR, Role.PAYER, Role.PROJECT_OFFICER, Role.HEAD, Role.DEPARTMENT,
    Role.REVIEWER_PROCUREMENT, Role.REVIEWER_FINANCE, Role.REVIEWER_BUSINESS, Role.REVIEWER_SUPERVISION, Role.OPENER,
    Role.WITNESS, Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.BUDGET_OFFICER, Role.AUDITOR, Role.EVALUATOR,
    Role.EVALUATOR_HEAD, Role.SUPPLIER_HEAD, Role.SUPPLIER_OFFICER,
)
navigation_entry(0, _("工作台"), "home", "workbench:home")
navigation_entry(15, _("采购项目"), "doc", "workbench:projects", *INSIDE)


@search_source(10, _("采购项目"))
def projects(query, actor):
    from .views import project_hits

    return project_hits(query, actor)
