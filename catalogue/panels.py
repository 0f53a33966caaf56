"""Where the catalogue shows on other pages: navigation."""
from django.utils.translation import gettext_lazy as _

from portal.workflow.surfaces import navigation_entry

navigation_entry(20, _("目录"), "catalogue", "catalogue:tree")
