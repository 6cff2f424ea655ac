"""The migrated schema, kept between runs as a script: migrations take ten times as long as the script does."""

import hashlib
import subprocess
from pathlib import Path

import environ

from ordermgmt.stack.account import PROGRAMS_DIR
from ordermgmt.stack.stack import Stack

ROOT = Path(__file__).parent.parent
KEY_LENGTH = 16


def migrate(stack: Stack, *, kept: Path | None) -> None:
    """Bring the stack's own database up to date: by the script in the folder `kept`, else by migrations.

    Scripts of other migrations or requirements are removed.
    """
    if kept is None:
        stack.manage("migrate", "--verbosity=0")
        return
    script = kept / f"{_key()}.sql"
    if script.exists():
        _run("psql", stack, "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file", str(script))
        return
    stack.manage("migrate", "--verbosity=0")
    for old in kept.glob("*.sql"):
        old.unlink(missing_ok=True)
    unfinished = script.with_suffix(".unfinished")
    _run("pg_dump", stack, "--file", str(unfinished))
    unfinished.rename(script)


def _key() -> str:
    """Of everything that the schema follows from."""
    paths = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("requirements*.txt"), ROOT / "ordermgmt" / "settings.py"]
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return whole.hexdigest()[:KEY_LENGTH]


def _run(program: str, stack: Stack, *arguments: str) -> None:
    database = environ.Env.db_url_config(stack.database_url)
    where = [f"--host={database['HOST']}", f"--username={database['USER']}", f"--dbname={database['NAME']}"]
    subprocess.run([str(PROGRAMS_DIR / program), *where, *arguments], check=True, stdout=subprocess.DEVNULL)
