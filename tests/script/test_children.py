"""Processes that a command starts end with it, whatever happens."""
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from script.children import Child, free_port, port_is_free, stop_all

ROOT = Path(__file__).resolve().parents[2]
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"]
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def ends(pid: int, within: float = 10) -> bool:
    deadline = time.monotonic() + within
    while lives(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not lives(pid)


def printed(log: Path) -> str:
    deadline = time.monotonic() + 10
    while not log.exists() or not log.read_text().endswith("\n"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return log.read_text()


def test_a_child_ends_with_everything_that_it_started(tmp_path):
    child = Child("parent", [sys.executable, "-c", PARENT], log=tmp_path / "log").start()
    grandchild = int(printed(tmp_path / "log"))
    assert lives(grandchild)
    child.stop()
    assert child.exit_code == -signal.SIGTERM
    assert ends(grandchild)


def test_a_child_that_does_not_listen_is_killed(tmp_path):
    child = Child("deaf", DEAF, log=tmp_path / "log").start()
    printed(tmp_path / "log")
    child.stop(patience=0.2)
    assert child.exit_code == -signal.SIGKILL


def test_several_children_share_one_span_of_patience(tmp_path):
    children = [Child(f"deaf-{number}", DEAF, log=tmp_path / f"{number}").start() for number in range(3)]
    for number in range(3):
        printed(tmp_path / f"{number}")
    began = time.monotonic()
    stop_all(children, patience=0.6)
    assert time.monotonic() - began < 1.5
    assert {child.exit_code for child in children} == {-signal.SIGKILL}


def test_a_child_ends_even_when_its_parent_is_killed():
    program = (
        "import sys, time; from script.children import Child; "
        f"print(Child('child', {SLEEP!r}).start().process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with parent:
        child = int(parent.stdout.readline())
        assert lives(child)
        parent.kill()
    assert ends(child)


def test_ctrl_c_at_the_terminal_reaches_the_parent_alone(tmp_path):
    child = Child("child", SLEEP).start()
    assert os.getpgid(child.process.pid) != os.getpgid(0)
    child.stop()


def test_a_taken_port_is_seen():
    import socket

    port = free_port()
    assert port_is_free("127.0.0.1", port)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert not port_is_free("127.0.0.1", port)
