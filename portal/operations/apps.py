from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class OperationsConfig(FloorConfig):
    name = "portal.operations"
    label = "operations"
    verbose_name = _("运行维护")

    def ready(self) -> None:
        super().ready()
        from . import keeping, task_numbers  # noqa: F401  its signals are heard from now on, in web processes and workers

        keeping.keep()
