"""The navigation of the public site."""
from django.utils.translation import gettext_lazy as _

from portal.workflow.surfaces import public_entry

public_entry(0, _("首页"), "publicity:home")
public_entry(30, _("目录"), "catalogue:tree")
public_entry(80, _("依据的规则"), "publicity:rules")
public_entry(90, _("记录核验"), "publicity:record")
