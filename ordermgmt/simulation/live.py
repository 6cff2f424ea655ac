"""A shop that lives: an order every few seconds, and people who do their work at a person's pace.

It leaves something for whoever looks: what was there before it began is not touched, shipments in the manual warehouse
wait a minute and a half before somebody confirms them, holds three minutes.
"""

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import TypedDict

from ordermgmt.simulation.book import Book
from ordermgmt.simulation.clients import Shopper, queued
from ordermgmt.simulation.customers import Customers
from ordermgmt.simulation.desk import Desk, Stopped
from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.plan import Errand, within
from ordermgmt.simulation.players import Manager, Staff
from ordermgmt.simulation.scanner import Scanner
from ordermgmt.simulation.session import Acting, Scene
from ordermgmt.simulation.third_party import Rejecting

log = logging.getLogger(__name__)
REMEMBERED = timedelta(minutes=10)
AFTER_AN_ERROR_SECONDS = 10.0


class Pace(TypedDict):
    """How a person works: a step at a time, and on new orders only."""

    one_step: bool
    beyond: int


@dataclass(frozen=True)
class Turn:
    """Somebody, and the seconds between two of their looks."""

    name: str
    player: Acting
    seconds: float


@dataclass(frozen=True)
class Forgetting:
    """Keeps the book short, for a play that lasts for days."""

    book: Book

    def act(self) -> None:
        """Let go of what ended a while ago."""
        self.book.forget(ended_before=datetime.now(UTC) - REMEMBERED)


@dataclass(frozen=True)
class Arrivals:
    """One errand a round, until there are none left."""

    shopper: Shopper

    def act(self) -> None:
        """Place the next order, if there is one."""
        if not self.shopper.errands.empty():
            self.shopper.place(self.shopper.errands.get())


def play(scene: Scene, errands: Sequence[Errand], *, every: float, most: int) -> None:
    """Play until interrupted: `most` of the errands that this shop can serve, then the people alone."""
    stop = threading.Event()
    desks = {channel: Desk(scene.url, key, stop=stop) for channel, key in scene.keys.items()}
    book, desk = Book(desks, opened_at=datetime.now(UTC)), next(iter(desks.values()))
    try:
        errands = within(errands, desk.available(), whole=True)[:most]
        for turn in turns(book, desk, errands, every=every, dice=scene.dice, beyond=newest(desks.values())):
            threading.Thread(target=_take_turns, args=(turn, stop), name=turn.name, daemon=True).start()
        stop.wait()
    finally:
        stop.set()


def newest(desks: Iterable[Desk]) -> int:
    """The highest order number before the play: what was there already is left to whoever visits the shop."""
    return max((row["number"] for desk in desks for row in islice(desk.pages("orders/", page_size="1"), 1)), default=0)


def turns(book: Book, staff: Desk, errands: Sequence[Errand], *, every: float, dice: Dice, beyond: int) -> list[Turn]:
    """Everybody, at their own pace."""
    seconds = partial(timedelta, 0)
    person: Pace = {"one_step": True, "beyond": beyond}
    by_hand = Staff(book, staff, ["LEEDS"], patience=seconds(90), scanner=Scanner(staff, dice), **person)
    rejecting = Rejecting(staff, dice, again_after=seconds(240))
    third_party = Staff(book, staff, ["RTM"], patience=seconds(20), rejecting=rejecting, **person)
    return [
        Turn("shoppers", Arrivals(Shopper(queued(errands), book, None)), every),
        Turn("book", book, 2.0),
        Turn("forgetting", Forgetting(book), 60.0),
        Turn("manual warehouse", by_hand, 7.0),
        Turn("third party", third_party, 8.0),
        Turn("manager", Manager(book, dice, patience=seconds(180), **person), 45.0),
        Turn("customers", Customers(book, dice, patience=seconds(4)), 3.0),
    ]


def _take_turns(turn: Turn, stop: threading.Event) -> None:
    """An error costs one turn and is said once in the log; the play goes on."""
    said: set[str] = set()
    while not stop.wait(turn.seconds):
        try:
            turn.player.act()
        except Stopped:
            return
        except Exception as error:
            if repr(error) not in said:
                log.warning("The %s had to stop for a moment: %r", turn.name, error)
            said.add(repr(error))
            stop.wait(AFTER_AN_ERROR_SECONDS)
