"""Not knowing of weaknesses is said, and is neither a failure nor an all-clear."""
from __future__ import annotations

import json

from script.auditing import read, said

WEAK = {"dependencies": [
    {"name": "django", "version": "5.2.1", "vulns": [{"id": "CVE-2099-1", "fix_versions": ["5.2.99"]}]},
    {"name": "redis", "version": "8.1.0", "vulns": []},
]}  # fmt: skip


def test_a_known_weakness_fails():
    found = read(json.dumps(WEAK), "")
    assert found.exit_code == 1
    assert said(found) == "django 5.2.1: CVE-2099-1, mended in 5.2.99"


def test_none_is_an_all_clear():
    found = read(json.dumps({"dependencies": [{"name": "redis", "version": "8.1.0", "vulns": []}]}), "No known vulnerabilities found")
    assert (found.asked, found.exit_code) == (True, 0)
    assert said(found) == "no known weaknesses in 1 packages"


def test_an_unreachable_service_is_said_and_fails_nothing():
    found = read("", "Traceback\nrequests.exceptions.ConnectionError: no route to host")
    assert (found.asked, found.exit_code) == (False, 0)
    assert said(found).startswith("NOT KNOWN")
    assert "no route to host" in said(found)
