"""The whole stack as one thing: PostgreSQL, broker, web, worker and beat, started and ended together."""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ordermgmt.stack import schema
from ordermgmt.stack.errors import PartDied, StackError
from ordermgmt.stack.folders import make_data_folder
from ordermgmt.stack.guard import Guard
from ordermgmt.stack.places import PROJECT_DIR, Places
from ordermgmt.stack.postgres import Postgres
from ordermgmt.stack.processes import OnExit, Program, Supervisor, last_lines
from ordermgmt.stack.valkey import broker_program, end_leftover

# What takes three seconds alone takes minutes on a machine that others keep busy; what dies is noticed at once.
WEB_SECONDS = 300.0
HEALTH_SECONDS = 15.0
LOOK_SECONDS = 0.2
WEB = ("-m", "gunicorn", "-c", "python:ordermgmt.webserver", "ordermgmt.wsgi")
CELERY = ("-m", "celery", "--quiet", "-A", "ordermgmt")


@dataclass(frozen=True)
class Plan:
    """What a stack is to be. `env` overrides what the programs would get otherwise, `postgres` its server's settings.

    An own server is not started when its address is given in `env`.
    """

    places: Places
    port: int
    on_exit: OnExit = "stop"
    durable: bool = True
    temporary: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    postgres: Mapping[str, str] = field(default_factory=dict)


class Stack:
    """A running stack. Made by `opened` or `private_stack`, which also end it."""

    def __init__(self, plan: Plan, supervisor: Supervisor, postgres: Postgres | None) -> None:
        self._plan = plan
        self._supervisor = supervisor
        self._postgres = postgres

    @property
    def url(self) -> str:
        """Where the web answers."""
        return f"http://127.0.0.1:{self._plan.port}"

    @property
    def database_url(self) -> str:
        """The database of this stack."""
        return self._plan.env.get("DATABASE_URL") or self._plan.places.database_url

    @property
    def redis_url(self) -> str:
        """The broker of this stack."""
        return self._plan.env.get("REDIS_URL") or self._plan.places.redis_url

    @property
    def logs(self) -> Path:
        """One log file per program."""
        return self._plan.places.logs_dir

    @property
    def env(self) -> dict[str, str]:
        """What a program needs in its environment to belong to this stack."""
        return {
            "DJANGO_SETTINGS_MODULE": "ordermgmt.settings",
            "DATA_DIR": str(self._plan.places.data_dir),
            "PORT": str(self._plan.port),
            "BASE_URL": self.url,
            **self._plan.env,
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
        }

    def manage(self, *arguments: str) -> str:
        """Run one management command against this stack and return what it printed."""
        result = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT_DIR,
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise StackError(f"manage.py {' '.join(arguments)} failed:\n{result.stdout}{result.stderr}")
        return result.stdout

    def migrate(self) -> None:
        """Give its own database, which is empty, all tables."""
        if not schema.restore(self._plan.places):
            self.manage("migrate", "--verbosity=0")
            schema.keep(self._plan.places)

    def start(self, name: str, *command: str) -> int:
        """Start one more program of this project as a part of the stack. Its pid."""
        return self._supervisor.start(Program(name=name, command=(sys.executable, *command), env=self.env))

    def start_programs(self) -> None:
        """Web, worker and beat; returns when the web answers."""
        self.start("web", *WEB)
        self.start_worker()
        self.start("beat", *CELERY, "beat", "--pidfile=")
        self.await_web()

    def start_worker(self, *queues: str) -> int:
        """A worker for these queues, or for all of them. Its pid."""
        concurrency, some = self.env.get("WORKER_CONCURRENCY", "2"), ["-Q", ",".join(queues)] if queues else []
        return self.start("worker", *CELERY, "worker", "-c", concurrency, "--without-gossip", "--without-mingle", *some)

    def await_web(self) -> None:
        """Until `/healthz` says that database and broker answer too."""
        deadline = time.monotonic() + WEB_SECONDS
        while True:
            self.check()
            answer = _health(self.url)
            if answer == "":
                return
            if time.monotonic() > deadline:
                raise StackError(f"The web did not come up in {WEB_SECONDS:.0f} seconds: {answer}.")
            time.sleep(0.05)

    def check(self) -> None:
        """Look after the parts once: restart what died, or raise `PartDied`. An own PostgreSQL is never restarted."""
        self._supervisor.check()
        if self._postgres is not None and self._postgres.pid() is None:
            raise PartDied(name="postgres", code=None, last_lines=last_lines(self._postgres.log))

    def pid(self, name: str) -> int:
        """The main process of `web`, `worker`, `beat`, `broker` or a program started by `start`."""
        return self._supervisor.pid(name)

    def kill(self, name: str) -> int:
        """`kill -9` one part with all its processes. The pid that died."""
        return self._supervisor.kill(name)

    def restart(self, name: str) -> int:
        """End one part in good order and start it again. The new pid."""
        return self._supervisor.restart(name)

    def end(self, name: str) -> None:
        """End one part in good order; it stays away until it is started."""
        self._supervisor.end(name)


