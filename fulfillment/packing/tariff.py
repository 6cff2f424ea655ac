"""What cartons cost with their freight, and the sets of them that are worth trying, the best first. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import heappop, heappush
from itertools import combinations_with_replacement
from math import comb
from typing import Literal

from fulfillment.packing.goods import Carton, Rates
from fulfillment.packing.loading import Hold
from fulfillment.packing.search import Allowance

Objective = Literal["cost", "count"]
Rank = tuple[Decimal, int] | tuple[int, Decimal]  # cost and number of cartons, or the other way round
MOST_SETS = 3_000  # looked at for one set of goods


@dataclass(frozen=True)
class Offer:
    """A carton, by its number, up to one of the carrier's breaks: what goes into the hold costs so much, or less."""

    carton: int
    hold: Hold
    cost: Decimal


@dataclass(frozen=True)
class Tariff:
    """The cartons to choose from. `offers` has them for every break, the cheapest first, `largest` each once with all
    that it bears.
    """

    cartons: tuple[Carton, ...]
    rates: Rates | None
    offers: tuple[Offer, ...]
    largest: tuple[Offer, ...]

    def cost(self, carton: int, goods_g: int) -> Decimal:
        """Price of the carton and its freight with so many grams of goods, which it takes."""
        kind = self.cartons[carton]
        freight = self.rates.freight(kind, kind.tare_g + goods_g) if self.rates else None
        return kind.price + (freight or Decimal(0))

    def by_cost(
        self, stock: Sequence[int], *, below: Decimal, allowance: Allowance, count: int | None = None
    ) -> Iterator[tuple[Offer, ...]]:
        """Sets that cost less than `below`, the cheapest first; only those of `count` cartons, if that is given.

        Each follows from a cheaper one: with the next dearer offer for its last, or with its last once more. What is
        passed over is work, too: it is taken from the allowance, and there are no more sets when that is used up.
        """
        heap: list[tuple[Decimal, int, tuple[int, ...]]] = []

        def push(cost: Decimal, places: tuple[int, ...]) -> None:
            if cost < below:
                heappush(heap, (cost, len(places), places))

        costs = [offer.cost for offer in self.offers]
        if costs:
            push(costs[0], (0,))
        for _ in range(MOST_SETS):
            if not heap or allowance.left <= 0:
                return
            cost, _, places = heappop(heap)
            last = places[-1]
            if last + 1 < len(costs):
                push(cost - costs[last] + costs[last + 1], (*places[:-1], last + 1))
            offers = tuple(self.offers[place] for place in places)
            is_there = _in_stock(offers, stock)
            if is_there and (count is None or len(offers) < count):
                push(cost + costs[last], (*places, last))
            if is_there and count in (None, len(offers)):
                yield offers
            else:
                allowance.left -= len(offers)

    def by_count(self, stock: Sequence[int], *, below: int) -> Iterator[tuple[Offer, ...]]:
        """Sets of fewer than `below` cartons, the smallest first; of large catalogues no large sets."""
        for count in range(1, below):
            if comb(len(self.largest) + count - 1, count) > MOST_SETS:
                return
            sets = combinations_with_replacement(self.largest, count)
            there = (offers for offers in sets if _in_stock(offers, stock))
            yield from sorted(there, key=lambda offers: sum(offer.cost for offer in offers))


def _in_stock(offers: Sequence[Offer], stock: Sequence[int]) -> bool:
    cartons = [offer.carton for offer in offers]
    return all(cartons.count(carton) <= stock[carton] for carton in set(cartons))


def tariff(cartons: Sequence[Carton], *, rates: Rates | None) -> Tariff:
    """What all cartons cost up to every break; what the carrier does not take is not offered."""
    offers, largest = [], []
    for number, carton in enumerate(cartons):
        of_carton = [
            Offer(number, Hold(carton.inner, most_g - carton.tare_g), carton.price + freight)
            for most_g, freight in _breaks(carton, rates)
            if most_g >= carton.tare_g
        ]
        offers.extend(of_carton)
        largest.extend(of_carton[-1:])
    return Tariff(tuple(cartons), rates, tuple(sorted(offers, key=lambda offer: offer.cost)), tuple(largest))


def _breaks(carton: Carton, rates: Rates | None) -> list[tuple[int, Decimal]]:
    """Up to which gross weight the carton costs which freight, ascending."""
    if rates is None:
        return [(carton.max_gross_g, Decimal(0))]
    least = rates.billable_g(carton, 0)
    breaks = [(min(most, carton.max_gross_g), price) for most, price in rates.breaks if most >= least]
    needed = sum(most < carton.max_gross_g for most, _ in breaks) + 1
    return breaks[:needed]
