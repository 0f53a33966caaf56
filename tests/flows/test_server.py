"""`script/server` from start to Ctrl-C, on the real thing: health, keeping data, refusing a second, ending its children."""
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from script.running import is_ready, start_portal

ROOT = Path(__file__).resolve().parents[2]


def processes_on(var: Path) -> set[int]:
    """Every process whose environment names this folder."""
    mark = f"PORTAL_VAR={var}".encode()
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.add(int(entry.name))
            except OSError:
                continue
    return found


@pytest.fixture(scope="module")
def var(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("server") / "var"


@pytest.fixture
def server(var):
    running, address = start_portal(var, "--empty")
    yield running, address
    running.stop(patience=25)


def test_it_becomes_healthy_and_ends_all_that_it_started(server, var):
    running, address = server
    assert is_ready(address)
    assert len(processes_on(var)) >= 5  # the supervisor, the web server and its two workers, the worker, beat
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(25) == 0
    assert not processes_on(var)
    assert not is_ready(address)


def test_the_second_start_keeps_the_data_and_takes_seconds(var):
    key = (var / "secret_key").read_text()
    began = time.monotonic()
    running, address = start_portal(var, "--empty")
    try:
        assert time.monotonic() - began < 20
        assert is_ready(address)
        assert (var / "secret_key").read_text() == key
    finally:
        running.stop(patience=25)


def test_a_second_portal_on_the_same_folder_is_refused_in_one_line(server, var):
    _running, address = server
    second = subprocess.run(
        [ROOT / "script/server", "--port", "0", "--empty"], env={**os.environ, "PORTAL_VAR": str(var)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert second.returncode == 1
    assert second.stderr.startswith(f"A portal already runs on {var}: {address}")
    assert len(second.stderr.splitlines()) == 1
    assert is_ready(address)


def test_a_worker_that_dies_is_started_again(server, var):
    _running, address = server
    worker = next(
        number for number in processes_on(var)
        if b"worker" in Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
    )  # fmt: skip
    os.kill(worker, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while "The worker process ended (-9); starting it again." not in (var / "server.out").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert is_ready(address)


def test_an_empty_installation_names_the_first_administrator_and_no_accounts(server, var):
    said = (var / "server.out").read_text()
    assert f"{server[1]}/setup/" in said
    assert "manage.py first_administrator" in said
    assert not (var / "accounts.txt").exists()
