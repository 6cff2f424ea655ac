"""The embedded PostgreSQL: made once per data folder, on a Unix socket that only its owner can reach.

The server belongs to the data folder rather than to one program: whoever needs it calls `start`, which also takes over
a server that a killed program left behind. `used` shares one server between programs: the last one out stops it.
"""

import fcntl
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg2

from ordermgmt.stack.account import (
    PACKAGE_DIR,
    PROGRAMS_DIR,
    make_folder,
    open_programs,
    open_the_way,
    postgres_account,
)
from ordermgmt.stack.errors import StackError
from ordermgmt.stack.guard import Guard
from ordermgmt.stack.places import DATABASE_NAME, DATABASE_USER, Places

START_SECONDS = 30.0
STOP_SECONDS = 8.0

INITDB = (
    *("--username", DATABASE_USER, "--auth=trust", "--encoding=UTF8"),
    # Sorts and compares the same on every machine, whatever languages it has installed.
    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)
TUNING = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "checkpoint_timeout": "15min",
    "max_wal_size": "2GB",
}
# A test's database is thrown away, so it need not survive a power cut.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    """The PostgreSQL of one data folder. `settings` override what it would be started with otherwise."""

    places: Places
    durable: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)

    def start(self) -> int:
        """The running server's pid: the one that is there, or a new one. The database exists afterwards."""
        with self._one_at_a_time():
            deadline = time.monotonic() + START_SECONDS
            while not self._answers():
                if time.monotonic() > deadline:
                    raise StackError(f"PostgreSQL does not start; see {self.log}.")
                if self.pid() is None:
                    self._launch()
                else:
                    time.sleep(0.1)  # starting up, or still being ended by the guard of a killed program
            self._create_database()
            pid = self.pid()
        if pid is None:
            raise StackError(f"PostgreSQL ended as soon as it had started; see {self.log}.")
        return pid

    @contextmanager
    def used(self, *, guard: Guard) -> Iterator[None]:
        """Running inside the block. Several programs may be inside at once; the last one out stops it."""
        users = self.places.data_dir / "postgres.users"
        with users.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            pid = None
            try:
                pid = self.start()
                guard.watch(pid, stop_signal=signal.SIGINT)
                yield
            finally:
                with suppress(BlockingIOError):
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self.stop()
                if pid is not None:
                    guard.forget(pid)

    def stop(self) -> None:
        """Disconnect everybody, write everything down, end."""
        with self._one_at_a_time():
            pid = self.pid()
            if pid is None:
                return
            os.kill(pid, signal.SIGINT)
            if not self._gone_within(STOP_SECONDS):
                os.kill(pid, signal.SIGQUIT)
                self._gone_within(STOP_SECONDS)

    def pid(self) -> int | None:
        """The running server's process, told from a stranger that got its number after a crash."""
        try:
            pid = int(self._pid_file.read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            ours = process.status() != psutil.STATUS_ZOMBIE and str(self.places.postgres_dir) in process.cmdline()
        except (FileNotFoundError, ValueError, psutil.Error):
            return None
        return pid if ours else None

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.places.logs_dir / "postgres.log"

    @property
    def _pid_file(self) -> Path:
        return self.places.postgres_dir / "postmaster.pid"

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """Two programs that start at once must not both make the data folder."""
        lock = self.places.data_dir / "postgres.lock"
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _launch(self) -> None:
        account = postgres_account()
        self._prepare(account)
        settings = TUNING | ({} if self.durable else NOT_DURABLE) | dict(self.settings)
        settings["unix_socket_directories"] = str(self.places.postgres_socket_dir)
        options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
        with suppress(subprocess.CalledProcessError):  # tried again until the deadline; the log says why
            run_as(
                account,
                "pg_ctl",
                "start",
                "-w",
                "-D",
                str(self.places.postgres_dir),
                "-l",
                str(self.log),
                "-o",
                options,
            )

    def _prepare(self, account: pwd.struct_passwd | None) -> None:
        for path in (self.places.postgres_dir, PROGRAMS_DIR / "postgres", self.places.postgres_socket_dir):
            open_the_way(path, to=account)
        open_programs(PACKAGE_DIR, to=account)
        open_programs(PACKAGE_DIR.with_suffix(".libs"), to=account)
        make_folder(self.places.postgres_socket_dir, owner=account)
        self.log.touch(mode=0o600)
        if account is not None:
            shutil.chown(self.log, account.pw_uid, account.pw_gid)
        if not self.places.postgres_dir.exists():
            self._make_data_folder(account)
        # Left by a server that was killed; their numbers may by now belong to somebody else.
        for leftover in (self._pid_file, self.places.postgres_socket_dir / ".s.PGSQL.5432.lock"):
            leftover.unlink(missing_ok=True)

    def _make_data_folder(self, account: pwd.struct_passwd | None) -> None:
        """Made under another name first, so that a run that was cut short leaves no half database behind."""
        unfinished = self.places.postgres_dir.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        make_folder(unfinished, owner=account)
        sync = ["--no-sync"] if not self.durable else []
        try:
            run_as(account, "initdb", *INITDB, *sync, f"--pgdata={unfinished}")
        except subprocess.CalledProcessError as error:
            raise StackError(f"PostgreSQL's data folder cannot be made: {error.stderr.strip()}") from error
        unfinished.rename(self.places.postgres_dir)

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def _create_database(self) -> None:
        with closing(self._connect("postgres")) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE_NAME}"')

    def _connect(self, database: str) -> "psycopg2.extensions.connection":
        host = str(self.places.postgres_socket_dir)
        return psycopg2.connect(host=host, user=DATABASE_USER, dbname=database, connect_timeout=5)

    def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.pid() is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def run_as(account: pwd.struct_passwd | None, program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs, with nothing of our environment but what it needs."""
    subprocess.run(
        [str(PROGRAMS_DIR / program), *arguments],
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us; we end what we have started
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
        timeout=START_SECONDS * 2,
    )
