"""A command that is run without a stack brings its own database for as long as it takes."""

import os
import subprocess
import sys

import pytest

from ordermgmt.stack.places import PROJECT_DIR, Places

DROP = "from django.db import connection as db; db.cursor().execute('DROP SCHEMA public CASCADE; CREATE SCHEMA public')"


def manage(data_dir, *arguments):
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "DEBUG")}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT_DIR,
        env={**env, "DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "data"


def test_the_first_command_of_all_finds_tables_and_leaves_nothing_running(data_dir):
    first = manage(data_dir, "stages")
    assert (first.returncode, len(first.stdout.splitlines())) == (0, 9)
    assert not (Places(data_dir).postgres_dir / "postmaster.pid").exists()
    assert manage(data_dir, "shell", "--command", DROP).returncode == 0
    without_tables = manage(data_dir, "stages")
    assert (without_tables.returncode, without_tables.stdout) == (1, "")
    assert without_tables.stderr.splitlines() == [
        "The database has no tables, or old ones: run `manage.py migrate` first (`make run` does it)."
    ]
