"""The plan of one order: which cartons, and where in them each unit lies. Pure."""

from collections import deque
from collections.abc import Iterable, Sequence

from fulfillment.packing.filling import WORK, Filling, Share
from fulfillment.packing.goods import Carton, Filled, Item, Placed, Plan, Rates
from fulfillment.packing.loading import Kind, Unit, settled
from fulfillment.packing.search import Allowance
from fulfillment.packing.tariff import Objective, Tariff, tariff

BETTERED = 0.15  # of the work: for the cheapest cartons at least, once the fewest are found


def plan(
    items: Sequence[Item],
    cartons: Sequence[Carton],
    *,
    rates: Rates | None = None,
    objective: Objective = "cost",
    support: float = 0.0,
    work: int = WORK,
) -> Plan:
    """Pack all units into cartons: as cheap as can be, freight included, or into as few as can be and these cheap.

    Of the base of each unit at least the share `support` rests on the floor or on other units; 0 asks only that
    nothing floats. Most loads are steadier than asked, because steady ones are tried first. `work` bounds the search,
    in nodes: by cost, the fewest cartons are found first, and what is left of it betters what they cost. What fits no
    carton that is there is unpacked.
    """
    goods, offered = Goods(items), tariff(cartons, rates=rates)
    stock = [goods.count if carton.stock is None else carton.stock for carton in cartons]
    fitting = [kind for kind in goods.kinds if any(offer.hold.takes(kind) for offer in offered.largest)]
    shares = _each_alone([kind for kind in fitting if goods.alone(kind)], offered, stock)
    together = [kind for kind in fitting if not goods.alone(kind)]
    allowance = Allowance(work)
    found = Filling(offered, objective="count", support=support, allowance=allowance).fill(together, stock)
    if objective == "cost":
        rest = Allowance(max(allowance.left, int(work * BETTERED)))
        found = Filling(offered, objective="cost", support=support, allowance=rest).fill(together, stock, known=found)
    return goods.plan([*shares, *found], cartons)


def _each_alone(kinds: Iterable[Kind], offered: Tariff, stock: list[int]) -> list[Share]:
    """Every unit in the cheapest carton there is for it, which is taken from the stock."""
    shares = []
    for kind in kinds:
        for _ in range(kind.count):
            taking = [offer for offer in offered.offers if stock[offer.carton] and offer.hold.takes(kind)]
            if not taking:
                break
            offer = min(taking, key=lambda offer: offer.cost)
            stock[offer.carton] -= 1
            turn = min(kind.turns_in(offer.hold.inner), key=lambda turn: turn[2])
            units = (Unit(kind.number, (0, 0, 0), turn),)
            shares.append(Share(offer.carton, units, kind.weight_g, offered.cost(offer.carton, kind.weight_g)))
    return shares


class Goods:
    """The items as kinds for the loader, and the way back: which unit of a kind is which article."""

    def __init__(self, items: Sequence[Item]) -> None:
        alike: dict[tuple[object, ...], list[Item]] = {}
        for item in items:
            if item.quantity:
                likeness = (*item.turns, item.weight_g, item.no_stack, item.alone, item.padding_mm)
                alike.setdefault(likeness, []).append(item)
        self._items = list(alike.values())
        self.count = sum(item.quantity for item in items)
        self.kinds = [
            Kind(number, sum(item.quantity for item in same), tuple(same[0].turns), same[0].weight_g, same[0].no_stack)
            for number, same in enumerate(self._items)
        ]

    def alone(self, kind: Kind) -> bool:
        """Does each unit need a carton of its own?"""
        return self._items[kind.number][0].alone

    def plan(self, shares: Iterable[Share], cartons: Sequence[Carton]) -> Plan:
        """With names for numbers; the cartons with most in them first."""
        waiting = [deque(item.sku for item in same for _ in range(item.quantity)) for same in self._items]
        filled = []
        for share in sorted(shares, key=lambda share: (-share.goods_g, share.carton)):
            carton = cartons[share.carton]
            placed = tuple(self._placed(unit, waiting[unit.kind].popleft()) for unit in settled(share.units))
            filled.append(Filled(carton, placed, carton.tare_g + share.goods_g, share.cost))
        return Plan(tuple(filled), tuple(sku for left in waiting for sku in left))

    def _placed(self, unit: Unit, sku: str) -> Placed:
        padding = self._items[unit.kind][0].padding_mm
        (x, y, z), (width, length, height) = unit.at, unit.size
        at = (x + padding, y + padding, z + padding)
        return Placed(sku, at, (width - 2 * padding, length - 2 * padding, height - 2 * padding))
