"""The cheapest HTTP client that still looks at every answer: one thread, open connections, bytes that are ready.

It shares the cores with what it measures, so of an answer it looks at status, length and first bytes only.
"""

import re
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

LOST = 0  # stands for the status of an answer that never came
PATIENCE_SECONDS = 30.0
BYTES_AT_ONCE = 262_144
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


@dataclass(frozen=True)
class Expected:
    """What a right answer has as its status and how its body begins."""

    status: int
    start: bytes


@dataclass(frozen=True)
class Tally:
    """What came back: the milliseconds each right answer took, and the other answers by their status."""

    waits_ms: list[float]
    wrong: Counter[int]
    seconds: float


class Call:
    """One connection and the request that is out on it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = self._connected()
        self._hung_up = False
        self._answer = b""
        self._sent = 0.0

    def fileno(self) -> int:
        """For the selector."""
        return self._socket.fileno()

    def send(self, request: bytes) -> None:
        """Let it out; the time runs. A server that hung up after the last answer is called again first."""
        self._sent = time.perf_counter()
        if self._hung_up:
            self.close()
            self._socket = self._connected()
            self._hung_up = False
        self._answer = b""
        self._socket.sendall(request)

    def take(self) -> tuple[int, bytes, float] | None:
        """Status, body and milliseconds, once the answer is here whole."""
        piece = b""
        with suppress(ConnectionError):
            piece = self._socket.recv(BYTES_AT_ONCE)
        if not piece:
            self._hung_up = True
            return LOST, b"", 0.0
        self._answer += piece
        end = self._answer.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self._answer[:end]
        length = LENGTH.search(head)
        if length is None or len(self._answer) < end + 4 + int(length[1]):
            return None
        self._hung_up = CLOSES.search(head) is not None
        return int(head[9:12]), self._answer[end + 4 :], (time.perf_counter() - self._sent) * 1000

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _connected(self) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE_SECONDS)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line


def drive(port: int, requests: Iterator[bytes], *, clients: int, seconds: float, expected: Expected) -> Tally:
    """Keep one request of each client out for so long, or until there are none, and wait for the last answers.

    Raises TimeoutError when no answer at all has come for half a minute.
    """
    waits_ms: list[float] = []
    wrong: Counter[int] = Counter()
    started = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _ in range(clients):
            _go_on(selector, Call(port), requests)
        while selector.get_map():
            ready = selector.select(PATIENCE_SECONDS)
            if not ready:
                raise TimeoutError(f"no answer for {PATIENCE_SECONDS:.0f} seconds.")
            for key, _ in ready:
                call = key.fileobj
                if not isinstance(call, Call) or (taken := call.take()) is None:
                    continue
                status, body, wait_ms = taken
                if status == expected.status and body.startswith(expected.start):
                    waits_ms.append(wait_ms)
                else:
                    wrong[status] += 1
                selector.unregister(call)
                _go_on(selector, call, requests if time.perf_counter() - started < seconds else iter(()))
    return Tally(waits_ms, wrong, time.perf_counter() - started)


def _go_on(selector: selectors.BaseSelector, call: Call, requests: Iterator[bytes]) -> None:
    request = next(requests, None)
    if request is None:
        call.close()
        return
    call.send(request)
    selector.register(call, selectors.EVENT_READ)
