"""Say what is wrong with this installation."""
import json
import sys

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext, override

from portal.operations.doctor import Level, examine


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Say in a sentence each what is wrong with this installation. Exits 2 with an error, 1 with warnings only, 0 when all is well."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default=settings.LANGUAGE_CODE)

    def handle(self, *args, language: str, **options):
        with override(language):
            found = examine()
            errors = sum(finding.level == Level.ERROR for finding in found)
            if options["json"]:
                rows = [finding.as_row() for finding in found]
                self.stdout.write(json.dumps({"errors": errors, "warnings": len(found) - errors, "findings": rows}, ensure_ascii=False))
            else:
                self.say(found, errors)
        if found:
            sys.exit(2 if errors else 1)

    def say(self, found: list, errors: int) -> None:
        for finding in sorted(found, key=lambda each: each.level != Level.ERROR):
            mark = self.style.ERROR(gettext("错误")) if finding.level == Level.ERROR else self.style.WARNING(gettext("提醒"))
            self.stdout.write(f"{mark}  {finding}  [{finding.code}]")
        text = gettext("%(errors)s 处错误，%(warnings)s 处提醒。") if found else gettext("一切正常。")
        self.stdout.write(text % {"errors": errors, "warnings": len(found) - errors})
