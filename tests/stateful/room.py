"""The stock room in plain Python: what promising, giving back, counting and losing must come to.

Nothing here knows the database. It is written as the words say it, one unit of thought after the other, so that it can
be read and believed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Want = tuple[str, str, int]  # purpose, SKU, units
BUNDLES = {"SET": (("MUG", 2), ("PEN", 1))}


def parts(sku: str, units: int) -> list[tuple[str, int]]:
    """What lies on shelves, of what is sold."""
    return [(part, each * units) for part, each in BUNDLES.get(sku, ((sku, 1),))]


@dataclass
class Shelf:
    """One stock. `safety` is what a channel must leave alone."""

    pk: int
    sku: str
    place: str
    backorder_limit: int = 0
    safety: dict[str, int] = field(default_factory=dict)
    on_hand: int = 0

    @property
    def name(self) -> str:
        return f"{self.sku} {self.place}"


@dataclass
class Promise:
    """Units of one shelf for one purpose."""

    purpose: str
    shelf: Shelf
    units: int
    at: int
    priority: int = 0

    @property
    def is_basket(self) -> bool:
        return self.purpose.startswith("hold:")


@dataclass
class Basket:
    """A promise that runs out."""

    channel: str
    until: int


@dataclass
class Order:
    """`wants` are its lines; `until` is when it is called off if it is not paid by then."""

    channel: str
    wants: list[Want]
    at: int
    until: int | None = None
    state: str = "placed"
    priority: int = 0
    is_held: bool = False
    sent: Counter[str] = field(default_factory=Counter)

    @property
    def purposes(self) -> list[str]:
        return [purpose for purpose, _, _ in self.wants]

    @property
    def is_live(self) -> bool:
        return self.state in ("placed", "received")

    @property
    def is_whole(self) -> bool:
        """Nothing of it has left."""
        return self.is_live and not self.sent


class Room:
    """Shelves in the order in which they are asked, promises in the order in which they were written."""

    def __init__(self, shelves: Iterable[Shelf]) -> None:
        self.shelves = list(shelves)
        self.promises: list[Promise] = []
        self.lost: Counter[str] = Counter()
        self.baskets: dict[str, Basket] = {}
        self.orders: dict[str, Order] = {}

    def shelf(self, name: str) -> Shelf:
        return next(row for row in self.shelves if row.name == name)

    def reserved(self, shelf: Shelf) -> int:
        return sum(row.units for row in self.promises if row.shelf is shelf)

    def promised(self, purpose: str) -> int:
        return sum(row.units for row in self.promises if row.purpose == purpose)

    def supply(self, sku: str, channel: str) -> list[tuple[Shelf, int]]:
        """Goods on hand anywhere, then what may be backordered; warehouse by warehouse."""
        shelves = [row for row in self.shelves if row.sku == sku]
        here = [(row, max(0, row.on_hand - self.reserved(row) - row.safety.get(channel, 0))) for row in shelves]
        late = [(row, row.backorder_limit - max(0, self.reserved(row) - row.on_hand)) for row in shelves]
        return here + late

    def promise(self, wants: Sequence[Want], *, channel: str, at: int) -> dict[str, int]:
        """All or nothing; what is left of each SKU that falls short."""
        asked: Counter[str] = Counter()
        for _, sku, units in wants:
            asked[sku] += units
        left = {sku: sum(units for _, units in self.supply(sku, channel)) for sku in asked}
        if short := {sku: left[sku] for sku in asked if left[sku] < asked[sku]}:
            return short
        offers = {sku: [[shelf, units] for shelf, units in self.supply(sku, channel)] for sku in asked}
        taken: dict[tuple[int, int], Promise] = {}
        for line, (purpose, sku, units) in enumerate(wants):
            for offer in offers[sku]:
                shelf, take = offer[0], min(units, offer[1])
                if take:
                    before = [row for row in taken.values() if row.purpose == purpose and row.shelf is shelf]
                    row = before[0] if before else taken.setdefault((line, shelf.pk), Promise(purpose, shelf, 0, at))
                    row.units, offer[1], units = row.units + take, offer[1] - take, units - take
        self.promises += [taken[place] for place in sorted(taken)]
        return {}

    def release(self, purposes: Iterable[str]) -> None:
        gone = set(purposes)
        self.promises = [row for row in self.promises if row.purpose not in gone]

    def place(self, name: str, order: Order, *, hold: str = "") -> dict[str, int]:
        """Take the order, the basket's promise included; or leave everything as it was and say what is left."""
        kept = list(self.promises)
        basket = self.baskets.get(hold)
        if basket and basket.channel == order.channel:
            self.release([hold])
        if short := self.promise(order.wants, channel=order.channel, at=order.at):
            self.promises = kept
            return short
        if basket and basket.channel == order.channel:
            del self.baskets[hold]
        self.orders[name] = order
        return {}

    def place_many(self, orders: dict[str, Order]) -> dict[str, dict[str, int]]:
        """All at once; where something is short, those who do not want it first, then the others in their turn."""
        wants = [want for order in orders.values() for want in order.wants]
        kept = list(self.promises)
        short = self.promise(wants, channel=next(iter(orders.values())).channel, at=next(iter(orders.values())).at)
        if not short:
            self.orders |= orders
            return {}
        self.promises = kept
        if len(orders) == 1:
            return dict.fromkeys(orders, short)
        late = {name: row for name, row in orders.items() if short.keys() & {sku for _, sku, _ in row.wants}}
        first = {name: row for name, row in orders.items() if name not in late}
        refused = self.place_many(first) if first else {}
        for name, order in late.items():
            refused |= self.place_many({name: order})
        return refused

    def end(self, name: str) -> None:
        """Call an order off."""
        self.orders[name].state, self.orders[name].until = "cancelled", None
        self.release(self.orders[name].purposes)

    def hold(self, token: str, basket: Basket, wants: Sequence[tuple[str, int]], *, at: int) -> dict[str, int]:
        """Promise a basket exactly this, or leave it as it was; what is left of each SKU that was asked for."""
        kept = list(self.promises)
        self.release([token])
        asked = [(token, part, units) for sku, each in wants for part, units in parts(sku, each)]
        short = self.promise(asked, channel=basket.channel, at=at)
        if short:
            self.promises = kept
            named = {sku: [short[part] // each for part, each in parts(sku, 1) if part in short] for sku, _ in wants}
            return {sku: min(left) for sku, left in named.items() if left}
        self.baskets[token] = basket
        return {}

    def drop(self, token: str) -> None:
        self.release([token])
        del self.baskets[token]

    def lose(self, shelf: Shelf, units: int) -> list[tuple[str, int]] | None:
        """Take units off what is on hand, and from whom they were promised; None when so many are not there."""
        if units > shelf.on_hand:
            return None
        shelf.on_hand -= units
        over = self.reserved(shelf) - shelf.on_hand - shelf.backorder_limit
        rows = [(place, row) for place, row in enumerate(self.promises) if row.shelf is shelf]
        rows.sort(key=lambda pair: (not pair[1].is_basket, pair[1].priority, -pair[1].at, -pair[0]))
        lost = []
        for _, row in rows:
            if taken := min(max(over, 0), row.units):
                over, row.units = over - taken, row.units - taken
                self.lost[row.purpose] += taken
                lost.append((row.purpose, taken))
        self.promises = [row for row in self.promises if row.units]
        return lost
