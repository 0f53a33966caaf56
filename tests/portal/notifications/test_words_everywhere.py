"""The words of a reminder are known in every process that shows messages, not only where reminders are written."""
from __future__ import annotations

import os
import subprocess
import sys

from django.conf import settings

CHECK = (
    "import django; django.setup(); from portal.notifications.events import known_codes;"
    " raise SystemExit(0 if 'workdays.clock' in known_codes() else 1)"
)


def test_a_process_that_only_shows_pages_knows_how_a_reminder_reads():
    """Nothing of the worker is loaded here; a reminder must not be shown by its bare code (L0.1)."""
    known = {**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    assert subprocess.run([sys.executable, "-c", CHECK], env=known, timeout=300).returncode == 0
