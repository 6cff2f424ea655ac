"""What buyers do: orders, bulks, baskets, second thoughts, and not paying."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from inventory import services as stock
from inventory.errors import NotEnoughStock
from orders.carts import basket_of
from orders.expiry import expire, expire_unpaid
from orders.services import cancel
from tests.api import ORDERS, order_body
from tests.stateful.desk import CRASH, PICK, Desk, choose
from tests.stateful.room import Basket, Order, Want, parts

UNPAID_MINUTES = 10
Lines = list[tuple[str, int]]
LINES = st.lists(st.tuples(st.sampled_from(["MUG", "PEN", "CUP", "SET"]), st.integers(1, 4)), min_size=1, max_size=3)
CHANNEL = st.sampled_from(["web", "market"])


def body(name: str, lines: Lines, *, paid: bool = True, hold: str = "") -> dict[str, Any]:
    """An order as a storefront sends it."""
    return order_body(
        external_id=name,
        lines=[{"sku": sku, "quantity": units} for sku, units in lines],
        payment={"method": "card"} if paid else {"method": "card", "authorised": "0.00"},
        hold=hold or None,
    )


def wants(name: str, lines: Lines) -> list[Want]:
    """The same in the model's words: a line for each part of a bundle."""
    found = [part for sku, units in lines for part in parts(sku, units)]
    return [(f"{name}/{place}", sku, units) for place, (sku, units) in enumerate(found, 1)]


class Buyers(Desk):
    """Half of the machine."""

    @rule(lines=LINES, channel=CHANNEL, paid=st.booleans(), hold=PICK, crash=CRASH)
    def place(self, lines: Lines, channel: str, paid: bool, hold: int, crash: int) -> None:
        name, tokens = self.name("o"), [*self.room.baskets, "", ""]
        token = choose(tokens, hold)
        asked = body(name, lines, paid=paid, hold=token.removeprefix("hold:"))
        act = partial(self.shop.sellers[channel].place, asked, name)
        answer = self.attempt("place", act, crash=crash)
        until = None if paid else self.minute + UNPAID_MINUTES
        order = Order(channel, wants(name, lines), self.minute, until)
        short = self.room.place(name, order, hold=token)
        assert (answer.status_code, answer.json().get("missing")) == ((409, short) if short else (201, None))
        twice = self.again(act)
        assert twice.headers["Idempotent-Replayed"] == "true"
        assert (twice.status_code, twice.json()) == (answer.status_code, answer.json())

    @rule(baskets=st.lists(LINES, min_size=2, max_size=3), channel=CHANNEL, crash=CRASH)
    def place_many(self, baskets: list[Lines], channel: str, crash: int) -> None:
        names = [self.name("b") for _ in baskets]
        bodies = [body(name, lines, paid=True) for name, lines in zip(names, baskets, strict=True)]
        act = partial(self.shop.sellers[channel].post, f"{ORDERS}bulk/", {"orders": bodies})
        answer = self.attempt("place many", act, crash=crash)
        orders = {
            name: Order(channel, wants(name, lines), self.minute) for name, lines in zip(names, baskets, strict=True)
        }
        short = self.room.place_many(orders)
        told = [(row["status"], row.get("problem", {}).get("missing")) for row in answer.json()["results"]]
        assert told == [(409, short[name]) if name in short else (201, None) for name in names]

    @precondition(lambda self: self.orders(lambda row: row.is_whole))
    @rule(pick=PICK, crash=CRASH)
    def cancel(self, pick: int, crash: int) -> None:
        name = choose(self.orders(lambda row: row.is_whole), pick)
        act = partial(cancel, self.pk(name), reason="x", by="sam")
        assert self.attempt("cancel", act, crash=crash).state == "cancelled"
        assert self.again(act).state == "cancelled"
        self.room.end(name)

    @rule(lines=LINES, channel=CHANNEL, minutes=st.integers(1, 9), crash=CRASH)
    def take_hold(self, lines: Lines, channel: str, minutes: int, crash: int) -> None:
        act = partial(hold_of, stock.take_hold, lines, channel, minutes)
        hold = self.attempt("take hold", act, crash=crash)
        token = "" if isinstance(hold, Exception) else hold.reservation_key
        self.held(hold, token, lines, Basket(channel, self.minute + minutes))

    @precondition(lambda self: self.room.baskets)
    @rule(pick=PICK, lines=LINES, minutes=st.integers(1, 9), crash=CRASH)
    def change_hold(self, pick: int, lines: Lines, minutes: int, crash: int) -> None:
        token = choose(list(self.room.baskets), pick)
        channel = self.room.baskets[token].channel
        act = partial(hold_of, partial(stock.change_hold, token.removeprefix("hold:")), lines, channel, minutes)
        self.held(self.attempt("change hold", act, crash=crash), token, lines, Basket(channel, self.minute + minutes))

    def held(self, hold: Any, token: str, lines: Lines, basket: Basket) -> None:
        """What came of asking for a basket, against what should have."""
        units: Counter[str] = Counter()
        for sku, count in lines:
            units[sku] += count
        short = self.room.hold(token, basket, list(units.items()), at=self.minute)
        assert (hold.missing if isinstance(hold, NotEnoughStock) else {}) == short

    @precondition(lambda self: self.room.baskets)
    @rule(pick=PICK, crash=CRASH)
    def drop_hold(self, pick: int, crash: int) -> None:
        token = choose(list(self.room.baskets), pick)
        act = partial(stock.drop_hold, token.removeprefix("hold:"), channel=self.room.baskets[token].channel)
        self.attempt("drop hold", act, crash=crash)
        self.room.drop(token)

    @precondition(lambda self: self.room.baskets)
    @rule(minutes=st.integers(0, 9), crash=CRASH)
    def expire_holds(self, minutes: int, crash: int) -> None:
        self.minute += minutes
        expired = self.attempt("expire holds", stock.expire_holds, crash=crash)
        over = [token for token, row in self.room.baskets.items() if row.until <= self.minute]
        assert expired == len(over)
        for token in over:
            self.room.drop(token)

    @precondition(lambda self: self.orders(lambda row: row.until is not None))
    @rule(minutes=st.integers(0, UNPAID_MINUTES), crash=CRASH)
    def expire_unpaid(self, minutes: int, crash: int) -> None:
        self.minute += minutes
        next_minute = self.minute + 1
        over = self.orders(lambda row: row.until is not None and row.until <= next_minute)
        if over and crash:
            assert self.attempt("expire unpaid", partial(expire, self.pk(over[0])), crash=crash) is True
            over = over[:1]
        else:
            assert self.attempt("expire unpaid", expire_unpaid) == len(over)
        for name in over:
            self.room.end(name)


def hold_of(ask: Any, lines: Lines, channel: str, minutes: int) -> Any:
    """Take or change a hold as the API does."""
    return ask(basket=basket_of(lines), channel=channel, lasts=timedelta(minutes=minutes))