def _health(url: str) -> str:
    """Empty when all is well, else what is not."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=HEALTH_SECONDS):  # noqa: S310 - our own http address
            return ""
    except urllib.error.HTTPError as error:
        return ", ".join(f"{name} {state}" for name, state in json.load(error).items() if state != "ok")
    except OSError:
        return "no answer"


@contextmanager
def opened(plan: Plan) -> Iterator[Stack]:
    """The servers run inside the block, and every program started in it ends with it."""
    places = plan.places
    with ExitStack() as exits:
        guard = Guard()
        exits.callback(guard.dismiss)
        if plan.temporary:
            for folder in (places.data_dir, places.run_dir):
                guard.remove(folder)
                exits.callback(shutil.rmtree, folder, ignore_errors=True)
        make_data_folder(places)
        exits.enter_context(_only_one(places))
        postgres = None if "DATABASE_URL" in plan.env else Postgres(places, plan.durable, plan.postgres)
        if postgres is not None:
            exits.enter_context(postgres.used(guard=guard))
        supervisor = Supervisor(logs=places.logs_dir, guard=guard, on_exit=plan.on_exit)
        exits.callback(supervisor.stop)
        if "REDIS_URL" not in plan.env:
            end_leftover(places)
            supervisor.start(broker_program(places))
        yield Stack(plan, supervisor, postgres)


@contextmanager
def private_stack(
    *,
    env: Mapping[str, str] | None = None,
    postgres: Mapping[str, str] | None = None,
    durable: bool = True,
    programs: bool = True,
) -> Iterator[Stack]:
    """A migrated stack of one's own that leaves nothing behind; what dies in it is started again.

    `env` is given to its programs, `postgres` to the server as settings. With `programs=False` only PostgreSQL and the
    broker run.
    """
    places = Places(Path(tempfile.mkdtemp(prefix="ordermgmt-")))
    plan = Plan(places, _free_port(), "restart", durable, temporary=True, env=env or {}, postgres=postgres or {})
    with opened(plan) as stack:
        if programs:
            stack.migrate()
            stack.start_programs()
        with _tended(stack):
            yield stack


@contextmanager
def _tended(stack: Stack) -> Iterator[None]:
    """Somebody looks after the parts while the caller does something else."""
    done = threading.Event()

    def tend() -> None:
        while not done.wait(LOOK_SECONDS):
            try:
                stack.check()
            except PartDied as error:
                sys.stderr.write(f"{error}\n")
                return

    thread = threading.Thread(target=tend, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextmanager
def _only_one(places: Places) -> Iterator[None]:
    """The lock dies with its holder, so nothing stale can be left."""
    with (places.data_dir / "stack.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(f"A stack with the data folder {places.data_dir} is already running.") from None
        yield


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
