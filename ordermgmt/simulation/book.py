"""What the players know: the orders that were acknowledged, and where every order of the shop stands now."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ordermgmt.simulation.desk import Desk
from ordermgmt.simulation.plan import Errand
from orders.flow import FINAL

# Looks overlap by this much: a change may become visible a little after the moment it names.
OVERLAP = timedelta(seconds=10)


@dataclass(frozen=True)
class Row:
    """An order as the list shows it; `channel` says whose key may act on it."""

    number: int
    external_id: str
    channel: str
    state: str
    since: datetime
    held: bool


@dataclass(frozen=True)
class Acknowledged:
    """An order that the shop has confirmed to whoever placed it."""

    errand: Errand
    number: int
    survey: str
    promised_at: datetime
    seconds: float


class Book:
    """Written by the clients and by whoever looks; read by everybody. One lock, never held while asking."""

    def __init__(self, desks: Mapping[str, Desk], *, opened_at: datetime) -> None:
        self._desks = desks
        self._lock = threading.Lock()
        self._looked_at = opened_at
        self._rows: dict[int, Row] = {}
        self._acknowledged: dict[int, Acknowledged] = {}
        self._refused: Counter[str] = Counter()

    def act(self) -> None:
        """Ask for what has changed since the last look; raises Stopped."""
        asked_at = datetime.now(UTC)
        since = (self._looked_at - OVERLAP).isoformat()
        fresh = [
            _row(channel, found)
            for channel, desk in self._desks.items()
            for found in desk.pages("orders/", updated_after=since, page_size="500")
        ]
        with self._lock:
            self._rows.update((row.number, row) for row in fresh)
            self._looked_at = asked_at

    def acknowledge(self, errand: Errand, body: Mapping[str, Any], *, seconds: float) -> None:
        """The shop has said yes, after so many seconds."""
        promised = datetime.fromisoformat(body["promised_at"])
        entry = Acknowledged(errand, body["number"], body["links"]["survey"], promised, seconds)
        with self._lock:
            self._acknowledged[entry.number] = entry

    def refuse(self, code: str) -> None:
        """The shop has said no."""
        with self._lock:
            self._refused[code] += 1

    def forget(self, *, ended_before: datetime) -> None:
        """Let go of orders whose journey has been over for a while."""
        with self._lock:
            old = [row.number for row in self._rows.values() if row.state in FINAL and row.since < ended_before]
            for number in old:
                del self._rows[number]
                self._acknowledged.pop(number, None)

    def knows(self, number: int) -> bool:
        """Whether this order was placed here."""
        with self._lock:
            return number in self._acknowledged

    def desk(self, channel: str) -> Desk:
        """The one whose key opens this channel's orders; a single key stands for every channel."""
        return self._desks.get(channel) or next(iter(self._desks.values()))

    @property
    def rows(self) -> dict[int, Row]:
        """By number, as of the last look."""
        with self._lock:
            return dict(self._rows)

    @property
    def acknowledged(self) -> dict[int, Acknowledged]:
        """By number."""
        with self._lock:
            return dict(self._acknowledged)

    @property
    def refused(self) -> Counter[str]:
        """How often by code."""
        with self._lock:
            return Counter(self._refused)


def _row(channel: str, found: Mapping[str, Any]) -> Row:
    return Row(
        number=found["number"],
        external_id=found["external_id"],
        channel=channel,
        state=found["state"],
        since=datetime.fromisoformat(found["state_since"]),
        held=found["open_holds"] > 0,
    )
