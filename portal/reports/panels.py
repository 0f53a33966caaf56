"""Where report jobs and verification show: the navigation of the work pages."""
from django.utils.translation import gettext_lazy as _

from portal.workflow.surfaces import navigation_entry

navigation_entry(90, _("报表"), "file", "reports:list")
