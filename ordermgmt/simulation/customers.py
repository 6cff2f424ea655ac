"""The customers after the parcel came: most answer the survey, and what the credit notes say comes back."""

import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx

from ordermgmt.simulation.book import Acknowledged, Book, Row
from ordermgmt.simulation.dice import Dice
from orders.flow import State

ANSWER_SHARE, NPS_SHARE = 0.6, 0.85
ARRIVED = (State.DELIVERED, State.SURVEYED, State.REVIEWED)
REASONS = ("unwanted", "unwanted", "unwanted", "damaged", "wrong_item", "not_as_described")
# (satisfaction, words) of those who were served well, got the wrong thing, or waited too long.
PLEASED = ((5, ""), (5, "Lovely, thank you!"), (5, ""), (4, ""), (4, "Fast and well packed."), (3, ""))
SORRY = ((3, ""), (2, "Had to send something back."), (2, ""), (1, "Not what I ordered."))
LATE = ((3, ""), (2, "It came later than promised."), (2, ""), (1, "Nobody told me it would be late."))
CSRF_FIELD = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
OPEN, CLOSED = 200, 410
TRY_AGAIN_SECONDS = 1.5


@dataclass
class Customers:
    """All of them, one after the other; how they decide follows from the dice and the order."""

    book: Book
    dice: Dice
    patience: timedelta = timedelta(0)
    answers: int = 0
    returns: int = 0
    _heard: set[int] = field(default_factory=set)
    _next: defaultdict[int, float] = field(default_factory=partial(defaultdict, float))
    _sent_back: set[int] = field(default_factory=set)
    _browser: httpx.Client = field(default_factory=partial(httpx.Client, timeout=30.0))

    def act(self) -> None:
        """Everybody whose parcel has come does what they have in mind; raises Stopped."""
        rows = self.book.rows
        for number, entry in self.book.acknowledged.items():
            row = rows.get(number)
            if row is None or row.state not in ARRIVED or datetime.now(UTC) - row.since < self.patience:
                continue
            if entry.errand.returns and number not in self._sent_back:
                self._send_back(entry)
            if row.state == State.DELIVERED and number not in self._heard and time.monotonic() >= self._next[number]:
                self._next[number] = time.monotonic() + TRY_AGAIN_SECONDS
                self._answer(entry, row)

    def owes_something(self) -> bool:
        """Whether goods that have arrived are still to be sent back."""
        rows, entries = self.book.rows, self.book.acknowledged
        waiting = [number for number, entry in entries.items() if entry.errand.returns]
        return any(
            number not in self._sent_back and number in rows and rows[number].state in ARRIVED for number in waiting
        )

    def _send_back(self, entry: Acknowledged) -> None:
        body = {
            "key": f"parcel-{entry.errand.number}",
            "reason": self.dice.choose(REASONS, "reason", entry.errand.number),
            "lines": [{"sku": sku, "quantity": units} for sku, units in sorted(entry.errand.returns.items())],
        }
        answer = self.book.desk(entry.errand.channel).post(f"orders/{entry.number}/returns/", body)
        self.returns += answer.is_success
        self._sent_back.add(entry.number)

    def _answer(self, entry: Acknowledged, row: Row) -> None:
        """Open the page from the mail, and send the form that is on it; before the invitation it is not there yet."""
        if not self.dice.happens(ANSWER_SHARE, "answer", entry.errand.number):
            self._heard.add(entry.number)
            return
        desk = self.book.desk(entry.errand.channel)
        page = desk.ask(partial(self._browser.get, entry.survey))
        if page.status_code == OPEN and (token := CSRF_FIELD.search(page.text)):
            form = {"csrfmiddlewaretoken": token[1], **self._opinion(entry, row)}
            sent = desk.ask(partial(self._browser.post, entry.survey, data=form))
            self.answers += sent.is_redirect
            self._heard.add(entry.number)
        elif page.status_code == CLOSED:
            self._heard.add(entry.number)

    def _opinion(self, entry: Acknowledged, row: Row) -> dict[str, str]:
        number = entry.errand.number
        moods = LATE if row.since > entry.promised_at else SORRY if entry.errand.returns else PLEASED
        csat, comment = self.dice.choose(moods, "opinion", number)
        points = max(0, 2 * csat - int(self.dice.share("nps", number) * 2))
        nps = str(points) if self.dice.happens(NPS_SHARE, "recommends", number) else ""
        return {"csat": str(csat), "nps": nps, "comment": comment}
