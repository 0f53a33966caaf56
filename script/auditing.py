"""Known weaknesses of the pinned packages, told apart from not knowing. Run by `script/audit` and by the whole suite."""
from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from script.children import PYTHON, ROOT

LIMIT = 300  # seconds


@dataclass(frozen=True, slots=True)
class Audit:
    """`asked`: the service answered. `weak`: package, version, number of the advisory, versions that mend it."""

    asked: bool
    weak: list[tuple[str, str, str, str]] = field(default_factory=list)
    packages: int = 0
    why: str = ""

    @property
    def exit_code(self) -> int:
        return 1 if self.weak else 0


def audit(arguments: Sequence[str] = ()) -> Audit:
    command = [PYTHON, "-m", "pip_audit", "--requirement", str(ROOT / "requirements.txt"), "--format", "json",
               "--progress-spinner", "off", "--timeout", "20", *arguments]  # fmt: skip
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return Audit(asked=False, why=f"no answer within {LIMIT} seconds")
    return read(done.stdout, done.stderr)


def read(output: str, complaint: str) -> Audit:
    """What pip-audit printed; without a report the service was not reached, and nothing is known."""
    try:
        found = json.loads(output[output.index("{") :])["dependencies"]
    except (ValueError, KeyError):
        last = complaint.strip().splitlines()[-1:] or ["it said nothing"]
        return Audit(asked=False, why=last[0][:300])
    weak = [
        (each["name"], each.get("version", ""), flaw["id"], ", ".join(flaw.get("fix_versions", [])) or "none yet")
        for each in found for flaw in each.get("vulns", [])
    ]
    return Audit(asked=True, weak=weak, packages=len(found))


def said(result: Audit) -> str:
    if not result.asked:
        return f"NOT KNOWN: the advisory service could not be asked ({result.why}); run script/audit again where it can be reached"
    if not result.weak:
        return f"no known weaknesses in {result.packages} packages"
    return "\n".join(f"{name} {version}: {flaw}, mended in {fixed}" for name, version, flaw, fixed in result.weak)


def main(arguments: Sequence[str]) -> int:
    result = audit(arguments)
    print(said(result))
    return result.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
