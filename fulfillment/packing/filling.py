"""Goods over cartons: filled one after the other, then better sets tried, then few cartons at a time refilled. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from fulfillment.packing.bounds import may_hold
from fulfillment.packing.loading import Kind, Loading, Unit, Way
from fulfillment.packing.search import AXES, STEADY, Allowance, by, load_all, low, tight
from fulfillment.packing.tariff import Objective, Offer, Rank, Tariff

WORK = 500_000  # nodes for one order
QUICK, DEEP = 10_000, 200_000  # nodes for one set of cartons, at first and then
MANY = 150  # units that are loaded in a hurry
REFILLED = (1, 2, 3)  # cartons that are emptied at a time


@dataclass(frozen=True)
class Share:
    """A carton, by its number in the tariff, with what is in it."""

    carton: int
    units: tuple[Unit, ...]
    goods_g: int
    cost: Decimal


class Filling:
    """Finds shares for some kinds of goods. `stock` is how many of each carton there are."""

    def __init__(self, tariff: Tariff, *, objective: Objective, support: float, allowance: Allowance) -> None:
        self.tariff, self.objective, self.support, self.allowance = tariff, objective, support, allowance

    def fill(self, kinds: Sequence[Kind], stock: Sequence[int], *, known: list[Share] | None = None) -> list[Share]:
        """The best found with the work allowed, or what is known already; all of it unless cartons run out."""
        if not kinds:
            return []
        shares = self._one_by_one(kinds, list(stock))
        if _packed(shares) < sum(kind.count for kind in kinds):
            every = self.tariff.by_count(stock, below=sum(stock) + 1)
            return self._first(kinds, every, QUICK) or max(known or [], shares, key=_packed)
        best = min(known, shares, key=self.rank) if known else shares
        return self._steadied(kinds, self._refilled(kinds, stock, self._by_sets(kinds, stock, best)))

    def rank(self, shares: Sequence[Share]) -> Rank:
        """The lower the better: by cost, or by number and then cost."""
        return (_cost(shares), len(shares)) if self.objective == "cost" else (len(shares), _cost(shares))

    def _one_by_one(self, kinds: Sequence[Kind], stock: list[int]) -> list[Share]:
        """The carton that gets most done, or most for its cost, again and again."""
        left, shares = [kind for kind in kinds if kind.count], []
        while left:
            there = [offer for offer in self.tariff.largest if stock[offer.carton]]
            found = [share for offer in there if (share := self._fullest(offer, left))]
            if not found:
                break
            best = min(found, key=lambda share: self._price_of_progress(share, left))
            stock[best.carton] -= 1
            shares.append(best)
            left = without(left, best.units)
        return shares

    def _price_of_progress(self, share: Share, left: Sequence[Kind]) -> tuple[Decimal, Decimal]:
        """Cost per part of the work done; or what is left to do, then cost."""
        volume, weight = _amounts(left)
        packed = sum(unit.size[0] * unit.size[1] * unit.size[2] for unit in share.units)
        done = Decimal(packed) / volume + (Decimal(share.goods_g) / weight if weight else 0)
        return (share.cost / done, -done) if self.objective == "cost" else (-done, share.cost)

    def _fullest(self, offer: Offer, kinds: Sequence[Kind]) -> Share | None:
        hold, best = offer.hold, None
        for way in self._first_ways(kinds):
            loading = Loading([hold], kinds, way).run()
            self.allowance.left -= loading.nodes
            share = next(iter(self._shares([offer.carton], loading)), None)
            if share and (best is None or (share.goods_g, len(share.units)) > (best.goods_g, len(best.units))):
                best = share
            if not any(loading.left):
                break
        return best

    def _first_ways(self, kinds: Sequence[Kind]) -> list[Way]:
        """By volume and by density, steadily first; where there is very much to load, the first way that comes."""
        by_volume = by(kinds, lambda kind: (kind.volume,))
        if sum(kind.count for kind in kinds) > MANY:
            return [Way(by_volume, tight, AXES[0], self.support)]
        orders = dict.fromkeys((by_volume, by(kinds, lambda kind: (kind.weight_g / kind.volume,))))
        supports = sorted({max(self.support, STEADY), self.support}, reverse=True)
        return [Way(order, rule, AXES[0], s) for s in supports for order in orders for rule in (tight, low)]

    def _shares(self, numbers: Sequence[int], loading: Loading) -> list[Share]:
        grams = {kind.number: kind.weight_g for kind in loading.kinds}
        goods = [sum(grams[unit.kind] for unit in units) for units in loading.units]
        return [
            Share(number, tuple(units), goods_g, self.tariff.cost(number, goods_g))
            for number, units, goods_g in zip(numbers, loading.units, goods, strict=True)
            if units
        ]

    def _by_sets(self, kinds: Sequence[Kind], stock: Sequence[int], best: list[Share]) -> list[Share]:
        """Better sets than the best known: a little work for each at first, then more for each that may still do."""
        for depth in (QUICK, DEEP):
            if self.objective == "count":
                fewer = self.tariff.by_count(stock, below=len(best))
                best = self._first(kinds, fewer, depth) or best
            count = len(best) if self.objective == "count" else None
            cheaper = self.tariff.by_cost(stock, below=_cost(best), allowance=self.allowance, count=count)
            best = self._first(kinds, cheaper, depth) or best
        return best

    def _first(self, kinds: Sequence[Kind], sets: Iterable[tuple[Offer, ...]], depth: int) -> list[Share] | None:
        """The shares of the first set that takes all of it."""
        volume, goods_g = _amounts(kinds)
        for offers in sets:
            self.allowance.left -= len(offers)
            holds = [offer.hold for offer in offers]
            if sum(hold.volume for hold in holds) < volume or sum(hold.room_g for hold in holds) < goods_g:
                continue
            if self.allowance.left <= 0:
                break
            if may_hold(holds, kinds):
                part = self.allowance.part(depth)
                loading = load_all(holds, kinds, allowance=part, support=self.support)
                self.allowance.left += part.left
                if loading:
                    return self._shares([offer.carton for offer in offers], loading)
        return None

    def _refilled(self, kinds: Sequence[Kind], stock: Sequence[int], shares: list[Share]) -> list[Share]:
        """Empty a few cartons, the lightest first, and look for better ones, until nothing gets better."""
        for count in REFILLED:
            if count >= len(shares):
                break
            found: list[Share] | None = shares
            while found and self.allowance.left > 0:
                shares, found = found, self._better(kinds, stock, found, count)
        return shares

    def _better(
        self, kinds: Sequence[Kind], stock: Sequence[int], shares: list[Share], count: int
    ) -> list[Share] | None:
        ordered = sorted(shares, key=lambda share: share.goods_g)
        for places in combinations(range(len(ordered)), count):
            if self.allowance.left <= 0:
                break
            some = [ordered[place] for place in places]
            rest = [share for place, share in enumerate(ordered) if place not in places]
            free = [units - sum(share.carton == number for share in rest) for number, units in enumerate(stock)]
            goods = within(kinds, [unit for share in some for unit in share.units])
            found = self._by_sets(goods, free, some)
            if self.rank(found) < self.rank(some):
                return rest + found
        return None

    def _steadied(self, kinds: Sequence[Kind], shares: list[Share]) -> list[Share]:
        """Load each carton once more, for what was found in a hurry may stand more steadily."""
        steady = []
        for share in shares:
            hold = next(offer.hold for offer in self.tariff.largest if offer.carton == share.carton)
            ways = Allowance(QUICK // 2)
            loading = load_all([hold], within(kinds, share.units), allowance=ways, support=self.support)
            steady.extend(self._shares([share.carton], loading) if loading else [share])
        return steady


def _packed(shares: Iterable[Share]) -> int:
    return sum(len(share.units) for share in shares)


def _cost(shares: Iterable[Share]) -> Decimal:
    return sum((share.cost for share in shares), Decimal(0))


def _amounts(kinds: Iterable[Kind]) -> tuple[int, int]:
    """Volume in mm³ and weight in grams of all units."""
    counted = [(kind.count * kind.volume, kind.count * kind.weight_g) for kind in kinds]
    return sum(volume for volume, _ in counted), sum(weight for _, weight in counted)


def without(kinds: Iterable[Kind], units: Iterable[Unit]) -> list[Kind]:
    """The kinds with what is left of them."""
    taken = Counter(unit.kind for unit in units)
    rest = (replace(kind, count=kind.count - taken[kind.number]) for kind in kinds)
    return [kind for kind in rest if kind.count]


def within(kinds: Iterable[Kind], units: Iterable[Unit]) -> list[Kind]:
    """The kinds that these units are of."""
    taken = Counter(unit.kind for unit in units)
    return [replace(kind, count=taken[kind.number]) for kind in kinds if taken[kind.number]]
