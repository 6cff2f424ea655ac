"""The shoppers: each order is sent under one idempotency key until the shop has answered, whatever breaks meanwhile."""

import queue
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ordermgmt.simulation.book import Book
from ordermgmt.simulation.desk import code_of
from ordermgmt.simulation.plan import Errand


@dataclass(frozen=True)
class Shopper:
    """One of several that take their errands from the same queue. `promise`: when the goods are told to arrive."""

    errands: "queue.SimpleQueue[Errand]"
    book: Book
    promise: timedelta | None

    def shop(self) -> None:
        """Run errands until there are none left; raises Stopped."""
        while True:
            try:
                errand = self.errands.get_nowait()
            except queue.Empty:
                return
            self.place(errand)

    def place(self, errand: Errand) -> None:
        """Send the order until it is answered; who has second thoughts calls it off at once."""
        body = errand.body()
        if self.promise:
            body["promised_at"] = (datetime.now(UTC) + self.promise).isoformat()
        started = time.monotonic()
        desk = self.book.desk(errand.channel)
        answer = desk.post("orders/", body, key=errand.external_id)
        if not answer.is_success:
            self.book.refuse(code_of(answer))
            return
        placed = answer.json()
        self.book.acknowledge(errand, placed, seconds=time.monotonic() - started)
        if errand.calls_off:
            desk.post(f"orders/{placed['number']}/cancel/", {"reason": "The customer changed their mind"})


def queued(errands: Iterable[Errand]) -> "queue.SimpleQueue[Errand]":
    """The errands in their order, to be taken by several shoppers."""
    waiting: queue.SimpleQueue[Errand] = queue.SimpleQueue()
    for errand in errands:
        waiting.put(errand)
    return waiting
