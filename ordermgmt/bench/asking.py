"""Asking for a page again and again in this process: how long it takes, what it costs, how many statements it sends."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from ordermgmt.bench.figures import percentile

FOUND = (200, 302)  # a search that finds exactly one thing jumps there


@dataclass(frozen=True)
class Answers:
    """What came of the requests. Times in milliseconds: until the answer was whole, and of the processors.

    `queries` are the most that one request sent, `body` is the longest answer.
    """

    p50_ms: float
    p95_ms: float
    cpu_ms: float
    queries: int
    body: bytes


@dataclass(frozen=True)
class _Answer:
    ms: float
    queries: int
    body: bytes


class Counted:
    """Counts the statements of a connection and lets them pass."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """One more."""
        self.count += 1
        return execute(*arguments)


def owner_signed_in() -> Client:
    """Somebody who may see everything."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("bench"))
    return client


def asked(client: Client, addresses: Sequence[str], requests: int) -> Answers:
    """The addresses of one page in turn; the very first answer fills the process's caches and is not counted."""
    _got(client, addresses[0])
    before, answers = _cpu_ms(), [_timed(client, each) for each in islice(cycle(addresses), requests)]
    waits = [answer.ms for answer in answers]
    return Answers(
        median(waits),
        percentile(waits, 95) or 0.0,
        (_cpu_ms() - before) / requests,
        max(answer.queries for answer in answers),
        max((answer.body for answer in answers), key=len),
    )


def _timed(client: Client, address: str) -> "_Answer":
    counted, began = Counted(), time.perf_counter()
    with connection.execute_wrapper(counted):
        body = _got(client, address)
    return _Answer(1000 * (time.perf_counter() - began), counted.count, body)


def _got(client: Client, address: str) -> bytes:
    answer = client.get(address)
    if answer.status_code not in FOUND:
        raise ValueError(f"{address} answered {answer.status_code}")
    return _whole(answer)


def _whole(answer: Any) -> bytes:
    pieces: Iterable[bytes] = answer.streaming_content if answer.streaming else [answer.content]
    return b"".join(pieces)


def _cpu_ms() -> float:
    """That this process and its connection's server have used so far; of the server 0 where /proc is missing."""
    try:
        told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
    except OSError:
        told = "0"
    return 1000 * time.process_time() + int(told.split()[0]) / 1e6
