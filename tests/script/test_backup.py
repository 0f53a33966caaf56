"""The backup of the container file: whole copies only, one a day, fourteen kept."""
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def back_up(tmp_path):
    """Runs one turn with a pg_dump that writes what it is told, or fails."""
    media, folder, programs = (tmp_path / name for name in ("media", "backups", "bin"))
    for each in (media, folder, programs):
        each.mkdir()
    (media / "contract.pdf").write_bytes(b"signed")

    def run(*, dump: str = 'printf dump > "${2#--file=}"') -> tuple[int, Path]:
        program = programs / "pg_dump"
        program.write_text(f"#!/bin/sh\n{dump}\n")
        program.chmod(0o755)
        env = {"PATH": f"{programs}:{os.environ['PATH']}", "ONCE": "1"}
        done = subprocess.run(["bash", ROOT / "script/backup.sh", folder, media], env=env, capture_output=True)
        return done.returncode, folder

    return run


def test_database_and_files_are_copied_once_a_day(back_up):
    code, folder = back_up()
    assert code == 0
    (dump,) = folder.glob("portal-*.dump")
    (files,) = folder.glob("media-*.tar.gz")
    assert dump.read_text() == "dump"
    with tarfile.open(files) as archive:
        assert archive.extractfile("./contract.pdf").read() == b"signed"
    dump.write_text("the first of the day")
    back_up()
    assert dump.read_text() == "the first of the day"


def test_a_dump_that_breaks_off_leaves_no_copy_that_looks_whole(back_up):
    code, folder = back_up(dump='printf half > "${2#--file=}"; exit 1')
    assert code == 1
    assert not list(folder.glob("portal-*"))
    assert not list(folder.glob("media-*"))


def test_fourteen_copies_are_kept(back_up, tmp_path):
    for day in range(1, 21):
        (tmp_path / "backups" / f"portal-2025-01-{day:02}.dump").touch()
        (tmp_path / "backups" / f"media-2025-01-{day:02}.tar.gz").touch()
    _code, folder = back_up()
    for kind in ("portal", "media"):
        kept = sorted(path.name for path in folder.glob(f"{kind}-*"))
        assert len(kept) == 14
        assert kept[0].startswith(f"{kind}-2025-01-08")
