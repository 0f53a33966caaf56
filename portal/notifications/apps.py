from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class NotificationsConfig(FloorConfig):
    name = "portal.notifications"
    label = "notifications"
    verbose_name = _("通知")
