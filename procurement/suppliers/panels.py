"""Where suppliers show on other pages: navigation."""
from django.utils.translation import gettext_lazy as _

from portal.workflow.surfaces import navigation_entry

from .views import OWN, WATCHERS

navigation_entry(70, _("承接主体"), "supplier", "suppliers:list", *WATCHERS)
navigation_entry(70, _("本单位注册"), "supplier", "suppliers:mine", *OWN)
