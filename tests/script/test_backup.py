"""The daily backup of the container file: taken by the portal's own command, fourteen kept, a failure never stops the loop."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def back_up(tmp_path):
    """One turn of the script on an installation of its own, with or without a database in it."""
    folder, var = tmp_path / "backups", tmp_path / "var"
    folder.mkdir()
    env = {"PATH": os.environ["PATH"], "ONCE": "1", "PYTHON": sys.executable, "PORTAL_VAR": str(var), "PORTAL_DEMO": "0"}

    def run(*, migrated: bool = True) -> subprocess.CompletedProcess:
        if migrated:
            subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
        return subprocess.run(["bash", ROOT / "script/backup.sh", folder], env=env, capture_output=True, text=True)

    return run, folder


def test_a_copy_is_taken_and_fourteen_are_kept(back_up):
    run, folder = back_up
    for day in range(1, 21):
        (folder / f"portal-202501{day:02}T000000Z.portal-backup").touch()
    done = run()
    assert done.returncode == 0, done.stderr
    kept = sorted(path.name for path in folder.iterdir())
    assert len(kept) == 14
    assert kept[0].startswith("portal-20250108")
    assert (folder / kept[-1]).stat().st_size > 100_000


def test_a_backup_that_cannot_be_made_leaves_nothing_that_looks_whole(back_up):
    run, folder = back_up
    assert run(migrated=False).returncode != 0
    assert not list(folder.iterdir())
