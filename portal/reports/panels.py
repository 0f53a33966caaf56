"""Where report jobs and verification show: the navigation of the work pages and of the public site."""
from django.utils.translation import gettext_lazy as _

from portal.workflow.surfaces import navigation_entry, public_entry

navigation_entry(90, _("报表"), "file", "reports:list")
public_entry(85, _("文书核验"), "reports:verify-form")
