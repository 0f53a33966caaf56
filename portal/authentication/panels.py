"""Where periods of administration show: in the auditors' navigation."""
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow.surfaces import navigation_entry

from . import administration  # noqa: F401 - its gate is registered when the portal starts

navigation_entry(95, _("管理时段"), "shield", "authentication:periods", Role.AUDITOR)
