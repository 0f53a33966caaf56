from importlib import import_module

from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class NotificationsConfig(FloorConfig):
    name = "portal.notifications"
    label = "notifications"
    verbose_name = _("通知")

    def ready(self) -> None:
        super().ready()
        import_module(f"{self.name}.reminders")  # the words of a reminder, wherever one is read
