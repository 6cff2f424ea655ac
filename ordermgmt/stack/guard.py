"""Ends what a killed program left behind.

A supervisor that is stopped in good order ends its own children. One that dies of `kill -9` cannot. So it starts this
small process beside itself, tells it through a pipe what it has started, and when the pipe closes without the children
having been crossed off, the guard ends them. (A death signal by prctl would be Linux only, tied to a thread, and lost
when PostgreSQL changes its user.)

The guard runs as a plain script without Django, so that it starts in milliseconds.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE_SECONDS = 8.0


class Guard:
    """The supervisor's end of the pipe."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__], stdin=reading, cwd="/", start_new_session=True
        )
        os.close(reading)
        self._pipe = os.fdopen(writing, "w", buffering=1)

    def watch(self, pid: int, *, stop_signal: signal.Signals) -> None:
        """End this process group with the signal, and with SIGKILL if that does not help."""
        self._say(f"watch {pid} {int(stop_signal)}")

    def forget(self, pid: int) -> None:
        """It has ended; its number may soon belong to somebody else."""
        self._say(f"forget {pid}")

    def remove(self, folder: Path) -> None:
        """A temporary folder that must not outlive us."""
        self._say(f"remove {folder}")

    def dismiss(self) -> None:
        """Everything has been ended in good order."""
        self._say("dismiss")
        self._pipe.close()
        self._process.wait()

    def _say(self, line: str) -> None:
        self._pipe.write(f"{line}\n")


def is_alive(pid: int) -> bool:
    """Whether the process group still has a member."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def send(pid: int, number: int) -> None:
    """The leader gets the signal and passes it on; with SIGKILL the whole group does."""
    try:
        if number == signal.SIGKILL:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except ProcessLookupError:
        pass


def keep_watch() -> None:
    """Listen until the pipe closes, then end what is left."""
    watched: dict[int, int] = {}
    folders: list[str] = []
    for line in sys.stdin:
        match line.rstrip("\n").split(" ", 1):
            case ["watch", rest]:
                pid, number = map(int, rest.split())
                watched[pid] = number
            case ["forget", rest]:
                watched.pop(int(rest), None)
            case ["remove", rest]:
                folders.append(rest)
            case ["dismiss"]:
                return
    for pid, number in watched.items():
        send(pid, number)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(map(is_alive, watched)) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in filter(is_alive, watched):
        send(pid, signal.SIGKILL)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    keep_watch()
