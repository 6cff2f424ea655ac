"""Starts named programs, each in a process group of its own, keeps their logs, and ends all of them."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ordermgmt.stack.errors import PartDied, StackError
from ordermgmt.stack.guard import Guard, is_alive
from ordermgmt.stack.places import PROJECT_DIR

ANSWER_SECONDS = 60.0
STOP_SECONDS = 6.0
LAST_LINES = 15
LOG_BYTES = 5_000_000
# A program that dies this often within this time of its start is broken, not unlucky.
QUICK_DEATH_SECONDS = 5.0
QUICK_DEATHS_ALLOWED = 4

OnExit = Literal["stop", "restart"]


@dataclass(frozen=True)
class Program:
    """What to start. `answers_on` is a Unix socket that it must open before it counts as started."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    answers_on: Path | None = None


@dataclass
class Running:
    """A program and its process of the moment."""

    program: Program
    process: "subprocess.Popen[bytes]"
    since: float
    quick_deaths: int = 0


class Supervisor:
    """Owns the programs it has started, and nothing else."""

    def __init__(self, *, logs: Path, guard: Guard, on_exit: OnExit) -> None:
        self._logs = logs
        self._guard = guard
        self._on_exit = on_exit
        self._running: dict[str, Running] = {}
        # Faults are injected from one thread while another one restarts what died.
        self._lock = threading.RLock()

    def start(self, program: Program) -> int:
        """The new process's pid."""
        with self._lock:
            running = self._running.get(program.name)
            if running is not None and running.process.poll() is None:
                raise StackError(f"The {program.name} is already running (pid {running.process.pid}).")
            self._put_away_log(program)
            process = self._launch(program)
            self._running[program.name] = Running(program, process, time.monotonic())
            self._await_answer(program, process)
            return process.pid

    def pid(self, name: str) -> int:
        """The main process of a part."""
        return self._running[name].process.pid

    def check(self) -> None:
        """Start again what has died, or raise `PartDied` when that is not wanted or does not help."""
        with self._lock:
            for running in self._running.values():
                code = running.process.poll()
                if code is None:
                    continue
                if self._on_exit == "stop" or running.quick_deaths >= QUICK_DEATHS_ALLOWED:
                    raise PartDied(
                        name=running.program.name, code=code, last_lines=last_lines(self._log(running.program))
                    )
                self._replace(running)

    def kill(self, name: str) -> int:
        """`kill -9` the part and everything it has started; for fault injection. The pid that died."""
        with self._lock:
            running = self._running[name]
            self._end(running, signal.SIGKILL)
            running.process.wait()
            return running.process.pid

    def restart(self, name: str) -> int:
        """End the part in good order and start it again. The new pid."""
        with self._lock:
            running = self._running[name]
            self._end(running, signal.SIGTERM)
            self._await_end([running])
            self._replace(running)
            return running.process.pid

    def end(self, name: str) -> None:
        """End the part in good order, for as long as nobody starts it again."""
        with self._lock:
            self._end(self._running[name], signal.SIGTERM)
            self._await_end([self._running[name]])
            del self._running[name]

    def stop(self) -> None:
        """End everything, newest first: all are asked at once, and what does not listen is killed."""
        with self._lock:
            leaving = list(reversed(self._running.values()))
            self._running = {}
            broker = [running for running in leaving if running.program.answers_on]
            others = [running for running in leaving if not running.program.answers_on]
            for group in (others, broker):  # a worker says good-bye to the broker
                for running in group:
                    self._end(running, signal.SIGTERM)
                self._await_end(group)

    def _launch(self, program: Program) -> "subprocess.Popen[bytes]":
        with self._log(program).open("ab") as log:
            process = subprocess.Popen(
                program.command,
                env={**os.environ, **program.env},
                cwd=PROJECT_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,  # so that Ctrl-C at the terminal reaches the supervisor alone
            )
        self._guard.watch(process.pid, stop_signal=signal.SIGTERM)
        return process

    def _replace(self, running: Running) -> None:
        died_quickly = time.monotonic() - running.since < QUICK_DEATH_SECONDS
        running.quick_deaths = running.quick_deaths + 1 if died_quickly else 0
        self._end(running, signal.SIGKILL)  # what its main process left behind
        self._guard.forget(running.process.pid)
        running.process = self._launch(running.program)
        running.since = time.monotonic()
        self._await_answer(running.program, running.process)

    def _await_answer(self, program: Program, process: "subprocess.Popen[bytes]") -> None:
        if program.answers_on is None:
            return
        deadline = time.monotonic() + ANSWER_SECONDS
        while not _accepts(program.answers_on):
            code = process.poll()
            if code is not None or time.monotonic() > deadline:
                raise PartDied(name=program.name, code=code or 0, last_lines=last_lines(self._log(program)))
            time.sleep(0.02)

    def _end(self, running: Running, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(running.process.pid, number)
            elif running.process.poll() is None:
                running.process.send_signal(number)

    def _await_end(self, group: list[Running]) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        for running in group:
            with suppress(subprocess.TimeoutExpired):
                running.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            if is_alive(running.process.pid):
                self._end(running, signal.SIGKILL)
            running.process.wait()
            self._guard.forget(running.process.pid)

    def _log(self, program: Program) -> Path:
        return self._logs / f"{program.name}.log"

    def _put_away_log(self, program: Program) -> None:
        log = self._log(program)
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.old"))


def last_lines(log: Path) -> str:
    """The end of a log, for the person at the terminal."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-LAST_LINES:])


def _accepts(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
