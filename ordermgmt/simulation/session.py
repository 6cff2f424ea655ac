"""A simulation from the first order to the last review: who runs beside whom, and when it is over."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from ordermgmt.simulation.book import Book
from ordermgmt.simulation.clients import Shopper, queued
from ordermgmt.simulation.customers import Customers
from ordermgmt.simulation.desk import Desk, Stopped
from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.packer import Packer
from ordermgmt.simulation.plan import Errand
from ordermgmt.simulation.players import Manager, Staff
from ordermgmt.simulation.scanner import Scanner
from ordermgmt.simulation.shop import STAFFED
from ordermgmt.simulation.stations import Person, Station
from ordermgmt.simulation.third_party import Rejecting
from orders.flow import FINAL

LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Scene:
    """Where to play, with which keys (by channel), how many shoppers at once, and what they are promised.

    `people` are those who sign in at the stations, by station; without them the key picks and packs.
    """

    url: str
    keys: Mapping[str, str]
    dice: Dice
    clients: int = 8
    promise: timedelta | None = None
    patience_seconds: float = 150.0
    is_own: bool = False  # nobody else's orders are in the shop
    people: Mapping[str, Person] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """How far it is, by what the players know. `standing` counts acknowledged orders by state."""

    planned: int
    acknowledged: int
    refused: int
    standing: Mapping[str, int]

    @property
    def unfinished(self) -> int:
        """Acknowledged orders that have not come to an end, or cannot be found."""
        return self.acknowledged - sum(self.standing.get(state, 0) for state in FINAL)


class Acting(Protocol):
    """Somebody who looks round again and again and does what there is to do."""

    def act(self) -> None:
        """One round; raises Stopped."""


class Session:
    """The players, each in a thread of their own, and the clock over them."""

    def __init__(self, scene: Scene, errands: Sequence[Errand]) -> None:
        self.scene = scene
        self.stop = threading.Event()  # nobody waits for an answer any more
        self._enough = threading.Event()  # nobody starts anything new
        self.failures: list[BaseException] = []
        self._desks = {channel: Desk(scene.url, key, stop=self.stop) for channel, key in scene.keys.items()}
        self.book = Book(self._desks, opened_at=datetime.now(UTC))
        self.customers = Customers(self.book, scene.dice)
        self._errands = errands
        desk = next(iter(self._desks.values()))
        self.stations = {name: Station(desk, scene.url, person) for name, person in scene.people.items()}
        pack = self.stations.get("pack")
        self._staff = Staff(
            self.book,
            desk,
            STAFFED,
            scanner=Scanner(desk, scene.dice, station=self.stations.get("pick")),
            packer=Packer(pack, scene.dice) if pack else None,
            takes_what_comes=scene.is_own,
            rejecting=Rejecting(desk, scene.dice),
        )
        self._manager = Manager(self.book, scene.dice)
        self._changed_at = time.monotonic()
        self._last: Progress | None = None

    def play(self, look: Callable[[Progress], None]) -> float:
        """Everything, until all is over or nothing moves any more; `look` is called again and again. The seconds."""
        started = time.monotonic()
        waiting = queued(self._errands)
        shoppers = [Shopper(waiting, self.book, self.scene.promise) for _ in range(self.scene.clients)]
        rounds = ((self.book, 0.7), (self._staff, 1.0), (self._manager, 0.7), (self.customers, 0.3))
        jobs = [shopper.shop for shopper in shoppers]
        jobs += [partial(self._keep_acting, player, rest) for player, rest in rounds]
        for job in jobs:
            threading.Thread(target=self._guarded, args=(job,), daemon=True).start()
        try:
            while not self._over(progress := self.progress()):
                look(progress)
                time.sleep(LOOK_SECONDS)
            look(self.progress())
            return time.monotonic() - started
        except BaseException:
            self.stop.set()
            raise
        finally:
            self._enough.set()

    def close(self) -> None:
        """Nobody asks anything any more."""
        self.stop.set()
        for desk in self._desks.values():
            desk.close()
        for station in self.stations.values():
            station.close()

    def progress(self) -> Progress:
        """As the last look of the players found it."""
        rows, acknowledged = self.book.rows, self.book.acknowledged
        standing = Counter(rows[number].state for number in acknowledged if number in rows)
        return Progress(len(self._errands), len(acknowledged), self.book.refused.total(), standing)

    def _over(self, progress: Progress) -> bool:
        if self.failures:
            return True
        if progress != self._last:
            self._last, self._changed_at = progress, time.monotonic()
        all_answered = progress.acknowledged + progress.refused == progress.planned
        if all_answered and progress.unfinished == 0 and not self.customers.owes_something():
            return True
        return time.monotonic() - self._changed_at > self.scene.patience_seconds

    def _keep_acting(self, player: Acting, rest: float) -> None:
        while not self._enough.wait(rest):
            player.act()

    def _guarded(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Stopped:
            return
        except BaseException as error:  # the others must not wait for a thread that is gone
            self.failures.append(error)
