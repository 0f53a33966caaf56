from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class AuthenticationConfig(FloorConfig):
    name = "portal.authentication"
    label = "authentication"
    verbose_name = _("登录与身份验证")
