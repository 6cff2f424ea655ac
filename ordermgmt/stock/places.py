"""A stock seen by people: what is free, what is owed, and what is wrong with it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from inventory.models import Stock
from inventory.supply import Part


@dataclass(frozen=True)
class Place:
    """One product in one warehouse. `free` may still be promised of what is there, `owed` is promised beyond it."""

    stock: Stock

    @property
    def free(self) -> int:
        return max(0, self.stock.on_hand - self.stock.reserved)

    @property
    def owed(self) -> int:
        return max(0, self.stock.reserved - self.stock.on_hand)

    @property
    def low(self) -> bool:
        point = self.stock.reorder_point if self.stock.warehouse.active else 0
        return point > 0 and self.stock.on_hand - self.stock.reserved <= point

    @property
    def tone(self) -> str:
        """The colour of what is free: nothing is bad, little is worth a look."""
        return "bad" if not self.free else "warn" if self.low else ""


Places = Mapping[int, tuple[Place, ...]]


def places_of(product_ids: Iterable[int]) -> Places:
    """Where products lie, by the product's id, in the order of the warehouses; in one query."""
    found: defaultdict[int, list[Place]] = defaultdict(list)
    rows = Stock.objects.filter(product__in=list(product_ids)).select_related("warehouse", "bin")
    for row in rows.order_by("warehouse__priority", "warehouse_id"):
        found[row.product_id].append(Place(row))
    return {product_id: tuple(places) for product_id, places in found.items()}


def free_of(places: Iterable[Place]) -> int:
    """Units that may still be promised, in any warehouse that sends."""
    return sum(place.free for place in places if place.stock.warehouse.active)


def made_of(parts: Sequence[Part], places: Places) -> int:
    """How many of a bundle can be made of what is free of its parts."""
    return min((free_of(places.get(part.product_id, ())) // part.each for part in parts), default=0)
