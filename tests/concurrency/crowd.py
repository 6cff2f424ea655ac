"""Many clients of the API at the same moment, each with a connection of its own."""

import json
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

LONGEST_SECONDS = 60


@dataclass(frozen=True)
class Call:
    """One request as it goes over the wire."""

    path: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What came back; `replayed` when it had been given before."""

    status: int
    replayed: bool
    body: Any

    @property
    def code(self) -> str:
        """The problem's code; empty when there is none."""
        return self.body.get("code", "")


def ask(connection: HTTPConnection, call: Call) -> Answer:
    """Send and wait for the answer; the connection can be used again."""
    connection.request("POST", call.path, call.body, call.headers)
    response = connection.getresponse()
    return Answer(response.status, response.headers.get("Idempotent-Replayed") == "true", json.load(response))


def ask_once(port: int, call: Call) -> Answer:
    """The same on a new connection."""
    connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST_SECONDS)
    try:
        return ask(connection, call)
    finally:
        connection.close()


def hang_up(port: int, call: Call, *, sent: float = 1.0) -> None:
    """Send this share of the request and cut the connection without reading a byte."""
    connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST_SECONDS)
    connection.putrequest("POST", call.path)
    for name, value in {**call.headers, "Content-Length": str(len(call.body))}.items():
        connection.putheader(name, value)
    connection.endheaders(call.body[: int(sent * len(call.body))])
    connection.close()


def crowd(port: int, calls: Sequence[Call], *, at_once: int) -> list[Answer]:
    """The answers in the order of `calls`; `at_once` clients take the next call as soon as they have an answer.

    They start together. A client whose connection breaks ends the crowd with its error.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for place in range(len(calls)):
        waiting.put(place)
    answers: dict[int, Answer] = {}
    start = threading.Barrier(at_once)

    def client() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST_SECONDS)
        connection.connect()
        start.wait(timeout=LONGEST_SECONDS)
        try:
            while True:
                place = waiting.get_nowait()
                answers[place] = ask(connection, calls[place])
        except queue.Empty:
            return
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=LONGEST_SECONDS)
    assert len(answers) == len(calls), f"{len(calls) - len(answers)} calls were never answered"
    return [answers[place] for place in range(len(calls))]
