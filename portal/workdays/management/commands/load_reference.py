"""Load what the portal needs before anybody works: calendars, catalogues, classifications."""
from importlib import import_module

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import module_has_submodule

from portal.workdays.reference import loaders


class Command(BaseCommand):
    help = "Loads reference data, in order; safe to run again. Each app's loaders stand in its reference.py."

    def handle(self, **options) -> None:
        import_module("portal.workdays.calendars")
        for app in settings.PORTAL_APPS:
            if module_has_submodule(import_module(app), "reference"):
                import_module(f"{app}.reference")
        for loader in loaders():
            self.stdout.write(loader.load())
