"""What happens to goods: they come, are counted, found missing, moved between warehouses, sourced and sent."""

from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from inventory import services as stock
from inventory.errors import InventoryError, NotPromised
from inventory.models import Stock, StockMovement, Warehouse
from inventory.services.counts import approve_count, discard_count, enter_count, open_count, submit_count
from inventory.services.deliveries import Receipt, expect_delivery, receive_delivery
from orders.backorders import mend
from orders.models import Allocation, OrderLine
from orders.services import set_priority
from orders.stages.receive import receive
from tests.stateful import books
from tests.stateful.desk import CRASH, PICK, Desk, choose
from tests.stateful.room import Order, Shelf

PLENTY = 40  # units on all shelves, from which on nothing more is ordered: there would be no conflicts left


class Goods(Desk):
    """The other half."""

    @precondition(lambda self: sum(row.on_hand for row in self.room.shelves) < PLENTY)
    @rule(pick=PICK, expected=st.integers(1, 6), good=st.integers(0, 8), damaged=st.integers(0, 2), crash=CRASH)
    def deliver(self, pick: int, expected: int, good: int, damaged: int, crash: int) -> None:
        shelf, name = choose(self.room.shelves, pick), self.name("d")
        row, due_on = Stock.objects.select_related("warehouse").get(pk=shelf.pk), books.START.date()
        units = {row.product_id: expected}
        delivery = expect_delivery(row.warehouse, reference=name, supplier="", due_on=due_on, units=units, by="bob")
        came = {delivery.lines.get().pk: Receipt(good, damaged)}
        act = partial(receive_delivery, delivery.pk, received=came, key=name, by="petra")
        outcome = self.attempt("deliver", act, crash=crash)
        assert isinstance(outcome, InventoryError) == (good + damaged == 0)
        self.again(act)
        shelf.on_hand += good

    def uncounted(self) -> list[Shelf]:
        return [row for row in self.room.shelves if all(row is not shelf for shelf, _ in self.counts.values())]

    @precondition(lambda self: self.uncounted())
    @rule(pick=PICK, difference=st.integers(-9, 7))
    def count(self, pick: int, difference: int) -> None:
        shelf = choose(self.uncounted(), pick)
        counted = max(0, shelf.on_hand + difference)
        place = Warehouse.objects.get(code=shelf.place)
        count = self.attempt("count", partial(open_count, place, name=self.name("c"), stock_ids=[shelf.pk], by="bob"))
        self.again(partial(enter_count, count.lines.get().pk, counted=counted, by="bob"))
        self.counts[count.pk] = (shelf, counted - shelf.on_hand)

    @precondition(lambda self: self.counts)
    @rule(pick=PICK, crash=CRASH)
    def book_count(self, pick: int, crash: int) -> None:
        count_id = choose(list(self.counts), pick)
        shelf, variance = self.counts.pop(count_id)
        if abs(variance) > 5:
            assert self.again(partial(submit_count, count_id, by="bob")).state == "submitted"
            act = partial(approve_count, count_id, by="alice")
        else:
            act = partial(submit_count, count_id, by="bob")
        outcome = self.attempt("book count", act, crash=crash)
        if variance >= 0:
            shelf.on_hand += variance
        elif self.room.lose(shelf, -variance) is None:
            assert outcome.missing == {shelf.sku: shelf.on_hand}
            discard_count(count_id, by="bob")
            return
        assert outcome.state == "booked"

    @precondition(lambda self: self.room.promises)
    @rule(pick=PICK, units=st.integers(1, 6), crash=CRASH)
    def write_down(self, pick: int, units: int, crash: int) -> None:
        shelf, kind = choose(self.room.shelves, pick), StockMovement.Kind.PICK
        act = partial(stock.write_down, shelf.pk, units, kind=kind, key=self.name("w"), by="bob", reason="Not there")
        outcome, lost = self.attempt("write down", act, crash=crash), self.room.lose(shelf, units)
        if lost is None:
            assert outcome.missing == {shelf.sku: shelf.on_hand}
        else:
            assert [row.quantity for row in outcome] == [taken for _, taken in lost]
            assert self.again(act) == []

    @precondition(lambda self: self.room.promises)
    @rule(pick=PICK, quantity=st.integers(-6, 6).filter(bool), crash=CRASH)
    def adjust(self, pick: int, quantity: int, crash: int) -> None:
        shelf = choose(self.room.shelves, pick)
        act = partial(stock.adjust, shelf.pk, quantity, key=self.name("a"), by="bob", reason="Found")
        outcome = self.attempt("adjust", act, crash=crash)
        if quantity > 0:
            shelf.on_hand += quantity
        elif self.room.lose(shelf, -quantity) is None:
            assert outcome.missing == {shelf.sku: shelf.on_hand}

    @precondition(lambda self: self.room.promises)
    @rule(pick=PICK, units=st.integers(1, 5), crash=CRASH)
    def transfer(self, pick: int, units: int, crash: int) -> None:
        source = choose(self.room.shelves, pick)
        target = next(row for row in self.room.shelves if row.sku == source.sku and row is not source)
        rows = Stock.objects.in_bulk([source.pk, target.pk])
        places = {"source_id": rows[source.pk].warehouse_id, "target_id": rows[target.pk].warehouse_id}
        act = partial(stock.transfer, rows[source.pk].product_id, units, key=self.name("t"), by="bob", **places)
        outcome, free = self.attempt("transfer", act, crash=crash), source.on_hand - self.room.reserved(source)
        if units > free:
            assert outcome.missing == {source.sku: max(0, free)}
            return
        assert (outcome, self.again(act)) == (None, None)
        source.on_hand, target.on_hand = source.on_hand - units, target.on_hand + units

    @precondition(lambda self: self.orders(lambda row: row.state == "placed" and not row.is_held))
    @rule(pick=PICK, crash=CRASH)
    def receive(self, pick: int, crash: int) -> None:
        name = choose(self.orders(lambda row: row.state == "placed" and not row.is_held), pick)
        order = self.room.orders[name]
        outcome = self.attempt("receive", partial(receive, self.pk(name), by="system:receive"), crash=crash)
        order.state = "received"
        assert outcome.state == "received"
        self.moved(name)
        allocated = Allocation.objects.filter(line__order=outcome).values_list("line__position", "quantity")
        units = [sum(count for place, count in allocated if place == at) for at in range(1, 1 + len(order.wants))]
        assert units == [count for _, _, count in order.wants]

    @precondition(lambda self: self.orders(lambda row: row.is_whole and self.has_lost(row)))
    @rule(pick=PICK)
    def mend(self, pick: int) -> None:
        name = choose(self.orders(lambda row: row.is_whole and self.has_lost(row)), pick)
        order = self.room.orders[name]
        mended = self.attempt("mend", partial(mend, self.pk(name)))
        order.is_held = order.is_held or not mended
        self.moved(name)
        assert self.has_lost(order) == (not mended)

    def has_lost(self, order: Order) -> bool:
        return any(self.room.lost[purpose] for purpose in order.purposes)

    @precondition(lambda self: self.orders(lambda row: row.is_live))
    @rule(pick=PICK, priority=st.integers(-1, 2), crash=CRASH)
    def prioritise(self, pick: int, priority: int, crash: int) -> None:
        name = choose(self.orders(lambda row: row.is_live), pick)
        order = self.room.orders[name]
        act = partial(set_priority, self.pk(name), priority=priority, by="sam")
        assert self.attempt("prioritise", act, crash=crash).priority == priority
        order.priority = priority
        for row in self.room.promises:
            if row.purpose in order.purposes:
                row.priority = priority

    @precondition(lambda self: self.sendable())
    @rule(pick=PICK, crash=CRASH)
    def ship(self, pick: int, crash: int) -> None:
        name, place = choose(self.sendable(), pick)
        order = self.room.orders[name]
        rows = [row for row in self.room.promises if row.purpose in order.purposes and row.shelf.place == place]
        keys = {
            f"{name}/{row.position}": row.reservation_key for row in OrderLine.objects.filter(order__external_id=name)
        }
        units, code = {keys[row.purpose]: row.units for row in rows}, Warehouse.objects.get(code=place).pk
        act = partial(stock.ship, units, warehouse_id=code, key=f"ship:{name}:{place}", by="petra")
        outcome = self.attempt("ship", act, crash=crash)
        leaves = {row.shelf.sku: sum(one.units for one in rows if one.shelf is row.shelf) for row in rows}
        absent = {row.shelf.sku: row.shelf.on_hand for row in rows if row.shelf.on_hand < leaves[row.shelf.sku]}
        assert getattr(outcome, "missing", {}) == absent
        if not absent:
            for row in rows:
                row.shelf.on_hand -= row.units
                order.sent[row.purpose] += row.units
                self.room.promises.remove(row)
            assert isinstance(self.again(act), NotPromised)

    def sendable(self) -> list[tuple[str, str]]:
        """Orders that were received and paid, each with a warehouse that has something for it."""
        names = self.orders(lambda row: row.state == "received" and row.until is None)
        owners = {purpose: name for name in names for purpose in self.room.orders[name].purposes}
        return sorted({(owners[row.purpose], row.shelf.place) for row in self.room.promises if row.purpose in owners})
