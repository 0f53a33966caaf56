"""Brings the data up to date before the portal starts: one process for all commands, so that it takes one start-up."""
from __future__ import annotations

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command


def prepare() -> None:
    """Migrate, load the reference catalogue; in demo mode the worked cases too, and write down who can sign in."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_reference")
    if settings.DEMO:
        call_command("load_cases")
        with (Path(settings.VAR_DIR) / "accounts.txt").open("w", encoding="utf-8") as accounts:
            call_command("demo_accounts", stdout=accounts)
    call_command("search_index")
    from portal.operations.metrics import forget

    record_silence()
    # What an earlier run of the processes left behind must not pass for life of this one.
    forget()
    django.apps.apps.get_model("workflow", "Heartbeat").objects.filter(pk__in=["worker", "beat"]).delete()


def record_silence() -> None:
    """Periods that ended while the portal stood still wait for a decision before the processes start (L0.3)."""
    from portal import clock
    from portal.workdays import outages

    last = django.apps.apps.get_model("workflow", "Heartbeat").objects.filter(pk="beat").first()
    if last is not None and not settings.DEMO:  # the demonstration's clock is not the one the portal stood still by
        for outage in outages.record_silence(last.beaten_at, clock.now()):
            sys.stdout.write(f"recorded for a decision: {outage}\n")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    prepare()
