"""The migrated schema, kept for private stacks as a script: migrations take ten times as long as the script does."""

import hashlib
import os
import subprocess
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from ordermgmt.stack.account import PROGRAMS_DIR
from ordermgmt.stack.places import DATABASE_NAME, DATABASE_USER, PROJECT_DIR, Places

KEY_LENGTH = 16


def restore(places: Places) -> bool:
    """Fill an empty database by the kept script; False where there is none for these migrations."""
    script = _script()
    if script.exists():
        _run("psql", places, "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file", str(script))
    return script.exists()


def keep(places: Places) -> None:
    """Write down what migrations have just made, if the data folder can be written to.

    Scripts of other migrations or requirements are removed.
    """
    script = _script()
    unfinished = script.with_suffix(f".{os.getpid()}")  # several may be at it at once
    with suppress(OSError):
        script.parent.mkdir(parents=True, exist_ok=True)
        unfinished.touch()
        for old in script.parent.glob("*.sql"):
            old.unlink(missing_ok=True)
        _run("pg_dump", places, "--file", str(unfinished))
        unfinished.rename(script)


def _script() -> Path:
    folder: Path = settings.DATA_DIR / "schema"
    return folder / f"{_key()}.sql"


def _key() -> str:
    """Of everything that the schema follows from."""
    folders = (PROJECT_DIR.glob(pattern) for pattern in ("*/migrations/*.py", "requirements*.txt"))
    paths = [PROJECT_DIR / "ordermgmt" / "settings.py", *(path for folder in folders for path in folder)]
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(f"{path.relative_to(PROJECT_DIR)}\n".encode() + path.read_bytes())
    return whole.hexdigest()[:KEY_LENGTH]


def _run(program: str, places: Places, *arguments: str) -> None:
    where = [f"--host={places.postgres_socket_dir}", f"--username={DATABASE_USER}", f"--dbname={DATABASE_NAME}"]
    subprocess.run([str(PROGRAMS_DIR / program), *where, *arguments], check=True, stdout=subprocess.DEVNULL)
