"""Every app of the portal starts the same way: its tables, verbs and surfaces are found by the name of their file."""
from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import module_has_submodule

ROOMS = ("workflow", "verbs", "panels", "events", "documents", "finding")


class FloorConfig(AppConfig):
    """An app whose rooms register themselves when Django is ready, in the order of `settings.PORTAL_APPS`."""

    default_auto_field = "django.db.models.BigAutoField"
    default = False  # Django takes the one class of an `apps.py` that is meant; it sees this base there too

    def __init_subclass__(cls, **kwargs) -> None:
        super().__init_subclass__(**kwargs)
        cls.default = True

    def ready(self) -> None:
        for room in ROOMS:
            if module_has_submodule(self.module, room):
                import_module(f"{self.name}.{room}")
