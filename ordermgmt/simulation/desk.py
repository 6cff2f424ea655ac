"""The running system as people and programs reach it: over HTTP, patiently."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import httpx

ANSWER_SECONDS = 30.0
KNOCK_SECONDS = 5.0
FIRST_REST, LONGEST_REST = 0.05, 1.0
IN_FLIGHT = "idempotency_key_in_flight"


class Stopped(Exception):
    """The run is over, so nobody waits for an answer any more."""


class NoShop(Exception):
    """Nothing there to play with; the text is the whole message."""


class Desk:
    """The API as one key opens it. Safe to share between threads."""

    def __init__(self, url: str, key: str, *, stop: threading.Event) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=ANSWER_SECONDS)
        self._stop = stop

    def knock(self) -> None:
        """Raises NoShop when nobody answers, or when the key does not open what the players need."""
        for path in ("products/", "orders/", "shipments/"):
            try:
                answer = self._http.get(f"/api/v1/{path}", params={"page_size": "1"}, timeout=KNOCK_SECONDS)
            except httpx.TransportError as error:
                raise NoShop(f"No shop answers at {self._http.base_url}: {error}.") from None
            if not answer.is_success:
                raise NoShop(f"The shop at {self._http.base_url} refuses {path}: {code_of(answer)}.")

    def get(self, path: str, **query: str) -> Any:
        """The body of a 200; raises httpx.HTTPStatusError for a refusal."""
        answer = self.ask(partial(self._http.get, f"/api/v1/{path}", params=query))
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, key: str = "") -> httpx.Response:
        """The answer, a refusal too. What is asked again after a lost answer is asked under the same `key`."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.ask(partial(self._http.post, f"/api/v1/{path}", json=body, headers=headers))

    def pages(self, path: str, **query: str) -> list[dict[str, Any]]:
        """All rows of a list."""
        page = self.get(path, **query)
        rows: list[dict[str, Any]] = page["results"]
        while page["next"]:
            page = self.ask(partial(self._http.get, page["next"])).raise_for_status().json()
            rows += page["results"]
        return rows

    def available(self) -> dict[str, int]:
        """Units that can be promised now, by SKU."""
        return {row["sku"]: row["available"] for row in self.pages("products/", page_size="500")}

    def close(self) -> None:
        """Hang up, so that the web server need not wait for us when it stops."""
        self._http.close()

    def ask(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Send until there is an answer: a lost connection, a fault of theirs and "in flight" are asked again.

        Raises Stopped once nobody wants the answer any more.
        """
        rest = FIRST_REST
        while not self._stop.is_set():
            with suppress(httpx.TransportError):
                answer = send()
                if not _ask_again(answer):
                    return answer
            self._stop.wait(rest)
            rest = min(rest * 2, LONGEST_REST)
        raise Stopped


def _ask_again(answer: httpx.Response) -> bool:
    return answer.status_code >= 500 or (answer.status_code == 409 and code_of(answer) == IN_FLIGHT)


def code_of(answer: httpx.Response) -> str:
    """The stable code of a refusal."""
    try:
        return str(answer.json().get("code", answer.status_code))
    except ValueError:
        return str(answer.status_code)
