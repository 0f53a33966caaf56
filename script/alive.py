"""Exits 0 when the named process (worker, beat) has lately shown itself: `python -m script.alive worker`."""
from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from portal.health import OK, PARTS  # noqa: E402

if __name__ == "__main__":
    state = PARTS[sys.argv[1]]()
    print(state)
    sys.exit(state != OK)
