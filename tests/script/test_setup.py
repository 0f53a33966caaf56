"""script/setup.sh installs what the system lacks where it may; otherwise one line says what to type."""
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("bash", "cat", "dirname", "tail", "mktemp", "rm", "uname", "sed", "env")


@pytest.fixture
def machine(tmp_path):
    """A machine with nothing but a shell: programs are added to its folder by name."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in NEEDED:
        (folder / name).symlink_to(shutil.which(name))

    def add(name: str, body: str) -> None:
        path = folder / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def run(command: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            ["bash", "-c", f"source {ROOT}/script/setup.sh; {command}"],
            env={"PATH": str(folder), "HOME": str(tmp_path)}, capture_output=True, text=True, cwd=tmp_path,
        )  # fmt: skip

    run.add = add
    return run


@pytest.fixture
def wanted(tmp_path):
    path = tmp_path / "packages.txt"
    path.write_text("# a comment\ngettext gettext\nredis-server redis-server\n")
    return path


def test_nothing_is_missing_when_every_capability_is_there(machine, wanted):
    machine.add("msgfmt", "exit 0")
    machine.add("redis-server", "exit 0")
    done = machine(f"ensure_packages {wanted}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_on_another_system_one_line_names_what_is_missing(machine, wanted):
    machine.add("msgfmt", "exit 0")
    done = machine(f"ensure_packages {wanted}")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "This system is not Debian and lacks what these Debian packages hold: redis-server. "
        "Install their equivalents and start again."
    ]


def test_who_is_not_root_gets_the_line_to_type(machine, wanted):
    machine.add("apt-get", "exit 99")
    machine.add("id", "echo 1000")
    done = machine(f"ensure_packages {wanted}")
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["Missing on this system. Type: sudo apt-get install -y gettext redis-server"]


def test_root_has_the_missing_packages_installed(machine, wanted, tmp_path):
    machine.add("msgfmt", "exit 0")
    machine.add("id", "echo 0")
    made = f"{tmp_path}/bin/redis-server"
    machine.add("apt-get", f'echo "$@" >> {tmp_path}/asked; case "$1" in install) echo > {made}; /bin/chmod +x {made};; esac')
    done = machine(f"ensure_packages {wanted}")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "asked").read_text().splitlines() == ["update", "install -y --no-install-recommends redis-server"]


def test_a_failed_installation_ends_with_its_reason(machine, wanted):
    machine.add("id", "echo 0")
    machine.add("apt-get", "echo no network >&2; exit 100")
    done = machine(f"ensure_packages {wanted}")
    assert done.returncode == 1
    assert "no network" in done.stderr
    assert "apt-get could not install: gettext redis-server" in done.stderr


def test_a_python_that_is_too_old_counts_as_none(machine):
    machine.add("python3", "exit 1")
    assert machine("find_python").returncode == 1


def test_every_capability_of_the_lists_is_known(machine):
    done = machine("missing_packages script/packages.txt script/packages-dev.txt")
    assert done.returncode == 0, done.stderr
    assert "chromium" in done.stdout


def test_translations_are_compiled_once_and_again_when_changed(tmp_path):
    repository = tmp_path / "repository"
    messages = repository / "locale/en/LC_MESSAGES"
    messages.mkdir(parents=True)
    (repository / "script").mkdir()
    shutil.copy(ROOT / "script/setup.sh", repository / "script")
    (messages / "django.po").write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "是"\nmsgstr "yes"\n')

    def compile_messages() -> None:
        subprocess.run(["bash", "-c", "source script/setup.sh; ensure_messages"], cwd=repository, check=True)

    compile_messages()
    compiled = messages / "django.mo"
    assert b"yes" in compiled.read_bytes()
    compiled.write_bytes(b"kept")
    compile_messages()
    assert compiled.read_bytes() == b"kept"
    later = compiled.stat().st_mtime + 5
    os.utime(messages / "django.po", (later, later))
    compile_messages()
    assert b"yes" in compiled.read_bytes()


@pytest.mark.parametrize("command", ["server", "test"])
def test_help_needs_no_installation(machine, command):
    done = subprocess.run(
        [ROOT / "script" / command, "--help"], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert done.stdout.startswith(f"script/{command} [--")
    assert "set -euo" not in done.stdout
