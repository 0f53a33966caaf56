"""One portal on one folder; demonstration and real data apart; what dies is started again, but not for ever."""
import socket
import sys

import pytest

from script import supervisor
from script.children import CannotStart, Child
from script.supervisor import KEPT, Portal, arguments


@pytest.fixture
def portal(tmp_path, monkeypatch):
    """Makes a portal on a folder of its own, as the command line would."""
    monkeypatch.setenv("PORTAL_VAR", str(tmp_path))
    monkeypatch.delenv("PORTAL_DEMO", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def make(*options: str) -> Portal:
        return Portal(arguments(["--port", "0", *options]))

    return make


def test_a_second_portal_on_the_same_folder_is_refused_with_the_address_of_the_first(portal):
    first = portal()
    first.claim()
    with pytest.raises(CannotStart, match=f"already runs on .*: {first.address}"):
        portal().claim()
    first.release()
    second = portal()
    second.claim()
    second.release()


def test_a_port_in_use_is_refused_in_one_line(portal):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"^Port {port} is in use"):
            portal("--port", str(port)).claim()


def test_demonstration_data_and_real_data_never_share_a_folder(portal):
    portal().settle_mode()
    portal().settle_mode()
    with pytest.raises(CannotStart, match="holds demonstration data"):
        portal("--empty").settle_mode()
    portal("--empty", "--fresh").settle_mode()
    with pytest.raises(CannotStart, match="without demonstration data"):
        portal().settle_mode()


def test_a_database_of_before_the_folder_had_a_mode_counts_as_real(portal, tmp_path):
    (tmp_path / "portal.sqlite3").touch()
    with pytest.raises(CannotStart, match="without demonstration data"):
        portal().settle_mode()
    portal("--empty").settle_mode()


def test_fresh_removes_what_the_portal_keeps_and_nothing_else(portal, tmp_path):
    for name in KEPT:
        (tmp_path / name).mkdir() if "." not in name and name in {"media", "log", "broker"} else (tmp_path / name).touch()
    (tmp_path / "media" / "bid.bin").touch()
    (tmp_path / "letter.txt").touch()
    portal("--fresh").settle_mode()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letter.txt", "mode"]


def test_fresh_never_touches_a_database_elsewhere(portal, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/portal")
    with pytest.raises(CannotStart, match="DATABASE_URL"):
        portal("--fresh").settle_mode()


@pytest.mark.parametrize(("options", "set_to", "demo"), [
    ((), None, "1"), (("--empty",), None, "0"), (("--empty",), "1", "0"), ((), "0", "0"),
])  # fmt: skip
def test_demonstration_mode_is_the_default_and_empty_ends_it(portal, monkeypatch, options, set_to, demo):
    if set_to is not None:
        monkeypatch.setenv("PORTAL_DEMO", set_to)
    assert portal(*options).environment()["PORTAL_DEMO"] == demo


def test_an_address_of_its_own_goes_on_paper_unless_one_is_set(portal, monkeypatch):
    here = portal("--port", "8123")
    assert here.environment()["PUBLIC_URL"] == "http://127.0.0.1:8123"
    monkeypatch.setenv("PUBLIC_URL", "https://portal.example")
    assert here.environment()["PUBLIC_URL"] == "https://portal.example"


def test_a_process_that_died_is_started_again_and_it_is_said(portal, tmp_path, capsys):
    here = portal()
    lasting = Child("worker", [sys.executable, "-c", "import time; time.sleep(60)"], log=tmp_path / "worker.log").start()
    here.children = [lasting]
    here.tend()
    first = lasting.process.pid
    lasting.process.kill()
    lasting.process.wait()
    here.tend()
    assert lasting.exit_code is None
    assert lasting.process.pid != first
    assert "The worker process ended (-9); starting it again." in capsys.readouterr().out
    lasting.stop()


def test_a_process_that_dies_again_and_again_stops_the_portal(portal, tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor.time, "sleep", lambda seconds: None)
    here = portal()
    broken = Child("beat", [sys.executable, "-c", "print('no schedule'); raise SystemExit(3)"], log=tmp_path / "beat.log")
    here.children = [broken.start()]
    for _turn in range(supervisor.RESTARTS):
        broken.process.wait()
        here.tend()
    broken.process.wait()
    with pytest.raises(CannotStart, match=r"(?s)no schedule.*beat process keeps ending \(3\)"):
        here.tend()
    assert len(here.deaths["beat"]) == supervisor.RESTARTS + 1


def test_a_log_is_set_aside_when_it_has_grown_large(portal, tmp_path):
    log = tmp_path / "web.log"
    log.write_bytes(b"x" * (supervisor.LOG_LIMIT + 1))
    supervisor.set_aside(log)
    assert not log.exists()
    assert (tmp_path / "web.log.1").stat().st_size == supervisor.LOG_LIMIT + 1
    log.write_text("short")
    supervisor.set_aside(log)
    assert log.exists()
