"""The units of systemd start what `script/server` starts, with settings that exist."""
import re
import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest

from script import processes

FOLDER = Path(__file__).resolve().parents[2] / "script/systemd"
SERVICES = sorted(FOLDER.glob("*.service"))


def unit(path: Path) -> ConfigParser:
    parsed = ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str
    parsed.read(path)
    return parsed


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_every_service_runs_as_the_portals_own_account_and_comes_back(path):
    service = unit(path)["Service"]
    assert service["User"] == "portal"
    assert service["ProtectSystem"] == "strict"
    assert service["LimitCORE"] == "0"  # memory may hold keys of bids while they are opened (docs/security.md)
    assert service.get("Type") == "oneshot" or service["Restart"] == "always"


@pytest.mark.parametrize(("name", "command"), [
    ("portal-web.service", processes.web("127.0.0.1", 8000)), ("portal-worker@.service", processes.worker("worker1")),
    ("portal-beat.service", processes.beat(Path("/var/lib/portal"))),
])
def test_the_processes_are_started_as_script_server_starts_them(name, command):
    def options(words: list[str]) -> set[str]:
        kept = [word for word in words if word.startswith("-") or word in ("worker", "beat") or ":" in word or word.isdigit()]
        return set(kept) - {"-m"}

    started = shlex.split(unit(FOLDER / name)["Service"]["ExecStart"].replace("${PORT}", "8000"))
    assert options(started[1:]) == options(command[1:])


def test_the_settings_of_the_example_exist():
    table = (FOLDER.parents[1] / "docs/operations.md").read_text().split("## Settings")[1]
    named = set(re.findall(r"^(\w+)=", (FOLDER / "portal.env").read_text(), re.MULTILINE))
    assert {"DATABASE_URL", "REDIS_URL"} <= named
    assert not {name for name in named if f"| `{name}` |" not in table}
