"""The desk at which every operation is done twice: on the real database, and on the model in `room.py`.

Any operation may crash after any of its statements. Then everything must be as it was before, and the same operation
must succeed when it is done again.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from inventory import clock
from inventory import services as stock
from inventory.errors import InventoryError
from orders.errors import OrderError
from orders.models import Order
from tests.api import Api
from tests.stateful import books, room
from tests.stateful.room import Promise, Room, Shelf

CRASH = st.sampled_from((0,) * 6 + (1, 1, 2, 2, 3, 4, 5, 7))  # after how many statements; 0: not at all
PICK = st.integers(0, 59)
T = TypeVar("T")


@dataclass(frozen=True)
class Shop:
    """What is sold, where it lies and who sells it; the same in every example."""

    shelves: Sequence[Shelf]
    sellers: dict[str, Api]


def choose(rows: Sequence[T], pick: int) -> T:
    return rows[pick % len(rows)]


def told(act: Callable[[], Any]) -> Any:
    """What it returns, or the refusal that it raises."""
    try:
        return act()
    except (InventoryError, OrderError) as refusal:
        return refusal


class Desk(RuleBasedStateMachine):
    """One example: a shop from its first delivery on. `tally` counts what really happened, over all examples."""

    shop: ClassVar[Shop]
    tally: ClassVar[Counter[tuple[str, str]]]

    @initialize(units=st.lists(st.integers(0, 12), min_size=6, max_size=6))
    def open(self, units: list[int]) -> None:
        books.empty()
        self.minute, self.names = 0, 0
        self.room = Room([Shelf(**vars(row)) for row in self.shop.shelves])
        self.counts: dict[int, tuple[Shelf, int]] = {}
        for shelf, count in zip(self.room.shelves, units, strict=True):
            shelf.on_hand = count
        first = {shelf.pk: shelf.on_hand for shelf in self.room.shelves if shelf.on_hand}
        if first:
            stock.receive_all(first, key="first", by="test")

    def name(self, kind: str) -> str:
        self.names += 1
        return f"{kind}{self.names}"

    def attempt(self, what: str, act: Callable[[], Any], *, crash: int = 0) -> Any:
        """What it returns, or the refusal it raises; a minute later."""
        self.minute += 1
        with clock.at(books.START + timedelta(minutes=self.minute)):
            outcome = self._crashed(what, act, crash) if crash else None
            if outcome is None:
                outcome = told(act)
        refused = isinstance(outcome, Exception) or getattr(outcome, "status_code", 200) >= 400
        self.tally[what, "refused" if refused else "done"] += 1
        return outcome

    def _crashed(self, what: str, act: Callable[[], Any], crash: int) -> Any:
        """None when it crashed and left nothing behind, else what came out: it had fewer statements."""
        before = books.all_rows()
        try:
            with books.crashing(after=crash):
                return told(act)
        except books.Crash:
            self.tally[what, "crashed"] += 1
            left = [row[0] for row, was in zip(books.all_rows(), before, strict=True) if row != was]
            assert left == [], f"{what} crashed after {crash} statements and left something behind in {left}"
            return None

    def again(self, act: Callable[[], Any]) -> Any:
        """Once more, at the same moment."""
        with clock.at(books.START + timedelta(minutes=self.minute)):
            return told(act)

    def orders(self, test: Callable[[room.Order], object]) -> list[str]:
        return [name for name, row in self.room.orders.items() if test(row)]

    def pk(self, name: str) -> int:
        return Order.objects.values_list("pk", flat=True).get(external_id=name)

    def moved(self, name: str) -> None:
        """Sourcing decides where an order's goods come from; the model asks only that nothing is lost on the way."""
        order, seen, ours = self.room.orders[name], books.read(), self.room.orders[name].purposes
        shelves = {row.name: row for row in self.room.shelves}
        promises = [Promise(purpose, shelves[shelf], *rest) for purpose, shelf, *rest in seen["promises"]]
        mine = [row for row in promises if row.purpose in ours]
        assert [row for row in promises if row.purpose not in ours] == [
            row for row in self.room.promises if row.purpose not in ours
        ]
        assert {(row.at, row.priority) for row in mine} <= {(order.at, order.priority)}
        for purpose, sku, units in order.wants:
            here = [row for row in mine if row.purpose == purpose]
            assert {row.shelf.sku for row in here} <= {sku}
            lost = seen["lost"].get(purpose, 0)
            assert sum(row.units for row in here) + lost == units
            assert lost <= self.room.lost[purpose]
            self.room.lost[purpose] = lost
        self.room.promises = promises

    @invariant()
    def nothing_is_oversold(self) -> None:
        """What must be true whatever the model says."""
        seen = books.read()
        promised: Counter[str] = Counter()
        for _, shelf, units, *_ in seen["promises"]:
            promised[shelf] += units
        for shelf in self.room.shelves:
            on_hand, reserved, ledger = seen["shelves"][shelf.name]
            assert 0 <= reserved <= on_hand + shelf.backorder_limit
            assert on_hand == ledger >= 0
            assert reserved == promised[shelf.name]
        self._as_the_model_says(seen)

    def _as_the_model_says(self, seen: dict[str, Any]) -> None:
        rows = self.room.promises
        assert seen["promises"] == [[row.purpose, row.shelf.name, row.units, row.at, row.priority] for row in rows]
        assert seen["shelves"] == {
            row.name: [row.on_hand, self.room.reserved(row), row.on_hand] for row in self.room.shelves
        }
        assert seen["orders"] == {name: row.state for name, row in self.room.orders.items()}
        assert seen["baskets"] == {token: [row.channel, row.until] for token, row in self.room.baskets.items()}
        for order in self.room.orders.values():
            for purpose, _, units in order.wants:
                lost = self.room.lost[purpose] if order.is_live else 0
                assert seen["lost"].get(purpose, 0) == lost
                wanted = units - order.sent[purpose] if order.is_live else 0
                assert self.room.promised(purpose) + lost == wanted, "an order has all it wants, or nothing"
