"""Who started it stops it, whatever happens: the embedded servers and the programs around them."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from ordermgmt.stack import processes
from ordermgmt.stack.errors import PartDied, StackError
from ordermgmt.stack.folders import make_data_folder
from ordermgmt.stack.guard import Guard
from ordermgmt.stack.places import PROJECT_DIR, Places
from ordermgmt.stack.postgres import Postgres
from ordermgmt.stack.processes import Program, Supervisor
from ordermgmt.stack.stack import Plan, opened, private_stack

PATIENCE_SECONDS = 15


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def python(name: str, code: str) -> Program:
    return Program(name=name, command=(sys.executable, "-c", code))


def query(places: Places, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(host=str(places.postgres_socket_dir), user="postgres", dbname="ordermgmt")
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(statement)
    rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


@pytest.fixture
def guard() -> Iterator[Guard]:
    guard = Guard()
    yield guard
    guard.dismiss()


@pytest.fixture
def supervise(tmp_path: Path, guard: Guard) -> Iterator[Callable[[str], Supervisor]]:
    made: list[Supervisor] = []

    def make(on_exit: str) -> Supervisor:
        made.append(Supervisor(logs=tmp_path, guard=guard, on_exit=on_exit))
        return made[-1]

    yield make
    for supervisor in made:
        supervisor.stop()


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    places = Places(tmp_path / "data")
    make_data_folder(places)
    yield places
    shutil.rmtree(places.run_dir)  # it lies outside of a folder with so long a name


def test_a_part_that_crashes_is_named_with_the_end_of_its_log(supervise):
    supervisor = supervise("stop")
    pid = supervisor.start(python("worker", "print('out of cheese', flush=True); raise SystemExit(3)"))
    until(lambda: not is_running(pid))
    with pytest.raises(PartDied, match=r"The worker stopped by itself \(exit code 3\)(?s:.*)out of cheese"):
        supervisor.check()


def test_a_part_that_is_killed_is_started_again(supervise):
    supervisor = supervise("restart")
    first = supervisor.start(python("worker", "import time; time.sleep(60)"))
    assert supervisor.kill("worker") == first
    supervisor.check()
    assert supervisor.pid("worker") != first
    assert is_running(supervisor.pid("worker"))


def test_a_part_that_never_lives_is_given_up(supervise):
    supervisor = supervise("restart")
    supervisor.start(python("worker", "raise SystemExit(7)"))
    with pytest.raises(PartDied, match="exit code 7"):
        until(lambda: supervisor.check() is not None)


def test_stopping_ends_grandchildren_and_those_who_do_not_listen(supervise, monkeypatch):
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.5)
    supervisor = supervise("stop")
    deaf = "import signal, subprocess, time; signal.signal(15, signal.SIG_IGN); subprocess.Popen(['sleep', '60']);"
    pid = supervisor.start(python("worker", f"{deaf} print('ready', flush=True); time.sleep(60)"))
    until(lambda: bool(psutil.Process(pid).children()))
    (grandchild,) = psutil.Process(pid).children()
    supervisor.stop()
    until(lambda: not is_running(pid) and not is_running(grandchild.pid))


def test_postgres_finds_its_data_again(places, guard):
    for expected in ([], [("kept",)]):
        with Postgres(places, durable=False).used(guard=guard):
            query(places, "CREATE TABLE IF NOT EXISTS note (text text)")
            assert query(places, "SELECT text FROM note") == expected
            query(places, "INSERT INTO note VALUES ('kept')")
    assert Postgres(places).pid() is None


def test_the_last_one_out_stops_postgres(places, guard):
    postgres = Postgres(places, durable=False)
    with postgres.used(guard=guard):
        pid = postgres.pid()
        with Postgres(places).used(guard=guard):
            assert postgres.pid() == pid
        assert postgres.pid() == pid
    assert postgres.pid() is None


def test_a_killed_postgres_starts_again_with_its_data(places, guard):
    postgres = Postgres(places)
    with postgres.used(guard=guard):
        query(places, "CREATE TABLE note AS SELECT 'kept' AS text")
        os.kill(postgres.pid(), signal.SIGKILL)
        until(lambda: postgres.pid() is None)
        with Postgres(places).used(guard=guard):
            assert query(places, "SELECT text FROM note") == [("kept",)]


def test_a_data_folder_has_one_stack(places):
    plan = Plan(places, port=1, env={"DATABASE_URL": "elsewhere", "REDIS_URL": "elsewhere"})
    with opened(plan), pytest.raises(StackError, match="already running"), opened(plan):
        pass


def test_a_killed_supervisor_leaves_nothing_behind():
    code = (
        "from ordermgmt.stack.stack import private_stack\n"
        "with private_stack(programs=False, durable=False) as stack:\n"
        "    print(stack.logs.parent, stack.pid('broker'), flush=True)\n"
        "    input()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=PROJECT_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    folder, broker = process.stdout.readline().split()
    postgres = Postgres(Places(Path(folder))).pid()
    assert is_running(postgres)
    process.kill()
    process.communicate()
    until(lambda: not is_running(postgres) and not is_running(int(broker)) and not Path(folder).exists())


def test_the_broker_comes_back_empty_and_at_the_same_address():
    with private_stack(programs=False, durable=False) as stack:
        path = stack.redis_url.removeprefix("redis+socket://")
        client = redis.Redis(unix_socket_path=path)
        client.set("nudge", "lost")
        killed = stack.kill("broker")
        until(lambda: stack.pid("broker") != killed and Path(path).exists())
        until(lambda: redis.Redis(unix_socket_path=path, retry_on_error=[]).ping())
        assert client.get("nudge") is None
